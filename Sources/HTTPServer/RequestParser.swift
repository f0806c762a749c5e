/// Reads requests out of bytes, one event a call.
///
/// The parser owns no socket and calls nobody: it is given bytes, takes some of them from the
/// front and says what they came to. llhttp does the reading; here are the limits on what is not
/// body, and the order of head, body, trailers and next request. The bytes of a head are gathered
/// in one array, whatever pieces they came in, and `HeadCheck` reads them again.
///
///     between ──first byte──▶ head ──▶ body ──last chunk──▶ trailers
///        ▲                              └──────┐                │
///        └────────────── complete ◀────────────┴────────────────┘
///
/// From everywhere a refusal leads to `broken`, where it stays.
final class RequestParser {
    enum Event {
        /// All bytes were taken and nothing is complete.
        case needsMore
        /// `head` is complete and right.
        case head
        /// A piece of the body, which lies within the bytes that were given.
        case body(UnsafeRawBufferPointer)
        /// The request is complete.
        case complete
        /// The request is refused, and nothing behind it is read.
        case refused(Refusal)
    }

    private enum Phase {
        case between
        case head
        case body
        case trailers
        case broken
    }

    private let limits: HTTPLimits
    private let reader: LLHTTP
    private var phase = Phase.between
    private var emptyLineBytes = 0
    /// What the framing of the body has cost beyond plain chunk sizes, then what trailers have.
    private var framingBytes = 0

    /// What a plain chunk costs at most beyond its bytes: 16 digits and two line ends.
    private static let plainChunkFramingBytes = 20
    /// Empty lines before a request that are passed over.
    private static let emptyLineBytesMax = 8

    init(table: LLHTTPTable, limits: HTTPLimits) {
        self.limits = limits
        reader = LLHTTP(table: table, fieldsMax: limits.headerFieldsMax)
    }

    /// The head of the request that is being read, or was read last.
    var head: RequestHead { reader.head }
    /// True where no request has begun.
    var isBetween: Bool { phase == .between }
    /// True from a head's first byte to its last.
    var isInHead: Bool { phase == .head }

    /// Takes bytes from the front of `bytes` until something is complete.
    func next(_ bytes: inout UnsafeRawBufferPointer) -> Event {
        if phase == .broken { return .needsMore }
        if phase == .between, let event = begin(&bytes) { return event }
        while !bytes.isEmpty || reader.canGoOn {
            let before = bytes.count
            let stop = reader.run(&bytes)
            let event =
                phase == .head
                ? headEvent(stop, rest: bytes) : bodyEvent(stop, taken: before - bytes.count)
            if let event { return event }
        }
        return .needsMore
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
        reader.begin()
        return nil
    }

    private func headEvent(_ stop: LLHTTP.Stop, rest: UnsafeRawBufferPointer) -> Event? {
        if case .headEnd = stop {
            if let refusal = HeadCheck.complete(&reader.head, limits: limits) {
                return refuse(refusal)
            }
            phase = .body
            framingBytes = 0
            return .head
        }
        if let refusal = tooLong { return refuse(refusal) }
        guard case .failure(let failure) = stop else { return nil }
        let first = reader.head.bytes.first ?? rest.first
        if case .unknownMethod = failure, first?.isLetter != true {
            return refuse(.malformed("a request begins with its method"))
        }
        return refuse(refusal(failure))
    }

    /// What of an unfinished head is over its limit.
    private var tooLong: Refusal? {
        let head = reader.head
        let lineEnd = head.fields.first.map { Int($0.nameStart) }
        guard (lineEnd ?? head.bytes.count) <= limits.requestLineBytesMax + 2 else {
            return .requestLineTooLong(bytesMax: limits.requestLineBytesMax)
        }
        guard let lineEnd, head.bytes.count - lineEnd > limits.headerBytesMax + 2 else {
            return nil
        }
        return .headTooLarge(bytesMax: limits.headerBytesMax)
    }

    private func bodyEvent(_ stop: LLHTTP.Stop, taken: Int) -> Event? {
        framingBytes += taken
        if case .piece(let piece) = stop { framingBytes -= piece.count }
        if let refusal = tooMuchFraming { return refuse(refusal) }
        switch stop {
        case .bytesUsedUp, .headEnd: return nil
        case .piece(let piece): return .body(piece)
        case .failure(let failure): return refuse(refusal(failure))
        case .lastChunk:
            phase = .trailers
            framingBytes = 0
            return nil
        case .requestEnd:
            phase = .between
            return .complete
        }
    }

    private var tooMuchFraming: Refusal? {
        framingBytes = max(0, framingBytes - reader.chunksBegun * Self.plainChunkFramingBytes)
        reader.chunksBegun = 0
        if phase == .trailers {
            return framingBytes > limits.trailerBytesMax + 2
                ? .trailersTooLarge(bytesMax: limits.trailerBytesMax) : nil
        }
        return framingBytes > limits.chunkExtensionBytesMax
            ? .chunkFramingTooLarge(bytesMax: limits.chunkExtensionBytesMax) : nil
    }

    private func refuse(_ refusal: Refusal) -> Event {
        phase = .broken
        return .refused(refusal)
    }

    private func refusal(_ failure: LLHTTP.Failure) -> Refusal {
        switch failure {
        case .unknownMethod: .unknownMethod
        case .unknownVersion: .unknownVersion
        case .tooManyFields: .tooManyFields(fieldsMax: limits.headerFieldsMax)
        case .malformed(let why): .malformed(why)
        }
    }
}
