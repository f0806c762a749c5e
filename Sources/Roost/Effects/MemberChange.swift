import Contract

/// What a merge does to one member of a document.
public struct MemberChange: Sendable {
    private enum Kind {
        case set([UInt8])
        case increment(Double)
        case append([[UInt8]])
        case unencodable(String)
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    private init(encoding make: () throws -> Kind) {
        do {
            kind = try make()
        } catch {
            kind = .unencodable("\(error)")
        }
    }

    /// Sets the member; an object is merged with the one that is there.
    public static func set(_ value: some Encodable) -> MemberChange {
        MemberChange { .set(try JSONCoding.encode(value)) }
    }

    /// Takes the member away.
    public static var remove: MemberChange { MemberChange(.set(Array("null".utf8))) }

    /// Adds to the number; a member that is absent counts as 0.
    public static func increment(_ amount: Double) -> MemberChange {
        MemberChange(.increment(amount))
    }

    /// Adds values to the end of the list; a member that is absent counts as an empty one.
    public static func append(_ values: [some Encodable]) -> MemberChange {
        MemberChange { .append(try values.map { try JSONCoding.encode($0) }) }
    }

    /// The part of a merge that is a patch, and the rest as operations.
    static func split(
        _ changes: [String: MemberChange]
    ) throws(ContextError) -> (patch: [UInt8], operations: [MergeOperation]) {
        var patch = JSONWriter()
        var operations: [MergeOperation] = []
        var fault: ContextError?
        patch.object { patch in
            for (member, change) in changes.sorted(by: { $0.key < $1.key }) {
                switch change.kind {
                case .set(let value): patch.member(member, raw: value)
                case .increment(let amount) where amount.isFinite:
                    operations.append(.increment(member: member, by: amount))
                case .increment(let amount):
                    fault = .outOfRange(
                        what: "the increment of \"\(member)\"", found: "\(amount)",
                        expected: "a finite number")
                case .append(let values):
                    operations.append(.append(member: member, values: values))
                case .unencodable(let reason):
                    fault = .unencodable(what: "the value of \"\(member)\"", reason: reason)
                }
            }
        }
        if let fault { throw fault }
        return (patch.bytes, operations)
    }
}

extension MergeOperation {
    /// What it says, which a document would have to hold; a commit counts the whole frame.
    var bytes: Int {
        switch self {
        case .increment(let member, _): member.utf8.count + 8
        case .append(let member, let values): values.reduce(member.utf8.count) { $0 + $1.count }
        }
    }
}
