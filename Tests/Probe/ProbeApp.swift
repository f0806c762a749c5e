import Roost

/// An app whose functions do what no function should, for the tests that run real workers.
@main struct ProbeApp: FunctionApp {
    let functions: [any Registered] = [
        noop, fail, crash, crashInChildTask, spin, leave, garbage, rest, count, create, pass,
        hello, hoard, failOnRequest, crashOnRequest, stream, endless, long, place, remember,
        stage,
    ]
    let triggers: [Trigger] = [
        .http(.get, "/hello", run: hello),
        .http(.get, "/fail", run: failOnRequest),
        .http(.get, "/crash", run: crashOnRequest),
        .http(.get, "/stream", run: stream),
        .http(.get, "/endless", run: endless),
        .http(.get, "/long/{bytes}", run: long),
        .http(.post, "/orders", idempotency: .optional, run: place),
        .http(.post, "/remembered", idempotency: .required, run: remember),
        .http(.post, "/later", mode: .accept, run: remember),
    ]
    let schedules: [Schedule] = []
}
