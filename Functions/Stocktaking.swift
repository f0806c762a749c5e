import Roost

struct Stocktaking: Codable, Sendable, Equatable, Identifiable {
    var id: String
    /// The last article that was counted.
    var after: String?
    var articles = 0
    var pieces = 0
    var isDone = false
}

let stocktakings = DocumentCollection<Stocktaking>("stocktakings")

/// Counts all that is in stock, a hundred articles at a time, and goes on by sending itself a
/// command. Such a chain is long on purpose, so it says how long it may become.
let takeStock: Function<Command<Stocktaking>> = Function("take-stock", depthMax: 10_000) {
    command, context in
    var taking = command.payload
    let page = try await context[stock].list(after: taking.after, limit: 100)
    taking.articles += page.items.count
    taking.pieces += page.items.reduce(0) { $0 + $1.document.count }
    taking.after = page.next
    taking.isDone = page.next == nil
    try context[stocktakings].put(taking)
    if !taking.isDone { try context.send(taking, to: takeStock) }
}
