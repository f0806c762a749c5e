package import Contract

/// An event that has no number yet.
package struct NewEvent: Sendable, Equatable {
    /// What happened; the event shares it once it has its number.
    package let facts: Event.Facts
    /// The identifier of a call, which was given before it was recorded.
    package var callID: EventID?

    /// An event from outside, unless it says what caused it; without a trace it begins one.
    package init(
        kind: InputKind, subject: String, acceptedAt: Instant, data: [UInt8],
        dataContentType: String? = nil, tenant: String = Event.defaultTenant,
        attributes: [String: String] = [:], trace: TraceParent? = nil,
        traceState: String? = nil, cause: EventID? = nil, depth: Int = 0, callID: EventID? = nil
    ) {
        facts = Event.Facts(
            kind: kind, subject: subject, acceptedAt: acceptedAt, data: data,
            dataContentType: dataContentType, tenant: tenant, attributes: attributes, trace: trace,
            traceState: traceState, cause: cause, depth: depth)
        self.callID = callID
    }

    /// What kind of thing happened.
    package var kind: InputKind { facts.kind }
    /// What it happened to: the function of a command, the topic of a message, the route of a call.
    package var subject: String { facts.subject }
    /// When it was accepted, which its identifier tells too.
    package var acceptedAt: Instant { facts.acceptedAt }
    /// Byte for byte as it was sent.
    package var data: [UInt8] { facts.data }
    /// How many events led to it, from 0.
    package var depth: Int { facts.depth }

    /// The event once it has its number.
    package func numbered(_ number: EventNumber) -> Event {
        identified(callID ?? EventID(.event, number: number.rawValue, at: acceptedAt))
    }

    /// The event under an identifier.
    package func identified(_ id: EventID) -> Event { Event(id: id, facts) }
}
