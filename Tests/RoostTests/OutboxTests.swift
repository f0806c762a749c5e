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
        // Its kind, its path, the lengths of both and the body are all that it may weigh.
        let body = [UInt8](repeating: 1, count: limits.effectsBytesMax - 9)

        try record.add(.put(path: "a/b", body: body), limits: limits)
        let error = #expect(throws: ContextError.self) {
            try record.add(.delete(path: "a/b"), limits: limits)
        }

        #expect(
            error?.description
                == "all that this attempt writes has 4194309 bytes, where 4194304 are the most")
    }

    @Test("takes reads and writes together up to what a frame carries")
    func boundsTogether() throws {
        var record = AttemptRecord()
        var limits = Limits()
        limits.effectsBytesMax = 7 << 20
        let body = [UInt8](repeating: 1, count: 1_000_000)
        for number in 0..<7 {
            try record.add(.put(path: "a/\(number)", body: body), limits: EffectLimits(limits))
        }

        let path = "a/" + String(repeating: "x", count: 1_000)
        let error = #expect(throws: ContextError.self) {
            for number in 0..<2_000 { try record.saw("\(path)\(number)", version: .max) }
        }

        #expect(error?.description.hasPrefix("all that this attempt reads and writes has ") == true)
        let report = Report(
            outcome: .succeeded, beganAt: .now, duration: .zero, reads: record.reads,
            effects: record.effects)
        var frame: [UInt8] = []
        report.append(to: &frame)
        #expect(frame.count <= Frame.payloadBytesMax)
        #expect(frame.count > AttemptRecord.bytesMax - 10_000)
    }

    @Test("keeps documents apart whose paths are two spellings of one text")
    func keepsSpellingsApart() throws {
        var record = AttemptRecord()

        try record.saw("a/\u{e9}", version: 1)
        try record.saw("a/e\u{301}", version: 2)
        try record.add(.delete(path: "a/\u{e9}"), limits: EffectLimits())

        #expect(record.reads.map(\.version) == [1, 2])
        #expect(record.writes(to: "a/\u{e9}").count == 1)
        #expect(record.writes(to: "a/e\u{301}").isEmpty)
        #expect(record.hasWritten(in: "a"))
    }

    @Test("takes so many writes and reads and no more")
    func boundsCounts() throws {
        var record = AttemptRecord()
        for number in 0..<AttemptRecord.effectsMax {
            try record.add(.delete(path: "a/\(number)"), limits: EffectLimits())
            try record.saw("a/\(number)", version: 1)
        }

        let error = #expect(throws: ContextError.self) {
            try record.add(.delete(path: "a/b"), limits: EffectLimits())
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
            try record.add(.delete(path: "a/b"), limits: EffectLimits())
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
