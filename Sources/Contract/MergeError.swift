/// Why a merge makes no document.
package enum MergeError: Error, Equatable, CustomStringConvertible {
    case malformed(Subject, JSONError)
    case notObject(Subject, found: JSONKind)
    case notNumber(member: String, found: JSONKind)
    case notArray(member: String, found: JSONKind)
    /// The sum is beyond what 64 bits hold.
    case numberTooLarge(member: String)
    case oversize(found: Int, max: Int)

    /// What the error is about.
    package enum Subject: Sendable, Equatable {
        case document
        case patch
        case value(of: String)
    }

    package var description: String {
        switch self {
        case .malformed(let subject, let error): "\(subject.noun) is not JSON: \(error)"
        case .notObject(let subject, let found):
            "\(subject.noun) is \(found.rawValue); expected an object"
        case .notNumber(let member, let found):
            "\"\(member)\" is \(found.rawValue); expected a number to increment, or no such member"
        case .notArray(let member, let found):
            "\"\(member)\" is \(found.rawValue); expected an array to append to, or no such member"
        case .numberTooLarge(let member):
            "\"\(member)\" incremented is too large for a number of 64 bits"
        case .oversize(let found, let max):
            "the merged document has \(found) bytes where \(max) are the most"
        }
    }
}

extension MergeError.Subject {
    fileprivate var noun: String {
        switch self {
        case .document: "the document"
        case .patch: "the patch"
        case .value(let member): "the value to append to \"\(member)\""
        }
    }
}
