import DequeModule

/// Work that waits for a slot: a line for each function, and the lines take turns.
struct SlotLines {
    private var lines: [Deque<Work>]
    private(set) var count = 0
    /// The function whose turn is next.
    private var next = 0

    init(functions: Int) { lines = Array(repeating: [], count: functions) }

    /// How many of one function wait.
    func count(of function: Int) -> Int { lines[function].count }

    mutating func append(_ work: Work) {
        lines[work.function].append(work)
        count += 1
    }

    /// The first in the next line whose function has room.
    mutating func popFirst(where hasRoom: (Int) -> Bool) -> Work? {
        guard count > 0 else { return nil }
        for step in lines.indices {
            let function = (next + step) % lines.count
            guard !lines[function].isEmpty, hasRoom(function) else { continue }
            next = (function + 1) % lines.count
            count -= 1
            return lines[function].removeFirst()
        }
        return nil
    }

    /// Everything that waits.
    var all: [Work] { lines.flatMap { $0 } }

    /// Takes out all that `isTaken` names, line by line, each in its order.
    mutating func removeAll(where isTaken: (Work) -> Bool) -> [Work] {
        guard count > 0 else { return [] }
        var taken: [Work] = []
        for function in lines.indices where lines[function].contains(where: isTaken) {
            taken += lines[function].filter(isTaken)
            lines[function].removeAll(where: isTaken)
        }
        count -= taken.count
        return taken
    }
}
