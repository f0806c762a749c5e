/// Reads a whole head once more, line by line, and refuses what two readers could read in two ways.
///
/// llhttp has accepted the head by then. It forgives several things (spaces around the target,
/// lines that end anyhow, HTTP/0.9), other versions of it forgive others, and what lies before or
/// behind us may read them differently: that is how requests are smuggled. So each line has to be
/// exactly `name ":" space value space CRLF`, each field that frames or routes the request comes
/// once, and both readings have to agree.
struct HeadCheck {
    private let bytes: UnsafeRawBufferPointer
    private var hosts = 0
    private var lengths = 0
    private var codings = 0
    private var host = 0..<0
    private var coding = 0..<0

    /// Fills in what `head` does not know yet, or says why it is refused.
    static func complete(_ head: inout RequestHead, limits: HTTPLimits) -> Refusal? {
        var fields: [RequestHead.Field] = []
        swap(&fields, &head.fields)
        var raw: [UInt8] = []
        swap(&raw, &head.bytes)
        defer {
            swap(&fields, &head.fields)
            swap(&raw, &head.bytes)
        }
        return raw.withUnsafeBytes { bytes in
            var check = HeadCheck(bytes: bytes)
            return check.line(&head, limits) ?? check.fields(&fields, &head, limits)
                ?? check.framing(&head) ?? check.routing(&head)
        }
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// `method SP target SP HTTP/1.x CRLF`, and no more than one space.
    private func line(_ head: inout RequestHead, _ limits: HTTPLimits) -> Refusal? {
        let start = head.targetStart
        let end = head.targetEnd
        guard head.method != .connect else { return .tunnelRefused }
        guard start >= 2, end > start, bytes[start - 1] == 0x20, bytes[start - 2] != 0x20 else {
            return .malformed("one space stands between method and target")
        }
        guard end + 11 <= bytes.count, bytes[end] == 0x20,
            bytes.loadUnaligned(fromByteOffset: end + 1, as: UInt64.self) & Self.versionMask
                == Self.versionPrefix
        else { return .malformed("one space and the protocol version follow the target") }
        guard bytes[end + 9] == 0x0D, bytes[end + 10] == 0x0A else {
            return .malformed("the request line ends in CR and LF")
        }
        guard bytes[end + 6] == UInt8(ascii: "1"), bytes[end + 8] &- 0x30 < 2 else {
            return .unknownVersion
        }
        guard end + 9 <= limits.requestLineBytesMax else {
            return .requestLineTooLong(bytesMax: limits.requestLineBytesMax)
        }
        head.isVersion11 = bytes[end + 8] == UInt8(ascii: "1")
        return nil
    }

    // "HTTP/x.y" with x and y left out, as a little-endian number
    private static let versionPrefix: UInt64 = 0x002E_002F_5054_5448
    private static let versionMask: UInt64 = 0x00FF_00FF_FFFF_FFFF

    private mutating func fields(
        _ fields: inout [RequestHead.Field], _ head: inout RequestHead, _ limits: HTTPLimits
    ) -> Refusal? {
        var next = head.targetEnd + 11
        guard bytes.count - next - 2 <= limits.headerBytesMax else {
            return .headTooLarge(bytesMax: limits.headerBytesMax)
        }
        for index in fields.indices {
            let lineEnd =
                index + 1 < fields.count
                ? Int(fields[index + 1].nameStart) - 2 : bytes.count - 4
            guard Int(fields[index].nameStart) == next else {
                return .malformed("each header line begins with a name")
            }
            if let refusal = value(&fields[index], lineEnd) { return refusal }
            if let refusal = meaning(of: fields[index], &head) { return refusal }
            next = lineEnd + 2
        }
        guard next == bytes.count - 2, endsInLineEnd(bytes.count - 2) else {
            return .malformed("an empty line ends the header")
        }
        return nil
    }

    private func endsInLineEnd(_ at: Int) -> Bool { bytes[at] == 0x0D && bytes[at + 1] == 0x0A }

    private func value(_ field: inout RequestHead.Field, _ lineEnd: Int) -> Refusal? {
        let nameEnd = Int(field.nameEnd)
        guard nameEnd > Int(field.nameStart), nameEnd < lineEnd, bytes[nameEnd] == UInt8(ascii: ":")
        else {
            return .malformed("a colon follows a header's name at once")
        }
        guard endsInLineEnd(lineEnd) else { return .malformed("a header line ends in CR and LF") }
        var start = nameEnd + 1
        var end = lineEnd
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        for index in start..<end where !bytes[index].isValueByte {
            return .malformed("a header's value holds a control character")
        }
        field.valueStart = Int32(start)
        field.valueEnd = Int32(end)
        return nil
    }

    private mutating func meaning(
        of field: RequestHead.Field, _ head: inout RequestHead
    ) -> Refusal? {
        let name = UnsafeRawBufferPointer(
            rebasing: bytes[Int(field.nameStart)..<Int(field.nameEnd)])
        let value = Int(field.valueStart)..<Int(field.valueEnd)
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            hosts += 1
            host = value
        case 6 where name.equalsIgnoringCase("expect"):
            guard UnsafeRawBufferPointer(rebasing: bytes[value]).equalsIgnoringCase("100-continue")
            else { return .unknownExpectation }
            head.expectsContinue = head.isVersion11
        case 14 where name.equalsIgnoringCase("content-length"):
            lengths += 1
            guard !value.isEmpty, bytes[value].allSatisfy({ $0.isDigit }) else {
                return .malformed("Content-Length is one number in digits")
            }
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            codings += 1
            coding = value
        default: break
        }
        return nil
    }

    private func framing(_ head: inout RequestHead) -> Refusal? {
        guard lengths <= 1, codings <= 1, lengths + codings <= 1 else {
            return .malformed("one Content-Length or one Transfer-Encoding frames the body")
        }
        guard codings == 1 else {
            return head.isChunked || (head.contentLength != nil) != (lengths == 1)
                ? .malformed("the body's length is not certain") : nil
        }
        guard head.isVersion11 else {
            return .malformed("HTTP/1.0 knows no Transfer-Encoding")
        }
        guard UnsafeRawBufferPointer(rebasing: bytes[coding]).equalsIgnoringCase("chunked") else {
            return .unknownCoding(String(decoding: bytes[coding].prefix(64), as: UTF8.self))
        }
        return head.isChunked ? nil : .malformed("the body's length is not certain")
    }

    private func routing(_ head: inout RequestHead) -> Refusal? {
        guard hosts == 1 || (hosts == 0 && !head.isVersion11) else {
            return .malformed("a request has one Host field, this one has \(hosts)")
        }
        guard hosts == 0 || Authority.isValid(bytes[host]) else {
            return .malformed("Host is a name or an address, and a port")
        }
        head.authority = host
        return Target(bytes: bytes, range: head.targetStart..<head.targetEnd).split(&head)
    }
}
