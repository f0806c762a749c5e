import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// `POST /v1/functions/{name}/invocations`: the way in that has to be fast.
///
/// A body is scanned once, what is recorded goes to the dispatcher within the turn, and the answer
/// is bytes that were appended; only a long body is scanned off the loop.
extension AdminAPI {
    /// Longer bodies would hold the loop up.
    static let scannedOnLoopBytesMax = 64 * 1024

    func record(_ exchange: HTTPExchange, function name: String) {
        do throws(AdminError) {
            let function = try invocable(name)
            guard parts.dispatcher.isAccepting else { throw .refused(.diskFull, recorded: 0) }
            if exchange.body.count > Self.scannedOnLoopBytesMax {
                return recordLong(exchange, function)
            }
            record(
                try OrderBody<InvocationOrder>(exchange.body, limits: parts.limits), exchange,
                function)
        } catch {
            refuse(exchange, error)
        }
    }

    private func recordLong(_ exchange: HTTPExchange, _ function: Registry.Function) {
        let body = exchange.body
        let limits = parts.limits
        later(exchange) { [self] in
            let orders = try await offLoop { try OrderBody<InvocationOrder>(body, limits: limits) }
            record(orders, exchange, function)
        }
    }

    private func record(
        _ orders: OrderBody<InvocationOrder>, _ exchange: HTTPExchange,
        _ function: Registry.Function
    ) {
        let now = parts.clock()
        switch orders {
        case .one(let order):
            let record = record(order, of: function, exchange.head, now)
            let preference = Preference(exchange.head)
            if preference.isAsynchronous {
                recordOnly(record, exchange)
            } else {
                recordAndWait(record, exchange, function, preference)
            }
        case .many(let orders):
            let records = orders.map { record($0, of: function, exchange.head, now) }
            RecordedBatch(records.count, exchange, self).submit(records, to: parts.dispatcher)
        }
    }

    private func recordOnly(_ record: Record, _ exchange: HTTPExchange) {
        parts.dispatcher.record(record) { [self] answer in
            switch answer {
            case .recorded(let recorded): accepted(recorded, exchange, isPreferred: true)
            case .refused(let refusal): refuse(exchange, AdminError.refused(refusal, recorded: 0))
            default: preconditionFailure("a record is recorded or refused")
            }
        }
    }

    /// 202, with where to look for the invocation.
    func accepted(_ recorded: Recorded, _ exchange: HTTPExchange, isPreferred: Bool) {
        let invocation = recorded.invocation
        var body: [UInt8] = []
        body.reserveCapacity(144)
        body.append(#"{"id":""#)
        recorded.event.append(to: &body)
        body.append(#"","invocation":""#)
        invocation.append(to: &body)
        body.append(recorded.isDuplicate ? #"","duplicate":true}"# : #"","duplicate":false}"#)
        var location: [UInt8] = []
        location.reserveCapacity(56)
        location.append("/v1/invocations/")
        invocation.append(to: &location)
        var fields = isPreferred ? Self.preferredFields : AdminReply.json
        location.withUnsafeBytes { fields.appendKnown("Location", $0) }
        exchange.respond(202, fields, body: body)
    }

    private static let preferredFields: ResponseFields = [
        "Content-Type": "application/json", "Cache-Control": "no-store",
        "Preference-Applied": "respond-async",
    ]

    private func invocable(_ name: String) throws(AdminError) -> Registry.Function {
        let registry = parts.dispatcher.registry
        guard let function = registry[name] else {
            throw .unknownFunction(name, known: registry.names)
        }
        switch function.declaration.input {
        case .command, .request: return function
        case .message, .document, .file, .tick, .event:
            throw .notInvocable(function: name, takes: function.declaration.input)
        }
    }

    private func record(
        _ order: InvocationOrder, of function: Registry.Function, _ head: RequestHead,
        _ now: Instant
    ) -> Record {
        let isCommand = function.declaration.input == .command
        let origin = Origin(now: now, tracedBy: head)
        let event = NewEvent(
            kind: function.declaration.input, subject: function.name, acceptedAt: now,
            data: isCommand ? order.data : request(order.data),
            dataContentType: isCommand ? "application/json" : nil, trace: origin.trace,
            traceState: origin.traceState)
        return Record(
            event: event,
            key: order.key.map {
                Record.Key(
                    trigger: keyScopes[function.index], key: $0,
                    expiresAt: now + parts.limits.keysKept)
            },
            owed: [
                Owed(
                    function: function.number,
                    start: order.after > .zero ? .at(now + order.after) : .whenClaimed)
            ])
    }

    /// A request function is called as if the data had been posted to it.
    private func request(_ data: [UInt8]) -> [UInt8] {
        RequestData(
            method: "POST", target: "/",
            fields: [RequestData.Field("Content-Type", "application/json")], body: data
        ).encoded()
    }
}

extension Recorded {
    /// The one invocation of an event that is owed to one function.
    var invocation: EventID {
        event.tag == .call
            ? event.tagged(.callInvocation)
            : EventID(
                .invocation, number: InvocationNumber(event: number, ordinal: 0).rawValue,
                at: event.instant)
    }
}

extension Origin {
    /// Something from outside, in the caller's trace, if it names one that can be read.
    init(now: Instant, tracedBy head: RequestHead) {
        self.init(now: now)
        guard head.first("traceparent") != nil else { return }
        let parents = head.values("traceparent")
        guard parents.count == 1, let trace = TraceParent(parents[0]) else { return }
        self.trace = trace
        traceState = TraceState.carried(head.values("tracestate"))
    }
}

extension ResponseFields {
    /// Adds a field whose value is known to be one that can be sent.
    mutating func appendKnown(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        do throws(ResponseFieldError) {
            try append(name: name, value: value)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(
            contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }
}
