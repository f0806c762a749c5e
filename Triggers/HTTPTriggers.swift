import Roost

let httpTriggers: [Trigger] = [
    .http(.get, "/hello", run: hello),
    .http(.post, "/orders", run: createOrder),
    .http(.get, "/orders/{id}", run: showOrder),
    .http(.post, "/webhooks/github", run: receivePush),
    .http(.get, "/watch", run: watchDesk),
]
