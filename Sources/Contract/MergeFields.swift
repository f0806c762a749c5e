/// The members of a document while operations change some of them.
///
/// Each operation finds its member by name and touches that one only, so a thousand operations on a
/// large document cost a thousand steps and one copy.
struct MergeFields {
    private struct Field {
        let key: [UInt8]
        /// From key to value as written; used as long as nothing changed.
        let unchanged: UnsafeRawBufferPointer?
        let before: JSONValue?
        var after: [UInt8]?
    }

    private var fields: [Field] = []
    private var places: [[UInt8]: Int] = [:]

    init(of object: JSONValue) {
        guard let members = object.members else { preconditionFailure("documents are objects") }
        for member in members {
            places[member.key.utf8] = fields.count
            fields.append(
                Field(
                    key: Array(member.key.quoted), unchanged: member.key.bytes(to: member.value),
                    before: member.value))
        }
    }

    mutating func apply(_ operation: MergeOperation) throws(MergeError) {
        switch operation {
        case .increment(let member, let amount): try increment(member, by: amount)
        case .append(let member, let values): try append(values, to: member)
        }
    }

    private mutating func increment(_ member: String, by amount: Double) throws(MergeError) {
        let place = touch(member, absent: "0")
        let before = fields[place].after ?? []
        fields[place].after = try before.withUnsafeBufferPointer { (bytes) throws(MergeError) in
            let value = JSONValue(checked: UnsafeRawBufferPointer(bytes), offset: 0)
            guard value.kind == .number else { throw .notNumber(member: member, found: value.kind) }
            return try Self.sum(of: value, and: amount, in: member)
        }
    }

    /// Whole numbers are added as such, exactly, as long as 64 bits hold them.
    private static func sum(
        of number: JSONValue, and amount: Double, in member: String
    ) throws(MergeError) -> [UInt8] {
        var bytes: [UInt8] = []
        if let whole = number.integer, let step = amount.whole {
            let (sum, overflows) = whole.addingReportingOverflow(step)
            if !overflows {
                bytes.append(decimal: sum)
                return bytes
            }
        }
        guard let sum = number.double.map({ $0 + amount }), sum.isFinite else {
            throw .numberTooLarge(member: member)
        }
        sum.append(asJSONTo: &bytes)
        return bytes
    }

    private mutating func append(_ values: [[UInt8]], to member: String) throws(MergeError) {
        let place = touch(member, absent: "[]")
        guard let first = fields[place].after?.first, first == UInt8(ascii: "[") else {
            let found = JSONKind(firstByte: fields[place].after?.first ?? 0)
            throw .notArray(member: member, found: found)
        }
        for value in values { try Self.check(value, for: member) }
        guard !values.isEmpty else { return }
        fields[place].after!.removeLast()
        while fields[place].after!.last!.isJSONSpace { fields[place].after!.removeLast() }
        for value in values {
            if fields[place].after!.last != UInt8(ascii: "[") {
                fields[place].after!.append(UInt8(ascii: ","))
            }
            fields[place].after!.append(contentsOf: value)
        }
        fields[place].after!.append(UInt8(ascii: "]"))
    }

    /// A value lies two levels down, in the array of the document.
    private static func check(_ value: [UInt8], for member: String) throws(MergeError) {
        do throws(JSONError) {
            _ = try value.checkedJSONKind(depthMax: JSONValue.depthMax - 2)
        } catch {
            throw .malformed(.value(of: member), error)
        }
    }

    /// The place of a member whose bytes may now be changed.
    private mutating func touch(_ member: String, absent: StaticString) -> Int {
        guard let place = places[Array(member.utf8)] else {
            var key: [UInt8] = []
            key.append(jsonText: member)
            places[Array(member.utf8)] = fields.count
            let after = Array(
                UnsafeBufferPointer(start: absent.utf8Start, count: absent.utf8CodeUnitCount))
            fields.append(Field(key: key, unchanged: nil, before: nil, after: after))
            return fields.count - 1
        }
        if fields[place].after == nil { fields[place].after = fields[place].before?.copied ?? [] }
        return place
    }

    func written(reservingBytes: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reservingBytes)
        bytes.append(UInt8(ascii: "{"))
        for field in fields {
            bytes.separateMembers()
            if let after = field.after {
                bytes.append(contentsOf: field.key)
                bytes.append(UInt8(ascii: ":"))
                bytes.append(contentsOf: after)
            } else if let unchanged = field.unchanged {
                bytes.append(contentsOf: unchanged)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}

extension UInt8 {
    /// What JSON calls white space.
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
