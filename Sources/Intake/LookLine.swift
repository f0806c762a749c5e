/// The paths that have to be looked at, each once, and when: a pure value.
///
/// A path is due at once when something happened to it. What was found unfinished is due again
/// after 10 ms, then twice as long each time, up to a second.
struct LookLine {
    struct Entry: Equatable {
        var path: String
        /// True where nothing but its times was said to have changed.
        var isTouched: Bool
        var looks = 0
    }

    private struct Waiting {
        var entry: Entry
        var dueAt: UInt64
    }

    /// By the bytes of the path, for equal texts may have different bytes.
    private var waiting: [[UInt8]: Waiting] = [:]
    private var ready: [[UInt8]] = []

    /// Beyond it whoever adds should wait.
    static let pathsMax = 20_000
    private static let firstDelay: UInt64 = 10_000_000
    private static let delayMax: UInt64 = 1_000_000_000

    var count: Int { waiting.count }
    var isFull: Bool { waiting.count >= Self.pathsMax }

    /// Something happened to a path: it is due at once.
    mutating func add(_ path: String, isTouched: Bool = false) {
        let name = Array(path.utf8)
        if let known = waiting[name] {
            let entry = Entry(path: path, isTouched: known.entry.isTouched && isTouched)
            waiting[name] = Waiting(entry: entry, dueAt: 0)
            if known.dueAt > 0 { ready.append(name) }
        } else {
            waiting[name] = Waiting(entry: Entry(path: path, isTouched: isTouched), dueAt: 0)
            ready.append(name)
        }
    }

    /// A look found it unfinished.
    mutating func again(_ entry: Entry, at now: UInt64) {
        let name = Array(entry.path.utf8)
        // What happened meanwhile is due at once.
        guard waiting[name] == nil else { return }
        var entry = entry
        let delay = min(Self.firstDelay << UInt64(min(entry.looks, 10)), Self.delayMax)
        entry.looks += 1
        waiting[name] = Waiting(entry: entry, dueAt: now + delay)
    }

    /// Takes out what is due: first what happened, then what waits.
    mutating func due(at now: UInt64, max: Int) -> [Entry] {
        var due: [Entry] = []
        var taken = 0
        while taken < ready.count, due.count < max {
            if let waits = waiting.removeValue(forKey: ready[taken]) { due.append(waits.entry) }
            taken += 1
        }
        ready.removeFirst(taken)
        guard due.count < max, ready.isEmpty else { return due }
        let late = waiting.filter { $0.value.dueAt <= now }.prefix(max - due.count)
        for (name, waits) in late {
            waiting[name] = nil
            due.append(waits.entry)
        }
        return due
    }
}
