package import Contract
package import Invocations

/// Something to run: an invocation under a lease, or a call whose caller waits.
final class Work {
    enum Kind {
        case invocation(ClaimedInvocation)
        case call(Call)
    }

    /// What it holds of the slots.
    enum Place {
        case none
        case slot
        /// In quarantine, running or waiting for a worker: counted for its function only.
        case apart
        /// Between two runs: it waits for a turn, or for a slot after it.
        case between
    }

    var kind: Kind
    /// The function's place in the registry.
    let function: Int
    /// Where it stands in event order.
    let order: Int64
    var place = Place.none
    /// The documents that it lost to other attempts so far.
    var lost: Set<String> = []
    /// The number of its tickets: the first loss decides the order among equals.
    var serial: UInt64?
    var ticket: DocumentTurns.Ticket?
    var isCancelled = false
    /// True for a call that was run again because a neighbour ended its worker.
    var wasRunAgain = false
    /// True for a call that may have ended a worker: it runs apart.
    var isSuspect = false
    /// Until when it waits for a slot or a worker; only callers are told that there was none.
    var waitsUntil = Instant.distantFuture

    /// - Parameter newest: the newest invocation known; a call stands right behind it.
    init(_ kind: Kind, function: Int, behind newest: Int64 = 0) {
        self.kind = kind
        self.function = function
        switch kind {
        case .invocation(let claimed): order = claimed.held.invocation.rawValue
        case .call(let call):
            order = newest
            waitsUntil = call.event.acceptedAt + Dispatcher.callWait
        }
    }

    /// Nil for a call.
    var invocation: InvocationNumber? {
        switch kind {
        case .invocation(let claimed): claimed.held.invocation
        case .call: nil
        }
    }

    /// True for an invocation that the store charges should the host end.
    var isHeldSuspect: Bool {
        switch kind {
        case .invocation(let claimed): claimed.suspicion.runsAlone
        case .call: false
        }
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

    /// The number of the attempt: every run counts, from 1.
    var attempt: Int {
        switch kind {
        case .invocation(let claimed): claimed.earlierRuns + claimed.runs
        case .call(let call): call.runs
        }
    }

    /// What a caller is told of a response's body.
    var bodyUse: Assignment.BodyUse {
        switch kind {
        case .invocation: .dropped
        case .call(let call):
            if let bytesMax = call.key?.responseBytesMax {
                .gathered(bytesMax: bytesMax)
            } else {
                .handedOn
            }
        }
    }
}

/// A call whose caller waits for the handler's response.
package final class Call {
    /// What makes two calls the same one.
    package struct Key: Sendable, Equatable {
        /// The SHA-256 of the key's scope and the key: equal for the same call.
        package var hash: [UInt8]
        /// The hash of the request: a known key with another one is a mistake of the caller.
        package var fingerprint: [UInt8]
        /// From then on a call with the key is a new one.
        package var expiresAt: Instant
        /// What the body of the response may weigh, for it is stored; past it the attempt fails.
        package var responseBytesMax: Int

        /// A key as its request gave it.
        package init(hash: [UInt8], fingerprint: [UInt8], expiresAt: Instant, responseBytesMax: Int)
        {
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

    /// The function that is called.
    package let function: FunctionNumber
    /// The request, as its event.
    package let event: NewEvent
    /// The event's identifier, given before it is recorded.
    package let id: EventID
    /// What `context.onceKey` says where there is a key; nil for the invocation's identifier.
    package let onceKey: String?
    /// The idempotency key; nil for a call that is run each time.
    package let key: Key?
    /// True when running it twice is what its method allows, or its key makes harmless.
    package let mayRunAgain: Bool
    var runs = 1
    let answered: (Answer) -> Void

    /// The identifier of its one invocation.
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
