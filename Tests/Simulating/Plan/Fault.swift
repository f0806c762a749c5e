/// What goes wrong.
package enum Fault: String, Sendable, CaseIterable {
    /// The host's process is killed: what the store was handed may be on the disk or not.
    case killHost
    /// The machine loses power: what was not synced is gone.
    case powerCut
    /// A worker dies with all that runs in it.
    case workerCrash
    /// A handler never ends, up to its timeout.
    case hang
    /// A worker reports what no handler can ask for.
    case garbage
    /// An outcome is told twice.
    case duplicateOutcome
    /// An outcome comes when a later host has taken the work back.
    case lateOutcome
    /// Somebody else holds the store's lock for a second.
    case storeBusy
    /// The disk is full for half a minute.
    case diskFull
    /// A write or a sync fails: the store writes no more until the host is started anew.
    case ioError
    /// The same, and what it was to write is on the disk after all.
    case falseFailure
    case secondForward, secondBack, hourForward, hourBack, dayForward, dayBack
    /// The clock on the wall goes from winter to summer time, or back.
    case clockChange
    /// A publisher sends what it sent before; a second clock fires what was fired.
    case duplicatePublish
    /// What a handler read changes before it ends.
    case changedRead

    /// Ends the host, whatever else is wrong with it.
    var isEnd: Bool { self == .killHost || self == .powerCut }

    /// By how much the wall clock is set, in milliseconds.
    var stepMilliseconds: Int64? {
        switch self {
        // A second is a little more, for less is how clocks are kept right.
        case .secondForward: 1_700
        case .secondBack: -1_700
        case .hourForward: 3_600_000
        case .hourBack: -3_600_000
        case .dayForward: 86_400_000
        case .dayBack: -86_400_000
        case .killHost, .powerCut, .workerCrash, .hang, .garbage, .duplicateOutcome, .lateOutcome,
            .storeBusy, .diskFull, .ioError, .falseFailure, .clockChange, .duplicatePublish,
            .changedRead:
            nil
        }
    }
}

/// What is under way when something goes wrong.
package enum Step: String, Sendable, CaseIterable {
    /// An event on its way to the store.
    case record
    case claim
    /// The end of an attempt or of a call on its way to the store.
    case settle
    /// A committed file on its way to its name.
    case rename
    /// Planned instants of a schedule on their way to the store.
    case fire
    case prune
}

/// How often each fault met each step.
package struct FaultTable: Sendable, Equatable {
    private var counts: [Cell: Int] = [:]

    private struct Cell: Hashable {
        var fault: Fault
        var step: Step
    }

    package init() {}

    package subscript(fault: Fault, step: Step) -> Int {
        counts[Cell(fault: fault, step: step)] ?? 0
    }

    /// Those that never met.
    package var empty: [(fault: Fault, step: Step)] {
        Fault.allCases.flatMap { fault in
            Step.allCases.filter { self[fault, $0] == 0 }.map { (fault: fault, step: $0) }
        }
    }

    mutating func note(_ fault: Fault, _ steps: some Sequence<Step>) {
        for step in steps { counts[Cell(fault: fault, step: step), default: 0] += 1 }
    }

    package mutating func add(_ other: FaultTable) {
        counts.merge(other.counts) { $0 + $1 }
    }

    /// For people: a line for each fault, a column for each step.
    package var text: String {
        func cell(_ text: String) -> String {
            String(repeating: " ", count: max(1, 10 - text.count)) + text
        }
        func line(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: max(1, 18 - name.count))
                + cells.map(cell).joined()
        }
        let head = line("", Step.allCases.map(\.rawValue))
        let lines = Fault.allCases.map { fault in
            line(fault.rawValue, Step.allCases.map { "\(self[fault, $0])" })
        }
        return ([head] + lines).joined(separator: "\n")
    }
}
