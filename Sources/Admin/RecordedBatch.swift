import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// Many commands of one request on their way into one commit.
@LoopActor
final class RecordedBatch {
    private let exchange: HTTPExchange
    private let api: AdminAPI
    private var events: [EventID?]
    private var missing: Int
    private var duplicates = 0
    private var refusal: Refusal?

    init(_ count: Int, _ exchange: HTTPExchange, _ api: AdminAPI) {
        self.exchange = exchange
        self.api = api
        events = Array(repeating: nil, count: count)
        missing = count
    }

    /// Hands all of them over within this turn: so they share a commit, in their order.
    func submit(_ records: [Record], to dispatcher: Dispatcher) {
        for (place, var record) in records.enumerated() {
            record.continuesBatch = place > 0
            dispatcher.record(record) { [self] answer in answered(answer, place) }
        }
    }

    private func answered(_ answer: Answer, _ place: Int) {
        switch answer {
        case .recorded(let recorded):
            events[place] = recorded.event
            if recorded.isDuplicate { duplicates += 1 }
        case .refused(let refusal): self.refusal = self.refusal ?? refusal
        default: preconditionFailure("a record is recorded or refused")
        }
        missing -= 1
        if missing == 0 { respond() }
    }

    private func respond() {
        if let refusal {
            let recorded = events.count { $0 != nil }
            return api.refuse(exchange, AdminError.refused(refusal, recorded: recorded))
        }
        var body: [UInt8] = []
        body.reserveCapacity(40 + events.count * (EventID.textBytes + 3))
        body.append(#"{"ids":["#)
        for (place, event) in events.enumerated() {
            body.append(place == 0 ? "\"" : ",\"")
            event?.append(to: &body)
            body.append("\"")
        }
        body.append(#"],"duplicates":"#)
        body.append(decimal: Int64(duplicates))
        body.append("}")
        exchange.respond(202, AdminReply.json, body: body)
    }
}
