import Roost

/// An app for the chaos tests: it has every trigger, and its handlers write down in a log of their
/// own when they began and ended.
@main struct ChaosApp: FunctionApp {
    let functions: [any Registered] = [
        enter, later, hear, audit, ingest, noteCopy, call, add, beat, flaky, strike,
    ]
    let triggers: [Trigger] = [
        .http(.post, "/entries", idempotency: .required, run: enter),
        .http(.post, "/later", mode: .accept, idempotency: .required, run: later),
        .topic(entered, run: hear),
        .document(entries, run: audit),
        .file(in: "inbox", run: ingest),
        .file(in: "reports", run: noteCopy),
    ]
    let schedules: [Schedule] = [
        .every(.seconds(1), name: "all", missed: .all(max: 1_000), overlap: .allow, run: beat),
        .every(.seconds(1), name: "latest", run: beat),
    ]
}
