import Contract
import Glibc

/// Says who did it when the process dies of a fault: the attempt that the dying thread ran.
///
/// The signal handler reads a task-local and writes eight bytes; both were done once before, so
/// that nothing is allocated in it. Then the signal does what it would have done.
enum LastBreath {
    private static let signals = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
    private static let descriptor: Int32 = 4

    // because a signal handler can't lock; both are written before the handlers are installed
    private nonisolated(unsafe) static let previous = UnsafeMutablePointer<sigaction>.allocate(
        capacity: 65)

    /// Installs the handlers; called once, before any attempt runs.
    static func prepare() {
        previous.initialize(repeating: sigaction(), count: 65)
        _ = RunningAttempt.$number.withValue(1) { RunningAttempt.number }
        for signal in signals { install(signal) }
    }

    private static func install(_ signal: Int32) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { LastBreath.die(of: $0) }
        action.sa_flags = Int32(SA_ONSTACK)
        sigaction(signal, &action, previous + Int(signal))
    }

    private static func die(of signal: Int32) {
        var words = (UInt64(RunningAttempt.number) | UInt64(UInt32(bitPattern: signal)) << 32)
            .littleEndian
        write(descriptor, &words, LastWords.bytes)
        sigaction(signal, previous + Int(signal), nil)
        raise(signal)
    }
}
