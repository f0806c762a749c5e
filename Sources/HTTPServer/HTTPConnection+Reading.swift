import EventLoop

extension HTTPConnection {
    func received(_ bytes: UnsafeRawBufferPointer) {
        listener.counters.bytesIn += bytes.count
        if readsNoMore { return drop(bytes.count) }
        let rest = parse(bytes)
        if isHeld, !rest.isEmpty { unparsed = Array(rest)[...] }
        clock.parsed(isInHead: parser.isInHead, now: listener.tick)
    }

    /// The client has sent all it will, or is gone.
    func ended(_ error: LoopError?) {
        guard error == nil else { return close() }
        sawEnd = true
        if stage == .lingering { return turnEnds() }
        if unparsed.isEmpty { endsEarly() }
        if front == nil, arriving == nil { end() }
    }

    /// Goes on to read and parse, if nothing holds the connection any more.
    func goOn() {
        guard isHeld, !isParsing, stage == .open, !mustHold else { return }
        isHeld = false
        clock.bodyGoesOn(now: listener.tick)
        let bytes = unparsed
        unparsed = []
        let taken = bytes.withUnsafeBytes { bytes in bytes.count - parse(bytes).count }
        if isHeld { unparsed = bytes.dropFirst(taken) }
        clock.parsed(isInHead: parser.isInHead, now: listener.tick)
        guard !isHeld, stage == .open else { return }
        if sawEnd {
            endsEarly()
            if front == nil, arriving == nil { end() }
        } else {
            resume()
        }
    }

    func resume() {
        if !sawEnd { stream.resumeReading() }
    }

    /// True where nothing more is parsed now.
    private var mustHold: Bool {
        if let arriving { return arriving.isBodyPaused }
        guard parser.isBetween else { return false }
        guard front != nil else { return stream.isFull || listener.isDraining }
        return behind.count + 1 >= listener.limits.pipelinedMax || stream.isFull
            || listener.isDraining || hasLastAnswer
    }

    /// Reads requests until the bytes are used up or the connection is held; gives back the rest.
    private func parse(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var rest = bytes
        isParsing = true
        defer { isParsing = false }
        while !readsNoMore {
            if mustHold {
                isHeld = true
                stream.stopReading()
                return rest
            }
            switch parser.next(&rest) {
            case .needsMore: return rest
            case .head: begin(isBodyHere: !rest.isEmpty)
            case .body(let piece): add(piece)
            case .complete: complete()
            case .refused(let refusal): refuse(refusal)
            }
        }
        return rest
    }

    private func begin(isBodyHere: Bool) {
        clock.headEnds()
        let exchange = HTTPExchange(head: parser.head, connection: self)
        listener.counters.requests += 1
        enqueue(exchange)
        arriving = exchange
        exchange.isBodyComplete = !exchange.head.isChunked && exchange.head.contentLength ?? 0 == 0
        exchange.plan = listener.handler.accept(exchange)
        if exchange.isBodyComplete || readsNoMore { return }
        clock.bodyBegins(now: listener.tick)
        if let refusal = boundary(exchange) { return refuse(refusal) }
        guard exchange.head.expectsContinue, !isBodyHere, exchange.plan != .unwanted else { return }
        write(for: exchange) { $0.append("HTTP/1.1 100 Continue\r\n\r\n") }
    }

    /// Why the body's stated length, or what came of it, is too much.
    private func boundary(_ exchange: HTTPExchange) -> Refusal? {
        let length = max(exchange.head.contentLength ?? 0, exchange.bodyBytesReceived)
        switch exchange.plan {
        case .whole(let bound), .chunks(let bound):
            let max = bound ?? listener.limits.bodyBytesMax
            return length > max ? .bodyTooLarge(bytesMax: max) : nil
        case .unwanted:
            let max = listener.limits.discardedBodyBytesMax
            guard exchange.head.isChunked || length > max else { return nil }
            readsNoMore = exchange.bodyBytesReceived > max || length > max
            return nil
        }
    }

    private func add(_ piece: UnsafeRawBufferPointer) {
        guard let exchange = arriving else { return }
        exchange.bodyBytesReceived += piece.count
        clock.bodyBytes += piece.count
        if let refusal = boundary(exchange) { return refuse(refusal) }
        switch exchange.plan {
        case .unwanted: return
        case .chunks: exchange.onBody?(piece)
        case .whole:
            guard exchange.stage == .waiting else { return }
            guard listener.budget?.take(piece.count) ?? true else { return refuse(.overBudget) }
            exchange.bodyBytesTaken += piece.count
            exchange.body.append(contentsOf: piece)
        }
    }

    private func complete() {
        guard let exchange = arriving else { return }
        arriving = nil
        exchange.isBodyComplete = true
        clock.idleSince = listener.tick
        readsNoMore = !exchange.head.keepsAlive
        if exchange.plan != .unwanted, exchange.stage == .waiting, !exchange.isClosed {
            return listener.handler.respond(to: exchange)
        }
        if front == nil, listener.isDraining { end() }
    }

    /// What the client began and did not finish, when it has said that no more comes.
    private func endsEarly() {
        guard !readsNoMore, !parser.isBetween else { return }
        refuse(.malformed("it ends before it is complete"))
    }
}
