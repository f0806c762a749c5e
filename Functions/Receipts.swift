import Roost

struct Receipt: Codable, Sendable {
    var order: String
}

let sendReceipt = Function("send-receipt") { (command: Command<Receipt>, context) in }
