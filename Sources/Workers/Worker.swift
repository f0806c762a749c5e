import Contract
import EventLoop
import Invocations

/// One worker process: its frames, its attempts and its end.
///
///     starting ── hello, welcome ──▶ ready ── retire ──▶ retiring
///        │                             │                    │
///        └─────────────────────────────┴──── the end ───────┴──▶ ended
///
/// It is judged only when it has ended and its descriptors 3 and 4 are read to the end, for what it
/// wrote last says who is to blame, and what it had answered by then counts.
@LoopActor
final class Worker {
    /// An attempt inside.
    struct Inside {
        var body: Assignment.BodyUse
        /// When it was handed over, on the loop's clock.
        let sentAt: UInt64
        /// What is left of the event's data, which goes out as the worker renews its window.
        var data: ArraySlice<UInt8> = []
        var credit = Frame.bodyWindowBytes
        /// When its outcome is here and its body is being gathered.
        var gathering: (report: Report, body: [UInt8])?
    }

    let isApart: Bool
    let startedAt: Instant
    unowned let pool: WorkerPool
    private var process: ChildProcess?
    var state = WorkerView.State.starting
    var cutter = FrameCutter()
    var inside: [UInt32: Inside] = [:]
    var bodies: [UInt32: WorkerBody] = [:]
    /// Attempts that have their outcome and still run: a body is being produced, or a handler goes
    /// on past its timeout.
    var answered: Set<UInt32> = []
    var runs = 0
    var residentBytes = 0
    /// When anything was last heard of it, on the loop's clock in nanoseconds.
    var heardAt = LoopActor.uptimeNanoseconds
    var readyAt: UInt64?
    var retiredAt: UInt64?
    /// True while the host leaves what it says in its socket.
    private(set) var isPaused = false
    /// True once it was refused or sent nonsense: nothing that it says counts any more.
    var isDistrusted = false
    private var lastWords: [UInt8] = []
    private var outputLines = OutputLines()
    private var errorLines = OutputLines()
    /// What it said last of why it ended, or at all.
    private(set) var words = EndWords()
    private var reason: Verdict.Reason?
    private var openDescriptors = 2
    private var end: ChildProcess.End?

    /// Also once it has ended.
    private(set) var pid: Int32 = 0

    init(pool: WorkerPool, isApart: Bool) throws(LoopError) {
        self.pool = pool
        self.isApart = isApart
        startedAt = pool.now()
        let process = try ChildProcess(
            executable: pool.settings.executable, environment: pool.settings.environment
        ) { [unowned self] end in ended(end) }
        self.process = process
        pid = process.pid
        startReading(process)
    }

    /// Room for another attempt in the pool; one at a time for a worker that stands apart.
    var room: Int {
        guard state == .ready else { return 0 }
        return (isApart ? 1 : pool.settings.limits.slotsPerWorker) - inside.count
    }

    /// True once its end no longer counts as one at once, for which restarts have a backoff.
    ///
    /// One that stands apart was of use once it was given a suspect, which may well end it.
    var hasLived: Bool {
        if isApart { return runs > 0 }
        guard let readyAt else { return false }
        let life = Duration.nanoseconds(Int64(LoopActor.uptimeNanoseconds - readyAt))
        return life >= RestartBackoff.lifeMin
    }

    func send(_ kind: Frame.HostKind, _ id: UInt32, _ payload: (inout [UInt8]) -> Void) {
        process?.channel.write { $0.append(frame: kind.rawValue, id: id, payload: payload) }
    }

    func start(_ assignment: Assignment) {
        precondition(room > 0, "a worker is given what it has room for")
        let id = assignment.attempt.rawValue
        runs += 1
        var attempt = Inside(body: assignment.body, sentAt: LoopActor.turnMilliseconds)
        send(.invoke, id) { assignment.delivery.append(to: &$0) }
        if assignment.delivery.event.data.count > Frame.bodyBytesMax {
            attempt.data = assignment.delivery.event.data[...]
        }
        inside[id] = attempt
        if !attempt.data.isEmpty { sendData(id) }
    }

