package import EventLoop

/// An HTTP/1.1 server on one address.
///
/// It reads requests, hands them to its handler and sends the answers; it knows nothing of what
/// they mean. All its times are kept by one timer, which looks at every connection once a sweep.
@LoopActor
package final class HTTPListener {
    /// Fixed for the listener's life.
    package let limits: HTTPLimits
    /// What was done so far.
    package internal(set) var counters = HTTPCounters()

    let handler: any HTTPHandler
    let budget: BodyBudget?
    let bounds: ConnectionClock.Bounds
    let parserTable = LLHTTPTable()
    /// The sweeps so far.
    private(set) var tick = 1
    private(set) var date = DateLine()
    private(set) var isDraining = false

    private var listener: Listener?
    private let timer = LoopTimer()
    private var connections: [HTTPConnection] = []
    /// True when a connection waits that could not be accepted because of the limit.
    private var owesAccept = false
    private var drained: [CheckedContinuation<Void, Never>] = []

    /// Listens on `address` and hands each request to `handler`.
    ///
    /// Bodies take from `budget`, which several listeners may share. `close` or `drain` has to be
    /// called in the end.
    package init(
        _ address: SocketAddress, limits: HTTPLimits = HTTPLimits(), budget: BodyBudget? = nil,
        handler: any HTTPHandler
    ) throws(LoopError) {
        self.limits = limits
        self.budget = budget
        self.handler = handler
        bounds = ConnectionClock.Bounds(limits)
        do throws(LoopError) {
            listener = try Listener(address) { [unowned self] _ in connectionWaits() }
        } catch {
            timer.close()
            throw error
        }
        timer.schedule(after: limits.sweep, repeating: true) { [unowned self] in sweep() }
    }

    /// Where it listens, or nil once it has stopped.
    package var address: SocketAddress? { listener?.address }

    /// The connections that are open now.
    package var connectionCount: Int { connections.count }

    /// Stops accepting, lets every request that has begun be answered, and closes.
    ///
    /// Answers that are not begun say `Connection: close`; connections without a request end at
    /// once, or when what they were answered has left. What is not done after `limit` is cut off.
    /// Cancelling does not end the wait.
    package func drain(within limit: Duration) async {
        beginDraining()
        guard !connections.isEmpty else { return close() }
        let deadline = LoopTimer()
        deadline.schedule(after: limit) { self.close() }
        await withCheckedContinuation { drained.append($0) }
        deadline.close()
        close()
    }

    /// Stops at once: every connection is cut off. A second call does nothing.
    package func close() {
        isDraining = true
        listener?.close()
        listener = nil
        timer.close()
        for connection in connections { connection.close() }
    }

    func closed(_ connection: HTTPConnection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.place] = last
            last.place = connection.place
        }
        if owesAccept { acceptOwed() }
        guard connections.isEmpty, isDraining else { return }
        for continuation in drained { continuation.resume() }
        drained = []
    }

    private func beginDraining() {
        guard !isDraining else { return }
        isDraining = true
        listener?.close()
        listener = nil
        for connection in connections { connection.drain() }
    }

    private func connectionWaits() {
        guard connections.count < limits.connectionsMax else {
            owesAccept = true
            return
        }
        if let stream = listener?.accept() { admit(stream) }
    }

    private func acceptOwed() {
        guard connections.count < limits.connectionsMax, let listener else { return }
        owesAccept = false
        if let stream = listener.accept() { admit(stream) }
    }

    private func admit(_ stream: ByteStream) {
        let connection = HTTPConnection(stream: stream, listener: self)
        connection.place = connections.count
        connections.append(connection)
        counters.connections += 1
        connection.start()
    }

    private func sweep() {
        tick += 1
        date.refresh()
        for connection in connections { connection.sweep() }
    }
}
