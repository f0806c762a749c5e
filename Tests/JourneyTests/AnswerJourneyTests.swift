import EventLoop
import Foundation
import HTTPTypes
import Testing

/// What callers of the public listener are answered, by the real binary.
@Suite("A caller", .serialized)
struct AnswerJourneyTests {
    @Test("gets what section 6 promises", .timeLimit(.minutes(2)))
    func answers() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let json: HTTPFields = [.contentType: "application/json"]
        func key(_ text: String) -> HTTPFields {
            [.contentType: "application/json", .idempotencyKey: text]
        }

        let missing = try await caller.call(.get, host.file.listen + "/nowhere")
        let method = try await caller.call(.delete, host.file.listen + "/hello")
        let head = try await caller.call(.head, host.file.listen + "/hello")
        let undecoded = try await caller.call(
            .post, host.file.listen + "/orders", fields: json, body: #"{"id":"a","total":"much"}"#)
        let unkeyed = try await caller.call(
            .post, host.file.listen + "/remembered", fields: json, body: #"{"id":"a","total":1}"#)
        let first = try await caller.call(
            .post, host.file.listen + "/remembered", fields: key("k"),
            body: #"{"id":"a","total":1}"#)
        let quoted = try await caller.call(
            .post, host.file.listen + "/remembered", fields: key(#""k""#),
            body: #"{"id":"a","total":1}"#)
        let other = try await caller.call(
            .post, host.file.listen + "/remembered", fields: key("k"),
            body: #"{"id":"a","total":2}"#)
        let later = try await caller.call(
            .post, host.file.listen + "/later", fields: json, body: #"{"id":"b","total":1}"#)
        let crashed = try await caller.call(.get, host.file.listen + "/crash")
        let long = try await caller.call(.get, host.file.listen + "/long/300000")
        let tooLarge = try await caller.call(
            .post, host.file.listen + "/orders", fields: json,
            body: String(repeating: " ", count: 9 << 20))

        #expect(missing.status == .notFound)
        #expect(method.status == .methodNotAllowed)
        #expect(method.fields[.allow] == "GET, HEAD, OPTIONS")
        #expect(head.status == .ok && head.body.isEmpty && head.fields[.contentLength] == "5")
        #expect(undecoded.status == .badRequest)
        #expect(String(decoding: undecoded.body, as: UTF8.self).contains("total"))
        #expect(unkeyed.status == .badRequest)
        #expect(first.status == .ok && first.fields[.replayed] == nil)
        #expect(
            quoted.status == .ok && quoted.fields[.replayed] == "true" && quoted.body == first.body)
        #expect(other.status.code == 422)
        #expect(later.status == .accepted)
        #expect(later.fields[.location]?.hasPrefix("/v1/events/") == true)
        #expect(crashed.status == .internalServerError)
        #expect(!String(decoding: crashed.body, as: UTF8.self).contains("probe"))
        #expect(long.body.count == 300_000)
        #expect(tooLarge.status == .contentTooLarge)
        await caller.close()
    }

    @Test("is told nothing of what is inside, which the history tells", .timeLimit(.minutes(2)))
    func history() async throws {
        struct List: Decodable {
            struct Item: Decodable {
                var state: String
                var error: String?
            }

            var items: [Item]
        }
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let caller = Caller()

        let answer = try await caller.call(.get, host.file.listen + "/crash")
        var items: [List.Item] = []
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while items.isEmpty {
            try #require(ContinuousClock.now < deadline, "the failed call is recorded")
            items = try await caller.ask(
                host, "/v1/invocations?function=crash-on-request", as: List.self
            ).items
        }

        let dead = try await host.roost("dead")

        #expect(answer.status == .internalServerError)
        #expect(answer.fields[.contentType] == "application/problem+json")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("signal"))
        #expect(items.first?.state == "dead")
        #expect(items.first?.error?.contains("signal") == true, "\(items)")
        #expect(dead.status == 0 && dead.text.contains("crash-on-request  dead"), "\(dead.text)")
        await caller.close()
    }

    @Test("finds what answered a request that was only accepted", .timeLimit(.minutes(2)))
    func keptResponse() async throws {
        struct Accepted: Decodable { var id: String }
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let caller = Caller()

        let answer = try await caller.call(
            .post, host.file.listen + "/later", fields: [.contentType: "application/json"],
            body: #"{"id":"b","total":1}"#)
        let event = try JSONDecoder().decode(Accepted.self, from: Data(answer.body)).id
        var shown = ""
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while !shown.contains("succeeded") {
            try #require(ContinuousClock.now < deadline, "the request runs: \(shown)")
            shown = try await host.roost("invocations", "show", event, "--json").text
        }

        let looked = try await host.roost("events", "show", event)
        let unknown = try await host.roost("events", "show", "e-1")
        let listed = try await host.roost("events", "--type", "roost.request")
        let misspelt = try await host.roost("events", "--type", "roost.requets")

        #expect(shown.contains(#""response":{"status":200,"datacontenttype":"application/json""#))
        #expect(shown.contains(#""data":{"id":"b","total":1}"#), "\(shown)")
        #expect(looked.text.contains("event     \(event)\n"), "\(looked.text)")
        #expect(looked.text.contains("\n{\"id\":\"b\",\"total\":1}\n"), "\(looked.text)")
        #expect(looked.text.contains("  succeeded  "), "\(looked.text)")
        #expect(unknown.status == 1, "\(unknown.text)")
        #expect(listed.text.contains("\(event)  roost.request  "), "\(listed.text)")
        #expect(misspelt.status == 2)
        await caller.close()
    }

    @Test("never waits behind a hundred who do not read", .timeLimit(.minutes(2)))
    func slowReaders() async throws {
        let host = try HostUnderTest(arguments: ["--workers", "1"])
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let port = try #require(Int(host.file.listen.split(separator: ":").last ?? ""))
        let streams = try await Stalled.open(100, port: port, path: "/endless")
        let before = Self.residentKilobytes(host.file.pid)

        for _ in 0..<200 {
            let answer = try await caller.call(.get, host.file.listen + "/hello")
            #expect(answer.status == .ok)
        }

        let grown = Self.residentKilobytes(host.file.pid) - before
        #expect(grown < 64 * 1024, "memory stays flat while nobody reads")
        await Stalled.close(streams)
        await caller.close()
    }

    private static func residentKilobytes(_ pid: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
    }
}

/// Clients that ask for a stream and read only its beginning.
@LoopActor
enum Stalled {
    static func open(_ count: Int, port: Int, path: String) async throws -> [ByteStream] {
        var streams: [ByteStream] = []
        for _ in 0..<count {
            let stream = try await ByteStream.connect(
                to: SocketAddress(host: "127.0.0.1", port: port))
            stream.write("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            await withCheckedContinuation { (began: CheckedContinuation<Void, Never>) in
                var waiting: CheckedContinuation<Void, Never>? = began
                stream.startReading { _ in
                    stream.stopReading()
                    waiting?.resume()
                    waiting = nil
                } onEnd: { _ in
                    waiting?.resume()
                    waiting = nil
                }
            }
            streams.append(stream)
        }
        return streams
    }

    static func close(_ streams: [ByteStream]) {
        for stream in streams { stream.close() }
    }
}
