import Contract
import Invocations

extension AdminError {
    /// What failed, what was found, what was expected, what to do.
    var detail: String {
        switch self {
        case .noToken(let isWrong):
            "the request "
                + "\(isWrong ? "shows another token than this host's" : "shows no token"); send "
                + "\"Authorization: Bearer\" with the token in host.json in the host's data "
                + "directory"
        case .unknownHost(let found):
            "the request asks for host \"\(found)\", which this is not; expected localhost, "
                + "127.0.0.1, "
                + "[::1] or the address that the admin listener is bound to"
        case .stopping:
            "the host is stopping, and takes nothing any more; send it again with the same key once "
                + "it is back"
        case .crossSite(let origin):
            "the request comes from a page of another site (\(origin)), and writes are taken "
                + "from this "
                + "host's own pages and from programs only"
        case .unknownPath(let path):
            "nothing is at \"\(path)\"" + suggestion(for: path, among: Self.knownPaths)
        case .malformedPath(let path):
            "the path \"\(path)\" has an escape that makes no text; expected UTF-8, percent-encoded"
        case .methodNotAllowed(let method, let allowed):
            "\(method) is not taken here; expected \(allowed.joined(separator: ", "))"
        case .unknownParameter(let name, let known):
            "the query names \"\(name)\", which is not known here"
                + Self.choice(name, known, none: "; it takes none")
        case .badParameter(let name, let found, let expected):
            "the query has \(name)=\(found); expected \(expected)"
        default: bodyDetail
        }
    }

    private var bodyDetail: String {
        switch self {
        case .malformedJSON(let error): "the body is not JSON at \(error)"
        case .notObject(let found): "the body is \(found); expected an object"
        case .unknownMember(let name, let known):
            "the body has the member \"\(name)\", which is not known here"
                + Self.choice(name, known, none: "; expected {}")
        case .badMember(let name, let found, let expected):
            "the member \"\(name)\" is \(found); expected \(expected)"
        case .badKey(let text), .badName(let text), .badSchedule(let text),
            .badQuery(let text):
            text
        case .badHeader(let name, let expected):
            "the header \(name) is not understood; expected \(expected)"
        case .dataTooLarge(let found, let max):
            "the data has \(found) bytes, where \(max) is the most; put it into a file or a "
                + "document and "
                + "send its name, or raise limits.dataBytesMax"
        case .documentTooLarge(let path, let found, let max):
            "the document \"\(path)\" has \(found) bytes, where \(max) is the most; split it, put the "
                + "bytes into a bucket, or raise limits.documentBytesMax"
        case .manyInBatch(let name, let found, let max):
            "the body has \(found) \(name), where \(max) is the most; send several requests"
        default: stateDetail
        }
    }

    private var stateDetail: String {
        switch self {
        case .unknownFunction(let name, let known):
            "no function is named \"\(name)\""
                + Self.choice(name, known, none: "; the app has none")
        case .unknownInvocation(let id):
            "no invocation has the id \"\(id)\"; it may have been pruned, or the id is an event's"
        case .unknownEvent(let id):
            "no event has the id \"\(id)\"; it may have been pruned, or the id is an invocation's"
        case .unknownBucket(let name, let known):
            "there is no bucket \"\(name)\""
                + Self.choice(name, known, none: "; declare it in roost.yaml")
        case .unknownFile(let path): "no file is at \"\(path)\""
        case .badFileKey(let key):
            "\"\(key)\" is no key of a file; expected parts with '/' between them, none empty, "
                + "with a dot in front or over 255 bytes, no NUL, 1024 bytes at most in all"
        case .fileFailed(let text, let isFull):
            isFull ? "\(text); nothing is left of it; make room and send it again" : text
        case .fileInTheWay(let text): "\(text); take another key, or move what is in the way"
        case .unknownDocument(let path): "no document is at \"\(path)\""
        case .nothingToFire(let schedule, let function):
            "the schedule \"\(schedule)\" runs \"\(function)\", which the app does not have; "
                + "serve an app that has it, or let the schedule run another: "
                + "PUT /v1/schedules/\(schedule)"
        case .notInvocable(let function, let takes): Self.notInvocable(function, takes)
        case .refused(let refusal, let recorded): Self.refused(refusal, recorded)
        case .unreadable(let why): "the store could not be read: \(why); ask again"
        case .backupFailed(let why): "no backup was written: \(why)"
        default: ""
        }
    }

    private static func notInvocable(_ function: String, _ takes: InputKind) -> String {
        let cure =
            switch takes {
            case .command, .request, .event: "invoke another function"
            case .message: "publish to its topic"
            case .document: "write the document that it waits for"
            case .file: "put the file into its bucket"
            case .tick: "fire its schedule"
            }
        return
            "function \"\(function)\" takes a \(takes.rawValue), and only functions that take a "
            + "command or "
            + "a request can be invoked directly; \(cure)"
    }

    private static func refused(_ refusal: Refusal, _ recorded: Int) -> String {
        let cure =
            switch refusal {
            case .backlogFull: "; send it again later, or raise limits.backlogMax"
            case .diskFull: "; free some space, and send it again with the same key"
            case .storeLocked: "; close that program, and send it again with the same key"
            case .overloaded: "; send it again with the same key"
            case .broken: "; restart the host once the cause is gone"
            case .isFinished: "; nothing was changed"
            case .isRunning: "; wait for its end, or cancel it"
            case .versionMismatch: "; read it again and write with the version found"
            case .leaseLost, .conflicted, .answered, .unmergeable, .unknownInvocation,
                .unknownSchedule, .isDeclared, .firedMeanwhile:
                ""
            }
        let others = recorded > 0 ? " (\(recorded) of the commands were recorded before)" : ""
        return "\(refusal)\(cure)\(others)"
    }

    /// The nearest name, or all of them where there are few.
    private static func choice(_ name: String, _ known: [String], none: String) -> String {
        if known.isEmpty { return none }
        let near = suggestion(for: name, among: known)
        guard near.isEmpty, known.count <= 12 else { return near }
        return "; expected \(known.count == 1 ? "" : "one of ")\(known.joined(separator: ", "))"
    }

    private static let knownPaths = [
        "/v1/functions", "/v1/invocations", "/v1/events", "/v1/topics", "/v1/documents",
        "/v1/schedules", "/v1/workers",
        "/v1/status",
        "/v1/backup", "/metrics", "/healthz", "/readyz",
    ]
}
