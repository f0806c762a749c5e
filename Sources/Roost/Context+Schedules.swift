import Contract

extension Context {
    /// Schedules that are made while the app runs, such as one for each customer.
    public var schedules: RuntimeSchedules { RuntimeSchedules(context: self) }
}

/// Makes and removes schedules with the commit of the attempt.
public struct RuntimeSchedules: Sendable {
    let context: Context

    /// Makes a schedule, or puts another in its place; one that the app declares stays as it is,
    /// and the attempt fails.
    ///
    /// Where only its function or policies change, what was planned before stays planned; a changed
    /// pattern or zone begins anew with the commit. The app has to list the function.
    ///
    /// - Parameters:
    ///   - name: 1 to 63 of `a` to `z`, `0` to `9` and `-`; it counts, whatever `schedule` is named.
    ///   - schedule: as among the app's `schedules`: `.cron("0 9 * * *", run: remind)`.
    public func set(_ name: String, _ schedule: Schedule) throws(ContextError) {
        var declaration = schedule.declaration
        declaration.name = name
        let mistakes = declaration.mistakes("the schedule \"\(name)\"")
        if let mistake = mistakes.first { throw .invalidName(mistake) }
        try context.check(function: declaration.function)
        try context.add(.schedule(declaration))
    }

    /// Removes a schedule that was made at run time; ticks that are owed already still run.
    public func remove(_ name: String) throws(ContextError) {
        try context.check(name, as: .function)
        try context.add(.unschedule(name: name))
    }
}
