import Contract
import Dispatching
import Invocations

/// `GET /v1/events/{id}`: one event, what came of it and what led to it.
extension AdminAPI {
    func event(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let text = request.capture("id")
        guard let id = EventID(text), case .event(let found?) = try await read(.event(id)) else {
            throw .unknownEvent(text)
        }
        return .object { object in
            object.members(of: found.event)
            object.array("invocations") { array in
                for summary in found.invocations { array.item(summary, parts.dispatcher.registry) }
            }
        }
    }
}

extension JSONWriter {
    /// CloudEvents' names, and Roost's own.
    fileprivate mutating func members(of event: Event) {
        member("id", event.id)
        member("type", event.type)
        member("source", event.source)
        member("subject", event.subject)
        member("time", event.acceptedAt)
        member("tenant", event.tenant)
        member("traceparent", event.trace.description)
        member("cause", event.cause)
        member("depth", event.depth)
        object("attributes") { attributes in
            for (key, value) in event.attributes.sorted(by: { $0.key < $1.key }) {
                attributes.member(key, value)
            }
        }
        // What is no request's form is shown as the bytes that it is.
        guard event.kind == .request, let request = try? RequestData(decoding: event.data) else {
            member("datacontenttype", event.dataContentType)
            return data(event.data)
        }
        // Header fields stay out: they hold what callers show to prove who they are.
        object("request") { object in
            object.member("method", request.method)
            object.member("target", request.target)
        }
        data(request.body)
    }

    /// As `data` where it is JSON or a text, else as `data_base64`.
    mutating func data(_ data: [UInt8]) {
        if data.isEmpty {
            member("data", String?.none)
            // What is no JSON is shown in another form.
        } else if (try? data.checkedJSONKind()) != nil {
            member("data", raw: data)
        } else if let text = String(validating: data, as: UTF8.self) {
            member("data", text)
        } else {
            member("data_base64", Base64.text(data))
        }
    }
}

/// RFC 4648, with padding.
enum Base64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var place = 0
        while place < bytes.count {
            let group = bytes[place..<min(place + 3, bytes.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(3 - group.count) * 8
            for index in 0..<4 {
                let letter = letters[Int(bits >> UInt32(18 - 6 * index) & 63)]
                text.append(index <= group.count ? letter : UInt8(ascii: "="))
            }
            place += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}
