import Contract
import EventLoop
import HTTPServer
import Invocations

/// Builds the event of a request.
@LoopActor
enum RequestEvent {
    /// The request as it lies in its event's data: the same bytes as `RequestData.encoded()`, made
    /// from the head's own bytes.
    static func data(_ exchange: HTTPExchange, parameters: [RequestData.Field]) -> [UInt8] {
        let head = exchange.head
        var data: [UInt8] = []
        data.reserveCapacity(128 + exchange.body.count + head.targetBytes.count)
        data.append(text: head.method.rawValue)
        data.append(count: head.targetBytes.count)
        data.append(contentsOf: head.targetBytes)
        data.append(fields: parameters)
        data.append(count: head.fieldCount)
        head.forEachField { name, value in
            data.append(field: name)
            data.append(field: value)
        }
        data.append(contentsOf: exchange.body)
        return data
    }

    static func event(
        _ exchange: HTTPExchange, _ trigger: HTTPTrigger, parameters: [RequestData.Field],
        now: Instant,
        callID: EventID?
    ) -> NewEvent {
        // Given twice it is invalid, and a new trace begins (W3C Trace Context).
        let parents =
            exchange.head.first("traceparent") == nil ? [] : exchange.head.values("traceparent")
        let traceParent = parents.count == 1 ? TraceParent(parents[0]) : nil
        return NewEvent(
            kind: .request, subject: trigger.name, acceptedAt: now,
            data: data(exchange, parameters: parameters),
            dataContentType: exchange.head["content-type"],
            trace: traceParent,
            traceState: traceParent == nil
                ? nil : TraceState.carried(exchange.head.values("tracestate")),
            callID: callID)
    }
}

extension [UInt8] {
    /// A field's name or value, which reads as text whatever its bytes are.
    fileprivate mutating func append(field bytes: UnsafeRawBufferPointer) {
        if bytes.isASCII {
            append(count: bytes.count)
            append(contentsOf: bytes)
        } else {
            append(text: String(decoding: bytes, as: UTF8.self))
        }
    }
}
