import Invocations

/// Who may run next at the documents that several attempts lost on.
///
/// A rerun takes its turn at every document that it lost on so far, one after another in path
/// order, so that two can never wait for each other; at one document turns go in event order. While
/// somebody holds a turn, any other attempt that read the document loses to it: so a hot document
/// costs two runs a command at any load.
package struct DocumentTurns: Sendable {
    /// Who takes turns: sorts by event.
    package struct Ticket: Sendable, Hashable, Comparable {
        /// Where its event stands among all.
        package var order: Int64
        /// Decides between tickets of one place; two tickets never share it.
        package var serial: UInt64

        /// Whoever hands tickets out counts them.
        package init(order: Int64, serial: UInt64) {
            self.order = order
            self.serial = serial
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.order, left.serial) < (right.order, right.serial)
        }
    }

    private struct Line: Sendable {
        var holder: Ticket?
        var waiting: [Ticket] = []
    }

    private var lines: [String: Line] = [:]
    private var wanted: [Ticket: [String]] = [:]

    /// Nobody has lost a document yet.
    package init() {}

    /// True when somebody else holds a turn at one of `paths`.
    package func isHeld(_ paths: some Sequence<String>, byOtherThan ticket: Ticket?) -> Bool {
        guard !lines.isEmpty else { return false }
        return paths.contains { path in
            guard let holder = lines[path]?.holder else { return false }
            return holder != ticket
        }
    }

    /// Stands in line at all of `paths`; true when all turns are held at once.
    package mutating func take(_ paths: Set<String>, _ ticket: Ticket) -> Bool {
        precondition(!paths.isEmpty, "a turn is taken at a document")
        precondition(wanted[ticket] == nil, "a ticket stands in line once")
        wanted[ticket] = paths.sorted()
        return advance(ticket)
    }

    /// Leaves all lines and answers who may run now.
    package mutating func end(_ ticket: Ticket) -> [Ticket] {
        var moved: [Ticket] = []
        for path in wanted.removeValue(forKey: ticket) ?? [] {
            guard var line = lines[path] else { continue }
            if line.holder == ticket {
                line.holder = line.waiting.isEmpty ? nil : line.waiting.removeFirst()
                if let next = line.holder { moved.append(next) }
            } else {
                line.waiting.removeAll { $0 == ticket }
            }
            lines[path] = line.holder == nil ? nil : line
        }
        return moved.filter { advance($0) }
    }

    /// Takes turn after turn; true when none is missing.
    private mutating func advance(_ ticket: Ticket) -> Bool {
        for path in wanted[ticket] ?? [] {
            var line = lines[path] ?? Line()
            if line.holder == ticket { continue }
            if line.holder == nil {
                line.holder = ticket
                lines[path] = line
                continue
            }
            if !line.waiting.contains(ticket) {
                line.waiting.insert(
                    ticket, at: line.waiting.firstIndex { ticket < $0 } ?? line.waiting.endIndex)
                lines[path] = line
            }
            return false
        }
        return true
    }
}
