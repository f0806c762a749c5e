import CNIOLLHTTP
import HTTPTypes

/// Reads requests out of bytes, one event a call, by llhttp 9.3 (swift-nio 2.101).
///
/// The parser owns no socket and calls nobody: it is given bytes, takes some of them and says what
/// they came to. llhttp pauses at the end of a head, of a piece of body and of a request, which is
/// what makes a call end there. No leniency of llhttp is switched on. The bytes of a head are
/// gathered in one array, whatever pieces they came in, and `HeadCheck` reads them again.
final class RequestParser {
    enum Event {
        /// All bytes were taken and nothing is complete.
        case needsMore
        /// `head` is complete and right.
        case head
        /// A piece of the body, within the bytes that were given.
        case body(UnsafeRawBufferPointer)
        /// The request is complete.
        case complete
        /// The request is refused; the parser reads no further.
        case refused(Refusal)
    }

    private enum Phase {
        case between
        case head
        case body
        case trailers
        case broken
    }

    private(set) var head = RequestHead()
    private let limits: HTTPLimits
    private let state: UnsafeMutablePointer<llhttp_t>
    private var phase = Phase.between
    private var isPaused = false
    private var emptyLineBytes = 0

    // what the callbacks of one call leave behind
    private var base: UnsafePointer<CChar>?
    private var baseOffset = 0
    private var isHeadComplete = false
    private var isComplete = false
    private var hasTooManyFields = false
    private var chunksBegun = 0
    private var isLastChunk = false
    private var piece: UnsafeRawBufferPointer?
    private var framingBytes = 0

    /// What a plain chunk costs at most beyond its bytes: 16 digits and two line ends.
    private static let plainChunkFramingBytes = 20
    /// Empty lines before a request that are passed over.
    private static let emptyLineBytesMax = 8
    /// How far a word is looked at that may be an unknown method.
    private static let methodBytesMax = 32

    init(settings: ParserSettings, limits: HTTPLimits) {
        self.limits = limits
        state = .allocate(capacity: 1)
        c_nio_llhttp_init(state, HTTP_REQUEST, settings.pointer)
        state.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { state.deallocate() }

    /// True where no request has begun.
    var isBetween: Bool { phase == .between }
    /// True from a head's first byte to its last.
    var isInHead: Bool { phase == .head }

    /// Takes bytes from the front of `bytes` until something is complete.
    func next(_ bytes: inout UnsafeRawBufferPointer) -> Event {
        if phase == .broken { return .needsMore }
        if phase == .between, let event = begin(&bytes) { return event }
        if bytes.isEmpty, !isPaused { return .needsMore }
        while true {
            let code = execute(&bytes)
            if let event = phase == .head ? headEvent(code, rest: bytes) : bodyEvent(code) {
                return event
            }
        }
    }

    /// Passes over an empty line before the request line, as RFC 9112 section 2.2 asks.
    private func begin(_ bytes: inout UnsafeRawBufferPointer) -> Event? {
        while let byte = bytes.first, byte == 0x0D || byte == 0x0A {
            guard byte == (emptyLineBytes % 2 == 0 ? 0x0D : 0x0A),
                emptyLineBytes < Self.emptyLineBytesMax
            else { return refuse(.malformed("a request begins with its method")) }
            emptyLineBytes += 1
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        }
        guard !bytes.isEmpty else { return .needsMore }
        guard emptyLineBytes % 2 == 0 else {
            return refuse(.malformed("an empty line ends in CR and LF"))
        }
        emptyLineBytes = 0
        phase = .head
        head.bytes.removeAll(keepingCapacity: true)
        head.fields.removeAll(keepingCapacity: true)
        head.targetStart = 0
        head.targetEnd = 0
        head.isHead = false
        head.expectsContinue = false
        isHeadComplete = false
        isComplete = false
        isLastChunk = false
        return nil
    }

    /// Runs llhttp over `bytes` and drops from their front what it took.
    private func execute(_ bytes: inout UnsafeRawBufferPointer) -> llhttp_errno_t {
        if isPaused {
            isPaused = false
            c_nio_llhttp_resume(state)
        }
        piece = nil
        var nothing: CChar = 0
        return withUnsafePointer(to: &nothing) { nothing in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nothing
            base = start
            baseOffset = head.bytes.count
            let code = c_nio_llhttp_execute(state, start, bytes.count)
            let taken = code == HPE_OK ? bytes.count : taken(from: start, of: bytes.count)
            if phase == .head { head.bytes.append(contentsOf: bytes.prefix(taken)) }
            if phase != .head { framingBytes += taken - (piece?.count ?? 0) }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(taken))
            isPaused = code == HPE_PAUSED
            return code
        }
    }

