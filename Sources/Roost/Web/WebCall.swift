public import struct HTTPTypes.HTTPFields
public import struct HTTPTypes.HTTPRequest
public import struct HTTPTypes.HTTPResponse

/// A call that a handler made to another service.
public struct WebCall: Sendable {
    /// As it goes out.
    public let method: HTTPRequest.Method
    /// With scheme and query.
    public let url: String
    /// All that is sent, the trace and the idempotency key included.
    public let headers: HTTPFields
    /// Empty where none is sent.
    public let body: [UInt8]
    /// Nil for the usual 60 s.
    public let timeout: Duration?

    /// The body as a text; bytes that are no UTF-8 are replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body read as JSON.
    public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONCoding.decode(type, from: body, named: "body")
    }
}

/// What another service answered.
public struct WebClientResponse: Sendable {
    /// Any status is an answer.
    public let status: HTTPResponse.Status
    /// Those of the last answer, where redirects were followed.
    public let headers: HTTPFields
    /// As it came: a `Content-Encoding` is not undone.
    public let body: [UInt8]

    /// Makes an answer, for a rehearsal.
    public init(
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes a JSON answer, for a rehearsal.
    public init(status: HTTPResponse.Status = .ok, json value: some Encodable) throws {
        self.init(
            status: status, headers: [.contentType: "application/json"],
            body: try JSONCoding.encode(value))
    }

    /// The body as a text; bytes that are no UTF-8 are replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body read as JSON, whatever its content type says.
    public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONCoding.decode(type, from: body, named: "answer")
    }
}

/// Why a call to another service has no answer. That one may have acted all the same.
public struct WebClientError: Error, CustomStringConvertible {
    /// Method and address without query, what was wrong, and what to do.
    public let description: String
}
