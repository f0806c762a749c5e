/// What a handler asks of its context and can't have.
public enum ContextError: Error, Equatable, CustomStringConvertible {
    /// A name that breaks the rules of its kind; the text says which.
    case invalidName(String)
    /// No function of the app takes it; the nearest name, where one is near.
    case unknownFunction(name: String, suggestion: String)
    /// No bucket of roost.yaml is named so.
    case unknownBucket(name: String, suggestion: String)
    case tooLarge(what: String, foundBytes: Int, maxBytes: Int)
    /// An attempt has read or written as much as one commit may hold.
    case tooMany(what: String, max: Int)
    case outOfRange(what: String, found: String, expected: String)
    case unencodable(what: String, reason: String)
    /// A document that the attempt merged can't be what the merge says.
    case unmergeable(path: String, reason: String)
    case undeclaredSecret(name: String)
    /// A write while a response's body is made: the commit is over.
    case afterCommit(what: String)
    /// The attempt has ended, and nobody would hear of it.
    case attemptEnded(what: String)
    /// A file could not be written to a bucket's disk.
    case unwritable(what: String, reason: String)
    /// The host could not answer a read.
    case unanswered(what: String, reason: String)

    public var description: String {
        switch self {
        case .invalidName(let text): text
        case .unknownFunction(let name, let suggestion):
            "no function of the app is named \"\(name)\"\(suggestion.isEmpty ? ";" : suggestion) "
                + "list it in the app's `functions`"
        case .unknownBucket(let name, let suggestion):
            "bucket \"\(name)\" is not declared"
                + (suggestion.isEmpty ? "; add it to roost.yaml:" : suggestion)
                + " buckets: {\(name): {directory: PATH}}"
        case .tooLarge(let what, let found, let max):
            "\(what) has \(found) bytes, where \(max) are the most"
        case .tooMany(let what, let max):
            "one attempt has more than \(max) \(what); send commands that do a part each"
        case .outOfRange(let what, let found, let expected):
            "\(what) is \(found), expected \(expected)"
        case .unencodable(let what, let reason): "\(what) could not be written as JSON: \(reason)"
        case .unmergeable(let path, let reason): "the merge of \"\(path)\" failed: \(reason)"
        case .undeclaredSecret(let name):
            "the function does not declare the secret \"\(name)\"; "
                + "add it: Function(…, secrets: [\"\(name)\"])"
        case .afterCommit(let what):
            "\(what) came while the response's body was made, after the commit; "
                + "write before the handler returns"
        case .attemptEnded(let what): "\(what) came after the attempt had ended"
        case .unwritable(let what, let reason): "\(what) could not be written: \(reason)"
        case .unanswered(let what, let reason): "\(what) was not answered: \(reason)"
        }
    }
}

/// Thrown by a list of a collection that the same attempt has written to: what is listed is what
/// is committed, and these writes are not.
public struct ReadAfterWrite: Error, Equatable, CustomStringConvertible {
    /// The collection, or the document whose version was asked for.
    public let path: String

    public var description: String {
        "\"\(path)\" was written by this attempt, and only a commit makes that readable; "
            + "read it before the first write, or get single documents by their id"
    }
}

/// Thrown by `create` where the document is there already.
public struct AlreadyExists: Error, Equatable, CustomStringConvertible {
    /// Such as "orders/o-1".
    public let path: String

    public var description: String { "the document \"\(path)\" exists already" }
}

/// Thrown by a conditional write where the document has another version.
public struct VersionMismatch: Error, Equatable, CustomStringConvertible {
    /// Such as "orders/o-1".
    public let path: String
    /// What the handler asked for.
    public let expected: Int64
    /// 0 where there is no such document.
    public let found: Int64

    public var description: String {
        "the document \"\(path)\" has version \(found), expected \(expected)"
    }
}
