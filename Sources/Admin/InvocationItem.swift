import Contract
import Dispatching
import Invocations

/// The form of an invocation in lists and alone.
extension JSONWriter {
    /// An object with the members of an item.
    mutating func item(_ summary: InvocationSummary, _ registry: Registry) {
        object { $0.members(of: summary, registry) }
    }

    mutating func members(of summary: InvocationSummary, _ registry: Registry) {
        member("id", summary.id)
        member("event", summary.event)
        member("function", registry.name(of: summary.function))
        member("state", summary.state.name)
        member("attempts", summary.charged)
        // A function that is gone has no policy to say it.
        member("attemptsMax", registry[summary.function]?.policies.retry.attemptsMax)
        member("acceptedAt", summary.acceptedAt)
        member("dueAt", summary.dueAt)
        member("startedAt", summary.startedAt)
        member("finishedAt", summary.finishedAt)
        member("error", summary.error)
    }

    mutating func members(of attempt: AttemptRecord) {
        member("number", attempt.number)
        member("outcome", attempt.outcome)
        member("error", attempt.error)
        member("startedAt", attempt.beganAt)
        member("finishedAt", attempt.endedAt)
        member("worker", attempt.worker == 0 ? nil : Int(attempt.worker))
        if let note = attempt.note { member("note", note) }
        if let response = attempt.response { object("response") { $0.members(of: response) } }
    }

    /// Like an event's data; a body that was not kept has its length, where that was known.
    private mutating func members(of response: ResponseData) {
        member("status", response.status)
        let type = response.fields.first { $0.name.lowercased() == "content-type" }
        member("datacontenttype", type?.value)
        switch response.body {
        case .whole(let body): data(body)
        case .long(let bytes): member("bytesNotKept", bytes)
        case .streamed: break
        }
    }

    mutating func members(of line: LogView) {
        member("time", line.time)
        member("attempt", line.attempt)
        member("level", line.log.level)
        member("message", line.log.message)
        object("metadata") { metadata in
            for (key, value) in line.log.metadata.sorted(by: { $0.key < $1.key }) {
                metadata.member(key, value)
            }
        }
    }
}
