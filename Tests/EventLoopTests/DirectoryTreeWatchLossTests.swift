import Glibc
import Synchronization
import Testing

@testable import EventLoop

@Suite("A directory tree watch at its limits")
@LoopActor
struct DirectoryTreeWatchLossTests {
    private let tree: TemporaryTree

    init() throws { tree = try TemporaryTree() }

    @Test("tells an overflow of the kernel's queue after it has found what it missed")
    func overflow() async throws {
        let watching = try await Watching(tree)
        watching.watch.pause()
        let tree = tree

        // More than fs.inotify.max_queued_events; two names, for the kernel merges equal records.
        try await offLoop {
            for _ in 1...9_000 {
                tree.write("a")
                tree.write("b")
            }
            tree.make("missed")
        }
        watching.watch.resume()
        try await watching.saw(.overflowed)
        tree.write("missed/x")

        try await watching.saw(.written("missed/x"))
        #expect(watching.callsMax <= DirectoryTreeWatch.factsMax)
        watching.close()
    }

    @Test("goes on with what it has when watches run out, and takes the rest when asked")
    func watchLimit() async throws {
        for name in ["a", "b", "c"] { tree.make(name) }
        let room = Mutex(3)
        let queue = try InotifyQueue { queue, directory, mask in
            let hasRoom = room.withLock { room in
                room -= 1
                return room >= 0
            }
            return hasRoom ? InotifyQueue.addWatch(queue, directory, mask) : -ENOSPC
        }
        var facts: [TreeFact] = []
        let watch = try DirectoryTreeWatch(root: tree.root, ignoring: "", queue: queue) {
            facts += $0
        }
        try await eventually("the root") { facts.contains(.directoryAppeared("")) }

        #expect(watch.watchedCount == 3)
        #expect(watch.unwatchedCount == 1)
        let text = "\(facts[0])"
        #expect(text.contains("could not watch directory"))
        #expect(text.contains("raise fs.inotify.max_user_watches (now "))
        room.withLock { $0 = 1 }
        watch.retryUnwatched()
        try await eventually("the last directory") { watch.watchedCount == 4 }
        #expect(facts.count == 3)
        watch.close()
    }

    @Test(
        "names the settings in its errors",
        arguments: [
            (LoopError.watching("a", ENOSPC), "fs.inotify.max_user_watches"),
            (.openingQueue(EMFILE), "fs.inotify.max_user_instances"),
            (.watching("a", ENOENT), "mount /proc"),
            (.opening("a", EMFILE), "raise the open files"),
            (.tooDeep("a"), "within 64 directories and 3000 bytes"),
        ])
    func cures(error: LoopError, cure: String) {
        #expect(error.description.contains(cure))
    }

    @Test("says in one sentence what failed and what to do")
    func sentence() {
        let text = LoopError.watching("in/box", ENOSPC).description

        #expect(
            text.prefix { $0 != "(" }
                == "could not watch directory \"in/box\": no space left on device ")
        #expect(!text.contains("unknown"))
    }

    @Test("visits a directory again when its permissions change")
    func permissions() async throws {
        tree.make("shut")
        let isOpen = Mutex(false)
        let queue = try InotifyQueue { queue, directory, mask in
            let isRoot = mask & UInt32(IN_MOVE_SELF) != 0
            guard isRoot || isOpen.withLock({ $0 }) else { return -EACCES }
            return InotifyQueue.addWatch(queue, directory, mask)
        }
        var facts: [TreeFact] = []
        let watch = try DirectoryTreeWatch(root: tree.root, ignoring: "", queue: queue) {
            facts += $0
        }
        try await eventually("the root") { facts.contains(.directoryAppeared("")) }

        isOpen.withLock { $0 = true }
        chmod(tree.absolute("shut"), 0o755)

        try await eventually("shut") { facts.contains(.directoryAppeared("shut")) }
        watch.close()
    }

    @Test("leaves no handle and no descriptor behind, also closed in a turn or in a telling")
    func closing() async {
        await #expect(processExitsWith: .success) {
            let left = try await openAndCloseTreeWatches()
            #expect(left == 0)
        }
    }

    @Test("that is forgotten traps")
    func forgotten() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = try await DirectoryTreeWatch(root: "/no/such/root", ignoring: "") { _ in }
            try await eventually("the trap") { false }
        }

        #expect(result.says("a tree watch is closed before it is dropped"))
    }
}

/// The open handles and inotify descriptors after all were closed.
@LoopActor
private func openAndCloseTreeWatches() async throws -> Int {
    let tree = try TemporaryTree()
    let atOnce = try DirectoryTreeWatch(root: tree.root, ignoring: "") { _ in }
    atOnce.close()
    var inTelling: DirectoryTreeWatch?
    inTelling = try DirectoryTreeWatch(root: tree.root, ignoring: "") { _ in inTelling?.close() }
    let watching = try await Watching(tree)
    watching.close()
    watching.close()
    try await eventually("no open handle") { LoopActor.openHandles == 0 }
    inTelling = nil
    try await eventually("no inotify descriptor") { inotifyDescriptors() == 0 }
    return LoopActor.openHandles
}

private func inotifyDescriptors() -> Int {
    (0..<256).count { descriptor in
        var target = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        let bytes = target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self).contains("inotify")
    }
}
