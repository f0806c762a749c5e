/// What a merge makes of a document: first the patch (RFC 7396), then the operations in order.
///
/// Works on bytes. A member that neither names keeps all of its own, from its key to the end of its
/// value; where a document has a member twice, the last one is the one that counts.
package enum DocumentMerge {
    /// The document after the merge, at most `bytesMax` long.
    ///
    /// - Parameters:
    ///   - document: nil where there is none yet; it then counts as `{}`.
    ///   - patch: a JSON object; `{}` changes nothing.
    package static func merged(
        _ document: [UInt8]?, patch: [UInt8], operations: [MergeOperation] = [], bytesMax: Int
    ) throws(MergeError) -> [UInt8] {
        var result = try patched(document ?? Array("{}".utf8), by: patch)
        if !operations.isEmpty { result = try changed(result, by: operations) }
        guard result.count <= bytesMax else { throw .oversize(found: result.count, max: bytesMax) }
        return result
    }

    private static func patched(
        _ document: [UInt8], by patch: [UInt8]
    ) throws(MergeError) -> [UInt8] {
        try document.withUnsafeBufferPointer { (documentBytes) throws(MergeError) in
            try patch.withUnsafeBufferPointer { (patchBytes) throws(MergeError) in
                let target = try object(in: documentBytes, of: .document)
                let change = try object(in: patchBytes, of: .patch)
                var members = change.members!
                guard members.next() != nil else { return document }
                var result: [UInt8] = []
                result.reserveCapacity(document.count + patch.count)
                append(target, mergedWith: change, to: &result)
                return result
            }
        }
    }

    private static func object(
        in bytes: UnsafeBufferPointer<UInt8>, of subject: MergeError.Subject
    ) throws(MergeError) -> JSONValue {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(UnsafeRawBufferPointer(bytes))
        } catch {
            throw .malformed(subject, error)
        }
        guard value.kind == .object else { throw .notObject(subject, found: value.kind) }
        return value
    }

    /// Appends what a value becomes; `target` is nil where there was none.
    private static func append(
        _ target: JSONValue?, mergedWith change: JSONValue, to result: inout [UInt8]
    ) {
        guard let members = change.members else {
            result.append(contentsOf: change.bytes)
            return
        }
        let changes = Changes(members)
        result.append(UInt8(ascii: "{"))
        let found = append(target?.members.map(changes.matching) ?? [], to: &result)
        for (key, value) in changes.inOrder where !found.contains(key.utf8) && !value.isNull {
            append(key, nil, mergedWith: value, to: &result)
        }
        result.append(UInt8(ascii: "}"))
    }

    /// Appends the members that were there before, and answers which of them the patch names.
    private static func append(
        _ members: [Changes.Match], to result: inout [UInt8]
    ) -> Set<[UInt8]> {
        var lasts: [[UInt8]: Int] = [:]
        for (index, member) in members.enumerated() where member.change != nil {
            lasts[member.name] = index
        }
        for (index, member) in members.enumerated() {
            guard let change = member.change else {
                result.separateMembers()
                result.append(contentsOf: member.key.bytes(to: member.value))
                continue
            }
            guard lasts[member.name] == index, !change.isNull else { continue }
            append(member.key, member.value, mergedWith: change, to: &result)
        }
        return Set(lasts.keys)
    }

    private static func append(
        _ key: JSONText, _ target: JSONValue?, mergedWith change: JSONValue,
        to result: inout [UInt8]
    ) {
        result.separateMembers()
        result.append(contentsOf: key.quoted)
        result.append(UInt8(ascii: ":"))
        append(target, mergedWith: change, to: &result)
    }

    private static func changed(
        _ document: [UInt8], by operations: [MergeOperation]
    ) throws(MergeError) -> [UInt8] {
        try document.withUnsafeBufferPointer { (bytes) throws(MergeError) in
            var fields = MergeFields(of: try object(in: bytes, of: .document))
            for operation in operations { try fields.apply(operation) }
            return fields.written(reservingBytes: document.count)
        }
    }
}

/// The members of a patch, of which a name that comes twice has the last value.
private struct Changes {
    private(set) var inOrder: [(key: JSONText, value: JSONValue)] = []
    private var places: [[UInt8]: Int] = [:]

    init(_ members: JSONMembers) {
        for member in members {
            if let place = places.updateValue(inOrder.count, forKey: member.key.utf8) {
                places[member.key.utf8] = place
                inOrder[place] = member
            } else {
                inOrder.append(member)
            }
        }
    }

    /// A member of the document, and what the patch says of it, if anything.
    typealias Match = (key: JSONText, name: [UInt8], value: JSONValue, change: JSONValue?)

    func matching(_ members: JSONMembers) -> [Match] {
        members.map { member in
            let name = member.key.utf8
            return (member.key, name, member.value, places[name].map { inOrder[$0].value })
        }
    }
}

extension JSONText {
    /// From the key to the end of its value, as written.
    func bytes(to value: JSONValue) -> UnsafeRawBufferPointer {
        let start = quoted.baseAddress!
        let end = value.bytes.baseAddress! + value.bytes.count
        return UnsafeRawBufferPointer(start: start, count: end - start)
    }
}

extension [UInt8] {
    /// Appends a comma unless a member would be the first.
    mutating func separateMembers() {
        if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
    }
}
