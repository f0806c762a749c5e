import Contract
import EventLoop
import Glibc
import Testing

@testable import Roost

/// A worker's loop in this process, and the host's end of its socket pair.
@LoopActor
final class WorkerBench {
    /// A frame that the worker sent.
    struct Said {
        let kind: Frame.WorkerKind
        let number: UInt32
        let payload: [UInt8]
    }

    private let stream: ByteStream
    private let wake = LoopWake()
    private var loop: WorkerLoop?
    private var cutter = FrameCutter()
    private var said: [Said] = []
    private var waiter: (kind: Frame.WorkerKind, continuation: CheckedContinuation<Said?, Never>)?
    private let functions: [Registration]
    private let patience = LoopTimer()
    /// What the worker's loop ended with.
    private(set) var fault: String?
    private(set) var isEnded = false

    init(_ functions: [any Registered]) throws {
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        stream = try ByteStream(adopting: pair[0])
        self.functions = functions.map(\.registration)
        let host = WorkerHost(registrations: self.functions, outbox: Outbox(wake: wake))
        let loop = try WorkerLoop(descriptor: pair[1], host: host) { [unowned self] fault in
            self.fault = fault
            isEnded = true
        }
        self.loop = loop
        wake.onWake = { [unowned loop] in loop.emptyOutbox() }
        loop.start(hello: Hello(manifest: Array("{}".utf8)))
        stream.startReading(
            onBytes: { [unowned self] in receive($0) },
            onEnd: { [unowned self] _ in waiter.take()?.continuation.resume(returning: nil) })
    }

    /// Says welcome, as a host does after the hello.
    func welcome(
        grace: Duration = .milliseconds(100), effects: EffectLimits = EffectLimits()
    ) {
        let welcome = Welcome(
            secrets: ["KEY": "value"], environment: "test", grace: grace, deliveryBytesMax: 1 << 20,
            responseBytesMax: 200_000, effects: effects)
        send(.welcome, 0, welcome.append)
    }

    func send(
        _ kind: Frame.HostKind, _ number: UInt32, _ payload: (inout [UInt8]) -> Void = { _ in }
    ) {
        stream.write { $0.append(frame: kind.rawValue, id: number, payload: payload) }
    }

    func send(raw bytes: [UInt8]) { stream.write(bytes) }

    /// Gives the worker an attempt of the function `name`.
    func invoke(
        _ number: UInt32, _ name: String, data: [UInt8] = Array("1".utf8),
        timeout: Duration = .seconds(60)
    ) throws {
        let place = try #require(functions.firstIndex { $0.declaration.name == name })
        let at = Instant(milliseconds: 1_800_000_000_000)
        let event = Event(
            id: EventID(.event, number: Int64(number), at: at),
            kind: functions[place].declaration.input, subject: name, acceptedAt: at, data: data)
        let delivery = Delivery(
            function: place, attempt: 1, timeout: timeout, event: event,
            invocation: EventID(.invocation, number: Int64(number), at: at))
        send(.invoke, number, delivery.append)
    }

    func request(
        _ number: UInt32, _ name: String, body: String = "", target: String = "/"
    ) throws {
        let request = RequestData(method: "POST", target: target, body: Array(body.utf8))
        try invoke(number, name, data: request.encoded())
    }

    /// The next frame of a kind; frames of other kinds stay for later.
    func next(_ kind: Frame.WorkerKind) async throws -> Said {
        if let place = said.firstIndex(where: { $0.kind == kind }) { return said.remove(at: place) }
        patience.schedule(after: .seconds(20)) { [unowned self] in
            waiter.take()?.continuation.resume(returning: nil)
        }
        let found = await withCheckedContinuation { waiter = (kind, $0) }
        patience.cancel()
        return try #require(found, "the worker says \(kind) within 20 s")
    }

    func outcome() async throws -> (number: UInt32, report: Report) {
        let said = try await next(.outcome)
        return (said.number, try said.payload.withUnsafeBytes { try Report(reading: $0) })
    }

    /// Waits for the worker's loop to end.
    func end() async -> String? {
        if stream.isOpen, !isEnded { stream.endWriting() }
        let deadline = ContinuousClock.now + .seconds(20)
        while !isEnded, ContinuousClock.now < deadline { await Task.yield() }
        return fault
    }

    /// Ends both sides; every test does.
    func close() async {
        _ = await end()
        stream.close()
        wake.close()
        patience.close()
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        do {
            try cutter.take(bytes) { code, number, payload in
                let kind = try #require(Frame.WorkerKind(rawValue: code))
                said.append(Said(kind: kind, number: number, payload: Array(payload)))
            }
        } catch {
            Issue.record(error)
        }
        guard let kind = waiter?.kind, let place = said.firstIndex(where: { $0.kind == kind })
        else {
            return
        }
        waiter.take()?.continuation.resume(returning: said.remove(at: place))
    }
}

/// Runs `body` with a worker that was welcomed, and ends it.
@LoopActor
func withWorker(
    _ functions: any Registered..., effects: EffectLimits = EffectLimits(),
    body: @LoopActor (WorkerBench) async throws -> Void
) async throws {
    let bench = try WorkerBench(functions)
    _ = try await bench.next(.hello)
    bench.welcome(effects: effects)
    do {
        try await body(bench)
    } catch {
        Issue.record(error)
    }
    await bench.close()
}
