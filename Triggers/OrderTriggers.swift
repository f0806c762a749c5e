import Roost

let orderTriggers: [Trigger] = [
    .http(.get, "/hello", run: hello)
]
