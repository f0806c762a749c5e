import Contract
import EventLoop

/// A worker's side of the socket pair: reads the host's frames and starts what they ask for.
///
/// All of it runs on the loop's thread; handlers never do. While what goes to the host finds no
/// room, nothing more is read, so that nothing gathers here without bound.
@LoopActor
final class WorkerLoop {
    private let stream: ByteStream
    private let host: WorkerHost
    private let watch: DeadlineWatch
    private let line: HandlerLine
    private let lineTimer = LoopTimer()
    private var isLineWatched = false
    private var starting: [AttemptRun] = []
    private var cutter = FrameCutter()
    private var arrivals: [UInt32: Arrival] = [:]
    private var finished: [UInt32] = []
    private var welcome: Welcome?
    private let ended: @LoopActor (String?) -> Void

    /// The host gives out slots, far fewer than this; more is nonsense.
    private static let attemptsMax = 4096
    /// How long a line may stand, or what its handlers report may wait, before that is looked at.
    private static let lineTick = Duration.milliseconds(1)

    /// Takes over `descriptor`; `ended` is called once when the host has gone, with what was wrong
    /// where it sent nonsense.
    init(
        descriptor: Int32, host: WorkerHost, ended: @escaping @LoopActor (String?) -> Void
    ) throws(LoopError) {
        stream = try ByteStream(adopting: descriptor)
        self.host = host
        self.ended = ended
        watch = DeadlineWatch(outbox: host.outbox)
        line = HandlerLine(outbox: host.outbox)
    }

    /// Says hello, and works from then on.
    func start(hello: Hello) {
        stream.onRoom = { [weak self] in self?.roomCame() }
        stream.write { $0.append(.hello, id: 0, hello.append) }
        stream.startReading(
            onBytes: { [weak self] in self?.received($0) },
            onEnd: { [weak self] _ in self?.end(nil) })
    }

    /// Takes what waits in the outbox, unless the host takes nothing now.
    func emptyOutbox() {
        if stream.isFull { return stream.stopReading() }
        stream.write { host.outbox.empty(into: &$0, ended: &finished) }
        for number in finished { watch.remove(number) }
        finished.removeAll(keepingCapacity: true)
        if stream.isFull { stream.stopReading() }
    }

    private func roomCame() {
        if stream.writeError != nil { return end(nil) }
        emptyOutbox()
        if !stream.isFull { stream.resumeReading() }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        do {
            try cutter.take(bytes) { try take($0, $1, $2) }
        } catch {
            return end("the host sent \(error)")
        }
        guard !starting.isEmpty else { return }
        line.add(&starting)
        if !isLineWatched { watchLine() }
    }

    /// Looks after the line as long as a runner is at work.
    private func watchLine() {
        isLineWatched = true
        lineTimer.schedule(after: Self.lineTick, repeating: true) { [weak self] in
            guard let self else { return }
            emptyOutbox()
            guard !line.tick() else { return }
            isLineWatched = false
            lineTimer.cancel()
        }
    }

    private func end(_ fault: String?) {
        guard stream.isOpen else { return }
        stream.close()
        watch.close()
        lineTimer.close()
        ended(fault)
    }

    private func take(
        _ code: UInt8, _ number: UInt32, _ payload: UnsafeRawBufferPointer
    ) throws(FrameError) {
        guard let kind = Frame.HostKind(rawValue: code) else { throw .unknownKind(code) }
        switch kind {
        case .welcome: try begin(payload)
        case .invoke: try invoke(number, payload)
        case .body: try takeBody(number, payload)
        case .window:
            var reader = ByteReader(payload)
            host.bodies.grant(number, bytes: try reader.number("window"))
        case .cancel: cancel(number)
        case .reply:
            let (place, reply) = try HostReply.read(payload)
            host.questions.answered(place, reply)
        case .probe: stream.write { $0.append(.alive, id: 0) { _ in } }
        case .abandon:
            // A caller who hangs up before the outcome changes nothing: the attempt goes on.
            if host.bodies.abandon(number) { watch.cancel(number, .byHost) }
        case .drain: break
        }
    }

