import EventLoop
import Foundation
import HTTPTypes
import Testing

/// An order is placed, heard of, audited and counted: every trigger of the sample app at work.
@Suite("An order desk", .serialized)
struct TriggerJourneyTests {
    @Test(
        "hears of orders, sees them change, and counts them by the clock", .timeLimit(.minutes(2)))
    func everyTrigger() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let order = #"{"id":"o-1","customer":"c-1","items":[{"article":"a-1","count":1}]}"#

        let placed = try await caller.call(
            .post, host.file.listen + "/orders", fields: [.contentType: "application/json"],
            body: order)
        let heard = try await host.document("order-counts/all") {
            $0.contains(#""placed":1"#) && $0.contains(#""changes":"#)
        }
        let published = try await host.roost("publish", "orders.placed", "--data", #"{"id":"o-2"}"#)
        let heardAgain = try await host.document("order-counts/all") { $0.contains(#""placed":2"#) }
        let set = try await caller.call(
            .put, host.file.admin + "/v1/schedules/by-hand",
            fields: [.authorization: "Bearer \(host.file.token)"],
            body: #"{"function":"nightly-report","cron":"0 0 1 1 *","jitterSeconds":31536000}"#)
        let fired = try await host.roost("schedules", "fire", "by-hand")
        let today = Date().formatted(.iso8601.year().month().day())
        let report = try await host.document("daily-reports/\(today)") {
            $0.contains(#""fileBytes":3"#)
        }
        let file = try String(
            contentsOfFile: host.directory + "/reports/\(today).csv", encoding: .utf8)
        let noted = try await host.roost("invocations", "--function", "note-report", "--json")
        let listed = try await host.roost("schedules")
        let put = try await host.roost(
            "documents", "put", "notes/n 1", "--data", #"{"n": 1e2}"#)
        let got = try await host.roost("documents", "get", "notes/n 1")
        let some = try await host.roost("documents", "list", "notes", "--where", "n==100")
        let none = try await host.roost("documents", "list", "notes", "--where", "n>100", "--json")
        let gone = try await host.roost("documents", "delete", "notes/n 1")

        #expect(placed.status == .created)
        #expect(heard != nil && heardAgain != nil, "\(host.logText.suffix(3000))")
        #expect(published.status == 0 && fired.status == 0, "\(published.text) \(fired.text)")
        #expect(set.status == .ok, "jitter must not put off what a person fires")
        #expect(report?.contains(#""orders":1"#) == true, "\(host.logText.suffix(3000))")
        #expect(file.hasPrefix("order,customer,state\no-1,c-1,"), "\(file)")
        #expect(noted.text.contains(#""state":"succeeded""#), "\(noted.text)")
        #expect(put.status == 0 && got.text == "{\"n\": 1e2}\n", "\(put.text) \(got.text)")
        #expect(some.text.contains("n 1") && gone.status == 0, "\(some.text) \(gone.text)")
        #expect(none.text.contains(#""items":[]"#), "\(none.text)")
        #expect(listed.text.contains("0 3 * * *  Europe/Berlin"), "\(listed.text)")
        await caller.close()
        #expect(await host.stop() == 0)
    }

    @Test(
        "counts how late schedules fire, and how long what they run takes", .timeLimit(.minutes(2)))
    func lateness() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let fields: HTTPFields = [
            .authorization: "Bearer \(host.file.token)", .contentType: "application/json",
        ]

        let set = try await caller.call(
            .put, host.file.admin + "/v1/schedules/often", fields: fields,
            body: #"{"cron":"* * * * * *","function":"nightly-report"}"#)
        let wanted = [
            "roost_schedule_lateness_seconds_count ", "roost_log_lines_dropped_total ",
            "roost_dead_letters_pruned_total ",
            #"roost_schedule_lateness_seconds_bucket{le="+Inf"} "#,
            #"roost_attempt_duration_seconds_count{function="nightly-report"} "#,
        ]
        var lines: [Substring] = []
        for _ in 0..<100 where lines.count < wanted.count {
            await LoopTimer.wait(.milliseconds(100))
            let answer = try await caller.call(
                .get, host.file.admin + "/metrics", fields: fields)
            lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").filter {
                line in wanted.contains { line.hasPrefix($0) }
            }
        }

        #expect(set.status == .ok)
        #expect(lines.count == wanted.count, "\(lines) \(host.logText.suffix(3000))")
        await caller.close()
        #expect(await host.stop() == 0)
    }

    @Test("imports a file that is dropped into its inbox, once", .timeLimit(.minutes(2)))
    func inbox() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        let before = host.directory + "/inbox/before.csv"
        try Data("o-1,c-1,a-1,1\n".utf8).write(to: URL(fileURLWithPath: before))
        try await host.start()

        let found = try await host.document("orders/o-1") { $0.contains("c-1") }
        let folder = host.directory + "/inbox/2026/11"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data("o-2,c-2,a-1,1\no-3,c-2,a-2,1\n".utf8).write(
            to: URL(fileURLWithPath: folder + "/new.csv"))
        let imported = try await host.document("orders/o-3") { $0.contains("c-2") }
        try FileManager.default.moveItem(atPath: folder, toPath: host.directory + "/elsewhere")
        try await host.until("a directory that is moved out is gone from its bucket") {
            !$0.contains("new.csv")
        }
        try FileManager.default.moveItem(atPath: host.directory + "/elsewhere", toPath: folder)
        try await host.until("a directory that is moved in is there") { $0.contains("new.csv") }
        await host.killNow()
        try Data("o-4,c-2,a-1,1\n".utf8).write(to: URL(fileURLWithPath: folder + "/later.csv"))
        try await host.start()
        let late = try await host.document("orders/o-4") { $0.contains("c-2") }
        let listed = try await host.roost(
            "invocations", "--function", "import-orders", "--json")

        #expect(found != nil && imported != nil && late != nil, "\(host.logText.suffix(3000))")
        #expect(listed.text.components(separatedBy: "\"state\"").count - 1 == 4, "\(listed.text)")
        #expect(await host.stop() == 0)
    }

    @Test(
        "finds a committed file after a kill, and nothing of what none committed",
        .timeLimit(.minutes(2)))
    func files() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        try await host.start()
        let today = Date().formatted(.iso8601.year().month().day())
        let place = host.directory + "/reports/\(today).csv"
        let staging = host.directory + "/reports/.roost"
        // A directory is in the way, so that the host is killed between the commit and the name.
        try FileManager.default.createDirectory(
            atPath: place + "/full", withIntermediateDirectories: true)
        let fired = try await host.roost("schedules", "fire", "nightly-report")
        let committed = try await host.document("daily-reports/\(today)") { $0.contains("orders") }
        let staged = try FileManager.default.contentsOfDirectory(atPath: staging)
        await host.killNow()
        try FileManager.default.removeItem(atPath: place)
        try Data("nobody's".utf8).write(to: URL(fileURLWithPath: staging + "/effect-1-1"))
        try await host.start()

        let noted = try await host.document("daily-reports/\(today)") {
            $0.contains(#""fileBytes":21"#)
        }
        let events = try await host.roost("invocations", "--function", "note-report", "--json")

        #expect(fired.status == 0 && committed != nil && staged.count == 1, "\(staged)")
        #expect(host.logText.contains("a handler's file can't be placed; it is tried again"))
        #expect(noted != nil, "\(host.logText.suffix(3000))")
        #expect(try FileManager.default.contentsOfDirectory(atPath: staging) == [])
        #expect(events.text.components(separatedBy: "\"state\"").count - 1 == 1, "\(events.text)")
        #expect(await host.stop() == 0)
    }

    @Test("previews a pattern without a host", .timeLimit(.minutes(1)))
    func preview() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }

        let next = try await HostUnderTest.roost(
            [
                "cron", "next", "30 2 * * *", "--zone", "Europe/Berlin", "--after",
                "2026-03-28T00:00:00Z", "--count", "2", "--json",
            ], in: host.directory)
        let unknown = try await HostUnderTest.roost(
            ["cron", "next", "0 3 * * *", "--zone", "Europe/Berlim"], in: host.directory)
        let bad = try await HostUnderTest.roost(
            ["cron", "next", "0 25 * * *"], in: host.directory)
        let impossible = try await HostUnderTest.roost(
            ["cron", "next", "@daily", "--after", "2026-02-30T00:00:00Z"], in: host.directory)

        #expect(next.text == "[\"2026-03-28T01:30:00Z\",\"2026-03-29T01:00:00Z\"]\n")
        let never = try await HostUnderTest.roost(
            ["cron", "next", "0 0 30 2 *"], in: host.directory)
        #expect(never.status == 2 && never.text.contains("never run"), "\(never.text)")
        #expect(impossible.status == 2 && impossible.text.contains("--after"), "no such day")
        #expect(unknown.status == 2)
        #expect(unknown.text.contains(#"did you mean "Europe/Berlin"?"#), "\(unknown.text)")
        #expect(bad.status == 2 && bad.text.contains("hour (field 2)"), "\(bad.text)")
    }
}

extension HostUnderTest {
    /// Waits until `claim` holds.
    func until(_ what: String, _ claim: () -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while !claim() {
            try #require(ContinuousClock.now < deadline, "\(what): \(logText.suffix(2000))")
            await LoopTimer.wait(.milliseconds(5))
        }
    }

    /// Waits until the list of the inbox is as `isSo` wants it.
    func until(_ what: String, _ isSo: (String) -> Bool) async throws {
        let caller = Caller()
        let deadline = ContinuousClock.now + Self.patience
        var list = ""
        repeat {
            try #require(ContinuousClock.now < deadline, "\(what): \(list)")
            await LoopTimer.wait(.milliseconds(20))
            let answer = try await caller.call(
                .get, file.admin + "/v1/buckets/inbox",
                fields: [.authorization: "Bearer \(file.token)"], body: "")
            list = String(decoding: answer.body, as: UTF8.self)
        } while !isSo(list)
        await caller.close()
    }

    /// Waits until a document is as `isSo` wants it; nil where it never was.
    func document(_ path: String, _ isSo: (String) -> Bool) async throws -> String? {
        let caller = Caller()
        let deadline = ContinuousClock.now + Self.patience
        var found: String?
        while ContinuousClock.now < deadline, found == nil {
            let answer = try await caller.call(
                .get, file.admin + "/v1/documents/" + path,
                fields: [.authorization: "Bearer \(file.token)"], body: "")
            let text = String(decoding: answer.body, as: UTF8.self)
            if answer.status == .ok, isSo(text) { found = text }
            await LoopTimer.wait(.milliseconds(20))
        }
        await caller.close()
        return found
    }
}