    /// Sends as much of an event's data as the worker's window allows.
    func sendData(_ id: UInt32) {
        guard var attempt = inside[id] else { return }
        while !attempt.data.isEmpty, attempt.credit > 0 {
            let piece = attempt.data.prefix(min(Frame.bodyBytesMax, attempt.credit))
            attempt.data = attempt.data.dropFirst(piece.count)
            attempt.credit -= piece.count
            let isLast = attempt.data.isEmpty
            send(.body, id) {
                $0.append(isLast ? 1 : 0)
                $0.append(contentsOf: piece)
            }
        }
        inside[id] = attempt
    }

    /// Gives it nothing new; it ends when its attempts have, or is ended after `limits.retirement`.
    func retire() {
        guard state == .ready else { return }
        state = .retiring
        retiredAt = LoopActor.uptimeNanoseconds
        leaveIfIdle()
    }

    func leaveIfIdle() {
        guard state == .retiring, inside.isEmpty, bodies.isEmpty else { return }
        process?.channel.close()
        openDescriptors -= 1
        state = .ended
        judgeIfRead()
    }

    /// Ends it at once, and remembers why.
    func kill(_ reason: Verdict.Reason) {
        if self.reason == nil { self.reason = reason }
        state = .ended
        process?.kill(9)
    }

    func pauseReading() {
        isPaused = true
        process?.channel.stopReading()
    }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        heardAt = LoopActor.uptimeNanoseconds
        process?.channel.resumeReading()
    }

    /// Takes nanoseconds in which the host was away off its silence and its retirement.
    func excuse(_ gap: UInt64, until now: UInt64) {
        heardAt = min(heardAt + gap, now)
        retiredAt = retiredAt.map { min($0 + gap, now) }
    }

    func forget(_ body: WorkerBody) {
        bodies[body.attempt.rawValue] = nil
        leaveIfIdle()
    }

    /// Frees everything without a verdict: the host is done with it.
    func close() {
        process?.close()
        process = nil
        for body in bodies.values { body.end(whole: false) }
        bodies = [:]
    }

    /// Its streams hold it until `close` closes them.
    private func startReading(_ process: ChildProcess) {
        process.channel.startReading { [self] bytes in
            received(bytes)
        } onEnd: { [self] _ in
            channelEnded()
        }
        process.lastWords.startReading { [self] bytes in
            lastWords.append(contentsOf: bytes.prefix(LastWords.bytes))
        } onEnd: { [self] _ in
            descriptorEnded()
        }
        process.standardOutput.startReading { [self] bytes in
            outputLines.take(bytes) { printed($0) }
        } onEnd: { [self] _ in
            outputLines.end { printed($0) }
        }
        process.standardError.startReading { [self] bytes in
            errorLines.take(bytes) { printedError($0) }
        } onEnd: { [self] _ in
            errorLines.end { printedError($0) }
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isDistrusted else { return }
        heardAt = LoopActor.uptimeNanoseconds
        do {
            try cutter.take(bytes) { kind, id, payload in
                try self.take(kind, id, payload, self.pool)
            }
        } catch {
            isDistrusted = true
            pool.misbehaved(self, "sent \(error)")
        }
    }

    private func printed(_ line: String) { pool.printed(line, by: self, isError: false) }

    private func printedError(_ line: String) {
        words.hear(line)
        pool.printed(line, by: self, isError: true)
    }

    private func channelEnded() {
        // A worker that closes its channel has nothing more to say, whether it still runs or not.
        if end == nil { process?.kill(9) }
        state = .ended
        descriptorEnded()
    }

    private func descriptorEnded() {
        openDescriptors -= 1
        judgeIfRead()
    }

    private func ended(_ end: ChildProcess.End) {
        self.end = end
        state = .ended
        judgeIfRead()
    }

    private func judgeIfRead() {
        guard let end, openDescriptors <= 0, process != nil else { return }
        outputLines.end { printed($0) }
        errorLines.end { printedError($0) }
        let verdict = Verdict(
            inside: Set(inside.keys), answered: answered, named: LastWords(reading: lastWords),
            reason: reason, end: end.description, lastLine: words.line)
        let sentAt = inside.mapValues(\.sentAt)
        inside = [:]
        close()
        pool.ended(self, verdict, sentAt, end)
    }
}
