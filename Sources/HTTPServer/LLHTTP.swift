import CNIOLLHTTP
import HTTPTypes

/// llhttp 9.3 as swift-nio 2.101 carries it, fed by hand; the only file that knows of it.
///
/// It is given bytes and stops where something is complete: that is what its pauses are for. No
/// leniency is switched on: not for headers, versions, line ends, chunk sizes, nor for a
/// Transfer-Encoding beside a Content-Length. What it forgives all the same is `HeadCheck`'s to
/// refuse: spaces around the target, HTTP/0.9 and 2.0, RTSP, codings before "chunked".
final class LLHTTP {
    /// Where a run ended.
    enum Stop {
        /// All bytes were taken.
        case bytesUsedUp
        case headEnd
        /// A piece of body, which lies within the bytes that were given.
        case piece(UnsafeRawBufferPointer)
        /// The size line of the chunk that ends a chunked body; trailers follow.
        case lastChunk
        case requestEnd
        case failure(Failure)
    }

    enum Failure {
        case unknownMethod
        case unknownVersion
        case tooManyFields
        case malformed(String)
    }

    /// The head that is being read, or was read last.
    var head = RequestHead()
    /// The size lines of chunks since the last look.
    var chunksBegun = 0

    private static let keptBytesMax = 2048
    private static let keptFieldsMax = 64

    private let fieldsMax: Int
    private let state: UnsafeMutablePointer<llhttp_t>
    private var isPaused = false
    private var base: UnsafePointer<CChar>?
    private var baseOffset = 0
    private var stop = Stop.bytesUsedUp
    private var isInHead = false

    init(table: LLHTTPTable, fieldsMax: Int) {
        self.fieldsMax = fieldsMax
        state = .allocate(capacity: 1)
        c_nio_llhttp_init(state, HTTP_REQUEST, table.pointer)
        state.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { state.deallocate() }

    /// True where a run can go on without further bytes.
    var canGoOn: Bool { isPaused }

    /// Forgets the last head; the next byte is the first of a request line.
    func begin() {
        isInHead = true
        // because an array whose last contents somebody still holds is made anew with the capacity that
        // it had and what malloc had to spare: over millions of requests it would grow for ever
        head.bytes.removeAll(keepingCapacity: head.bytes.capacity <= Self.keptBytesMax)
        head.fields.removeAll(keepingCapacity: head.fields.capacity <= Self.keptFieldsMax)
        head.targetStart = 0
        head.targetEnd = 0
        head.isHead = false
        head.expectsContinue = false
    }

    /// Reads on, and drops from the front of `bytes` what it took.
    ///
    /// The bytes of a head are added to `head.bytes`.
    func run(_ bytes: inout UnsafeRawBufferPointer) -> Stop {
        if isPaused {
            isPaused = false
            c_nio_llhttp_resume(state)
        }
        stop = .bytesUsedUp
        let wasInHead = isInHead
        // because llhttp wants a pointer also where there is nothing to read
        var nothing: CChar = 0
        let code = withUnsafePointer(to: &nothing) { nothing in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nothing
            base = start
            baseOffset = head.bytes.count
            let code = c_nio_llhttp_execute(state, start, bytes.count)
            let taken = code == HPE_OK ? bytes.count : taken(from: start, of: bytes.count)
            if wasInHead { head.bytes.append(contentsOf: bytes.prefix(taken)) }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(taken))
            return code
        }
        isPaused = code == HPE_PAUSED
        if code != HPE_OK, code != HPE_PAUSED, case .failure = stop { return stop }
        return code == HPE_OK || code == HPE_PAUSED ? stop : .failure(failure(code))
    }

    private func taken(from start: UnsafePointer<CChar>, of count: Int) -> Int {
        guard let position = c_nio_llhttp_get_error_pos(state) else { return 0 }
        return min(max(0, position - start), count)
    }

    private func failure(_ code: llhttp_errno_t) -> Failure {
        let why = c_nio_llhttp_get_error_reason(state).map { String(cString: $0) } ?? "it is broken"
        // because llhttp has one code for a word that it does not know and for what must follow it
        switch code {
        case HPE_INVALID_METHOD where !why.hasPrefix("Expected"): return .unknownMethod
        case HPE_PAUSED_H2_UPGRADE: return .unknownVersion
        case HPE_INVALID_VERSION where !why.hasPrefix("Expected CRLF"): return .unknownVersion
        default: return .malformed(why.prefix(1).lowercased() + why.dropFirst())
        }
    }
}

