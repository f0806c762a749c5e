import Delays
import Roost

/// What the benchmarks of the other triggers run: each notes how late it is, and does nothing else.
@main struct TriggerBench: FunctionApp {
    let functions: [any Registered] =
        [measureMessage, measureFile, measureTick, noteDocument, noteFile, noteTick, tellDelays]
        + fans
    let triggers: [Trigger] =
        [
            .http(.get, "/delays", run: tellDelays),
            .topic(delayTopic, run: measureMessage),
            .document(items, run: noteDocument),
            .file(in: "drops", matching: "late-*", run: measureFile),
            .file(in: "drops", matching: "many/**", run: noteFile),
        ] + fans.map { .topic(fanTopic, run: $0) }
    let schedules: [Schedule] = []
}
