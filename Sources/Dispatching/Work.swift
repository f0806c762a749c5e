package import Contract
package import Invocations

/// Something to run: an invocation under a lease, or a call whose caller waits.
final class Work {
    enum Kind {
        case invocation(ClaimedInvocation)
        case call(Call)
    }

    var kind: Kind
    /// The function's place in the registry.
    let function: Int
    /// The documents that it lost to other attempts so far.
    var lost: Set<String> = []
    var ticket: DocumentTurns.Ticket?
    /// A suspect, or of a function in quarantine: it runs in a worker of its own.
    var runsAlone = false
    var holdsSlot = false
    var isCancelled = false
    /// True for a call that was run again because a neighbour ended its worker.
    var wasRunAgain = false

    init(_ kind: Kind, function: Int) {
        self.kind = kind
        self.function = function
    }

    var event: Event {
        switch kind {
        case .invocation(let claimed): claimed.event
        case .call(let call): call.event.identified(call.id)
        }
    }

    var invocationID: EventID {
        switch kind {
        case .invocation(let claimed): claimed.id
        case .call(let call): call.invocationID
        }
    }

    var runs: Int {
        switch kind {
        case .invocation(let claimed): claimed.runs
        case .call(let call): call.runs
        }
    }

    /// Where it stands in event order.
    var order: Int64 {
        switch kind {
        case .invocation(let claimed): claimed.held.invocation.rawValue
        // Behind everything that is recorded, and among calls in the order of their times.
        case .call: Int64.max
        }
    }

    /// What a caller is told of a response's body.
    var bodyUse: Assignment.BodyUse {
        switch kind {
        case .invocation: .dropped
        case .call(let call):
            if let bytesMax = call.key?.responseBytesMax { .gathered(bytesMax: bytesMax) } else { .handedOn }
        }
    }
}

/// A call whose caller waits for the handler's response.
package struct Call {
    /// What makes two calls the same one.
    package struct Key: Sendable, Equatable {
        package var hash: [UInt8]
        package var fingerprint: [UInt8]
        package var expiresAt: Instant
        package var responseBytesMax: Int

        package init(hash: [UInt8], fingerprint: [UInt8], expiresAt: Instant, responseBytesMax: Int) {
            self.hash = hash
            self.fingerprint = fingerprint
            self.expiresAt = expiresAt
            self.responseBytesMax = responseBytesMax
        }
    }

    /// What the caller is answered with.
    package enum Answer {
        /// Everything is committed. The attempt is named where body frames are still to come.
        case response(ResponseData, bodyOf: AttemptNumber?)
        case failed(Outcome)
        case replay(StoredResponse)
        case noSlot
        case refused(Refusal)
    }

    package var function: FunctionNumber
    package var event: NewEvent
    package var id: EventID
    package var onceKey: String?
    package var key: Key?
    /// True when running it twice is what its method allows, or its key makes harmless.
    package var mayRunAgain: Bool
    var runs = 1
    let answered: (Answer) -> Void
    /// Until when it waits for a slot.
    var waitsUntil = Instant.distantFuture

    package var invocationID: EventID { id.tagged(.callInvocation) }

    /// - Parameter event: with its `callID`.
    package init(
        function: FunctionNumber, event: NewEvent, onceKey: String? = nil, key: Key? = nil,
        mayRunAgain: Bool, answered: @escaping (Answer) -> Void
    ) {
        guard let id = event.callID else { preconditionFailure("a call has its identifier") }
        self.function = function
        self.event = event
        self.id = id
        self.onceKey = onceKey
        self.key = key
        self.mayRunAgain = mayRunAgain
        self.answered = answered
    }
}
