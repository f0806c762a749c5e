import CCurl
import EventLoop
import HTTPTypes

/// One call: libcurl's easy handle, and what has come in so far.
@LoopActor
final class Transfer {
    typealias Answer = Result<HTTPClientResponse, HTTPClientError>

    let easy: UnsafeMutableRawPointer
    let number: UInt64
    let call: String
    let limits: HTTPClientLimits
    /// From beginning to end.
    let whole: Duration
    /// How long not a byte may move: at least as long as the request itself gives.
    let stalled: Duration
    var lines: UnsafeMutablePointer<curl_slist>?
    let detail: UnsafeMutablePointer<CChar>
    private let continuation: CheckedContinuation<Answer, Never>
    private let begin = LoopActor.uptimeNanoseconds
    /// Whether the request may be sent again where a kept connection ended without an answer.
    private let isRepeatable: Bool
    private var timesSent = 0
    private var head = ResponseHead()
    private var body: [UInt8] = []
    private var refusal: HTTPClientError?

    init(
        _ request: HTTPClientRequest, scheme: String, number: UInt64, limits: HTTPClientLimits,
        authorities: String?, continuation: CheckedContinuation<Answer, Never>
    ) {
        guard let easy = curl_easy_init() else { preconditionFailure("no memory for libcurl") }
        self.easy = easy
        self.number = number
        self.limits = limits
        self.continuation = continuation
        call = request.call
        isRepeatable = request.isRepeatable
        whole = request.timeout ?? limits.whole
        stalled = max(limits.stalled, request.timeout ?? .zero)
        detail = .allocate(capacity: Int(CURL_ERROR_SIZE))
        detail.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setUp(request, scheme: scheme)
        if scheme == "https" { setUpAuthorities(authorities) }
        listen()
    }

    /// The transfer that `easy` belongs to.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer {
        var me: UnsafeMutableRawPointer?
        curl_easy_get_pointer(easy, CURLINFO_PRIVATE, &me)
        return Unmanaged<Transfer>.fromOpaque(me!).takeUnretainedValue()
    }

    /// Frees the handle and answers who waits; called once, after libcurl has let go of it.
    func end(_ answer: Answer) {
        curl_easy_cleanup(easy)
        curl_slist_free_all(lines)
        detail.deallocate()
        continuation.resume(returning: answer)
    }

    /// What libcurl's last word means.
    func answer(_ code: CURLcode) -> Answer {
        guard code == CURLE_OK, refusal == nil else { return .failure(refusal ?? error(code)) }
        var status = 0
        curl_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return .success(
            HTTPClientResponse(
                status: HTTPResponse.Status(code: status), fields: head.fields, body: body))
    }

    private func listen() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        for option in [
            CURLOPT_PRIVATE, CURLOPT_PREREQDATA, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA,
        ] {
            curl_easy_set_pointer(easy, option, me)
        }
        curl_easy_set_before_sending(easy) { me, _, _, _, _ in
            let me = Unmanaged<Transfer>.fromOpaque(me!).takeUnretainedValue()
            return LoopActor.assumeIsolated { me.maySend() }
                ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
        }
        curl_easy_set_write(easy, CURLOPT_HEADERFUNCTION) { bytes, _, count, me in
            let me = Unmanaged<Transfer>.fromOpaque(me!).takeUnretainedValue()
            let line = UnsafeRawBufferPointer(start: bytes, count: count)
            return LoopActor.assumeIsolated { me.receivedLine(line) } ? count : 0
        }
        curl_easy_set_write(easy, CURLOPT_WRITEFUNCTION) { bytes, _, count, me in
            let me = Unmanaged<Transfer>.fromOpaque(me!).takeUnretainedValue()
            let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
            return LoopActor.assumeIsolated { me.receivedBody(bytes) } ? count : 0
        }
    }

    /// libcurl sends again by itself when a kept connection ends without an answer, whatever the
    /// method is.
    private func maySend() -> Bool {
        timesSent += 1
        guard timesSent > 1, !isRepeatable else { return true }
        refusal = .broken(call, detail: "the connection ended without an answer")
        return false
    }

    private func receivedLine(_ line: UnsafeRawBufferPointer) -> Bool {
        head.take(line)
        guard head.bytes > limits.headBytesMax else { return true }
        refusal = .headTooLarge(call, bytesMax: limits.headBytesMax)
        return false
    }

    private func receivedBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= limits.bodyBytesMax else {
            refusal = .bodyTooLarge(call, bytesMax: limits.bodyBytesMax)
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private func error(_ code: CURLcode) -> HTTPClientError {
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            return timeoutError()
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
            if let location = head.fields[.location] {
                return .otherScheme(call, location: location)
            }
            // An answer that is no HTTP has the same code as an address that is none.
            return wasSent ? .broken(call, detail: words(code)) : .badAddress(call)
        case CURLE_TOO_MANY_REDIRECTS:
            return .tooManyRedirects(call, max: limits.redirectsMax)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT:
            return .noConnection(call, detail: words(code))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE:
            return .untrusted(call, detail: words(code))
        case CURLE_OUT_OF_MEMORY where !head.isComplete:
            // libcurl's own bound on one field, which it tells like this.
            return .headTooLarge(call, bytesMax: limits.headBytesMax)
        default:
            return .broken(call, detail: words(code))
        }
    }

    /// libcurl has one word for three limits.
    private func timeoutError() -> HTTPClientError {
        let elapsed = Duration.nanoseconds(LoopActor.uptimeNanoseconds - begin)
        if elapsed + .milliseconds(2) >= whole { return .noAnswerInTime(call, limit: whole) }
        return wasSent
            ? .stalled(call, limit: stalled)
            : .noConnectionInTime(call, limit: limits.connect)
    }

    /// True when there was a connection that the request could be sent on.
    private var wasSent: Bool {
        var microseconds: curl_off_t = 0
        curl_easy_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
        return microseconds > 0
    }

    private func words(_ code: CURLcode) -> String {
        detail.pointee == 0
            ? String(cString: curl_easy_strerror(code)) : String(cString: detail)
    }
}
