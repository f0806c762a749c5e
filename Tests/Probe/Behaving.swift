import Roost

struct Tally: Codable, Sendable, Identifiable {
    var id: String
    var count = 0
}

struct Order: Codable, Sendable, Identifiable {
    var id: String
    var total: Int
}

struct Placed: Codable, Sendable { var id: String }

let tallies = DocumentCollection<Tally>("tallies")
let orders = DocumentCollection<Order>("orders")
let placed = Topic<Placed>("orders.placed")

/// Adds one to a document that everybody else adds to as well.
let count = Function("count", retry: .fixed(.milliseconds(20), attempts: 50)) {
    (command: Command<Work>, context) in
    var tally = try await context[tallies].get(command.payload.id) ?? Tally(id: command.payload.id)
    tally.count += 1
    try context[tallies].put(tally)
}

let create = Function("create", retry: .never) { (command: Command<Work>, context) in
    try await context[tallies].create(Tally(id: command.payload.id))
}

let pass = Function("pass", retry: .never) { (command: Command<Work>, context) in
    try context.send(command.payload, to: noop)
    try context.send(command.payload, to: count)
}

/// Stages a file that nobody commits as long as it rests.
let stage = Function("stage", retry: .never) { (command: Command<Work>, context) in
    try await context.bucket(Bucket("reports")).put("staged", at: command.payload.id)
    context.logger.info("staged")
    try await Task.sleep(for: .milliseconds(command.payload.milliseconds))
}

let hello = Function("hello") { (_: WebRequest, _) in .text("hello") }

let stream = Function("stream") { (_: WebRequest, _) in
    .stream { writer in
        for number in 0..<5 { try await writer.write("part \(number)\n") }
    }
}

let endless = Function("endless") { (_: WebRequest, _) in
    .stream { writer in
        let part = String(repeating: "x", count: 16 * 1024)
        while true { try await writer.write(part) }
    }
}

let long = Function("long") { (request: WebRequest, _) in
    .text(String(repeating: "y", count: Int(request.parameters["bytes"] ?? "") ?? 0))
}

/// What the journey posts: a document, a message, and a command that counts.
let place = Function("place") { (request: WebRequest, context) in
    let order = try request.json(Order.self)
    try context[orders].put(order)
    try context.publish(Placed(id: order.id), to: placed)
    try context.send(Work(id: order.id), to: count)
    return .json(order, status: .created)
}

let remember = Function("remember") { (request: WebRequest, context) in
    let order = try request.json(Order.self)
    try context[orders].put(order)
    return .json(order)
}
