import Contract
import HTTPServer
import Invocations

/// Why a request of the admin API is answered with a problem.
enum AdminError: Error, Equatable {
    case noToken(isWrong: Bool)
    case unknownHost(String)
    case stopping
    case crossSite(origin: String)
    case unknownPath(String)
    case malformedPath(String)
    case methodNotAllowed(String, allowed: [String])
    case unknownParameter(String, known: [String])
    case badParameter(String, found: String, expected: String)

    case malformedJSON(JSONError)
    case notObject(found: String)
    case unknownMember(String, known: [String])
    case badMember(String, found: String, expected: String)
    case badKey(String)
    case badHeader(String, expected: String)
    case dataTooLarge(found: Int, max: Int)
    case documentTooLarge(path: String, found: Int, max: Int)
    case manyInBatch(String, found: Int, max: Int)

    case unknownFunction(String, known: [String])
    case unknownInvocation(String)
    case unknownEvent(String)
    case unknownDocument(String)
    case unknownBucket(String, known: [String])
    case unknownFile(String)
    case badFileKey(String)
    case fileFailed(String, isFull: Bool)
    case fileInTheWay(String)
    case notInvocable(function: String, takes: InputKind)
    case badName(String)
    case badSchedule(String)
    case nothingToFire(schedule: String, function: String)
    case badQuery(String)

    case refused(Refusal, recorded: Int)
    case unreadable(String)
    case backupFailed(String)
}

extension AdminError {
    /// What the caller sees.
    var problem: Problem { Problem(status: status, detail: detail, members: members) }

    /// The header fields that belong to the status.
    var fields: ResponseFields {
        switch self {
        case .noToken: return ["WWW-Authenticate": "Bearer realm=\"roost\""]
        case .methodNotAllowed(_, let allowed): return .allow(allowed)
        case .refused(let refusal, _):
            guard let seconds = refusal.retryAfterSeconds else { return .init() }
            return ["Retry-After": "\(seconds)"]
        case .unreadable: return ["Retry-After": "1"]
        case .stopping: return ["Retry-After": "5"]
        default: return .init()
        }
    }

    private var status: Int {
        switch self {
        case .noToken: 401
        case .unknownHost: 421
        case .crossSite: 403
        case .unknownPath, .unknownFunction, .unknownInvocation, .unknownEvent, .unknownDocument,
            .unknownBucket, .unknownFile:
            404
        case .methodNotAllowed: 405
        case .malformedPath, .unknownParameter, .badParameter, .malformedJSON, .notObject,
            .unknownMember, .badMember, .badKey, .badHeader, .badName, .badSchedule, .badFileKey:
            400
        case .dataTooLarge, .documentTooLarge, .manyInBatch: 413
        case .notInvocable, .badQuery: 422
        case .refused(let refusal, _): refusal.status
        case .unreadable, .stopping: 503
        case .fileFailed(_, let isFull): isFull ? 507 : 500
        case .fileInTheWay, .nothingToFire: 409
        case .backupFailed: 500
        }
    }

    private var members: [(name: String, value: Problem.Value)] {
        switch self {
        case .malformedJSON(let error): [("offset", .number(error.offset))]
        case .refused(_, let recorded) where recorded > 0: [("recorded", .number(recorded))]
        default: []
        }
    }
}

extension Refusal {
    fileprivate var status: Int {
        switch self {
        case .backlogFull: 429
        case .diskFull, .storeLocked, .overloaded, .broken: 503
        case .versionMismatch: 412
        case .leaseLost, .conflicted, .answered, .isRunning, .isFinished, .isDeclared,
            .firedMeanwhile:
            409
        case .unmergeable: 422
        case .unknownInvocation, .unknownSchedule: 404
        }
    }

    /// When asking again may help; nil where it won't.
    fileprivate var retryAfterSeconds: Int? {
        switch self {
        case .overloaded: 1
        case .backlogFull, .diskFull, .storeLocked: 5
        case .broken: 30
        case .leaseLost, .conflicted, .answered, .versionMismatch, .unmergeable, .unknownInvocation,
            .isRunning, .isFinished, .unknownSchedule, .isDeclared, .firedMeanwhile:
            nil
        }
    }
}

extension ResponseFields {
    /// The methods that a path takes.
    static func allow(_ methods: [String]) -> ResponseFields {
        ["Allow": methods.joined(separator: ", ")]
    }
}