    private func taken(from start: UnsafePointer<CChar>, of count: Int) -> Int {
        guard let position = c_nio_llhttp_get_error_pos(state) else { return 0 }
        return min(max(0, position - start), count)
    }

    private func headEvent(_ code: llhttp_errno_t, rest: UnsafeRawBufferPointer) -> Event {
        if isHeadComplete, code == HPE_PAUSED {
            if let refusal = HeadCheck.complete(&head, limits: limits) { return refuse(refusal) }
            phase = .body
            framingBytes = 0
            return .head
        }
        if hasTooManyFields { return refuse(.tooManyFields(fieldsMax: limits.headerFieldsMax)) }
        if let refusal = tooLong { return refuse(refusal) }
        if code == HPE_OK { return .needsMore }
        return refuse(hasUnknownMethod(code, rest) ? .unknownMethod : reason(code))
    }

    /// What of an unfinished head is over its limit.
    private var tooLong: Refusal? {
        let lineEnd = head.fields.first.map { Int($0.nameStart) }
        guard (lineEnd ?? head.bytes.count) <= limits.requestLineBytesMax + 2 else {
            return .requestLineTooLong(bytesMax: limits.requestLineBytesMax)
        }
        guard let lineEnd, head.bytes.count - lineEnd > limits.headerBytesMax + 2 else { return nil }
        return .headTooLarge(bytesMax: limits.headerBytesMax)
    }

    private func bodyEvent(_ code: llhttp_errno_t) -> Event? {
        if chunksBegun > 0 {
            framingBytes = max(0, framingBytes - chunksBegun * Self.plainChunkFramingBytes)
            chunksBegun = 0
        }
        if let refusal = tooMuchFraming { return refuse(refusal) }
        if isComplete, code == HPE_PAUSED {
            phase = .between
            return .complete
        }
        if let piece, code == HPE_PAUSED { return .body(piece) }
        if code == HPE_PAUSED, isLastChunk, phase == .body {
            phase = .trailers
            framingBytes = 0
            return nil
        }
        return code == HPE_OK ? .needsMore : refuse(reason(code))
    }

    private var tooMuchFraming: Refusal? {
        if phase == .trailers {
            return framingBytes > limits.trailerBytesMax + 2
                ? .trailersTooLarge(bytesMax: limits.trailerBytesMax) : nil
        }
        return head.isChunked && framingBytes > limits.chunkExtensionBytesMax
            ? .chunkFramingTooLarge(bytesMax: limits.chunkExtensionBytesMax) : nil
    }

    private func refuse(_ refusal: Refusal) -> Event {
        phase = .broken
        return .refused(refusal)
    }

    private func reason(_ code: llhttp_errno_t) -> Refusal {
        switch code {
        case HPE_INVALID_VERSION, HPE_PAUSED_H2_UPGRADE: return .unknownVersion
        default:
            let why = c_nio_llhttp_get_error_reason(state).map { String(cString: $0) }
            return .malformed(why.map { $0.prefix(1).lowercased() + $0.dropFirst() } ?? "it is broken")
        }
    }

