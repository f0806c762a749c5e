/// What happened: the immutable fact that a function is run for.
///
/// The attributes are those of CloudEvents 1.0; `tenant`, `trace`, `cause` and `depth` are Roost's.
public struct Event: Sendable, Equatable {
    /// Sorts by time; the same for every function that gets the event.
    public let id: EventID
    /// What kind of thing happened.
    public let kind: InputKind
    /// What it happened to: the function of a command, the topic of a message, the route of a call.
    public let subject: String
    /// When it was accepted.
    package let acceptedAt: Instant
    /// Up to 1 MiB, exactly as it was sent.
    public let data: [UInt8]
    /// A media type, or nil where nothing was said.
    public let dataContentType: String?
    /// Which customer it belongs to; "default" until tenants come.
    public let tenant: String
    /// What a publisher adds for filters to look at; empty for most.
    public let attributes: [String: String]
    /// The trace that it is part of.
    public let trace: TraceParent
    /// The W3C `tracestate` that came with the trace.
    public let traceState: String?
    /// The invocation that caused it, if one did.
    public let cause: EventID?
    /// How many events led to it, from 0.
    public let depth: Int

    /// Without a trace the event begins one of its own.
    package init(
        id: EventID, kind: InputKind, subject: String, acceptedAt: Instant, data: [UInt8],
        dataContentType: String? = nil, tenant: String = Event.defaultTenant,
        attributes: [String: String] = [:], trace: TraceParent? = nil,
        traceState: String? = nil, cause: EventID? = nil, depth: Int = 0
    ) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.acceptedAt = acceptedAt
        self.data = data
        self.dataContentType = dataContentType
        self.tenant = tenant
        self.attributes = attributes
        self.trace = trace ?? TraceParent(startingAt: id)
        self.traceState = traceState
        self.cause = cause
        self.depth = depth
    }

    /// Whose everything is until tenants come.
    package static let defaultTenant = "default"

    /// The attribute that carries a message's ordering key (CloudEvents' partitioning extension).
    package static let orderingKeyAttribute = "partitionkey"

    /// What is wrong with the attributes that somebody gives to a message, or nil: the one that
    /// carries the ordering key would claim an order that nobody keeps.
    package static func mistake(inAttributes attributes: [String: String]) -> String? {
        guard attributes[orderingKeyAttribute] != nil else { return nil }
        return "the attribute \"\(orderingKeyAttribute)\" carries a message's ordering key; "
            + "say orderingKey instead"
    }

    /// CloudEvents' `type`, such as "roost.command".
    public var type: String { "roost.\(kind.rawValue)" }

    /// CloudEvents' `source`, such as "/command/send-receipt".
    public var source: String { "/\(kind.rawValue)/\(subject)" }
}

/// What a function takes, which is also what can cause an event.
public enum InputKind: String, Sendable, Codable, CaseIterable {
    case request
    case command
    case message
    case document
    case file
    case tick
    /// Any CloudEvent.
    case event

    /// The number in frames and rows.
    package var code: UInt8 { UInt8(Self.allCases.firstIndex(of: self)!) }

    /// Nil for a number that no kind has.
    package init?(code: UInt8) {
        guard Int(code) < Self.allCases.count else { return nil }
        self = Self.allCases[Int(code)]
    }
}
