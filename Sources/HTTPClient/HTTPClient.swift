import CCurl
package import EventLoop

/// Outgoing HTTP on the loop, through libcurl's multi-socket interface.
///
/// Connections are kept and used again. What has no limit has none here: see `HTTPClientLimits`.
/// A GET or HEAD follows a few redirects, never to another scheme; any other method gets the
/// redirect as its answer, for it would act twice. A kept connection that ends without an answer
/// is replaced and the request sent again, but a POST or PATCH only where it has an
/// `Idempotency-Key`. Compression is neither asked for nor undone.
/// Proxies are taken from the environment (`https_proxy`, `no_proxy`), but not for this machine.
///
/// libcurl is started with the first call, off the loop, so that a client that is never used
/// costs nothing.
@LoopActor
package final class HTTPClient {
    /// Fixed for the client's life.
    package nonisolated let limits: HTTPClientLimits
    private nonisolated let authorities: String?
    private var multi: MultiHandle?
    private var transfers: [UInt64: Transfer] = [:]
    private var lastNumber: UInt64 = 0
    private var isClosed = false

    /// Opens nothing yet. Whoever makes it closes it.
    ///
    /// - Parameter authorities: a file of certificates, in PEM, that are trusted in place of the
    ///   machine's; nil for those.
    package nonisolated init(
        limits: HTTPClientLimits = HTTPClientLimits(), authorities: String? = nil
    ) {
        self.limits = limits
        self.authorities = authorities
    }

    /// Sends `request` and reads the answer to its end; any status is an answer.
    ///
    /// Cancelling the task ends the call at once, and the connection with it. Whatever the
    /// error, the other side may have acted, unless no connection came about.
    package func send(
        _ request: HTTPClientRequest
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        guard let scheme = request.scheme else { throw .badAddress(request.call) }
        if Task.isCancelled { throw .cancelled(request.call) }
        if !Library.isStarted { await Library.start() }
        guard !isClosed else { throw .closed(request.call) }
        guard transfers.count < limits.transfersMax else {
            throw .tooManyCalls(request.call, max: limits.transfersMax)
        }
        lastNumber += 1
        let number = lastNumber
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start(
                    Transfer(
                        request, scheme: scheme, number: number, limits: limits,
                        authorities: authorities, continuation: continuation))
            }
        } onCancel: {
            // It runs after the transfer was entered: both are work of the loop, in order.
            Task { @LoopActor in self.abort(number) }
        }
        return try answer.get()
    }

    /// Ends all calls and connections; it must be called before the last reference goes.
    ///
    /// A second call does nothing; what is sent later is refused.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        for transfer in transfers.values { end(transfer, .failure(.closed(transfer.call))) }
        multi?.close()
        multi = nil
    }

    private func start(_ transfer: Transfer) {
        transfers[transfer.number] = transfer
        opened().add(transfer)
    }

    private func opened() -> MultiHandle {
        if let multi { return multi }
        let opened = MultiHandle(limits: limits) { [unowned self] transfer, code in
            end(transfer, transfer.answer(code))
        }
        multi = opened
        return opened
    }

    private func abort(_ number: UInt64) {
        guard let transfer = transfers[number] else { return }
        end(transfer, .failure(.cancelled(transfer.call)))
    }

    private func end(_ transfer: Transfer, _ answer: Transfer.Answer) {
        transfers[transfer.number] = nil
        multi?.remove(transfer)
        transfer.end(answer)
    }

    isolated deinit { assert(multi == nil, "a client is closed before it is dropped") }
}

/// libcurl's own start, once in the process; it reads the disk and takes milliseconds.
@LoopActor
private enum Library {
    private(set) static var isStarted = false
    private nonisolated static let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    static func start() async {
        // Nothing in there throws; where it could, the check below says so.
        let code = try? await offLoop { Self.code }
        precondition(code == CURLE_OK, "libcurl starts")
        isStarted = true
    }
}
