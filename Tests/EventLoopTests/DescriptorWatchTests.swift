import EventLoop
import Glibc
import Testing

@Suite("A descriptor watch")
@LoopActor
struct DescriptorWatchTests {
    @Test("says when a descriptor can be read, and no more once it was closed in the call")
    func reading() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let watch = try DescriptorWatch(ends[0])
        var calls: [[Bool]] = []

        watch.watch(readable: true, writable: false) { readable, writable in
            calls.append([readable, writable])
            watch.close()
        }
        _ = await offLoopTurn()
        #expect(calls.isEmpty)
        #expect(write(ends[1], "x", 1) == 1)
        try await eventually("the byte") { !calls.isEmpty }
        _ = await offLoopTurn()

        #expect(calls == [[true, false]])
        for end in ends { close(end) }
    }

    @Test("changes what it watches for")
    func changing() async throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let watch = try DescriptorWatch(ends[0])
        var calls: [[Bool]] = []

        watch.watch(readable: true, writable: false) { _, _ in calls.append([]) }
        watch.watch(readable: false, writable: true) { calls.append([$0, $1]) }
        try await eventually("room to write") { !calls.isEmpty }

        #expect(calls[0] == [false, true])
        watch.close()
        for end in ends { close(end) }
    }

    @Test("refuses what is no descriptor")
    func nonsense() {
        let error = #expect(throws: LoopError.self) { try DescriptorWatch(9999) }

        #expect(
            error?.description
                == "could not watch descriptor 9999: bad file descriptor (EBADF)")
    }

    /// A round through another thread, so that the loop has waited for the kernel once.
    private func offLoopTurn() async -> Bool { (try? await offLoop { true }) ?? false }
}
