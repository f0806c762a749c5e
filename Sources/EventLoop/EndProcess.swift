import Glibc

/// Ends the process at once, with what was printed written out.
///
/// The loop's thread runs to the very end, so the destructors that `exit` calls, libuv's own among
/// them, would take from it what it stands on: a process with a loop ends without them.
package func endProcess(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}
