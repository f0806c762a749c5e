import Roost

let orderTriggers: [Trigger] = [
    .topic(orderPlaced, run: confirmOrder),
    .document(orders, on: .written, run: auditOrder),
]
