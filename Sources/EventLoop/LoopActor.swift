import CUV

/// The global actor of everything that touches libuv: its executor is the loop's own thread.
///
/// A process has one loop. It starts with the first use and runs until the process ends.
@globalActor
package actor LoopActor {
    /// The one instance, which the compiler asks for.
    package static let shared = LoopActor()

    /// The executor that runs on the loop's thread; hand it to an actor that shall live there too.
    package static let executor = LoopExecutor()

    /// The loop's executor, which the compiler asks for.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        Self.executor.asUnownedSerialExecutor()
    }

    /// Enters the actor from a C callback, which libuv runs on the loop's thread.
    ///
    /// Traps when called from another thread.
    package static func assumeIsolated<Result>(
        _ body: @LoopActor () throws -> Result
    ) rethrows -> Result {
        precondition(executor.isCurrentThread, "a loop callback runs on the loop's thread")
        typealias Plain = () throws -> Result
        return try withoutActuallyEscaping(body) { isolated in
            // because the thread was checked above, and dropping a global actor from a function
            // type changes nothing but the type
            try unsafeBitCast(isolated, to: Plain.self)()
        }
    }

    /// The handles that are open now; a test that closed all it opened finds the number it began with.
    @LoopActor package internal(set) static var openHandles = 0

    /// The time since an arbitrary instant in nanoseconds, which no clock change moves.
    package static var uptimeNanoseconds: UInt64 { uv_hrtime() }

    /// The same in milliseconds, as it was when this turn of the loop began: it costs nothing.
    @LoopActor package static var turnMilliseconds: UInt64 { uv_now(executor.loop) }
}
