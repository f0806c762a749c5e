import Contract
import Glibc
import Testing

@testable import Hosting

@Suite("The host's log")
struct HostLogTests {
    /// A pipe in the place of standard error.
    private struct Reader: ~Copyable {
        let reading: Int32
        let writing: Int32

        init() {
            var ends: [Int32] = [-1, -1]
            precondition(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        /// Makes the next write wait until something is read.
        func fill() {
            _ = fcntl(writing, F_SETFL, O_NONBLOCK)
            let newlines = [UInt8](repeating: 10, count: 4096)
            while write(writing, newlines, newlines.count) > 0 {}
            _ = fcntl(writing, F_SETFL, 0)
        }

        /// Everything that was written; the log must be flushed.
        consuming func text() -> String {
            close(writing)
            var all: [UInt8] = []
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = read(reading, &bytes, bytes.count), count > 0 {
                all += bytes[..<count]
            }
            close(reading)
            return String(decoding: all, as: UTF8.self)
        }
    }

    @Test("writes one JSON object a line, in order")
    func writes() throws {
        let reader = Reader()
        let log = HostLog(descriptor: reader.writing)

        log.write(.info, "first", ["function": "charge"])
        log.write(.error, "second")
        #expect(log.flush(within: .seconds(20)))
        log.close()

        let lines = reader.text().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix(#""level":"info","message":"first","function":"charge"}"#))
        #expect(lines[1].hasSuffix(#""level":"error","message":"second"}"#))
    }

    @Test("leaves out what is less important than its level")
    func level() {
        let reader = Reader()
        let log = HostLog(descriptor: reader.writing)
        log.level = .warning

        log.write(.notice, "left out")
        log.write(.warning, "kept")
        #expect(log.flush(within: .seconds(20)))
        log.close()

        #expect(!log.writes(.notice))
        let text = reader.text()
        #expect(!text.contains("left out"))
        #expect(text.contains("kept"))
    }

    @Test("drops lines that have no room, counts them, says so and never waits")
    func drops() {
        let reader = Reader()
        let log = HostLog(descriptor: reader.writing, linesMax: 10)
        reader.fill()

        for _ in 0..<1000 { log.write(.info, "fact") }
        #expect(!log.flush(within: .milliseconds(1)))
        #expect(log.droppedCount > 0)
        let dropped = log.droppedCount
        var bytes = [UInt8](repeating: 0, count: 4096)
        var text: [UInt8] = []
        while !log.flush(within: .zero) {
            var ready = pollfd(fd: reader.reading, events: Int16(POLLIN), revents: 0)
            if poll(&ready, 1, 100) > 0 {
                text += bytes[..<read(reader.reading, &bytes, bytes.count)]
            }
        }
        log.close()

        let all = String(decoding: text, as: UTF8.self) + reader.text()
        #expect(all.contains("log lines were dropped"))
        let kept = all.split(separator: "\n").count { $0.contains("\"fact\"") }
        #expect(kept + dropped == 1000)
    }

    @Test("goes on when nobody reads any more")
    func readerGone() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0)
        close(ends[0])
        let log = HostLog(descriptor: ends[1])

        log.write(.info, "into the void")

        #expect(log.flush(within: .seconds(20)))
        log.close()
        close(ends[1])
    }

    @Test("is where a logger's lines go, with the metadata of both")
    func handler() {
        let reader = Reader()
        let log = HostLog(descriptor: reader.writing)
        var logger = log.logger("store")
        logger[metadataKey: "file"] = "roost.db"

        logger.info("opened", metadata: ["tables": ["a", "b"]])
        logger.debug("left out")
        #expect(log.flush(within: .seconds(20)))
        log.close()

        let text = reader.text()
        #expect(
            text.hasSuffix(
                #""message":"opened","file":"roost.db","logger":"store","tables":"[\"a\", \"b\"]"}"#
                    + "\n"))
    }
}
