public import Contract

/// A document that came, changed or went, with what it was and what it is.
public struct DocumentChange<Document: Codable & Sendable>: FunctionInput {
    /// Such as "orders/o-1".
    public let path: String
    /// Nil for one that was created.
    public let before: Document?
    /// Nil for one that was deleted.
    public let after: Document?
    /// The version that the change made.
    public let version: Int64
    /// What the captures of the trigger's pattern stand for.
    public let parameters: [String: String]

    /// Makes a change for a unit test; `before` or `after` is there.
    public init(
        _ path: String, before: Document? = nil, after: Document? = nil, version: Int64 = 1,
        parameters: [String: String] = [:]
    ) {
        self.path = path
        self.before = before
        self.after = after
        self.version = version
        self.parameters = parameters
    }

    /// The last part of the path.
    public var id: String {
        let last = path.utf8.split(separator: UInt8(ascii: "/")).last
        return last.map { String(decoding: $0, as: UTF8.self) } ?? path
    }

    /// What happened to the document.
    public var kind: ChangeKind { ChangeKind(before: before, after: after) }

    /// Changes of documents cause it.
    public static var kind: InputKind { .document }

    /// Decodes both states from JSON; throws where one of them is no `Document`.
    public init(_ delivery: Delivery) throws {
        let change = try JSONCoding.decode(Change.self, from: delivery.event.data, named: "data")
        let kind = ChangeKind(before: change.before, after: change.after)
        // Of several triggers that fit, the first that wants this kind is why the function runs.
        let captures = delivery.captures.first { $0.kinds.contains(kind.rawValue) }
        self.init(
            delivery.event.subject, before: change.before, after: change.after,
            version: change.version, parameters: captures?.values ?? [:])
    }

    private struct Change: Decodable {
        let before: Document?
        let after: Document?
        let version: Int64
    }
}

/// What can happen to a document or a file.
public enum ChangeKind: String, Codable, Sendable {
    case created, updated, deleted

    init<Document>(before: Document?, after: Document?) {
        if before == nil { self = .created } else { self = after == nil ? .deleted : .updated }
    }
}

/// Which changes a trigger wants.
public struct ChangeKinds: OptionSet, Sendable {
    /// One bit for each kind.
    public let rawValue: UInt8

    /// Bits that stand for no kind want nothing.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What was not there before.
    public static let created = ChangeKinds(rawValue: 1)
    /// What was there and is another now.
    public static let updated = ChangeKinds(rawValue: 2)
    /// What is no longer there.
    public static let deleted = ChangeKinds(rawValue: 4)
    /// Created and updated.
    public static let written: ChangeKinds = [.created, .updated]
    /// All three.
    public static let any: ChangeKinds = [.created, .updated, .deleted]

    var names: [String] {
        let all: [(ChangeKinds, ChangeKind)] = [
            (.created, .created), (.updated, .updated), (.deleted, .deleted),
        ]
        return all.filter { contains($0.0) }.map(\.1.rawValue)
    }
}
