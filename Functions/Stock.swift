import Roost

struct Stock: Codable, Sendable, Equatable, Identifiable {
    var article: String
    var count: Int

    var id: String { article }
}

struct Reservation: Codable, Sendable, Equatable {
    var order: String
    var items: [Order.Item]
}

struct Refill: Codable, Sendable, Equatable {
    var article: String
    var count: Int
    /// What waits for it.
    var reservation: Reservation
}

let stock = DocumentCollection<Stock>("stock")

/// Takes an order's articles from stock, or has them refilled first.
///
/// This function and the next one name each other. Swift can't infer both types from one another,
/// so one of the two has its type written out.
let reserveStock: Function<Command<Reservation>> = Function("reserve-stock") { command, context in
    let reservation = command.payload
    var left: [Stock] = []
    for item in reservation.items {
        let found = try await context[stock].get(item.article)
        let count = (found?.count ?? 0) - item.count
        guard count >= 0 else {
            let refill = Refill(
                article: item.article, count: item.count + 100, reservation: reservation)
            return try context.send(refill, to: refillStock)
        }
        left.append(Stock(article: item.article, count: count))
    }
    for stocked in left { try context[stock].put(stocked) }
    try context[orders].merge(["state": .set(Order.State.reserved)], id: reservation.order)
    try context.send(reservation.order, to: sendReceipt, key: reservation.order)
}

/// Puts articles into stock, then lets the reservation go on.
let refillStock = Function("refill-stock") { (command: Command<Refill>, context) in
    let refill = command.payload
    // A merge reads nothing, so refills of one article never get in each other's way.
    try context[stock].merge(
        ["article": .set(refill.article), "count": .increment(Double(refill.count))],
        id: refill.article)
    try context.send(refill.reservation, to: reserveStock)
}