    /// True where the head begins with a word that could be a method, but is none that llhttp knows.
    private func hasUnknownMethod(_ code: llhttp_errno_t, _ rest: UnsafeRawBufferPointer) -> Bool {
        guard code == HPE_INVALID_METHOD, head.bytes.allSatisfy({ $0.isTokenByte }),
            let end = rest.prefix(Self.methodBytesMax).firstIndex(of: 0x20)
        else { return false }
        return head.bytes.count + end > 0 && rest[..<end].allSatisfy(\.isTokenByte)
    }
}

extension RequestParser {
    fileprivate static func of(_ state: UnsafeMutablePointer<llhttp_t>?) -> RequestParser {
        Unmanaged<RequestParser>.fromOpaque(state!.pointee.data).takeUnretainedValue()
    }

    fileprivate func sawTarget(_ at: UnsafePointer<CChar>, _ count: Int) -> CInt {
        let start = baseOffset + (at - base!)
        if head.targetEnd == 0 { head.targetStart = start }
        head.targetEnd = start + count
        return 0
    }

    /// A name, or the rest of one that began in an earlier piece.
    fileprivate func sawName(_ at: UnsafePointer<CChar>, _ count: Int) -> CInt {
        guard phase == .head else { return 0 }
        let start = Int32(baseOffset + (at - base!))
        let end = start + Int32(count)
        if let last = head.fields.indices.last, head.fields[last].nameEnd == start {
            head.fields[last].nameEnd = end
            return 0
        }
        guard head.fields.count < limits.headerFieldsMax else {
            hasTooManyFields = true
            return -1
        }
        head.fields.append(.init(nameStart: start, nameEnd: end))
        return 0
    }

    fileprivate func sawHeadEnd(_ state: UnsafeMutablePointer<llhttp_t>) -> CInt {
        let flags = UInt32(state.pointee.flags)
        head.isChunked = flags & F_CHUNKED.rawValue != 0
        head.contentLength = flags & F_CONTENT_LENGTH.rawValue != 0
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
        isHeadComplete = true
        return CInt(HPE_PAUSED.rawValue)
    }

    fileprivate func sawBody(_ at: UnsafePointer<CChar>, _ count: Int) -> CInt {
        piece = UnsafeRawBufferPointer(start: at, count: count)
        return CInt(HPE_PAUSED.rawValue)
    }

    fileprivate func sawChunkSize(_ state: UnsafeMutablePointer<llhttp_t>) -> CInt {
        chunksBegun += 1
        isLastChunk = state.pointee.content_length == 0
        return isLastChunk ? CInt(HPE_PAUSED.rawValue) : 0
    }

    fileprivate func sawEnd(_ state: UnsafeMutablePointer<llhttp_t>) -> CInt {
        // because llhttp adds the next length to this one (nodejs/llhttp issue 202)
        state.pointee.content_length = 0
        isComplete = true
        return CInt(HPE_PAUSED.rawValue)
    }
}

/// llhttp's table of callbacks, one for all connections of a listener, which has to outlive them.
final class ParserSettings {
    fileprivate let pointer: UnsafeMutablePointer<llhttp_settings_t> = .allocate(capacity: 1)

    init() {
        c_nio_llhttp_settings_init(pointer)
        pointer.pointee.on_url = { RequestParser.of($0).sawTarget($1!, $2) }
        pointer.pointee.on_header_field = { RequestParser.of($0).sawName($1!, $2) }
        pointer.pointee.on_headers_complete = { RequestParser.of($0).sawHeadEnd($0!) }
        pointer.pointee.on_body = { RequestParser.of($0).sawBody($1!, $2) }
        pointer.pointee.on_chunk_header = { RequestParser.of($0).sawChunkSize($0!) }
        pointer.pointee.on_message_complete = { RequestParser.of($0).sawEnd($0!) }
    }

    deinit { pointer.deallocate() }
}
