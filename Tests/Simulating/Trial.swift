package import Contract
import Cron
import Foundation

/// One seed, run from its beginning to its end.
package struct Trial: Sendable {
    /// Decides everything that happens.
    package var seed: UInt64
    /// About how many events come from outside.
    package var events: Int
    /// How long the simulated time is.
    package var hours: Int
    /// How many faults wait for their steps.
    package var faults: Int
    /// A rule that is broken on purpose.
    package var breach: Breach?
    /// Where the store lies.
    package var medium: Medium

    /// Where a simulated store lies.
    package enum Medium: String, Sendable, CaseIterable {
        case memory
        case sqlite
    }

    /// A simulated day with what the tests ask for, unless it says otherwise.
    package init(
        seed: UInt64, events: Int = 1_800, hours: Int = 24, faults: Int = 40,
        breach: Breach? = nil, medium: Medium = .memory
    ) {
        self.seed = seed
        self.events = events
        self.hours = hours
        self.faults = faults
        self.breach = breach
        self.medium = medium
    }

    /// What a run came to.
    package struct Result: Sendable {
        /// Nil where every rule held.
        package var violation: Violation?
        /// Which fault met which step.
        package var table = FaultTable()
        /// Events that were recorded, of all triggers.
        package var events = 0
        /// The kinds of these events.
        package var kinds: Set<InputKind> = []
        /// Hosts that ended while they started.
        package var cutStarts = 0
        /// Faults whose step never came.
        package var faultsLeft = 0
        /// What happened, where it was traced.
        package var trace: [String] = []
    }

    /// Runs it.
    package nonisolated(nonsending) func run() async throws -> Result {
        try await run(plan, isTraced: false)
    }

    var plan: Plan { Plan(seed: seed, events: events, hours: hours, faults: faults) }

    nonisolated(nonsending) func run(_ plan: Plan, isTraced: Bool) async throws -> Result {
        let limits = Self.limits
        let disk: any SimulatedDisk =
            switch medium {
            case .memory:
                MemoryDisk(limits: limits, syncsLate: breach == .answersBeforeSync)
            case .sqlite: try SQLiteDisk(limits: limits)
            }
        defer { disk.close() }
        let world = World(
            plan, zone: try Self.berlin(), disk: disk, limits: limits, breach: breach,
            isTraced: isTraced)
        var result = Result()
        do throws(Violation) {
            try await world.run()
        } catch {
            result.violation = error
        }
        result.table = world.table
        result.events = Int(world.model.lastEvent)
        result.kinds = world.model.kinds
        result.faultsLeft = world.faultsLeft
        result.cutStarts = world.cutStarts
        result.trace = world.trace.lines
        return result
    }

    /// What is kept is kept for hours, so that a day sees it go.
    private static var limits: Limits {
        var limits = Limits()
        limits.historyKept = .hours(2)
        limits.deadKept = .hours(5)
        limits.keysKept = .hours(3)
        limits.pruneSlice = .seconds(60)
        return limits
    }

    private static func berlin() throws -> Zone {
        let name = "Europe/Berlin"
        let bytes = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))
        return try Zone(name: name, tzif: Array(bytes))
    }
}
