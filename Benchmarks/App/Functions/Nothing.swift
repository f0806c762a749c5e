import Roost

struct Work: Codable, Sendable {
    var id: String
}

let hello = Function("hello") { (_: WebRequest, _) in .text("Hello, world!") }

let noop = Function("noop") { (_: Command<Work>, _) in }
