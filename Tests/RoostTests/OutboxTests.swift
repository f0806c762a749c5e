import Contract
import EventLoop
import Testing

@testable import Roost

@Suite("An outbox") @LoopActor struct OutboxTests {
    private func frames(_ bytes: [UInt8]) throws -> [(kind: UInt8, payload: [UInt8])] {
        var cutter = FrameCutter()
        var frames: [(kind: UInt8, payload: [UInt8])] = []
        try bytes.withUnsafeBytes { bytes in
            try cutter.take(bytes) { kind, _, payload in frames.append((kind, Array(payload))) }
        }
        return frames
    }

    @Test("drops log lines when too much waits, says how many, and drops nothing else")
    func dropsLines() throws {
        let wake = LoopWake()
        let outbox = Outbox(wake: wake)
        let message = String(repeating: "x", count: 1024)
        let line = WorkerLog(level: "info", message: message, metadata: [:])
        var bytes: [UInt8] = []
        var ended: [UInt32] = []

        for _ in 0..<1100 { outbox.addLine(of: 1, line) }
        outbox.add(ending: 1) { $0.append(.alive, id: 0) { _ in } }
        outbox.empty(into: &bytes, ended: &ended)
        let first = try frames(bytes)
        bytes = []
        outbox.addLine(of: 2, line)
        outbox.empty(into: &bytes, ended: &ended)
        let second = try frames(bytes)
        wake.close()

        let taken = first.count { $0.kind == Frame.WorkerKind.log.rawValue }
        #expect(taken < 1100)
        #expect(first.last?.kind == Frame.WorkerKind.alive.rawValue)
        #expect(ended == [1])
        #expect(second.count == 2)
        let note = try second[0].payload.withUnsafeBytes { try WorkerLog(reading: $0) }
        #expect(note.metadata == ["lines": "\(1100 - taken)"])
    }
}

@Suite("An attempt's record") struct AttemptRecordTests {
    @Test("takes writes up to the weight of a commit and none beyond")
    func boundsBytes() throws {
        var record = AttemptRecord()
        let limits = EffectLimits()
        let effect = Effect.delete(path: "a/b")

        try record.add(effect, bytes: limits.effectsBytesMax, limits: limits)
        let error = #expect(throws: ContextError.self) {
            try record.add(effect, bytes: 1, limits: limits)
        }

        #expect(
            error?.description
                == "all that this attempt writes has 4194305 bytes, where 4194304 are the most")
    }

    @Test("takes so many writes and reads and no more")
    func boundsCounts() throws {
        var record = AttemptRecord()
        for number in 0..<AttemptRecord.effectsMax {
            try record.add(.delete(path: "a/\(number)"), bytes: 1, limits: EffectLimits())
            try record.saw("a/\(number)", version: 1)
        }

        let error = #expect(throws: ContextError.self) {
            try record.add(.delete(path: "a/b"), bytes: 1, limits: EffectLimits())
        }
        #expect(throws: ContextError.tooMany(what: "reads", max: 10_000)) {
            try record.saw("b/a", version: 1)
        }

        #expect(
            error?.description
                == "one attempt has more than 10000 writes; send commands that do a part each")
    }

    @Test("takes nothing once the attempt has ended")
    func endsOnce() {
        var record = AttemptRecord()
        record.move(to: .ended)

        let error = #expect(throws: ContextError.self) {
            try record.add(.delete(path: "a/b"), bytes: 1, limits: EffectLimits())
        }

        #expect(error?.description == "delete(\"a/b\") came after the attempt had ended")
    }
}

@Suite("A request, to a handler") struct WebRequestTests {
    @Test("has its query decoded, of a name that is there twice the first")
    func decodesQuery() {
        let request = WebRequest(.get, "/orders?state=open&name=a%20b+c&state=done&flag&%zz=1")

        #expect(request.path == "/orders")
        #expect(
            request.query == ["state": "open", "name": "a b c", "flag": "", "%zz": "1"])
        #expect(WebRequest().query == [:])
    }

    @Test("has its captures and header fields by name")
    func findsFields() {
        let request = WebRequest(
            .put, "/orders/7", parameters: ["id": "7"], headers: [.contentType: "text/plain"],
            body: Array("x".utf8))

        #expect(request.method == .put)
        #expect(request.parameter("id") == "7")
        #expect(request.parameters == ["id": "7"])
        #expect(request.headers[.contentType] == "text/plain")
        #expect(request.text == "x")
    }
}
