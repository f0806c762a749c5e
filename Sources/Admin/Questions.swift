import EventLoop

/// The tasks of requests that wait for the store or a file.
@LoopActor
final class Questions {
    private var tasks: [UInt64: Task<Void, Never>] = [:]
    private var lastNumber: UInt64 = 0

    func start(_ work: @escaping @LoopActor () async -> Void) {
        lastNumber += 1
        let number = lastNumber
        // The task begins after this turn's code, so it is entered before it can end.
        tasks[number] = Task {
            await work()
            self.tasks[number] = nil
        }
    }

    /// Tells all of them to end; each ends as soon as what it waits for does.
    func close() {
        for task in tasks.values { task.cancel() }
    }
}
