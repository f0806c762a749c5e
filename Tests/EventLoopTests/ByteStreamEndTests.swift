import EventLoop
import Glibc
import Testing

@Suite("A byte stream that ends", .timeLimit(.minutes(1)))
@LoopActor
struct ByteStreamEndTests {
    @Test("reads nothing more after it was closed in the middle of a read")
    func closedInARead() async throws {
        let connection = try await Connection()
        var reads = 0
        var ends = 0
        connection.far.startReading { _ in
            reads += 1
            connection.far.close()
        } onEnd: { _ in
            ends += 1
        }

        connection.near.write([UInt8](repeating: 1, count: 1_000_000))
        try await eventually("the read") { reads > 0 }
        for _ in 0..<200 { await Task.yield() }

        #expect(reads == 1)
        #expect(ends == 0)
        connection.close()
    }

    @Test("can be closed, again too, when the other side has ended")
    func closedAtTheEnd() async throws {
        let connection = try await Connection()
        var ends = 0
        connection.far.startReading { _ in
        } onEnd: { _ in
            ends += 1
            connection.far.close()
            connection.far.close()
        }

        connection.near.close()
        try await eventually("the end") { ends == 1 }

        connection.close()
    }

    @Test("drops what waits when it is closed, and takes nothing more")
    func closedWhileWriting() async throws {
        let connection = try await Connection()
        connection.near.write([UInt8](repeating: 1, count: 10_000_000))
        for _ in 0..<50 { await Task.yield() }

        connection.near.close()
        connection.near.write("into the void".utf8)

        #expect(connection.near.writeError?.action == "write to a closed stream")
        #expect(connection.near.outgoingBytes < 10_000_000)
        connection.close()
    }

    @Test("gives a writer that waits for room its turn when the other side is gone")
    func roomAfterFailure() async throws {
        let connection = try await Connection()
        var rooms = 0
        connection.near.onRoom = { rooms += 1 }
        connection.near.write([UInt8](repeating: 1, count: 10_000_000))
        for _ in 0..<50 { await Task.yield() }

        connection.far.close()
        try await eventually("the failure") { rooms > 0 }

        #expect(rooms == 1)
        #expect(connection.near.writeError?.action == "write")
        #expect(!connection.near.isFull)
        connection.close()
    }

    @Test("may be closed in the very turn that wrote")
    func closedInTheTurn() async throws {
        let connection = try await Connection()
        let received = Received(from: connection.far)

        connection.near.write("never".utf8)
        connection.near.close()
        try await eventually("the end") { received.hasEnded }

        #expect(received.bytes.isEmpty)
        connection.close()
    }

    @Test("ends writing once when the end is asked for while the last bytes are under way")
    func endUnderWay() async throws {
        let connection = try await Connection()
        let received = Received(from: connection.far)

        connection.near.write([UInt8](repeating: 1, count: 5_000_000))
        connection.near.endWriting()
        try await eventually("the end") { received.hasEnded }

        #expect(received.bytes.count == 5_000_000)
        #expect(connection.near.writeError == nil)
        connection.close()
    }

    @Test("says the reset of a connection as an error")
    func reset() async throws {
        let connection = try await Connection()
        let received = Received(from: connection.near)

        connection.near.write([UInt8](repeating: 1, count: 100))
        for _ in 0..<50 { await Task.yield() }
        connection.far.close()
        try await eventually("the end") { received.hasEnded }

        #expect(received.error?.name == "ECONNRESET")
        connection.close()
    }

    @Test("lets go of all handles and of itself")
    func lettingGo() async throws {
        await #expect(processExitsWith: .success) { try await closeEverythingInTheMiddle() }
    }
}

@LoopActor
private func closeEverythingInTheMiddle() async throws {
    for size in [0, 10, 10_000_000] {
        let connection = try await Connection()
        let received = Received(from: connection.far)
        connection.near.write([UInt8](repeating: 1, count: size))
        connection.near.endWriting()
        if size == 10 { try await eventually("the end") { received.hasEnded } }
        connection.close()
    }
    try await eventually("no open handle") { LoopActor.openHandles == 0 }
}
