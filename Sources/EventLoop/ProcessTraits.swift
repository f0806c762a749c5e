import CUV
import Glibc

// What a process asks of the kernel and of the C library through calls that Swift can't make.

/// Asks the kernel to kill this process as soon as its parent has ended, however that happens.
package func endProcessWithParent() {
    // It fails only for a signal that does not exist.
    _ = process_set_parent_death_signal(SIGKILL)
}

/// Sends a signal to one thread of this process; one that has ended gets none.
package func send(_ signal: Int32, toThread thread: Int32) {
    // It fails only for a thread that has just ended.
    _ = thread_signal(getpid(), thread, signal)
}

/// Lets standard output leave line by line, also where it is a pipe.
package func bufferOutputByLine() { stdout_buffer_lines() }
