import Contract
import HTTPServer

/// An answer of the admin API before it is sent.
struct AdminReply: Sendable {
    var status: Int
    var fields: ResponseFields
    var body: [UInt8]

    init(status: Int = 200, fields: ResponseFields = Self.json, body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A JSON text that `content` writes, which is an object.
    static func object(
        status: Int = 200, _ content: (inout JSONWriter) throws -> Void
    ) rethrows -> AdminReply {
        var writer = JSONWriter()
        try writer.object(content)
        return AdminReply(status: status, body: writer.bytes)
    }

    /// `{"items":[…],"next":…}`
    static func list(
        next: String? = nil, _ items: (inout JSONWriter) throws -> Void
    ) rethrows -> AdminReply {
        try object { object in
            try object.array("items", items)
            object.member("next", next)
        }
    }

    static let json: ResponseFields = [
        "Content-Type": "application/json", "Cache-Control": "no-store",
    ]
}
