import Contract

/// Sends a response's body as frames, as far as the host takes it.
struct OutgoingBody: Sendable {
    let attempt: UInt32
    let host: WorkerHost

    /// What the first byte of a body frame says.
    enum Flag: UInt8 { case more, last, aborted }

    /// Sends all of it and says how it ended; the attempt has nothing more to say then.
    func send(_ body: WebResponse.Body) async {
        var flag = Flag.last
        do {
            switch body {
            // Its handler has succeeded, perhaps within the grace after its task was cancelled.
            case .whole(let bytes): try await send(bytes, endsWithTask: false)
            case .stream(let write):
                try await write(BodyWriter { try await send($0, endsWithTask: true) })
            case .unencodable: preconditionFailure("an answer is checked before it is sent")
            }
        } catch {
            // The caller sees a body that breaks off; there is no outcome left to put an error in.
            if !(error is BodyAbandoned || error is CancellationError) { log(error) }
            flag = .aborted
        }
        host.bodies.close(attempt)
        host.outbox.add(ending: attempt) { bytes in
            bytes.append(.body, id: attempt) { $0.append(flag.rawValue) }
        }
    }

    private func send(_ bytes: [UInt8], endsWithTask: Bool) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let most = min(rest.count, Frame.bodyBytesMax)
            let part = rest.prefix(
                try await host.bodies.takeCredit(attempt, max: most, endsWithTask: endsWithTask))
            host.outbox.add { frames in
                frames.append(.body, id: attempt) { payload in
                    payload.append(Flag.more.rawValue)
                    payload.append(contentsOf: part)
                }
            }
            rest = rest.dropFirst(part.count)
        }
    }

    private func log(_ error: any Error) {
        let text = "\(error)".prefixed(bytes: Failure.errorBytesMax)
        let line = WorkerLog(
            level: "error", message: "a streamed response broke off", metadata: ["error": text])
        host.outbox.addLine(of: attempt, line)
    }
}
