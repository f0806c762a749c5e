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
            problem.member("title", status.reasonPhrase)
            problem.member("status", status.code)
            if let detail { problem.member("detail", detail) }
        }
        return ResponseData(
            status: status.code, fields: [RequestData.Field("Content-Type", "application/problem+json")],
            body: .whole(json.bytes))
    }
}
