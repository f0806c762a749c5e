import EventLoop
import Glibc
import Synchronization

/// Asks every thread of the process which attempt it runs.
///
/// A thread that spins or blocks answers nothing but a signal: SIGPROF makes it look up its
/// task-local and write the number into a table of fixed size.
enum ThreadCensus {
    private static let threadsMax = 256

    // because a signal handler can't lock: each writes a place of its own, which `count` gives it
    private nonisolated(unsafe) static let places = UnsafeMutablePointer<UInt32>.allocate(
        capacity: threadsMax)
    private static let count = Atomic<Int>(0)

    /// Installs the handler; called once, before any attempt runs.
    static func prepare() {
        places.initialize(repeating: 0, count: threadsMax)
        count.store(0, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in ThreadCensus.answer() }
        action.sa_flags = Int32(SA_ONSTACK) | Int32(SA_RESTART)
        sigaction(SIGPROF, &action, nil)
    }

    private static func answer() {
        let number = RunningAttempt.number
        guard number != 0 else { return }
        let place = count.add(1, ordering: .relaxed).oldValue
        if place < threadsMax { places[place] = number }
    }

    /// Asks all threads; their answers can be read a moment later.
    static func ask() {
        count.store(0, ordering: .relaxed)
        places.update(repeating: 0, count: threadsMax)
        guard let directory = opendir("/proc/self/task") else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let thread = Int32(name) { EventLoop.send(SIGPROF, toThread: thread) }
        }
    }

    /// The attempts that threads run, as far as they have answered.
    static func answers() -> Set<UInt32> {
        let answered = min(count.load(ordering: .acquiring), threadsMax)
        return Set((0..<answered).map { places[$0] }.filter { $0 != 0 })
    }
}
