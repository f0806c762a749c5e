import HTTPClient

/// What a caller heard of one call.
enum ChaosAnswer: Hashable, Sendable, CustomStringConvertible {
    case status(Int)
    /// There was no connection, or it broke: so it is with a host that is down or dies.
    case silence
    /// What no host does that is only hurt, such as not a byte for half a minute.
    case strange(String)

    init(_ error: HTTPClientError) {
        switch error {
        case .noConnection, .broken: self = .silence
        case .badAddress, .noConnectionInTime, .untrusted, .noAnswerInTime, .stalled,
            .headTooLarge, .bodyTooLarge, .otherScheme, .tooManyRedirects, .tooManyCalls,
            .cancelled, .closed:
            // Behind the call, which is another one each time.
            let text = error.description
            let start = text.firstRange(of: ": ")?.upperBound ?? text.startIndex
            self = .strange(String(text[start...]))
        }
    }

    var description: String {
        switch self {
        case .status(let status): "\(status)"
        case .silence: "no answer"
        case .strange(let text): text
        }
    }
}

extension ChaosDeed.Kind {
    /// False for what none of the faults explains.
    func mayHear(_ answer: ChaosAnswer) -> Bool {
        switch answer {
        case .status(let status): statuses.contains(status)
        case .silence: true
        case .strange: false
        }
    }

    /// What the host may say: that it is done, or 503 while it can't. 429 is not among them, for
    /// nothing comes near the bound of what may be owed.
    private var statuses: Set<Int> {
        switch self {
        // 409 while the call before is still running, 500 where the worker was killed under it.
        case .entry: [201, 409, 500, 503]
        case .later, .message, .command, .flaky, .strike: [202, 503]
        // 412 where it was done before, and nobody heard of it.
        case .document: [200, 201, 412, 503]
        // 500 where a sync failed, 507 where the disk is full.
        case .file: [200, 201, 500, 503, 507]
        // Nobody is asked.
        case .drop: []
        }
    }
}
