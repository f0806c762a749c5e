import Roost

struct Receipt: Codable, Sendable, Equatable, Identifiable {
    var order: String
    var customer: String

    var id: String { order }
}

let receipts = DocumentCollection<Receipt>("receipts")

/// Writes the receipt of an order. 8 attempts in all, the second about 1 s after the first.
let sendReceipt = Function("send-receipt", retry: .exponential(attempts: 8)) {
    (command: Command<String>, context) in
    guard let order = try await context[orders].get(command.payload) else {
        throw Rejection("the order \(command.payload) is gone")
    }
    // The order may be a moment away from being reserved: no fault, but worth another look.
    guard order.state == .reserved else { throw RetryLater(after: .seconds(1)) }
    try context[receipts].put(Receipt(order: order.id, customer: order.customer))
}