    private func begin(_ payload: UnsafeRawBufferPointer) throws(FrameError) {
        let welcome = try Welcome(reading: payload)
        self.welcome = welcome
        host.welcome(welcome)
        watch.allow(grace: .milliseconds(welcome.graceMilliseconds))
    }

    private func invoke(
        _ number: UInt32, _ payload: UnsafeRawBufferPointer
    ) throws(FrameError) {
        guard let welcome else { throw .malformed(what: "order: an attempt before the welcome") }
        guard number != 0, arrivals[number] == nil,
            watch.count + arrivals.count < Self.attemptsMax
        else { throw .malformed(what: "number of an attempt") }
        let (delivery, missing) = try Delivery.read(payload, dataBytesMax: welcome.deliveryBytesMax)
        guard host.registrations.indices.contains(delivery.function) else {
            throw .malformed(what: "function")
        }
        if missing == 0 { return try start(number, delivery) }
        arrivals[number] = Arrival(delivery: delivery, bytesExpected: missing)
    }

    private func start(_ number: UInt32, _ delivery: Delivery) throws(FrameError) {
        let function = delivery.function
        var delivery = delivery
        if delivery.event.kind == .document {
            delivery.captures = host.registrations[function].captures(in: delivery.event.subject)
        } else if delivery.event.kind == .file {
            // By bytes: a slash and a combining mark after it are one character.
            let bucket = delivery.event.subject.utf8.prefix { $0 != UInt8(ascii: "/") }
            delivery.directory = welcome?.buckets[String(decoding: bucket, as: UTF8.self)]
        }
        let attempt = Attempt(
            number: number, delivery: delivery,
            secrets: host.registrations[function].declaration.secrets, host: host)
        guard watch.add(attempt) else { throw .malformed(what: "number of an attempt") }
        starting.append(AttemptRun(attempt: attempt, host: host))
    }

    private func takeBody(
        _ number: UInt32, _ payload: UnsafeRawBufferPointer
    ) throws(FrameError) {
        guard arrivals[number] != nil else { return }
        switch try arrivals[number]!.take(payload) {
        case .more(let renewal):
            guard renewal > 0 else { return }
            stream.write { $0.append(.window, id: number) { $0.append(count: renewal) } }
        case .whole(let delivery):
            arrivals[number] = nil
            try start(number, delivery)
        case .aborted: giveBack(number)
        }
    }

    private func cancel(_ number: UInt32) {
        if arrivals[number] == nil { watch.cancel(number, .byHost) } else { giveBack(number) }
    }

    /// Reports an attempt whose data never came whole.
    private func giveBack(_ number: UInt32) {
        arrivals[number] = nil
        let report = Report(outcome: .interrupted(.cancelled), beganAt: .now, duration: .zero)
        stream.write { $0.append(.outcome, id: number, report.append) }
    }
}

/// The data of an attempt while they arrive.
struct Arrival {
    let delivery: Delivery
    let bytesExpected: Int
    private var data: [UInt8] = []
    private var bytesUnrenewed = 0

    init(delivery: Delivery, bytesExpected: Int) {
        self.delivery = delivery
        self.bytesExpected = bytesExpected
    }

    enum Step {
        /// So much more may be sent than before.
        case more(renewal: Int)
        case whole(Delivery)
        case aborted
    }

    mutating func take(_ payload: UnsafeRawBufferPointer) throws(FrameError) -> Step {
        var reader = ByteReader(payload)
        let flag = OutgoingBody.Flag(rawValue: try reader.byte("flag of a body"))
        let part = reader.rest()
        guard let flag, data.count + part.count <= bytesExpected else {
            throw .malformed(what: "part of a body")
        }
        data.append(contentsOf: part)
        switch flag {
        case .more: return .more(renewal: renewal(after: part.count))
        case .last:
            guard data.count == bytesExpected else { throw .truncated(what: "data") }
            var whole = delivery
            whole.event = delivery.event.with(data: data)
            return .whole(whole)
        case .aborted: return .aborted
        }
    }

    private mutating func renewal(after bytes: Int) -> Int {
        bytesUnrenewed += bytes
        guard bytesUnrenewed >= Frame.bodyWindowBytes / 2 else { return 0 }
        defer { bytesUnrenewed = 0 }
        return bytesUnrenewed
    }
}
