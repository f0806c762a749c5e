package import Contract

/// Which events to list, the newest first.
package struct EventFilter: Sendable, Equatable {
    /// What kind of thing happened; nil for any.
    package var kind: InputKind?
    /// What it happened to, to the letter; nil for anything.
    package var subject: String?
    /// Only those with a smaller number: the place where the page before ended.
    package var before: EventNumber?
    /// How many a page has at most.
    package var limit: Int

    /// The newest 50 of all, unless it says otherwise.
    package init(
        kind: InputKind? = nil, subject: String? = nil, before: EventNumber? = nil, limit: Int = 50
    ) {
        self.kind = kind
        self.subject = subject
        self.before = before
        self.limit = limit
    }

    /// True for an event that is wanted, wherever it stands.
    package func admits(kind: InputKind?, subject: String) -> Bool {
        (self.kind == nil || self.kind == kind)
            && (self.subject == nil || self.subject == subject)
    }
}

/// An event as a list shows it: without what it carries.
package struct EventSummary: Sendable, Equatable {
    /// The identifier that people and handlers see.
    package var id: EventID
    /// Its row, by which the list goes on.
    package var number: EventNumber
    /// What kind of thing happened.
    package var kind: InputKind
    /// What it happened to.
    package var subject: String
    /// When it was accepted.
    package var acceptedAt: Instant
    /// The invocation whose effect it is; nil where it came from outside.
    package var cause: EventID?

    /// As a store found it.
    package init(
        id: EventID, number: EventNumber, kind: InputKind, subject: String, acceptedAt: Instant,
        cause: EventID?
    ) {
        self.id = id
        self.number = number
        self.kind = kind
        self.subject = subject
        self.acceptedAt = acceptedAt
        self.cause = cause
    }
}
