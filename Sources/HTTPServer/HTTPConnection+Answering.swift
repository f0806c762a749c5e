import EventLoop

extension HTTPConnection {
    func enqueue(_ exchange: HTTPExchange) {
        if front == nil {
            front = exchange
        } else {
            behind.append(exchange)
        }
    }

    /// Appends to the stream, or to what waits for earlier answers.
    func write(for exchange: HTTPExchange, _ body: (inout [UInt8]) -> Void) {
        guard exchange === front else { return body(&exchange.waitingBytes) }
        stream.write { out in
            let before = out.count
            body(&out)
            count(out.count - before)
        }
    }

    func isFull(for exchange: HTTPExchange) -> Bool {
        exchange === front
            ? stream.isFull
            : exchange.waitingBytes.count >= listener.limits.waitingAnswerBytesMax
    }

    /// The answer of `exchange` is written whole; those after it may follow.
    func finished(_ exchange: HTTPExchange) {
        guard exchange === front else { return }
        while let finished = front, finished.stage == .finished {
            front = behind.isEmpty ? nil : behind.removeFirst()
            finished.leave()
            if finished.closesAfter { return end() }
            if let next = front { flush(next) }
        }
        guard front == nil else { return goOn() }
        clock.idleSince = listener.tick
        if arriving == nil, listener.isDraining || sawEnd && !isParsing && !isHeld { return end() }
        goOn()
    }

    /// Answers a request that no handler may see, or see to its end, and ends the connection.
    func refuse(_ refusal: Refusal) {
        listener.counters.rejected += 1
        readsNoMore = true
        let refused = arriving ?? headless()
        arriving = nil
        refused.closesAfter = true
        guard refused.stage == .waiting, !refused.isClosed else {
            // because an answer that has begun can't be taken back: it is the last one
            if front == nil { end() }
            return
        }
        let told = refused.onClose
        refused.onClose = nil
        if refusal == .overBudget { listener.counters.overBudget += 1 }
        refused.respond(
            problem: refusal.problem, refusal == .overBudget ? ["Retry-After": "1"] : [:])
        told?()
    }

    /// Stands for a request whose head is not known, or not to be trusted.
    private func headless() -> HTTPExchange {
        var head = RequestHead()
        head.isHead = parser.head.isHead
        let exchange = HTTPExchange(head: head, connection: self)
        enqueue(exchange)
        return exchange
    }

    /// Sends what waited for its turn.
    private func flush(_ exchange: HTTPExchange) {
        let waiting = exchange.waitingBytes
        exchange.waitingBytes = []
        if !waiting.isEmpty { write(for: exchange) { $0.append(contentsOf: waiting) } }
        guard waiting.count >= listener.limits.waitingAnswerBytesMax, !stream.isFull else { return }
        exchange.onRoom?()
    }

    func hasRoom() {
        if stream.writeError != nil { return close() }
        front?.onRoom?()
        goOn()
    }

    private func count(_ bytes: Int) {
        writtenBytes += bytes
        listener.counters.bytesOut += bytes
    }

    /// Reads for nothing what comes behind the last request, up to a bound.
    func drop(_ count: Int) {
        droppedBytes += count
        guard droppedBytes > listener.limits.lingerBytesMax else { return }
        stream.stopReading()
        if stage == .lingering, stream.outgoingBytes == 0 { close() }
    }
}
