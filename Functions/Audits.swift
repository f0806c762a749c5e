import Roost

/// What happened to the orders, as it is seen from outside.
struct OrderCount: Codable, Sendable, Equatable {
    var placed: Int? = 0
    var changes: Int? = 0
}

let orderCounts = DocumentCollection<OrderCount>("order-counts")

/// Hears of every order that is placed.
let confirmOrder = Function("confirm-order") { (message: Message<OrderPlaced>, context) in
    try context[orderCounts].merge(["placed": .increment(1)], id: "all")
    context.logger.info("order confirmed", metadata: ["order": "\(message.data.id)"])
}

/// Sees every change of every order, one after the other.
let auditOrder = Function("audit-order", retry: .exponential(attempts: 8)) {
    (change: DocumentChange<Order>, context) in
    try context[orderCounts].merge(["changes": .increment(1)], id: "all")
    let states = [change.before?.state, change.after?.state].map { $0?.rawValue ?? "none" }
    context.logger.info(
        "order changed",
        metadata: ["order": "\(change.id)", "from": "\(states[0])", "to": "\(states[1])"])
}
