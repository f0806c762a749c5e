/// What happened: the immutable fact that a function is run for.
///
/// The attributes are those of CloudEvents 1.0; `tenant`, `trace`, `cause` and `depth` are Roost's.
public struct Event: Sendable, Equatable {
    /// Sorts by time; the same for every function that gets the event.
    public let id: EventID
    /// All but the identifier.
    package let facts: Facts

    /// What happened, under an identifier.
    package init(id: EventID, _ facts: Facts) {
        self.id = id
        self.facts = facts
    }

    /// Without a trace the event begins one of its own.
    package init(
        id: EventID, kind: InputKind, subject: String, acceptedAt: Instant, data: [UInt8],
        dataContentType: String? = nil, tenant: String = Event.defaultTenant,
        attributes: [String: String] = [:], trace: TraceParent? = nil,
        traceState: String? = nil, cause: EventID? = nil, depth: Int = 0
    ) {
        self.init(
            id: id,
            Facts(
                kind: kind, subject: subject, acceptedAt: acceptedAt, data: data,
                dataContentType: dataContentType, tenant: tenant, attributes: attributes,
                trace: trace, traceState: traceState, cause: cause, depth: depth))
    }

    /// What kind of thing happened.
    public var kind: InputKind { facts.kind }
    /// What it happened to: the function of a command, the topic of a message, the route of a call.
    public var subject: String { facts.subject }
    /// When it was accepted.
    package var acceptedAt: Instant { facts.acceptedAt }
    /// Up to 1 MiB, exactly as it was sent.
    public var data: [UInt8] { facts.data }
    /// A media type, or nil where nothing was said.
    public var dataContentType: String? { facts.dataContentType }
    /// Which customer it belongs to; "default" until tenants come.
    public var tenant: String { facts.tenant }
    /// What a publisher adds for filters to look at; empty for most.
    public var attributes: [String: String] { facts.attributes }
    /// The trace that it is part of.
    public var trace: TraceParent { facts.trace ?? TraceParent(startingAt: id) }
    /// The W3C `tracestate` that came with the trace.
    public var traceState: String? { facts.traceState }
    /// The invocation that caused it, if one did.
    public var cause: EventID? { facts.cause }
    /// How many events led to it, from 0.
    public var depth: Int { facts.depth }

    /// A trace that an event began is the same as one that it was given.
    public static func == (left: Event, right: Event) -> Bool {
        left.id == right.id && left.trace == right.trace
            && left.facts.isSameButForTrace(as: right.facts)
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
    public var type: String { kind.eventType }

    /// CloudEvents' `source`, such as "/command/send-receipt".
    public var source: String { kind.eventSource(of: subject) }
}

extension Event {
    /// What happened, whatever identifier it has: made once, however many hold the event.
    package final class Facts: Sendable, Equatable {
        /// What kind of thing happened.
        package let kind: InputKind
        /// What it happened to.
        package let subject: String
        /// When it was accepted.
        package let acceptedAt: Instant
        /// Exactly as it was sent.
        package let data: [UInt8]
        /// A media type, or nil where nothing was said.
        package let dataContentType: String?
        /// Which customer it belongs to.
        package let tenant: String
        /// What a publisher adds for filters to look at.
        package let attributes: [String: String]
        /// Nil for an event that begins a trace.
        package let trace: TraceParent?
        /// The W3C `tracestate` that came with the trace.
        package let traceState: String?
        /// The invocation that caused it, if one did.
        package let cause: EventID?
        /// How many events led to it, from 0.
        package let depth: Int

        /// They say what those of an event say.
        package init(
            kind: InputKind, subject: String, acceptedAt: Instant, data: [UInt8],
            dataContentType: String?, tenant: String, attributes: [String: String],
            trace: TraceParent?, traceState: String?, cause: EventID?, depth: Int
        ) {
            self.kind = kind
            self.subject = subject
            self.acceptedAt = acceptedAt
            self.data = data
            self.dataContentType = dataContentType
            self.tenant = tenant
            self.attributes = attributes
            self.trace = trace
            self.traceState = traceState
            self.cause = cause
            self.depth = depth
        }

        /// True where all say the same.
        package static func == (left: Facts, right: Facts) -> Bool {
            left.trace == right.trace && left.isSameButForTrace(as: right)
        }

        fileprivate func isSameButForTrace(as other: Facts) -> Bool {
            self === other
                || kind == other.kind && subject == other.subject && acceptedAt == other.acceptedAt
                    && data == other.data && dataContentType == other.dataContentType
                    && tenant == other.tenant && attributes == other.attributes
                    && traceState == other.traceState && cause == other.cause
                    && depth == other.depth
        }
    }
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

    /// CloudEvents' `type` of such an event, such as "roost.command".
    package var eventType: String { "roost.\(rawValue)" }

    /// CloudEvents' `source` of such an event, such as "/command/send-receipt".
    package func eventSource(of subject: String) -> String { "/\(rawValue)/\(subject)" }

    /// The number in frames and rows.
    package var code: UInt8 { UInt8(Self.allCases.firstIndex(of: self)!) }

    /// Nil for a number that no kind has.
    package init?(code: UInt8) {
        guard Int(code) < Self.allCases.count else { return nil }
        self = Self.allCases[Int(code)]
    }
}
