import Contract

public import struct HTTPTypes.HTTPField
public import struct HTTPTypes.HTTPFields
public import struct HTTPTypes.HTTPRequest

/// Calls other services for an attempt.
///
/// Every call carries the event's trace. POST and PATCH carry an `Idempotency-Key` that is the same
/// in every attempt of the same work, so that a service that knows the header acts once: it is
/// `context.onceKey` and the number of the call among those of the attempt that need one, or the
/// name that `once:` gives it. A header that the author sets wins over either.
public struct WebClient: Sendable {
    let attempt: Attempt

    /// Calls `url` and reads the answer to its end; any status is an answer.
    ///
    /// A GET or HEAD follows up to 5 redirects within its scheme. Throws a `WebClientError` where
    /// no answer came, and a `CancellationError` where the attempt was cancelled.
    ///
    /// - Parameters:
    ///   - timeout: from beginning to end; nil for 60 s, of which 30 may pass without a byte.
    ///   - once: the name of this call for its `Idempotency-Key`. Give one to calls that come in an
    ///     order that may differ from attempt to attempt.
    public func send(
        _ method: HTTPRequest.Method, _ url: String, headers: HTTPFields = [:], body: [UInt8] = [],
        timeout: Duration? = nil, once: String? = nil
    ) async throws -> WebClientResponse {
        let fields = fields(headers, method, once: once)
        let call = WebCall(method: method, url: url, headers: fields, body: body, timeout: timeout)
        return try await attempt.host.exchange(call)
    }

    /// Fetches `url`.
    public func get(
        _ url: String, headers: HTTPFields = [:], timeout: Duration? = nil
    ) async throws -> WebClientResponse {
        try await send(.get, url, headers: headers, timeout: timeout)
    }

    /// Posts a value as JSON.
    public func post(
        _ url: String, json value: some Encodable, headers: HTTPFields = [:],
        timeout: Duration? = nil, once: String? = nil
    ) async throws -> WebClientResponse {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let body = try JSONCoding.encode(value)
        return try await send(
            .post, url, headers: headers, body: body, timeout: timeout, once: once)
    }

    private func fields(
        _ headers: HTTPFields, _ method: HTTPRequest.Method, once: String?
    ) -> HTTPFields {
        let delivery = attempt.delivery
        var fields = headers
        if fields[.traceParent] == nil {
            fields[.traceParent] = "\(delivery.event.trace.continued(by: delivery.invocation))"
            fields[.traceState] = fields[.traceState] ?? delivery.event.traceState
        }
        if method == .post || method == .patch, fields[.idempotencyKey] == nil {
            let key = Context(running: attempt).onceKey
            fields[.idempotencyKey] = "\(key)-\(once ?? "\(attempt.nextCall())")"
        }
        return fields
    }
}

extension HTTPField.Name {
    fileprivate static let traceParent = HTTPField.Name("traceparent")!
    fileprivate static let traceState = HTTPField.Name("tracestate")!
    fileprivate static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}

extension Context {
    /// Calls other services, with the event's trace and an idempotency key on what could act twice.
    public var http: WebClient { WebClient(attempt: running) }
}
