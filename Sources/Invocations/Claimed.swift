package import Contract

/// The answer to a claim.
package struct Claimed: Sendable {
    /// In the order of the wants; each is running from now on.
    package var invocations: [ClaimedInvocation]
    /// Those asked for that have nothing ready any more.
    package var exhausted: [FunctionNumber]
    /// Those whose waiting invocations came due by this claim.
    package var ready: [FunctionNumber]
    /// When the next waiting invocation is due, if one waits.
    package var nextDueAt: Instant?

    /// Nothing claimed, unless it says otherwise.
    package init(
        invocations: [ClaimedInvocation] = [], exhausted: [FunctionNumber] = [],
        ready: [FunctionNumber] = [], nextDueAt: Instant? = nil
    ) {
        self.invocations = invocations
        self.exhausted = exhausted
        self.ready = ready
        self.nextDueAt = nextDueAt
    }
}

/// An invocation under a lease, with all that is needed to run it.
package struct ClaimedInvocation: Sendable, Equatable {
    /// Its row and the lease that its attempt settles with.
    package var held: Held
    /// The function that it is owed to.
    package var function: FunctionNumber
    /// The event, its data included.
    package var event: Event
    /// All runs of its series, the one to come included.
    package var runs: Int
    /// The runs of the series before, which a retry by hand ended.
    package var earlierRuns: Int
    /// The attempts charged so far.
    package var charged: Int
    /// Nil before the first run of its series.
    package var firstRunAt: Instant?
    /// Whether it has to run alone.
    package var suspicion: Suspicion

    /// As a store hands it out.
    package init(
        held: Held, function: FunctionNumber, event: Event, runs: Int, earlierRuns: Int = 0,
        charged: Int, firstRunAt: Instant?, suspicion: Suspicion
    ) {
        self.held = held
        self.function = function
        self.event = event
        self.runs = runs
        self.earlierRuns = earlierRuns
        self.charged = charged
        self.firstRunAt = firstRunAt
        self.suspicion = suspicion
    }

    /// The identifier that people and handlers see.
    package var id: EventID {
        event.id.tag == .call
            ? event.id.tagged(.callInvocation)
            : EventID(.invocation, number: held.invocation.rawValue, at: event.acceptedAt)
    }
}
