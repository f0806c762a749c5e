import Contract
import EventLoop
import Testing

/// What came back for one request.
struct Reply {
    var status: Int
    var head: String
    var body: String

    /// The value of a header field; `name` in lower case.
    func field(_ name: String) -> String? {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("\(name): ") {
            return String(line.dropFirst(name.count + 2))
        }
        return nil
    }

    /// A text of the body's object.
    func text(_ name: String) throws -> String? { try Array(body.utf8).withJSON { $0[name]?.text } }

    func number(_ name: String) throws -> Int64? {
        try Array(body.utf8).withJSON { $0[name]?.integer }
    }

    /// The words of a problem; fails where the reply is none.
    func problem(_ status: Int) throws -> String {
        #expect(self.status == status)
        #expect(field("content-type") == "application/problem+json")
        #expect(try number("status") == Int64(status))
        return try text("detail") ?? ""
    }
}

extension Desk {
    /// Sends one request over a connection of its own.
    func ask(
        _ line: String, _ body: String = "", fields: [String] = [], token: String? = Desk.token,
        host: String? = nil
    ) async throws -> Reply {
        var request =
            "\(line) HTTP/1.1\r\nHost: \(host ?? address.description)\r\nConnection: close\r\n"
        if let token { request += "Authorization: Bearer \(token)\r\n" }
        for field in fields { request += "\(field)\r\n" }
        request += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let stream = try await ByteStream.connect(to: address)
        defer { stream.close() }
        stream.write(request.utf8)
        var bytes: [UInt8] = []
        var hasEnded = false
        stream.startReading {
            bytes.append(contentsOf: $0)
        } onEnd: { _ in
            hasEnded = true
        }
        try await eventually("an answer to \(line)") { hasEnded }
        return try Self.reply(bytes)
    }

    private static func reply(_ bytes: [UInt8]) throws -> Reply {
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let head = String(text[..<end.lowerBound])
        let status = try #require(Int(head.dropFirst(9).prefix(3)))
        return Reply(status: status, head: head, body: String(text[end.upperBound...]))
    }
}

/// Thrown where a test waited in vain.
struct WaitedInVain: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited 20 s in vain for \(what)" }
}

/// Waits on the loop, turn by turn, until `claim` holds.
@LoopActor
func eventually(_ what: String, _ claim: @LoopActor () -> Bool) async throws {
    let deadline = LoopActor.uptimeNanoseconds + 20_000_000_000
    while !claim() {
        guard LoopActor.uptimeNanoseconds < deadline else { throw WaitedInVain(what: what) }
        await Task.yield()
    }
}
