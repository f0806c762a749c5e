import Invocations

/// The two digits under which a state is stored, which leave room for states that come later.
extension InvocationState {
    var code: Int64 { Int64(rawValue + 1) * 10 }

    /// Traps where the row holds no state of ours, which a checked file doesn't.
    init(code: Int64) {
        guard code % 10 == 0, let state = InvocationState(rawValue: Int(code / 10) - 1) else {
            preconditionFailure("a row holds the state \(code), which is none")
        }
        self = state
    }
}

/// Whether an invocation may run as far as its ordering key goes.
enum Turn {
    /// An earlier one of its key is owed.
    static let waits: Int64 = 0
    /// It is the first of its key, or has none.
    static let has: Int64 = 1
    /// A person retried it: its place is gone, and it runs beside its key's others.
    static let free: Int64 = 2
}
