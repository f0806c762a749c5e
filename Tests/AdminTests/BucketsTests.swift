import Admin
import Contract
import EventLoop
import Foundation
import Invocations
import Testing

@Suite("Files of buckets in the admin API")
struct BucketsTests {
    @LoopActor
    private func withBucket(_ body: @LoopActor (Desk, String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-bucket-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await withDesk { parts in
            parts.buckets = ["inbox": root]
        } _: { desk in
            try await body(desk, root)
        }
    }

    private func names(in root: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
    }

    @Test("are put, read and deleted whole")
    @LoopActor
    func wholeWay() async throws {
        try await withBucket { desk, root in
            let text = String(repeating: "orders ", count: 100_000)
            let made = try await desk.ask("PUT /v1/buckets/inbox/2026/a.csv", text)
            let replaced = try await desk.ask("PUT /v1/buckets/inbox/2026/a.csv", "b")
            let read = try await desk.ask("GET /v1/buckets/inbox/2026/a.csv")
            let removed = try await desk.ask("DELETE /v1/buckets/inbox/2026/a.csv")
            let gone = try await desk.ask("DELETE /v1/buckets/inbox/2026/a.csv")

            #expect(made.status == 201)
            #expect(made.body == #"{"bucket":"inbox","key":"2026/a.csv","size":700000}"#)
            #expect(replaced.status == 200 && read.status == 200 && read.body == "b")
            #expect(removed.status == 204)
            #expect(try gone.problem(404) == "no file is at \"inbox/2026/a.csv\"")
            #expect(try names(in: root) == [".roost", "2026"])
        }
    }

    @Test("of many pieces come back byte for byte")
    @LoopActor
    func pieces() async throws {
        try await withBucket { desk, root in
            let text = (0..<200_000).map(String.init).joined(separator: "\n")
            let made = try await desk.ask("PUT /v1/buckets/inbox/numbers", text)
            let read = try await desk.ask("GET /v1/buckets/inbox/numbers")

            let conditional = try await desk.ask(
                "PUT /v1/buckets/inbox/numbers", "x", fields: ["If-None-Match: *"])

            #expect(made.status == 201 && read.body == text)
            #expect(try names(in: root) == [".roost", "numbers"])
            #expect(
                try conditional.problem(400)
                    == "the header If-None-Match is not understood; expected none, for files have no "
                    + "conditions")
        }
    }

    @Test(
        "are refused where the key is none",
        arguments: [
            "a/../b", ".hidden", "a//b", ".roost/x", "a%00b",
            "n/" + String(repeating: "n", count: 256),
        ])
    @LoopActor
    func badKeys(key: String) async throws {
        try await withBucket { desk, root in
            let reply = try await desk.ask("PUT /v1/buckets/inbox/\(key)", "x")

            #expect(reply.status == 400 || reply.status == 404, "\(reply.body)")
            #expect(try names(in: root).isEmpty)
        }
    }

    @Test("are refused where a directory has the key, or a file has one of its parts")
    @LoopActor
    func inTheWay() async throws {
        try await withBucket { desk, root in
            _ = try await desk.ask("PUT /v1/buckets/inbox/2026/a.csv", "a")
            let directory = try await desk.ask("PUT /v1/buckets/inbox/2026", "b")
            let file = try await desk.ask("PUT /v1/buckets/inbox/2026/a.csv/b", "b")

            #expect(
                try directory.problem(409)
                    == "could not place \"2026\": illegal operation on a directory (EISDIR); "
                    + "take another key, or move what is in the way")
            #expect(try file.problem(409).contains("(ENOTDIR)"))
            #expect(try names(in: root) == [".roost", "2026", "2026/a.csv"])
        }
    }

    @Test("do not lead out through a symbolic link")
    @LoopActor
    func links() async throws {
        try await withBucket { desk, root in
            try FileManager.default.createSymbolicLink(
                atPath: root + "/out", withDestinationPath: "/etc")
            let read = try await desk.ask("GET /v1/buckets/inbox/out/hostname")
            let put = try await desk.ask("PUT /v1/buckets/inbox/out/new", "x")

            #expect(read.status >= 400 && put.status >= 400)
            #expect(!FileManager.default.fileExists(atPath: "/etc/new"))
        }
    }

    @Test("are in a bucket that is declared")
    @LoopActor
    func unknown() async throws {
        try await withBucket { desk, _ in
            let reply = try await desk.ask("PUT /v1/buckets/inbux/a", "x")

            #expect(
                try reply.problem(404) == "there is no bucket \"inbux\"; did you mean \"inbox\"?")
        }
    }

    @Test("that were announced are listed in pages")
    @LoopActor
    func list() async throws {
        try await withBucket { desk, _ in
            let mark = FileMark(size: 3, modifiedNanoseconds: 1_795_406_400_000_000_000, inode: 1)
            desk.store.page { _ in
                .files([
                    FileRow(key: "a", generation: 4, mark: mark),
                    FileRow(key: "b", generation: 5, mark: mark),
                ])
            }
            let reply = try await desk.ask("GET /v1/buckets/inbox?limit=1")

            #expect(
                reply.body
                    == #"{"items":[{"key":"a","generation":4,"size":3,"modifiedAt":"#
                    + #""2026-11-23T04:00:00.000Z"}],"next":"a"}"#)
        }
    }
}
