import Roost

let inbox = Bucket("inbox")

/// Places an order for every line `id,customer,article,count` of a CSV file that is dropped into
/// the inbox; the whole file is one commit.
let importOrders = Function("import-orders", timeout: .minutes(2), concurrency: 2) {
    (file: FileEvent, context) in
    for line in try await file.text().split(whereSeparator: \.isNewline) {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        guard cells.count == 4, let count = Int(cells[3]) else {
            throw Rejection("the line \"\(line)\" is not id,customer,article,count")
        }
        let item = Order.Item(article: String(cells[2]), count: count)
        let order = try Order(
            id: String(cells[0]), customer: String(cells[1]), items: [item], state: .placed
        ).checked()
        try context[orders].put(order)
        try context.publish(OrderPlaced(id: order.id), to: orderPlaced, key: order.id)
        try context.send(Reservation(order: order.id, items: order.items), to: reserveStock)
    }
}
