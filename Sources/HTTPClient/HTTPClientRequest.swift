package import HTTPTypes

/// An outgoing HTTP request.
package struct HTTPClientRequest: Sendable {
    /// Decides about redirects and about sending it again.
    package var method: HTTPRequest.Method
    /// With its scheme, `http` or `https`; what is not visible ASCII is percent-encoded.
    package var url: String
    /// `Content-Length`, `Transfer-Encoding` and `Expect` are the client's own and left out.
    /// `User-Agent` is "Roost" where it is not given.
    package var fields: HTTPFields
    /// Sent with its length; empty for none.
    package var body: [UInt8]
    /// From beginning to end; nil means what the client's limits say.
    package var timeout: Duration?

    /// A GET without a body, unless it says otherwise; the address is checked when it is sent.
    package init(
        method: HTTPRequest.Method = .get, url: String, fields: HTTPFields = [:],
        body: [UInt8] = [], timeout: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.timeout = timeout
    }

    /// The method and the address for texts, without what may be secret: user, query, fragment.
    var call: String {
        var address = url.prefix { $0 != "?" && $0 != "#" }
        if let scheme = address.firstRange(of: "://") {
            let authority = address[scheme.upperBound...].prefix { $0 != "/" }
            if let end = authority.lastIndex(of: "@") {
                address.removeSubrange(scheme.upperBound...end)
            }
        }
        return "\(method.rawValue) \(address)"
    }

    /// True where doing it twice is doing it once: by the method's nature, or by its key.
    var isRepeatable: Bool {
        let once: Set<HTTPRequest.Method> = [.get, .head, .put, .delete, .options, .trace]
        return once.contains(method) || fields[Self.idempotencyKey] != nil
    }

    private static let idempotencyKey = HTTPField.Name("Idempotency-Key")!

    /// `http` or `https`, or nil where the address is none that this client can call.
    var scheme: String? {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return ["http", "https"].first { url.lowercased().hasPrefix("\($0)://") }
    }
}

/// The answer to an outgoing request, read to its end.
package struct HTTPClientResponse: Sendable {
    /// Any final status: a 404 or 500 is an answer, no error.
    package var status: HTTPResponse.Status
    /// The fields of the last answer, where redirects were followed; no trailers.
    package var fields: HTTPFields
    /// As it came: a `Content-Encoding` is not undone.
    package var body: [UInt8]
}
