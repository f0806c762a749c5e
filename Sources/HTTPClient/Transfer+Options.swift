import CCurl
import EventLoop
import Glibc
import HTTPTypes

extension Transfer {
    /// Tells libcurl all about the request; nothing is sent yet.
    func setUp(_ request: HTTPClientRequest, scheme: String) {
        curl_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, detail)
        set(CURLOPT_NOSIGNAL, 1)
        // A name that resolves slowly is left to its thread; the loop never waits for it.
        set(CURLOPT_QUICK_EXIT, 1)
        setUpAddress(request, scheme: scheme)
        setUpTimeouts()
        setUpMethod(request)
        setUpFields(request)
        curl_easy_set_socket_opened(easy) { _, socket, _ in
            // because libcurl does not, and child processes shall not inherit connections
            fcntl(socket, F_SETFD, FD_CLOEXEC) == 0
                ? Int32(CURL_SOCKOPT_OK) : Int32(CURL_SOCKOPT_ERROR)
        }
    }

    private func setUpAddress(_ request: HTTPClientRequest, scheme: String) {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, scheme)
        set(CURLOPT_REDIR_PROTOCOLS_STR, scheme)
        // Proxies come from the environment, as everywhere; this machine is never behind one.
        let exceptions = getenv("no_proxy") ?? getenv("NO_PROXY")
        let local = "localhost,127.0.0.1,::1"
        set(CURLOPT_NOPROXY, exceptions.map { "\(String(cString: $0)),\(local)" } ?? local)
        // Only what asks is asked again elsewhere: a write would be sent twice under one name.
        let follows = limits.redirectsMax > 0 && (request.method == .get || request.method == .head)
        set(CURLOPT_FOLLOWLOCATION, follows ? 1 : 0)
        set(CURLOPT_MAXREDIRS, limits.redirectsMax)
    }

    /// Trusts the authorities of a file of one's own, or the machine's.
    ///
    /// Of those it leaves out the folder where there is a file of them too, as on Debian:
    /// libcurl keeps in memory only what it read from a file, and without that each handshake
    /// would hold the loop up for 20 ms instead of the first one alone.
    func setUpAuthorities(_ own: String?) {
        if let own {
            set(CURLOPT_CAINFO, own)
            curl_easy_set_pointer(easy, CURLOPT_CAPATH, nil)
            return
        }
        var file: UnsafeMutableRawPointer?
        curl_easy_get_pointer(easy, CURLINFO_CAINFO, &file)
        guard let file, access(file.assumingMemoryBound(to: CChar.self), R_OK) == 0 else { return }
        curl_easy_set_pointer(easy, CURLOPT_CAPATH, nil)
    }

    private func setUpTimeouts() {
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.asTimeout)
        set(CURLOPT_TIMEOUT_MS, whole.asTimeout)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, (stalled.asTimeout + 999) / 1000)
    }

    private func setUpMethod(_ request: HTTPClientRequest) {
        let carriesBody = [.post, .put, .patch].contains(request.method) || !request.body.isEmpty
        if request.method == .head {
            set(CURLOPT_NOBODY, 1)
        } else if carriesBody {
            curl_easy_set_offset(
                easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            request.body.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, !bytes.isEmpty else {
                    return set(CURLOPT_COPYPOSTFIELDS, "")
                }
                curl_easy_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, base)
            }
        }
        guard request.method != .head, request.method != (carriesBody ? .post : .get) else {
            return
        }
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func setUpFields(_ request: HTTPClientRequest) {
        for field in request.fields where !Self.own.contains(field.name) {
            // A name with a colon and nothing behind it would take the field out.
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            lines = curl_slist_append(lines, line)
        }
        if request.fields[.contentType] == nil { lines = curl_slist_append(lines, "Content-Type:") }
        lines = curl_slist_append(lines, "Expect:")
        if request.fields[.userAgent] == nil { set(CURLOPT_USERAGENT, "Roost") }
        curl_easy_set_pointer(easy, CURLOPT_HTTPHEADER, lines)
    }

    private static let own: Set<HTTPField.Name> = [.contentLength, .transferEncoding, .expect]

    private func set(_ option: CURLoption, _ value: Int) {
        let code = curl_easy_set_long(easy, option, value)
        precondition(code == CURLE_OK, "libcurl 7.87 or later knows option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String) {
        let code = value.withCString { curl_easy_set_pointer(easy, option, $0) }
        precondition(code == CURLE_OK, "libcurl 7.87 or later knows option \(option.rawValue)")
    }
}

extension Duration {
    /// Milliseconds as libcurl takes them: at least one, for zero would mean no limit.
    fileprivate var asTimeout: Int { Int(min(max(millisecondsRoundedUp, 1), UInt64(Int32.max))) }
}
