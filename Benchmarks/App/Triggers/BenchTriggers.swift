import Roost

let benchTriggers: [Trigger] = [
    .http(.get, "/hello", run: hello),
    .http(.get, "/delays", run: tellDelays),
]
