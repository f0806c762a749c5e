package import HTTPTypes

/// A request's line and header fields: the bytes as they came, and where each part lies in them.
///
/// What is asked for is looked up in the bytes. Nothing is built that nobody reads.
package struct RequestHead: Sendable {
    /// Where a field's name and value lie in `bytes`.
    struct Field: Sendable {
        var nameStart: Int32
        var nameEnd: Int32
        var valueStart: Int32 = 0
        var valueEnd: Int32 = 0
    }

    var bytes: [UInt8] = []
    var fields: [Field] = []
    var targetStart = 0
    var targetEnd = 0
    var pathStart = 0
    var pathEnd = 0
    var authority = 0..<0
    /// The method; compare it with `.get` and its kin.
    package internal(set) var method = HTTPRequest.Method.get
    /// True for HEAD, whose answers have no body.
    package internal(set) var isHead = false
    /// True for HTTP/1.1, false for HTTP/1.0.
    package internal(set) var isVersion11 = true
    /// The Content-Length, where one was given.
    package internal(set) var contentLength: Int?
    /// True where the body comes in chunks, so that its length is not known yet.
    package internal(set) var isChunked = false
    /// True where the client waits for "100 Continue" before it sends the body.
    package internal(set) var expectsContinue = false
    /// True where the client wants to send more requests on its connection.
    package internal(set) var keepsAlive = true

    /// The number of header fields.
    package var fieldCount: Int { fields.count }

    /// The value of the first field of this name, its bytes read as UTF-8; nil where there is none.
    ///
    /// `name` is in lower case; the field's own case does not matter.
    package subscript(name: String) -> String? {
        first(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The value of the first field of this name as bytes; `name` is in lower case.
    package func first(_ name: String) -> ArraySlice<UInt8>? {
        guard let field = fields.first(where: { isNamed($0, name) }) else { return nil }
        return bytes[Int(field.valueStart)..<Int(field.valueEnd)]
    }

    /// The values of all fields of this name, in order; `name` is in lower case.
    package func values(_ name: String) -> [String] {
        fields.filter { isNamed($0, name) }.map {
            String(decoding: bytes[Int($0.valueStart)..<Int($0.valueEnd)], as: UTF8.self)
        }
    }

    /// Calls `body` with the name, in the case it was sent in, and the value of each field.
    ///
    /// The buffers are valid during the call.
    package func forEachField(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        bytes.withUnsafeBytes { bytes in
            for field in fields {
                body(
                    .init(rebasing: bytes[Int(field.nameStart)..<Int(field.nameEnd)]),
                    .init(rebasing: bytes[Int(field.valueStart)..<Int(field.valueEnd)]))
            }
        }
    }

    private func isNamed(_ field: Field, _ name: String) -> Bool {
        let start = Int(field.nameStart)
        guard Int(field.nameEnd) - start == name.utf8.count else { return false }
        var index = start
        for byte in name.utf8 {
            if bytes[index].lowercased != byte { return false }
            index += 1
        }
        return true
    }
}
