extension HTTPExchange {
    /// Sends the whole answer.
    ///
    /// An answer to HEAD, and one of status 204 or 304, is sent without the body; a Content-Length
    /// among the fields counts only there. Traps on a status outside 200 to 599.
    package func respond(_ status: Int, _ fields: ResponseFields = .init(), body: [UInt8] = []) {
        body.withUnsafeBytes { respond(status, fields, bytes: $0) }
    }

    /// Sends the whole answer from bytes that are valid during the call.
    package func respond(_ status: Int, _ fields: ResponseFields, bytes: UnsafeRawBufferPointer) {
        precondition(StatusLine.statuses.contains(status), "a final status is from 200 to 599")
        guard let connection else { return giveBackBudget() }
        precondition(stage == .waiting, "a request is answered once")
        stage = .finished
        let hasNoBody = head.isHead || status == 204 || status == 304
        let length: Int? =
            switch status {
            case 204: nil
            case 304: fields.contentLength
            default: head.isHead ? fields.contentLength ?? bytes.count : bytes.count
            }
        decideEnd(connection, fields)
        connection.write(for: self) { out in
            appendHead(to: &out, status, fields, length: length, connection.listener)
            if !hasNoBody { out.append(contentsOf: bytes) }
        }
        connection.finished(self)
    }

    /// Sends a problem+json document with the problem's status.
    package func respond(problem: Problem, _ fields: ResponseFields = .init()) {
        var fields = fields
        fields.appendContentType("application/problem+json")
        respond(problem.status, fields, body: problem.json)
    }

    /// Settles, before the head is written, whether the connection goes on after this answer.
    func decideEnd(_ connection: HTTPConnection, _ fields: ResponseFields) {
        let canGoOn =
            head.keepsAlive && !fields.closesConnection && framing != .closing
            && (isBodyComplete || canDiscardBody) && !connection.endsAfter(self)
        closesAfter = closesAfter || !canGoOn
        if closesAfter { connection.hasLastAnswer = true }
    }

    /// True where the rest of the body is short enough to be read for nothing.
    var canDiscardBody: Bool {
        guard let connection, !head.isChunked else { return false }
        let rest = (head.contentLength ?? 0) - bodyBytesReceived
        return rest == 0
            || (rest <= connection.listener.limits.discardedBodyBytesMax && !head.expectsContinue)
    }

    func appendHead(
        to out: inout [UInt8], _ status: Int, _ fields: ResponseFields, length: Int?,
        _ listener: HTTPListener
    ) {
        StatusLine.append(status, to: &out)
        if !fields.hasDate { out.append(contentsOf: listener.date.bytes) }
        out.append(contentsOf: fields.bytes)
        if let length {
            out.append("Content-Length: ")
            out.appendDecimal(length)
            out.append("\r\n")
        }
        if framing == .chunked { out.append("Transfer-Encoding: chunked\r\n") }
        if closesAfter {
            out.append("Connection: close\r\n")
        } else if !head.isVersion11 {
            out.append("Connection: keep-alive\r\n")
        }
        out.append("\r\n")
    }
}

extension ResponseFields {
    /// Adds a Content-Type that needs no check.
    mutating func appendContentType(_ type: StaticString) {
        bytes.append("Content-Type: ")
        bytes.append(type)
        bytes.append("\r\n")
    }
}
