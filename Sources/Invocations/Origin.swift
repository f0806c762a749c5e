package import Contract

/// What events that a store makes itself owe to whoever caused them.
package struct Origin: Sendable, Equatable {
    /// When it happened: the time of the events that come of it.
    package var now: Instant
    /// Whose they are.
    package var tenant: String
    /// The trace that they continue; nil where each begins one.
    package var trace: TraceParent?
    /// The W3C `tracestate` that came with the trace.
    package var traceState: String?
    /// The invocation that wrote; nil for a write from outside.
    package var cause: EventID?
    /// The depth of the events that come of it.
    package var depth: Int
    /// What wrote, for people: `command "send-receipt"`.
    package var sender: String

    /// Something from outside, unless it says what caused it.
    package init(
        now: Instant, tenant: String = Event.defaultTenant, trace: TraceParent? = nil,
        traceState: String? = nil, cause: EventID? = nil, depth: Int = 0, sender: String = "outside"
    ) {
        self.now = now
        self.tenant = tenant
        self.trace = trace
        self.traceState = traceState
        self.cause = cause
        self.depth = depth
        self.sender = sender
    }

    /// An event that comes of it.
    package func event(
        _ kind: InputKind, subject: String, data: [UInt8], attributes: [String: String] = [:]
    ) -> NewEvent {
        NewEvent(
            kind: kind, subject: subject, acceptedAt: now, data: data,
            dataContentType: "application/json", tenant: tenant, attributes: attributes,
            trace: trace, traceState: traceState, cause: cause, depth: depth)
    }
}

extension TriggerTable {
    /// The events of documents that changed, in their order; a change that nobody wants has none.
    ///
    /// The changes of one document are owed in order: its path is the ordering key.
    package func records(of changes: [ChangedDocument], _ origin: Origin) -> [Record] {
        guard !wantsNoDocuments else { return [] }
        return changes.compactMap { change in
            let watchers = watchers(of: change.path, kind: change.kind)
            guard !watchers.isEmpty else { return nil }
            return Record(
                event: origin.event(.document, subject: change.path, data: change.encoded),
                owed: watchers.map {
                    $0.owed(depth: origin.depth, sender: origin.sender, orderingKey: change.path)
                },
                comesFromOutside: origin.cause == nil)
        }
    }
}
