import Contract

public import struct HTTPTypes.HTTPFields
public import struct HTTPTypes.HTTPResponse

/// What an HTTP function answers.
///
/// It is sent once the attempt's effects are committed, whatever its status.
public struct WebResponse: Sendable {
    enum Body: Sendable {
        case whole([UInt8])
        case stream(@Sendable (BodyWriter) async throws -> Void)
        /// A value that could not be written; it fails the attempt.
        case unencodable(String)
    }

    /// 200 to 599.
    public var status: HTTPResponse.Status
    /// `Content-Length`, `Date` and the like are added on the way out.
    public var headers: HTTPFields
    var body: Body

    /// A text in UTF-8.
    public static func text(
        _ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> WebResponse {
        bytes(Array(text.utf8), type: "text/plain; charset=utf-8", status: status, headers: headers)
    }

    /// A value as JSON; one that can't be written fails the attempt.
    public static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> WebResponse {
        do {
            let body = try JSONCoding.encode(value)
            return bytes(body, type: "application/json", status: status, headers: headers)
        } catch {
            return WebResponse(status: status, headers: headers, body: .unencodable("\(error)"))
        }
    }

    /// Bytes of any type.
    public static func bytes(
        _ body: [UInt8], type: String = "application/octet-stream",
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> WebResponse {
        var headers = headers
        if headers.isEmpty {
            headers = [.contentType: type]
        } else if headers[.contentType] == nil {
            headers[.contentType] = type
        }
        return WebResponse(status: status, headers: headers, body: .whole(body))
    }

    /// A status without a body.
    public static func status(
        _ status: HTTPResponse.Status, headers: HTTPFields = [:]
    ) -> WebResponse {
        WebResponse(status: status, headers: headers, body: .whole([]))
    }

    /// A body that is made while it is sent.
    ///
    /// `write` runs after the attempt is committed, so the context takes no more writes there. It
    /// is suspended while the caller reads slowly, and thrown at when the caller has gone.
    public static func stream(
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        _ write: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> WebResponse {
        WebResponse(status: status, headers: headers, body: .stream(write))
    }

    /// The body of a response that is not streamed; nil for one that is. For unit tests.
    public var bytes: [UInt8]? {
        guard case .whole(let bytes) = body else { return nil }
        return bytes
    }

    /// The body of a response that is not streamed, as a text. For unit tests.
    public var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
}

extension WebResponse {
    /// The head as frames carry it, with the body where that is short.
    func data() -> ResponseData {
        ResponseData(
            status: status.code,
            fields: headers.map { RequestData.Field($0.name.rawName, $0.value) },
            body: dataBody)
    }

    private var dataBody: ResponseData.Body {
        switch body {
        case .whole(let bytes):
            bytes.count <= Frame.bodyBytesMax ? .whole(bytes) : .long(bytes: bytes.count)
        case .stream: .streamed
        case .unencodable: preconditionFailure("an answer is checked before it is sent")
        }
    }
}
