/// Which attempt the current task works for: what a dying thread and a stuck one are asked.
///
/// A task-local, because child tasks inherit it and a handler may go on on any thread.
enum RunningAttempt {
    /// 0 where the current task works for none.
    @TaskLocal static var number: UInt32 = 0
}
