extension HTTPExchange {
    /// Sends the head of an answer whose body follows in pieces.
    ///
    /// With a Content-Length among the fields exactly so many bytes must follow; without, the body
    /// is sent in chunks, or up to the end of the connection for HTTP/1.0.
    package func beginStream(_ status: Int, _ fields: ResponseFields = .init()) {
        precondition(StatusLine.statuses.contains(status), "a final status is from 200 to 599")
        guard let connection else { return giveBackBudget() }
        precondition(stage == .waiting, "a request is answered once")
        stage = .streaming
        // because a stream may last for hours, and what was dropped takes no memory
        if body.isEmpty { giveBackBudget() }
        framing = streamFraming(status, fields)
        decideEnd(connection, fields)
        connection.write(for: self) { out in
            let length = status == 204 ? nil : fields.contentLength
            appendHead(to: &out, status, fields, length: length, connection.listener)
        }
    }

    /// Sends a piece of the body with what else leaves at the end of this turn.
    ///
    /// It is kept, not refused, when `isFull`: whoever goes on writing then fills the memory.
    /// More than the stated Content-Length aborts the answer.
    package func write(_ piece: UnsafeRawBufferPointer) {
        guard let connection, !piece.isEmpty else { return }
        precondition(stage == .streaming, "a piece is written between beginStream and end")
        switch framing {
        case .none: return
        case .counted(let rest):
            guard piece.count <= rest else { return abort() }
            framing = .counted(rest - piece.count)
            connection.write(for: self) { $0.append(contentsOf: piece) }
        case .chunked:
            connection.write(for: self) { out in
                out.appendHexadecimal(piece.count)
                out.append("\r\n")
                out.append(contentsOf: piece)
                out.append("\r\n")
            }
        case .closing:
            connection.write(for: self) { $0.append(contentsOf: piece) }
        }
    }

    /// Sends a piece of the body with what else leaves at the end of this turn.
    package func write(_ piece: [UInt8]) {
        piece.withUnsafeBytes { write($0) }
    }

    /// True when a writer has to wait for `onRoom`.
    package var isFull: Bool { connection?.isFull(for: self) ?? false }

    /// Ends the body; fewer bytes than the stated Content-Length abort the answer instead.
    package func end() {
        guard let connection else { return }
        precondition(stage == .streaming, "a stream ends once, after beginStream")
        if case .counted(let rest) = framing, rest > 0 { return abort() }
        stage = .finished
        if framing == .chunked { connection.write(for: self) { $0.append("0\r\n\r\n") } }
        connection.finished(self)
    }

    /// Gives the answer up: what was written leaves, then the connection ends. `onClose` is not
    /// called.
    ///
    /// The client sees that the body is not whole, for the last chunk is missing, or bytes of the
    /// stated length are. One of HTTP/1.0 that was told no length can't see it.
    package func abort() {
        guard let connection else { return }
        onClose = nil
        closesAfter = true
        connection.hasLastAnswer = true
        stage = .finished
        connection.listener.counters.aborted += 1
        connection.finished(self)
    }

    private func streamFraming(_ status: Int, _ fields: ResponseFields) -> AnswerFraming {
        if head.isHead || status == 204 || status == 304 { return .none }
        if let length = fields.contentLength { return .counted(length) }
        return head.isVersion11 ? .chunked : .closing
    }
}
