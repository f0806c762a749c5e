import Glibc

/// A stack for signal handlers on every thread that runs handlers.
///
/// The pool's threads are the runtime's, so each gets its stack when it first starts an attempt,
/// and frees it when it ends. A thread that has none yet runs signal handlers on its own stack,
/// which serves for all deaths but an overflow of that.
enum AlternateStack {
    private static let bytes = 64 * 1024

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let code = pthread_key_create(&key) { memory in
            var none = stack_t()
            none.ss_flags = Int32(SS_DISABLE)
            sigaltstack(&none, nil)
            free(memory)
        }
        precondition(code == 0, "a key for threads is made")
        return key
    }()

    /// Gives the current thread its stack; does nothing the second time.
    static func prepareThread() {
        guard pthread_getspecific(key) == nil, let memory = malloc(bytes) else { return }
        var stack = stack_t()
        stack.ss_sp = memory
        stack.ss_size = bytes
        guard sigaltstack(&stack, nil) == 0 else { return free(memory) }
        pthread_setspecific(key, memory)
    }
}
