import Contract
import Dispatching
import Invocations

/// Lists of events; one of them, what came of it and what led to it.
extension AdminAPI {
    func events(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        var filter = EventFilter()
        if let type = request.parameter("type") { filter.kind = try kind(ofType: type) }
        filter.subject = request.parameter("subject")
        if let text = request.parameter("after") {
            guard let number = Int64(text), number >= 0 else {
                throw .badParameter("after", found: text, expected: "\"next\" of the page before")
            }
            filter.before = EventNumber(number)
        }
        filter.limit = try request.count("limit", in: 1...Self.pageMax, standard: filter.limit)
        guard case .events(let items, let next) = try await read(.events(filter)) else {
            preconditionFailure("a question about events has events for an answer")
        }
        return .list(next: next.map { "\($0.rawValue)" }) { list in
            for item in items { list.object { $0.members(of: item) } }
        }
    }

    private func kind(ofType type: String) throws(AdminError) -> InputKind {
        guard let kind = InputKind.allCases.first(where: { $0.eventType == type }) else {
            let known = InputKind.allCases.map(\.eventType)
            throw .badParameter(
                "type", found: type,
                expected: "one of \(known.joined(separator: ", "))"
                    + suggestion(for: type, among: known))
        }
        return kind
    }

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
    fileprivate mutating func members(of summary: EventSummary) {
        member("id", summary.id)
        member("type", summary.kind.eventType)
        member("source", summary.kind.eventSource(of: summary.subject))
        member("subject", summary.subject)
        member("time", summary.acceptedAt)
        member("cause", summary.cause)
    }

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
