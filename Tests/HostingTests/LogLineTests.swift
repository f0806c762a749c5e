import Contract
import Testing

@testable import Hosting

@Suite("A log line")
struct LogLineTests {
    private func line(_ message: String, _ fields: [String: String] = [:]) -> LogLine {
        LogLine(time: Instant(milliseconds: 0), level: .info, message: message, fields: fields)
    }

    private func json(_ line: LogLine) -> String {
        var bytes: [UInt8] = []
        line.appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func text(_ line: LogLine) -> String {
        var bytes: [UInt8] = []
        line.appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("has its known fields first and the others by name")
    func order() {
        let line = line(
            "ran",
            [
                "zone": "UTC", "attempt": "2", "tenant": "t", "function": "f", "event": "e",
                "amount": "5",
                "invocation": "i", "trace": "0af7",
            ])

        #expect(
            json(line) == #"{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"ran","#
                + #""function":"f","event":"e","invocation":"i","attempt":2,"trace":"0af7","tenant":"t","#
                + #""amount":"5","zone":"UTC"}"# + "\n")
    }

    @Test("keeps a handler's metadata apart from its own fields")
    func collision() {
        #expect(
            json(line("ran", ["message": "mine"]))
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"ran","#
                + #""metadata.message":"mine"}"# + "\n")
    }

    @Test("is aligned for people")
    func aligned() {
        #expect(
            text(line("ready", ["listen": "127.0.0.1:8080", "note": "two words"]))
                == "00:00:00.000Z info     ready                                     "
                + "listen=127.0.0.1:8080  note=\"two words\"\n")
        #expect(text(line("ready")) == "00:00:00.000Z info     ready\n")
    }

    @Test("can neither move a cursor nor feign a second line")
    func controls() {
        let line = line("a\u{1B}[2J\nb", ["key": "c\rd"])

        #expect(text(line).split(separator: "\n").count == 1)
        #expect(!text(line).contains("\u{1B}"))
        #expect(!text(line).contains("\r"))
        #expect(json(line).split(separator: "\n").count == 1)
    }

    @Test("is cut where it is too long")
    func cut() {
        let long = String(repeating: "é", count: LogLine.textBytesMax)

        let line = line(long, ["key": long])

        #expect(line.message.utf8.count <= LogLine.textBytesMax + 3)
        #expect(line.message.hasSuffix("é…"))
        #expect(line.fields["key"]?.hasSuffix("é…") == true)
    }
}
