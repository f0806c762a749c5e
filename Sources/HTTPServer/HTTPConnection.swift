import EventLoop

/// One client's connection: reads its requests, and sends their answers in the same order.
///
///     open ──last answer written──▶ lingering ──client closes, or linger time──▶ closed
///       └──────────client is gone, or takes nothing──────────────────────────────▶┘
///
/// Requests are read as long as few enough are unanswered and what was answered leaves; else the
/// connection is held: the rest of what was read is kept, and the kernel's window holds the client.
@LoopActor
final class HTTPConnection: TurnEnd {
    enum Stage {
        case open
        case lingering
        case closed
    }

    let stream: ByteStream
    let listener: HTTPListener
    let parser: RequestParser
    /// Where the listener keeps it.
    var place = 0
    var stage = Stage.open

    /// The earliest request whose answer is not finished; only its answer is written.
    var front: HTTPExchange?
    /// Those after it, in order.
    var behind: [HTTPExchange] = []
    /// The one whose body is being received.
    var arriving: HTTPExchange?

    /// What was read and not parsed, while the connection is held.
    var unparsed: ArraySlice<UInt8> = []
    var isHeld = false
    var isParsing = false
    /// True once no further request will be read: the last one asked for it, or was refused.
    var readsNoMore = false
    /// True once an answer was begun that ends the connection, or given up, though it may wait for
    /// earlier ones: a request behind it would get no answer, so it is not read.
    var hasLastAnswer = false
    /// True once the client has sent all it will.
    var sawEnd = false
    var droppedBytes = 0

    var clock: ConnectionClock
    /// All that was given to the stream.
    var writtenBytes = 0

    init(stream: ByteStream, listener: HTTPListener) {
        self.stream = stream
        self.listener = listener
        parser = RequestParser(table: listener.parserTable, limits: listener.limits)
        clock = ConnectionClock(now: listener.tick)
    }

    func start() {
        stream.onRoom = { self.hasRoom() }
        stream.startReading(onBytes: { self.received($0) }, onEnd: { self.ended($0) })
    }

    /// True where nothing of a request is here and none is unanswered.
    var isIdle: Bool { front == nil && arriving == nil && parser.isBetween && unparsed.isEmpty }

    /// True where `exchange` has the last answer of this connection.
    func endsAfter(_ exchange: HTTPExchange) -> Bool {
        guard readsNoMore || listener.isDraining else { return false }
        let isLast = behind.isEmpty ? front === exchange : behind.last === exchange
        return isLast && (arriving == nil || arriving === exchange)
    }

    /// Says that no more comes, and waits a moment for the client to say the same.
    ///
    /// Closing at once would make the kernel answer what the client still sends with a reset, which
    /// can overtake the last answer.
    func end() {
        guard stage == .open else { return }
        stage = .lingering
        readsNoMore = true
        clock.lingerSince = listener.tick
        unparsed = []
        leaveAll()
        stream.endWriting()
        if sawEnd {
            LoopActor.atTurnEnd(self)
        } else {
            resume()
        }
    }

    /// Ends a connection that has no request under way, for its listener drains; what its client
    /// was answered and has not taken still leaves.
    func drain() {
        guard front == nil, arriving == nil, parser.isBetween else { return }
        // because one that is held has requests of its client in the kernel: to close it at once
        // would reset it, and lose the answers on their way
        if isHeld || stream.outgoingBytes > 0 { end() } else { close() }
    }

    /// Ends the connection at once; a second call does nothing.
    func close() {
        guard stage != .closed else { return }
        stage = .closed
        readsNoMore = true
        stream.close()
        listener.closed(self)
        leaveAll()
    }

    func turnEnds() {
        if sawEnd, stage == .lingering, stream.outgoingBytes == 0 { close() }
    }

    /// Lets go of the requests that will get no answer any more.
    private func leaveAll() {
        var left = behind
        if let front { left.insert(front, at: 0) }
        front = nil
        arriving = nil
        behind = []
        for exchange in left {
            if exchange.stage != .finished { listener.counters.aborted += 1 }
            exchange.leave()
        }
    }
}
