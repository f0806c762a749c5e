import Foundation
import HTTPClient
import HTTPTypes
import Testing

/// What the real binary answers to calls that it can't take, each with its words.
@Suite("A call that can't be", .serialized)
struct BadCallJourneyTests {
    private struct Problem: Decodable {
        var title: String
        var status: Int
        var detail: String?
    }

    private struct List: Decodable {
        struct Item: Decodable { var error: String? }

        var items: [Item]
    }

    private func problem(_ answer: HTTPClientResponse) throws -> Problem {
        #expect(answer.fields[.contentType] == "application/problem+json")
        let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body))
        #expect(problem.status == answer.status.code)
        return problem
    }

    @Test("is answered with what was found, and what was expected", .timeLimit(.minutes(2)))
    func answers() async throws {
        let host = try HostUnderTest(environment: ["ROOST_LIMITS_BODY_BYTES_MAX": "2KiB"])
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let json: HTTPFields = [.contentType: "application/json"]
        let admin: HTTPFields = [
            .contentType: "application/json", .authorization: "Bearer \(host.file.token)",
        ]
        func post(_ url: String, _ body: String, _ fields: HTTPFields) async throws -> Problem {
            try problem(try await caller.call(.post, url, fields: fields, body: body))
        }

        let undecoded = try await post(
            host.file.listen + "/orders", #"{"id":"a","total":"much"}"#, json)
        let unkeyed = try await post(
            host.file.listen + "/remembered", #"{"id":"a","total":1}"#, json)
        let large = try await post(
            host.file.listen + "/orders", String(repeating: " ", count: 2_049), json)
        let unknown = try await post(
            host.file.admin + "/v1/functions/nop/invocations", "{}", admin)
        let unread = try await post(
            host.file.admin + "/v1/functions/noop/invocations", #"{"data":{},"kee":"k"}"#, admin)

        #expect(undecoded.status == 400)
        #expect(undecoded.detail == "body.total: expected a whole number, found a text")
        #expect(unkeyed.status == 400 && unkeyed.title == "Idempotency-Key is missing")
        #expect(large.status == 413)
        #expect(large.detail == "the body is longer than 2048 bytes; send it in smaller parts")
        #expect(unknown.status == 404)
        #expect(
            unknown.detail == "no function is named \"nop\"; did you mean \"noop\"?")
        #expect(unread.status == 400)
        #expect(
            unread.detail
                == "the body has the member \"kee\", which is not known here; did you mean \"key\"?"
        )
        await caller.close()
    }

    @Test("fails without telling the caller why, which its history does", .timeLimit(.minutes(2)))
    func failures() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let caller = Caller()

        let answer = try await caller.call(.get, host.file.listen + "/fail")
        var items: [List.Item] = []
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while items.isEmpty {
            try #require(ContinuousClock.now < deadline, "the failed call is recorded")
            items = try await caller.ask(
                host, "/v1/invocations?function=fail-on-request", as: List.self
            ).items
        }

        #expect(answer.status == .internalServerError)
        #expect(try problem(answer).detail == "the function failed")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("Failure"))
        #expect(items.first?.error?.contains("Failure") == true, "\(items)")
        await caller.close()
    }
}
