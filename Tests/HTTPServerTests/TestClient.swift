import EventLoop
import HTTPServer

/// A client that sends bytes as they are and keeps what comes back.
@LoopActor
final class TestClient {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    private let stream: ByteStream
    private let timer = LoopTimer()
    private var condition: (() -> Bool)?
    private var waiter: CheckedContinuation<Bool, Never>?
    private(set) var received: [UInt8] = []
    /// True once the server has closed its side.
    private(set) var isEnded = false

    init(to listener: HTTPListener, reads: Bool = true) async throws {
        stream = try await ByteStream.connect(to: listener.address!)
        if reads { read() }
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    /// The answers so far, or nil where the last one is not complete.
    var answers: [TestAnswer]? { TestAnswer.all(received, isEnded: isEnded) }

    func send(_ text: String) { stream.write(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { stream.write(bytes) }

    func endSending() { stream.endWriting() }

    func read() {
        stream.startReading(
            onBytes: { bytes in
                self.received.append(contentsOf: bytes)
                self.look()
            },
            onEnd: { _ in
                self.isEnded = true
                self.look()
            })
    }

    func stopReading() { stream.stopReading() }

    func resumeReading() { stream.resumeReading() }

    func close() {
        timer.close()
        stream.close()
    }

    /// Waits until so many answers have come whole.
    @discardableResult
    func answers(_ count: Int) async throws -> [TestAnswer] {
        try await wait(for: "\(count) answers") { self.answers?.count ?? 0 >= count }
        return answers ?? []
    }

    /// Waits until the server has closed, and tells what it answered before.
    @discardableResult
    func end() async throws -> [TestAnswer] {
        try await wait(for: "the server to close") { self.isEnded }
        return answers ?? []
    }

    /// Waits for what bytes or the end of the connection may bring.
    func wait(for what: String, until condition: @escaping () -> Bool) async throws {
        if condition() { return }
        self.condition = condition
        timer.schedule(after: .seconds(20)) { self.resume(false) }
        let came = await withCheckedContinuation { waiter = $0 }
        guard came else {
            throw TimedOut(description: "waited 20 s for \(what); received: \(text.prefix(2000))")
        }
    }

    private func look() {
        if condition?() == true { resume(true) }
    }

    private func resume(_ came: Bool) {
        condition = nil
        timer.cancel()
        let waiter = waiter
        self.waiter = nil
        waiter?.resume(returning: came)
    }
}
