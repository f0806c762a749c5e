import Roost

let orderTriggers: [Trigger] = [
    .topic(orderPlaced, run: confirmOrder),
    .file(in: inbox, matching: "**/*.csv", run: importOrders),
    .document(orders, on: .written, run: auditOrder),
]
