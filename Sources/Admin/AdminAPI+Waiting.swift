import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// Callers who want to hear how the first attempt of what they sent ended.
extension AdminAPI {
    /// What an attempt may take beyond its timeout to be told of as timed out.
    private static let slack = Duration.seconds(1)
    /// How often an invocation that somebody else sent is looked at.
    private static let look = Duration.milliseconds(100)

    func recordAndWait(
        _ record: Record, _ exchange: HTTPExchange, _ function: Registry.Function,
        _ preference: Preference
    ) {
        let longest = function.policies.timeout + Self.slack
        var wait = waiting.isDraining ? .zero : min(preference.wait ?? longest, longest)
        // What is due later than that can't have ended when the caller gives up.
        if record.isDue(after: wait) { wait = .zero }
        let watcher: (Dispatcher.Notice) -> Void = { [self] notice in ended(notice, exchange) }
        parts.dispatcher.record(record, watcher: watcher) { [self] answer in
            switch answer {
            case .recorded(let recorded):
                keepWaiting(for: recorded, of: function.number, exchange, upTo: wait)
            case .refused(let refusal): refuse(exchange, AdminError.refused(refusal, recorded: 0))
            default: preconditionFailure("a record is recorded or refused")
            }
        }
    }

    private func keepWaiting(
        for recorded: Recorded, of function: FunctionNumber, _ exchange: HTTPExchange,
        upTo wait: Duration
    ) {
        if recorded.isDuplicate { return waitForKnown(recorded, exchange, upTo: wait) }
        exchange.context = WaitedFor(recorded)
        guard !exchange.isClosed, wait > .zero else {
            parts.dispatcher.stopWatching(InvocationNumber(event: recorded.number, ordinal: 0))
            return accepted(recorded, exchange, isPreferred: false)
        }
        waiting.add(exchange, recorded, of: function, for: wait)
    }

    /// Many were cancelled: tells those callers whose invocations are among them.
    func tellCancelled(of function: FunctionNumber?) async {
        for caller in waiting.all(for: function) {
            // Where it can't be read, the caller hears at the end that it is recorded.
            guard let detail = try? await detail(caller.recorded.invocation),
                detail.summary.state == .cancelled
            else { continue }
            parts.dispatcher.wasCancelled(detail.summary.number)
        }
    }

    private func ended(_ notice: Dispatcher.Notice, _ exchange: HTTPExchange) {
        guard !exchange.isClosed, let waited = exchange.context as? WaitedFor else { return }
        waiting.remove(InvocationNumber(event: waited.recorded.number, ordinal: 0))
        exchange.onClose = nil
        let state = notice.settlement.state
        let reply = AdminReply.object { object in
            object.member("invocation", waited.recorded.invocation)
            object.member("outcome", notice.outcome.name)
            object.member("state", state.name)
            if notice.outcome == .succeeded {
                if let status = notice.response?.status { object.member("status", status) }
                object.member("output", raw: notice.response?.output ?? Array("null".utf8))
            } else {
                object.member("error", notice.outcome.error)
            }
        }
        send(reply, to: exchange)
    }

    /// The key was known: answers for the invocation that it has, whoever sent that.
    private func waitForKnown(_ recorded: Recorded, _ exchange: HTTPExchange, upTo wait: Duration) {
        let deadline = LoopActor.uptimeNanoseconds + wait.millisecondsRoundedUp * 1_000_000
        later(exchange) { [self] in
            while !exchange.isClosed {
                if let detail = try await detail(recorded.invocation),
                    let reply = Self.reply(detail)
                {
                    return send(reply, to: exchange)
                }
                guard LoopActor.uptimeNanoseconds < deadline, !waiting.isDraining else { break }
                try await Task.sleep(for: Self.look)
            }
            accepted(recorded, exchange, isPreferred: false)
        }
    }

    /// Nil while it has not run and still may.
    private static func reply(_ detail: InvocationDetail) -> AdminReply? {
        if let last = detail.history.last { return reply(detail, last) }
        guard !detail.summary.state.isOwed else { return nil }
        let outcome = Outcome.interrupted(.cancelled)
        return AdminReply.object { object in
            object.member("invocation", detail.summary.id)
            object.member("outcome", outcome.name)
            object.member("state", detail.summary.state.name)
            object.member("error", detail.summary.error ?? outcome.error)
        }
    }

    /// What is kept of an attempt; the output is that of an HTTP function, others' is not.
    private static func reply(_ detail: InvocationDetail, _ last: AttemptRecord) -> AdminReply {
        AdminReply.object { object in
            object.member("invocation", detail.summary.id)
            object.member("outcome", last.outcome)
            object.member("state", detail.summary.state.name)
            if last.outcome == Outcome.succeeded.name {
                if let status = last.response?.status { object.member("status", status) }
                object.member("output", raw: last.response?.output ?? Array("null".utf8))
            } else {
                object.member("error", last.error)
            }
        }
    }
}

/// What an exchange waits for.
private final class WaitedFor {
    let recorded: Recorded

    init(_ recorded: Recorded) { self.recorded = recorded }
}

extension Record {
    fileprivate func isDue(after wait: Duration) -> Bool {
        owed.allSatisfy { owed in
            guard case .at(let due) = owed.start else { return false }
            return due - event.acceptedAt >= wait
        }
    }
}

extension Settlement {
    /// Where it leaves the invocation.
    fileprivate var state: InvocationState {
        switch self {
        case .succeeded: .succeeded
        case .again, .rerun: .ready
        case .retry: .retrying
        case .cancelled: .cancelled
        case .dead: .dead
        }
    }
}

extension ResponseData {
    /// The body as a JSON value: as it is where it is one, else as a text; nil where it is neither
    /// or was not kept.
    fileprivate var output: [UInt8]? {
        guard case .whole(let body) = body, !body.isEmpty else { return nil }
        // What is no JSON is shown as a text.
        if (try? body.checkedJSONKind()) != nil { return body }
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        var quoted: [UInt8] = []
        quoted.append(jsonText: text)
        return quoted
    }
}
