import Testing

@testable import HTTPServer

@Suite("A request parser")
struct RequestParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        let status: Int

        init(_ what: String, _ bytes: String, _ status: Int = 400) {
            testDescription = what
            self.bytes = bytes
            self.status = status
        }
    }

    static let heads = [
        Case("two spaces before the target", "GET  /p HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("two spaces behind the target", "GET /p  HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a tab in the request line", "GET\t/p HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a space at the end of the request line", "GET /p HTTP/1.1 \r\nHost: x\r\n\r\n"),
        Case("HTTP/0.9", "GET /p\r\n\r\n"),
        Case("lower-case http", "GET /p http/1.1\r\nHost: x\r\n\r\n"),
        Case("version 1.10", "GET /p HTTP/1.10\r\nHost: x\r\n\r\n"),
        Case("version 1.2", "GET /p HTTP/1.2\r\nHost: x\r\n\r\n", 505),
        Case("version 2.0", "GET /p HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        Case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Case("another protocol", "OPTIONS * RTSP/1.0\r\nHost: x\r\n\r\n"),
        Case("a word that is no method", "BREW /p HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        Case("a lower-case method", "get /p HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        Case("a tunnel", "CONNECT x.test:80 HTTP/1.1\r\nHost: x.test:80\r\n\r\n", 501),
        Case("what TLS begins with", "\u{16}\u{3}\u{1}\u{2} \u{1}"),
        Case("a target without a slash", "GET p HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a fragment", "GET /p#f HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a target beyond ASCII", "GET /ä HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("an asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a user in the target", "GET http://me@x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("white space before the first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        Case("a bare LF behind one field", "GET / HTTP/1.1\r\nHost: x\nA: 1\r\n\r\n"),
        Case("a bare CR behind one field", "GET / HTTP/1.1\r\nHost: x\rA: 1\r\n\r\n"),
        Case("a bare LF as the empty line", "GET / HTTP/1.1\r\nHost: x\r\n\n"),
        Case("a bare LF before the request", "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a bare CR before the request", "\rGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("five empty lines first", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Case("a folded value", "GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\n\t2\r\n\r\n"),
        Case("a folded empty value", "GET / HTTP/1.1\r\nHost: x\r\nA:\r\n 2\r\n\r\n"),
        Case("DEL in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: \u{7F}\r\n\r\n"),
        Case("a control character in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: \u{1}\r\n\r\n"),
        Case("a name beyond ASCII", "GET / HTTP/1.1\r\nHost: x\r\nÄ: 1\r\n\r\n"),
        Case("a name in parentheses", "GET / HTTP/1.1\r\nHost: x\r\n(a): 1\r\n\r\n"),
        Case("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        Case("a space in Host", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n"),
        Case("a user in Host", "GET / HTTP/1.1\r\nHost: me@x\r\n\r\n"),
        Case("two hosts in one field", "GET / HTTP/1.1\r\nHost: x,y\r\n\r\n"),
        Case("a port of letters", "GET / HTTP/1.1\r\nHost: x:http\r\n\r\n"),
        Case("a port past 65535", "GET / HTTP/1.1\r\nHost: x:65536\r\n\r\n"),
        Case("an open bracket in Host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        Case("a name in brackets", "GET / HTTP/1.1\r\nHost: [x.test]\r\n\r\n"),
        Case("two Host fields in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n"),
        Case("another expectation", "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417),
        Case("an empty length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"),
        Case("a negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        Case("a length in hex", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nabcde"),
        Case(
            "a length with a gap", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5 5\r\n\r\n"),
        Case(
            "a list of equal lengths",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc"),
        Case(
            "a length above 64 bits",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\n"),
        Case("a length behind a coding", postChunked("/", "Content-Length: 3\r\n") + "0\r\n\r\n"),
        Case(
            "a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        Case(
            "a quoted coding",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 501),
        Case("identity", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 501),
        Case(
            "gzip, chunked",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        Case(
            "a coding behind VT",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u{B}chunked\r\n\r\n"),
        Case(
            "two codings in two fields",
            postChunked("/", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n"),
        Case("an empty coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n", 501),
    ]

    static let bodies = [
        Case("a chunk size with 0x", postChunked("/") + "0x1\r\na\r\n0\r\n\r\n"),
        Case("a chunk size behind a space", postChunked("/") + " 1\r\na\r\n0\r\n\r\n"),
        Case("a chunk size before a space", postChunked("/") + "1 \r\na\r\n0\r\n\r\n"),
        Case("an empty chunk size", postChunked("/") + "\r\na\r\n0\r\n\r\n"),
        Case("a signed chunk size", postChunked("/") + "+1\r\na\r\n0\r\n\r\n"),
        Case("a bare CR behind a chunk size", postChunked("/") + "1\ra\r\n0\r\n\r\n"),
        Case("a bare LF behind a chunk", postChunked("/") + "1\r\na\n0\r\n\r\n"),
        Case("a bare CR in an extension", postChunked("/") + "1;a\rb\r\na\r\n0\r\n\r\n"),
        Case("a NUL in an extension", postChunked("/") + "1;a\0\r\na\r\n0\r\n\r\n"),
        Case("a chunk that is longer", postChunked("/") + "1\r\nab\r\n0\r\n\r\n"),
        Case("a bare LF behind the last size", postChunked("/") + "0\n\r\n"),
        Case("a bare LF as the end", postChunked("/") + "0\r\n\n"),
        Case("a bare LF behind a trailer", postChunked("/") + "0\r\nA: 1\n\r\n"),
        Case("a bad name in a trailer", postChunked("/") + "0\r\nA B: 1\r\n\r\n"),
        Case("a folded trailer", postChunked("/") + "0\r\nA: 1\r\n 2\r\n\r\n"),
        Case("a space before a trailer's colon", postChunked("/") + "0\r\nA : 1\r\n\r\n"),
        Case("a length as a trailer", postChunked("/") + "0\r\nContent-Length: 3\r\n\r\n"),
        Case("a coding as a trailer", postChunked("/") + "0\r\nTransfer-Encoding: x\r\n\r\n"),
        Case("a NUL in a trailer", postChunked("/") + "0\r\nA: \0\r\n\r\n"),
    ]

    @Test("refuses a head that can be read in two ways", arguments: heads)
    func head(_ bad: Case) {
        for reading in [Reading(whole: bad.bytes), Reading(byByte: bad.bytes)] {
            #expect(reading.refusal?.status == bad.status, "\(reading)")
            #expect(reading.heads == 0)
        }
    }

    @Test("refuses a body whose framing is broken", arguments: bodies)
    func body(_ bad: Case) {
        for reading in [Reading(whole: bad.bytes), Reading(byByte: bad.bytes)] {
            #expect(reading.refusal?.status == bad.status, "\(reading)")
            #expect(reading.heads == 1)
            #expect(reading.bodies == [])
        }
    }

    @Test("reads in pieces of one byte what it reads in one piece", arguments: try HTTPVector.all())
    func pieces(_ vector: HTTPVector) {
        let whole = Reading(whole: vector.bytes)
        let byByte = Reading(byByte: vector.bytes)

        #expect(whole.heads == byByte.heads)
        #expect(whole.bodies == byByte.bodies)
        #expect(whole.refusal?.status == byByte.refusal?.status)
    }

    @Test("reads what chance makes of requests the same in one piece and byte by byte")
    func chance() throws {
        var chance = Chance(seed: 20_261_123)
        let seeds = try HTTPVector.all().map(\.bytes).filter { $0.count < 1000 }
        let marks: [UInt8] = Array("\r\n \t:;,0a/\0".utf8) + [0xFF]

        for round in 0..<4000 {
            var bytes = seeds.randomElement(using: &chance)! + seeds.randomElement(using: &chance)!
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                let place = Int.random(in: 0..<bytes.count, using: &chance)
                switch Int.random(in: 0..<3, using: &chance) {
                case 0: bytes[place] = marks.randomElement(using: &chance)!
                case 1: bytes.insert(marks.randomElement(using: &chance)!, at: place)
                default: bytes.remove(at: place)
                }
            }
            let whole = Reading(whole: bytes)
            let byByte = Reading(byByte: bytes)
            #expect(
                whole.targets == byByte.targets && whole.bodies == byByte.bodies
                    && whole.refusal?.status == byByte.refusal?.status,
                "round \(round): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test("reads on behind an upgrade that nobody agreed to")
    func upgrade() {
        let upgrade = get("/a", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n")

        let reading = Reading(whole: upgrade + post("/b", "abc"))

        #expect(reading.targets == ["/a", "/b"])
        #expect(reading.bodies == ["", "abc"])
    }

    @Test("keeps trailers away from the head, whatever their names")
    func trailers() {
        let trailers = "0\r\nConnection: close\r\nHost: y.test\r\nExpect: tea\r\n\r\n"

        let reading = Reading(whole: postChunked("/a") + "3\r\nabc\r\n" + trailers + get("/b"))

        #expect(reading.refusal == nil)
        #expect(reading.targets == ["/a", "/b"])
        #expect(reading.bodies == ["abc", ""])
    }
}

@Suite("The room of a request's head")
struct HeadRoomTests {
    @Test("is what it needs, whatever those before it on the connection needed")
    func room() throws {
        let table = LLHTTPTable()
        let parser = RequestParser(table: table, limits: HTTPLimits())
        let long = "X: \(String(repeating: "x", count: 600))\r\n"
        var heads: [RequestHead] = []

        for fields in [String(repeating: long, count: 99), ""] {
            let request = Array("GET /hello HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
            let isRead = request.withUnsafeBytes { bytes in
                var rest = bytes
                guard case .head = parser.next(&rest), case .complete = parser.next(&rest) else {
                    return false
                }
                return true
            }
            try #require(isRead)
            // Its caller waits still, so the parser can't have its room back.
            heads.append(parser.head)
        }

        #expect(heads[0].bytes.count > 50_000 && heads[0].fields.count == 100)
        #expect(heads[1].bytes.capacity <= 4096 && heads[1].fields.capacity <= 128)
        withExtendedLifetime(table) {}
    }
}
