import EventLoop
import Glibc
import Testing

extension ExitTest.Result? {
    /// True when the process said `text` on its standard error before it ended.
    func says(_ text: String) -> Bool {
        guard let self else { return false }
        return String(decoding: self.standardErrorContent, as: UTF8.self).contains(text)
    }
}

@Suite("A loop handle")
struct LoopHandleTests {
    @Test("is counted until libuv has let go of it, whatever it is")
    func counting() async {
        await #expect(processExitsWith: .success) {
            let (open, closed) = try await openAndCloseOneOfEach()
            #expect(open == 13)
            #expect(closed == 0)
        }
    }

    @Test("that a timer forgets traps")
    func leakedTimer() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = await LoopTimer()
            try await eventually("the trap") { false }
        }

        #expect(result.says("a timer is closed before it is dropped"))
    }

    @Test("that a stream forgets traps")
    func leakedStream() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            _ = try await ByteStream(adopting: ends[0])
            try await eventually("the trap") { false }
        }

        #expect(result.says("a stream is closed before it is dropped"))
    }

    @Test("that a child process forgets traps")
    func leakedChild() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = try await ChildProcess(executable: "/bin/true", environment: [:]) { _ in }
            try await eventually("the trap") { false }
        }

        #expect(result.says("is closed before it is dropped"))
    }

    @Test("that is touched from another thread traps")
    func anotherThread() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let timer = await LoopTimer()
            typealias Plain = () -> Void
            let cancel: @LoopActor () -> Void = { timer.schedule(after: .seconds(1)) {} }
            // because this is the crime that the trap is for
            unsafeBitCast(cancel, to: Plain.self)()
        }

        #expect(result.says("a handle is touched on the loop's thread only"))
    }
}

/// The open handles while one of each kind is open, and after all were closed.
@LoopActor
private func openAndCloseOneOfEach() async throws -> (open: Int, closed: Int) {
    let timer = LoopTimer()
    let signal = try SignalWatch(SIGUSR2) {}
    let connection = try await Connection()
    let child = try ChildProcess(executable: "/bin/cat", environment: [:]) { _ in }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw WaitedInVain(what: "a pipe") }
    let stream = try ByteStream(adopting: ends[0])
    let watch = try DescriptorWatch(ends[1])
    let unused = try Listener(SocketAddress(host: "::1", port: 0)) { _ in }
    timer.schedule(after: .seconds(100)) {}
    watch.watch(readable: true, writable: false) { _, _ in }
    let failed = try? ChildProcess(executable: "/no/such/file", environment: [:]) { _ in }
    #expect(failed == nil)
    _ = try? await ByteStream.connect(to: SocketAddress(host: "127.0.0.1", port: 1))
    // What failed above is closed already, but perhaps not yet let go of.
    try await eventually("13 open handles") { LoopActor.openHandles <= 13 }
    let open = LoopActor.openHandles

    timer.close()
    timer.close()
    signal.close()
    connection.close()
    child.close()
    stream.close()
    watch.close()
    unused.close()
    Glibc.close(ends[1])
    try await eventually("no open handle") { LoopActor.openHandles == 0 }
    return (open, LoopActor.openHandles)
}
