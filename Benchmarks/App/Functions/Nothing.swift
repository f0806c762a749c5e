import Glibc
import Roost

struct Work: Codable, Sendable {
    var id: String
}

let hello = Function("hello") { (_: WebRequest, _) in .text("Hello, world!") }

let noop = Function("noop") { (_: Command<Work>, _) in }

/// Keeps its one slot for as long as anything here measures.
let slow = Function("slow", timeout: .minutes(5), concurrency: 1) { (_: Command<Work>, _) in
    try await Task.sleep(for: .seconds(240))
}

/// As many more as make the app one of BENCH_FUNCTIONS functions.
let spare: [any Registered] = {
    let wanted = getenv("BENCH_FUNCTIONS").flatMap { Int(String(cString: $0)) } ?? 0
    return (0..<max(0, wanted - 5)).map { number in
        Function("spare-\(number)") { (_: Command<Work>, _) in }
    }
}()
