import Roost

struct Order: Codable, Sendable, Identifiable, Equatable {
    struct Item: Codable, Sendable, Equatable {
        var article: String
        var count: Int
    }

    var id: String
    var customer: String
    var items: [Item]
    var state: State

    enum State: String, Codable, Sendable { case placed, reserved }

    /// Itself, where it can be delivered.
    func checked() throws -> Order {
        guard !items.isEmpty else { throw Rejection("an order has at least one item") }
        try checkedName(id, as: "the order's id")
        for item in items {
            try checkedName(item.article, as: "the article")
            guard item.count > 0 else {
                throw Rejection("the count of \(item.article) is \(item.count), expected 1 or more")
            }
        }
        return self
    }
}

struct OrderPlaced: Codable, Sendable, Equatable {
    var id: String
}

let orders = DocumentCollection<Order>("orders")
let orderPlaced = Topic<OrderPlaced>("orders.placed")

/// Takes an order: POST /orders. The document, the message and the command are one commit.
let createOrder = Function("create-order") { (request: WebRequest, context) in
    let new = try request.json(NewOrder.self)
    // The once key is the same when the call is sent again, so the order has one identifier.
    let order = try Order(
        id: new.id ?? context.onceKey, customer: new.customer, items: new.items, state: .placed
    ).checked()
    do {
        try await context[orders].create(order)
    } catch let error as AlreadyExists {
        throw Rejection(status: .conflict, "\(error)")
    }
    try context.publish(OrderPlaced(id: order.id), to: orderPlaced, key: order.id)
    try context.send(Reservation(order: order.id, items: order.items), to: reserveStock)
    context.logger.info("order placed", metadata: ["order": "\(order.id)"])
    return .json(order, status: .created, headers: [.location: "/orders/\(order.id)"])
}

private struct NewOrder: Decodable {
    var id: String?
    var customer: String
    var items: [Order.Item]
}

/// Shows an order: GET /orders/{id}.
let showOrder = Function("show-order") { (request: WebRequest, context) in
    let id = try checkedName(request.parameter("id") ?? "", as: "the order's id")
    guard let order = try await context[orders].get(id) else {
        throw Rejection(status: .notFound, "there is no such order")
    }
    return .json(order)
}
