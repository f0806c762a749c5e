import Glibc
import Roost

struct Work: Codable, Sendable {
    var id = ""
    var milliseconds = 0
}

let noop = Function("noop") { (_: Command<Work>, _) in }

struct Failure: Error {}

let fail = Function("fail", retry: .fixed(.milliseconds(20), attempts: 3)) {
    (_: Command<Work>, _) in
    throw Failure()
}

let failOnRequest = Function("fail-on-request") { (_: WebRequest, _) in throw Failure() }

let crash = Function("crash", retry: .fixed(.milliseconds(20), attempts: 2)) {
    (_: Command<Work>, _) in
    fatalError("the probe crashes")
}

let crashInChildTask = Function("crash-in-child-task", retry: .never) { (_: Command<Work>, _) in
    await withTaskGroup(of: Void.self) { group in
        group.addTask { abort() }
    }
}

let spin = Function("spin", timeout: .seconds(1), retry: .never) { (_: Command<Work>, _) in
    while true {}
}

let leave = Function("leave", retry: .fixed(.milliseconds(20), attempts: 2)) {
    (_: Command<Work>, _) in
    exit(3)
}

/// Writes on the descriptor that only the worker's own loop may use.
let garbage = Function("garbage", retry: .fixed(.milliseconds(20), attempts: 2)) {
    (_: Command<Work>, _) in
    let bytes = [UInt8](repeating: 0xFF, count: 64)
    _ = bytes.withUnsafeBytes { write(3, $0.baseAddress, $0.count) }
    try await Task.sleep(for: .seconds(30))
}

let rest = Function("rest") { (command: Command<Work>, _) in
    try await Task.sleep(for: .milliseconds(command.payload.milliseconds))
}

/// Holds so many mebibytes as it is told, for as long as it is told.
let hoard = Function("hoard", retry: .never) { (command: Command<Hoard>, _) in
    let bytes = command.payload.mebibytes << 20
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
    defer { memory.deallocate() }
    memset(memory, 1, bytes)
    try await Task.sleep(for: .milliseconds(command.payload.milliseconds))
}

struct Hoard: Codable, Sendable {
    var mebibytes = 0
    var milliseconds = 0
}

let crashOnRequest = Function("crash-on-request") { (_: WebRequest, _) in
    fatalError("the probe crashes on request")
}
