import EventLoop
import Glibc
import Testing

@Suite("A byte stream", .timeLimit(.minutes(1)))
@LoopActor
struct ByteStreamTests {
    @Test("carries bytes both ways between two ends on one loop")
    func bothWays() async throws {
        let connection = try await Connection()
        let near = Received(from: connection.near)
        let far = Received(from: connection.far)

        connection.near.write("question".utf8)
        connection.far.write("answer".utf8)
        try await eventually("both texts") { near.text == "answer" && far.text == "question" }

        connection.close()
    }

    @Test("leaves in one piece what was written in one turn")
    func oneWrite() async throws {
        let connection = try await Connection()
        var pieces: [Int] = []
        connection.far.startReading {
            pieces.append($0.count)
        } onEnd: { _ in
        }

        for _ in 0..<100 { connection.near.write("0123456789".utf8) }
        try await eventually("all bytes") { pieces.reduce(0, +) == 1000 }

        #expect(pieces == [1000])
        connection.close()
    }

    @Test("keeps every byte and its order when far more is written than the kernel takes")
    func largeWrite() async throws {
        let connection = try await Connection()
        let received = Received(from: connection.far)
        let bytes = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) }

        connection.near.write(bytes[..<15_000_000])
        connection.near.write(bytes[15_000_000...])
        connection.near.endWriting()
        try await eventually("the end") { received.hasEnded }

        #expect(received.bytes == bytes)
        #expect(received.error == nil)
        connection.close()
    }

    @Test("tells its writer when there is room again")
    func room() async throws {
        let connection = try await Connection()
        var rooms = 0
        connection.near.onRoom = { rooms += 1 }

        connection.near.write([UInt8](repeating: 1, count: 10_000_000))
        #expect(connection.near.isFull)
        for _ in 0..<200 { await Task.yield() }
        #expect(rooms == 0)
        let received = Received(from: connection.far)
        try await eventually("room") { rooms == 1 }

        #expect(!connection.near.isFull)
        try await eventually("all bytes") { received.bytes.count == 10_000_000 }
        connection.close()
    }

    @Test("leaves in the kernel what a stopped reader does not want yet")
    func readerStops() async throws {
        let connection = try await Connection()
        var received = 0
        connection.far.startReading {
            received += $0.count
            connection.far.stopReading()
        } onEnd: { _ in
        }

        connection.near.write([UInt8](repeating: 1, count: 1_000_000))
        try await eventually("the first bytes") { received > 0 }
        for _ in 0..<200 { await Task.yield() }

        #expect(received <= ByteStream.readBytesMax)
        while received < 1_000_000 {
            let before = received
            connection.far.resumeReading()
            try await eventually("more bytes") { received > before }
        }
        connection.close()
    }

    @Test("says the end of the other side once, and still writes to it")
    func halfClosed() async throws {
        let connection = try await Connection()
        let near = Received(from: connection.near)
        let far = Received(from: connection.far)

        connection.near.write("last".utf8)
        connection.near.endWriting()
        connection.near.endWriting()
        try await eventually("the end") { far.hasEnded }
        connection.far.write("reply".utf8)
        try await eventually("the reply") { near.text == "reply" }

        #expect(far.text == "last")
        #expect(!near.hasEnded)
        connection.close()
    }

    @Test("takes over a descriptor")
    func adopting() async throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let near = try ByteStream(adopting: ends[0])
        let far = try ByteStream(adopting: ends[1])
        let received = Received(from: far)

        near.write("through a pair".utf8)
        near.endWriting()
        try await eventually("the end") { received.hasEnded }

        #expect(received.text == "through a pair")
        near.close()
        far.close()
    }

    @Test("refuses to take over what is no stream")
    func adoptingNonsense() {
        #expect(throws: LoopError.self) { try ByteStream(adopting: 9999) }
    }
}
