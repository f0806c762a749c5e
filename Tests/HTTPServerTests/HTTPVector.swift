import Foundation
import Testing

/// One case of `docs/vectors/http-bad.json`.
struct HTTPVector: Decodable, Sendable, CustomTestStringConvertible {
    enum Verdict {
        case accepted([TestHandler.Request], closes: Bool)
        case refused([Int])
    }

    struct Part: Decodable { let b64: Data, `repeat`: Int }

    struct Request: Decodable {
        enum CodingKeys: String, CodingKey {
            case method, target
            case body = "body_b64"
        }

        let method: String, target: String, body: Data
    }

    enum CodingKeys: String, CodingKey {
        case id, group, why, expected, status, requests
        case raw = "raw_b64"
        case parts = "raw_parts"
        case afterSending = "client_after_send"
        case closesAfter = "server_closes_after"
    }

    struct File: Decodable { let cases: [HTTPVector] }

    let id: String
    let group: String
    let why: String
    let raw: Data?
    let parts: [Part]?
    let afterSending: String
    let expected: String
    let status: [Int]?
    let requests: [Request]?
    let closesAfter: Bool?

    var testDescription: String { "\(id): \(why)" }

    var bytes: [UInt8] {
        if let raw { return Array(raw) }
        return (parts ?? []).flatMap { part in
            Array(repeatElement(Array(part.b64), count: part.repeat).joined())
        }
    }

    /// True where the head is right, so that a handler is asked about it before the body is read.
    var isRefusedInBody: Bool { group == "chunk" || group == "truncated" }

    var verdict: Verdict {
        switch (id, expected) {
        case ("http-020", _): .refused([400])
        case (_, "incomplete"): .refused([400])
        case ("http-015", _): .refused([505])
        case (_, "reject"): .refused(status ?? [])
        default:
            .accepted(
                (requests ?? []).map {
                    .init(
                        method: $0.method, target: $0.target,
                        body: String(decoding: $0.body, as: UTF8.self))
                }, closes: closesAfter ?? false)
        }
    }

    static func all() throws -> [HTTPVector] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
        let file = root.appending(path: "../../docs/vectors/http-bad.json")
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases
    }
}
