import EventLoop
import HTTPServer
import Testing

@LoopActor
@Suite("A listener")
struct HTTPListenerTests {
    @Test("drains: answers what has begun, closes what is idle, refuses what is new")
    func drain() async throws {
        let handler = TestHandler()
        var exchanges: [HTTPExchange] = []
        handler.onRequest = { exchanges.append($0) }

        try await withListener(handler) { listener in
            let idle = try await TestClient(to: listener)
            let busy = try await TestClient(to: listener)
            defer {
                idle.close()
                busy.close()
            }
            busy.send(get("/1") + get("/2"))
            try await eventually("both requests") {
                exchanges.count == 2 && listener.connectionCount == 2
            }
            let address = try #require(listener.address)
            let drained = Task { await listener.drain(within: .seconds(20)) }

            try await idle.wait(for: "the end of the idle one") { idle.isEnded }
            await #expect(throws: LoopError.self) { try await ByteStream.connect(to: address) }
            busy.send(get("/3"))
            for exchange in exchanges { exchange.respond(200) }
            let answers = try await busy.end()
            busy.close()
            await drained.value

            #expect(answers.map { $0.fields["connection"] } == [nil, "close"])
            #expect(listener.connectionCount == 0)
            #expect(exchanges.count == 2)
        }
    }

    @Test("drains: lets an answer leave that its client is slow to take, and begins nothing behind")
    func drainFlushes() async throws {
        let handler = TestHandler()
        let size = 32 * 1024 * 1024
        handler.onRequest = { $0.respond(200, body: [UInt8](repeating: 7, count: size)) }

        try await withListener(handler) { listener in
            let client = try await TestClient(to: listener, reads: false)
            defer { client.close() }
            client.send(get("/1") + get("/2"))
            try await eventually("the answer") { listener.counters.bytesOut > size }
            let drained = Task { await listener.drain(within: .seconds(20)) }
            try await eventually("the listener drains") { listener.address == nil }

            client.read()
            try await client.wait(for: "the end") { client.isEnded }
            client.close()
            await drained.value

            #expect(client.received.count > size)
            #expect(handler.accepted == 1)
            #expect(listener.connectionCount == 0)
        }
    }

    @Test("cuts off what has not ended when the time to drain is over")
    func drainEnds() async throws {
        let handler = TestHandler()
        var closed = false
        handler.onRequest = { exchange in
            exchange.onClose = { closed = true }
            exchange.beginStream(200)
        }

        try await withClient(handler) { client, listener in
            client.send(get("/"))
            try await client.wait(for: "the head") { client.text.hasSuffix("\r\n\r\n") }
            await listener.drain(within: .milliseconds(10))

            #expect(closed)
            #expect(listener.connectionCount == 0)
        }
    }

    @Test("says which address is taken")
    func addressTaken() async throws {
        try await withListener { listener in
            let error = #expect(throws: LoopError.self) {
                try HTTPListener(listener.address!, handler: TestHandler())
            }

            #expect(error?.code == LoopError.addressInUse)
        }
    }

    @Test("counts what it does")
    func counters() async throws {
        try await withClient { client, listener in
            client.send(get("/"))
            try await client.answers(1)
            client.send("nonsense\r\n\r\n")
            try await client.end()

            #expect(listener.counters.connections == 1)
            #expect(listener.counters.requests == 1)
            #expect(listener.counters.rejected == 1)
            #expect(listener.counters.bytesIn == get("/").utf8.count + 12)
            #expect(listener.counters.bytesOut == client.received.count)
        }
    }

    @Test("leaves no handle open")
    func handles() async {
        await #expect(processExitsWith: .success) { @LoopActor in
            let before = LoopActor.openHandles
            try await withListener { listener in
                let served = try await TestClient(to: listener)
                served.send(get("/", "Connection: close\r\n"))
                try await served.end()
                let refused = try await TestClient(to: listener)
                refused.send("nonsense\r\n\r\n")
                try await refused.end()
                let cutOff = try await TestClient(to: listener)
                cutOff.send("POST / HTTP/1.1\r\n")
                try await eventually("the last bytes came") { listener.counters.connections == 3 }
                for client in [served, refused, cutOff] { client.close() }
            }
            try await eventually("all handles are closed") { LoopActor.openHandles == before }
        }
    }
}