extension LLHTTP {
    fileprivate static func of(_ state: UnsafeMutablePointer<llhttp_t>?) -> LLHTTP {
        Unmanaged<LLHTTP>.fromOpaque(state!.pointee.data).takeUnretainedValue()
    }

    fileprivate func sawTarget(_ at: UnsafePointer<CChar>, _ count: Int) -> CInt {
        let start = baseOffset + (at - base!)
        if head.targetEnd == 0 { head.targetStart = start }
        head.targetEnd = start + count
        return 0
    }

    /// A name, or the rest of one that began in earlier bytes; those of trailers are passed over.
    fileprivate func sawName(_ at: UnsafePointer<CChar>, _ count: Int) -> CInt {
        guard isInHead else { return 0 }
        let start = Int32(baseOffset + (at - base!))
        let end = start + Int32(count)
        if let last = head.fields.indices.last, head.fields[last].nameEnd == start {
            head.fields[last].nameEnd = end
            return 0
        }
        guard head.fields.count < fieldsMax else {
            stop = .failure(.tooManyFields)
            return -1
        }
        head.fields.append(.init(nameStart: start, nameEnd: end))
        return 0
    }

    fileprivate func sawHeadEnd(_ state: UnsafeMutablePointer<llhttp_t>) -> CInt {
        let flags = UInt32(state.pointee.flags)
        head.isChunked = flags & F_CHUNKED.rawValue != 0
        head.contentLength =
            flags & F_CONTENT_LENGTH.rawValue != 0
            ? Int(clamping: state.pointee.content_length) : nil
        head.keepsAlive = c_nio_llhttp_should_keep_alive(state) != 0
        switch llhttp_method_t(UInt32(state.pointee.method)) {
        case HTTP_GET: head.method = .get
        case HTTP_POST: head.method = .post
        case HTTP_PUT: head.method = .put
        case HTTP_HEAD:
            head.method = .head
            head.isHead = true
        case let method:
            let name = String(cString: c_nio_llhttp_method_name(method))
            head.method = HTTPRequest.Method(name) ?? .get
        }
        // because an upgrade is never agreed to: the bytes behind the head stay HTTP/1.1
        state.pointee.upgrade = 0
        isInHead = false
        stop = .headEnd
        return CInt(HPE_PAUSED.rawValue)
    }

    fileprivate func sawBody(_ at: UnsafePointer<CChar>, _ count: Int) -> CInt {
        // because a run that goes on after a pause, with no bytes, reports an empty piece
        guard count > 0 else { return 0 }
        stop = .piece(UnsafeRawBufferPointer(start: at, count: count))
        return CInt(HPE_PAUSED.rawValue)
    }

    fileprivate func sawChunkSize(_ state: UnsafeMutablePointer<llhttp_t>) -> CInt {
        chunksBegun += 1
        guard state.pointee.content_length == 0 else { return 0 }
        stop = .lastChunk
        return CInt(HPE_PAUSED.rawValue)
    }

    fileprivate func sawRequestEnd(_ state: UnsafeMutablePointer<llhttp_t>) -> CInt {
        // because llhttp adds the next length to this one (nodejs/llhttp issue 202)
        state.pointee.content_length = 0
        // because a trailer shall not say what a header field has to
        if head.keepsAlive { state.pointee.flags &= ~UInt16(F_CONNECTION_CLOSE.rawValue) }
        stop = .requestEnd
        return CInt(HPE_PAUSED.rawValue)
    }
}

/// llhttp's table of callbacks, one for all connections of a listener, which has to outlive them.
final class LLHTTPTable {
    fileprivate let pointer: UnsafeMutablePointer<llhttp_settings_t> = .allocate(capacity: 1)

    init() {
        c_nio_llhttp_settings_init(pointer)
        pointer.pointee.on_url = { LLHTTP.of($0).sawTarget($1!, $2) }
        pointer.pointee.on_header_field = { LLHTTP.of($0).sawName($1!, $2) }
        pointer.pointee.on_headers_complete = { LLHTTP.of($0).sawHeadEnd($0!) }
        pointer.pointee.on_body = { LLHTTP.of($0).sawBody($1!, $2) }
        pointer.pointee.on_chunk_header = { LLHTTP.of($0).sawChunkSize($0!) }
        pointer.pointee.on_message_complete = { LLHTTP.of($0).sawRequestEnd($0!) }
    }

    deinit { pointer.deallocate() }
}
