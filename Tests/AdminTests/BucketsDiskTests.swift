import Admin
import EventLoop
import Foundation
import TestDisks
import Testing

@Suite("Files of buckets on a disk that is full", .enabled(if: TinyDisk.canBeMade))
struct BucketsDiskTests {
    @LoopActor
    private func withDisk(
        filesMax: Int? = nil, _ body: @LoopActor (Desk, TinyDisk) async throws -> Void
    ) async throws {
        let disk = try TinyDisk(filesMax: filesMax)
        defer { disk.remove() }
        try await withDesk { parts in
            parts.buckets = ["inbox": disk.root]
        } _: { desk in
            try await body(desk, disk)
        }
    }

    private func names(on disk: TinyDisk) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: disk.root).sorted()
    }

    @Test("are refused whole: what was there stays, and what had come is gone")
    @LoopActor
    func room() async throws {
        try await withDisk { desk, disk in
            let kept = String(repeating: "kept", count: 250_000)
            let large = String(repeating: "large", count: 1_000_000)

            let first = try await desk.ask("PUT /v1/buckets/inbox/a.csv", kept)
            let refused = try await desk.ask("PUT /v1/buckets/inbox/a.csv", large)
            let read = try await desk.ask("GET /v1/buckets/inbox/a.csv")
            try await eventually("what was staged to be gone") {
                (try? self.names(on: disk)) == [".roost", "a.csv"]
            }
            let again = try await desk.ask("PUT /v1/buckets/inbox/b.csv", kept)

            #expect(first.status == 201 && again.status == 201)
            #expect(
                try refused.problem(507)
                    == "could not write a staged file: no space left on device (ENOSPC); "
                    + "nothing is left of it; make room and send it again")
            #expect(read.status == 200 && read.body == kept)
        }
    }

    @Test("leave no directory of theirs where the last one finds no room")
    @LoopActor
    func directories() async throws {
        try await withDisk(filesMax: 5) { desk, disk in
            let refused = try await desk.ask("PUT /v1/buckets/inbox/a/b/c/d.csv", "1")
            try await eventually("all of it to be gone") {
                (try? self.names(on: disk)) == [".roost"]
            }
            let again = try await desk.ask("PUT /v1/buckets/inbox/a/d.csv", "1")

            #expect(try refused.problem(507).contains("nothing is left of it"))
            #expect(again.status == 201)
            #expect(try names(on: disk) == [".roost", "a", "a/d.csv"])
        }
    }
}
