import Roost

/// What the benchmarks run: functions that do nothing, and one that measures how late it is.
@main struct Bench: FunctionApp {
    let functions: [any Registered] = [hello, noop, slow, measureDelay, tellDelays] + spare
    let triggers = benchTriggers
    let schedules: [Schedule] = []
}
