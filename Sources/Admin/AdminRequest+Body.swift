import Contract

extension AdminRequest {
    /// Reads the body as an object, an empty one as `{}`, and hands on each member.
    func eachMember(
        among known: [String], _ body: (JSONText, JSONValue) throws(AdminError) -> Void
    ) throws(AdminError) {
        guard !self.body.isEmpty else { return }
        try self.body.withUnsafeBufferPointer { (bytes) throws(AdminError) in
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(UnsafeRawBufferPointer(bytes))
            } catch {
                throw .malformedJSON(error)
            }
            guard let members = value.members else { throw .notObject(found: value.kind.rawValue) }
            for (name, value) in members {
                guard known.contains(name.string) else {
                    throw .unknownMember(name.string, known: known)
                }
                try body(name, value)
            }
        }
    }

    /// Throws where the body says anything.
    func expectNoMembers() throws(AdminError) {
        try eachMember(among: []) { _, _ throws(AdminError) in }
    }
}

extension JSONValue {
    /// What the text of a member says.
    func text(of member: String, expected: String) throws(AdminError) -> String {
        guard let text else { throw .badMember(member, found: kind.rawValue, expected: expected) }
        return text
    }
}
