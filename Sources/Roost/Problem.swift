import Contract

import struct HTTPTypes.HTTPResponse

/// An answer that says what went wrong, as problem+json (RFC 9457).
struct Problem {
    let status: HTTPResponse.Status
    /// Nil where the status says enough.
    let detail: String?

    init(_ status: HTTPResponse.Status, _ detail: String?) {
        self.status = status
        self.detail = detail
    }

    var response: ResponseData {
        var json = JSONWriter()
        json.object { problem in
            problem.member("type", "about:blank")
            problem.member("title", status.title)
            problem.member("status", status.code)
            if let detail { problem.member("detail", detail) }
        }
        return ResponseData(
            status: status.code,
            fields: [RequestData.Field("Content-Type", "application/problem+json")],
            body: .whole(json.bytes))
    }
}

extension HTTPResponse.Status {
    /// The usual words for it; a status that is written as a number has none of its own.
    var title: String {
        if !reasonPhrase.isEmpty { return reasonPhrase }
        return Self.named.first { $0.code == code }?.reasonPhrase
            ?? (code < 500 ? "Request Refused" : "Server Error")
    }

    private static let named: [Self] = [
        .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .notAcceptable,
        .requestTimeout, .conflict, .gone, .lengthRequired, .preconditionFailed, .contentTooLarge,
        .unsupportedMediaType, .expectationFailed, .misdirectedRequest, .unprocessableContent,
        .tooEarly, .upgradeRequired, .preconditionRequired, .tooManyRequests,
        .unavailableForLegalReasons, .internalServerError, .notImplemented, .badGateway,
        .serviceUnavailable, .gatewayTimeout,
    ]
}
