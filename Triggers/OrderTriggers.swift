import Roost

let orderTriggers: [Trigger] = [
    .topic(orderPlaced, run: confirmOrder),
    .file(in: inbox, matching: "**/*.csv", run: importOrders),
    .file(in: reports, matching: "*.csv", run: noteReport),
    .collection(orders, index: "state"),
    .document(orders, on: .written, run: auditOrder),
]
