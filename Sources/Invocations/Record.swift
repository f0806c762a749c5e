package import Contract

/// An event, its key, and the functions that it is owed to.
package struct Record: Sendable, Equatable {
    /// What happened.
    package var event: NewEvent
    /// Where it came from and its key: unique for a time.
    package var key: Key?
    /// In the order of the ordinals, at most `InvocationNumber.perEventMax`; empty where nobody
    /// wants it.
    package var owed: [Owed]
    /// False for effects, which may pass the bound of the backlog up to twice.
    package var comesFromOutside: Bool
    /// True for all of a batch but its first: it goes into the commit of the change before it.
    package var continuesBatch = false

    /// Traps where the event is owed to more functions than numbers have room for.
    package init(event: NewEvent, key: Key? = nil, owed: [Owed], comesFromOutside: Bool = true) {
        precondition(
            owed.count <= InvocationNumber.perEventMax, "an event is owed to so many at most")
        self.event = event
        self.key = key
        self.owed = owed
        self.comesFromOutside = comesFromOutside
    }

    /// An idempotency key of events: unique within a tenant and a trigger, for a time.
    package struct Key: Sendable, Hashable {
        /// Whose key it is.
        package var tenant: String
        /// Such as "command/send-receipt".
        package var trigger: String
        /// As the caller gave it, without quotes.
        package var key: String
        /// From then on the key is a new one.
        package var expiresAt: Instant

        /// A key of the one tenant, unless it says otherwise.
        package init(
            tenant: String = Event.defaultTenant, trigger: String, key: String, expiresAt: Instant
        ) {
            self.tenant = tenant
            self.trigger = trigger
            self.key = key
            self.expiresAt = expiresAt
        }
    }
}

/// One function that an event is owed to.
package struct Owed: Sendable, Equatable {
    /// When its first run may begin.
    package enum Start: Sendable, Equatable {
        /// A slot is kept for it: it is recorded as running, unless its ordering key holds it back.
        case now
        case whenClaimed
        case at(Instant)
        /// It is a dead letter from the start.
        case never(TooDeep)
    }

    /// The function that shall run.
    package var function: FunctionNumber
    /// When its first run may begin.
    package var start: Start
    /// Those of one function and key run one at a time, in event order; nil for no order.
    package var orderingKey: String?

    /// An invocation that waits for its turn, unless it says otherwise.
    package init(function: FunctionNumber, start: Start = .whenClaimed, orderingKey: String? = nil)
    {
        self.function = function
        self.start = start
        self.orderingKey = orderingKey
    }
}
