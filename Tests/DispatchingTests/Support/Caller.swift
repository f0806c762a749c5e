import Contract
import Dispatching
import Invocations

/// Somebody who calls a function and remembers what was answered.
final class Caller {
    private(set) var answers: [Call.Answer] = []

    /// Calls the function of a number, with a key where `hash` is given.
    @discardableResult
    func call(
        _ desk: Desk, _ number: Int64 = 1, hash: UInt8? = nil, mayRunAgain: Bool = false
    ) -> Self {
        let event = NewEvent(
            kind: .request, subject: "POST /orders", acceptedAt: desk.now, data: [],
            callID: EventID(callAt: desk.now, random: UInt64(hash ?? 0)))
        let key = hash.map {
            Call.Key(
                hash: [$0], fingerprint: [7], expiresAt: desk.now + .hours(24),
                responseBytesMax: 100)
        }
        desk.dispatcher.call(
            Call(
                function: FunctionNumber(number), event: event, onceKey: key.map { _ in "once" },
                key: key,
                mayRunAgain: mayRunAgain
            ) { [self] in answers.append($0) })
        return self
    }

    /// A word for each answer.
    var heard: [String] {
        answers.map { answer in
            switch answer {
            case .response(let response, nil): "response \(response.status)"
            case .response(let response, _?): "response \(response.status) with a body to come"
            case .failed(let outcome): outcome.name
            case .replay(let stored): "replay \(stored.status)"
            case .noSlot: "no slot"
            case .refused(let refusal): "\(refusal)"
            }
        }
    }
}

extension Effects {
    /// Those of an attempt that succeeded.
    var placements: [Placement] { files.map { Placement(number: 1, file: $0) } }
}
