package import Contract
package import Cron
package import Dispatching
package import EventLoop
import HeapModule
package import Invocations

/// Fires schedules: looks at the wall clock, decides by `ScheduleRule`, and records through the
/// dispatcher's journal.
///
/// Their rows are the truth. What is kept here is when each is due next, in a heap that is looked
/// at when its first is due and at least once a second, so that a wall clock that jumps is seen.
@LoopActor
package final class ScheduleClock {
    let dispatcher: Dispatcher
    private let store: any Store
    let now: @Sendable () -> Instant
    let zone: @LoopActor (String) throws -> Zone
    let timer = LoopTimer()
    var entries: [String: Entry] = [:]
    var heap = Heap<Due>()
    private var rules = ScheduleRules()
    var firing = 0
    private var generation = 0
    var isClosed = false
    /// How long after its planned instant a tick was known to be recorded.
    package internal(set) var lateness = Histogram(bounds: latenessBounds)
    /// Told of a schedule that can't be followed.
    package var noted: @LoopActor (_ message: String, _ fields: [String: String]) -> Void = {
        _, _ in
    }

    /// A schedule that is followed; an object, for a hundred thousand of them are looked up and
    /// moved about, and each is large.
    final class Entry {
        var row: ScheduleRow
        let rule: ScheduleRule
        /// Tells its entry in the heap from older ones.
        let generation: Int
        var isFiring: Bool

        init(_ row: ScheduleRow, _ rule: ScheduleRule, generation: Int, isFiring: Bool) {
            self.row = row
            self.rule = rule
            self.generation = generation
            self.isFiring = isFiring
        }
    }

    struct Due: Comparable {
        let at: Instant
        let name: String
        let generation: Int

        static func < (left: Due, right: Due) -> Bool {
            (left.at, left.generation) < (right.at, right.generation)
        }
    }

    private static let rowsPerPage = 1_000
    /// Instants in the heap that no schedule waits for any more, beside one for each schedule.
    private static let staleMax = 1_000

    /// Fires nothing before `start`.
    package init(
        dispatcher: Dispatcher, store: any Store, now: @escaping @Sendable () -> Instant,
        zone: @escaping @LoopActor (String) throws -> Zone
    ) {
        self.dispatcher = dispatcher
        self.store = store
        self.now = now
        self.zone = zone
    }

    /// Makes the app's schedules known, reads all that there are, and fires from then on.
    package func start(_ declarations: [ScheduleDeclaration]) async throws {
        if case .refused(let refusal) = await plan(.declare(declarations, now: now())) {
            throw ScheduleMistake(description: "the schedules could not be recorded: \(refusal)")
        }
        var last: String?
        repeat {
            guard
                case .schedules(let rows) = try await store.read(
                    .schedules(after: last, limit: Self.rowsPerPage))
            else { preconditionFailure("schedules were asked for") }
            for row in rows { follow(row) }
            last = rows.count == Self.rowsPerPage ? rows.last?.declaration.name : nil
        } while last != nil
        dispatcher.planned = { [weak self] plans in
            for name in Set(plans.compactMap(\.name)) { self?.refresh(name) }
        }
        look()
    }

    /// Ends it; it must be called once before the last reference goes.
    package func close() {
        isClosed = true
        timer.close()
    }

    /// Changes a schedule, and follows it as it is then.
    package func plan(_ planning: Planning) async -> Answer {
        let answer = await withCheckedContinuation { continuation in
            dispatcher.plan(planning) { continuation.resume(returning: $0) }
        }
        if case .planned(let planned) = answer, let name = planning.name {
            if planned.cursor == nil {
                follow(planned.row, named: name)
            } else {
                entries[name]?.row.take(planned)
            }
        }
        return answer
    }

    /// Fires one now, whatever its pattern and its jitter say.
    package func fire(_ name: String) async -> Answer {
        guard let entry = entries[name] else { return .refused(.unknownSchedule(name)) }
        let now = now()
        return await plan(
            .fire(
                Firing(
                    schedule: name, after: entry.row.cursor, through: nil,
                    ticks: [
                        entry.row.tick(planned: now, dispatcher.registry, now: now, chance: 0)
                    ].compactMap(\.self),
                    overlap: .allow, now: now)))
    }

    /// The next planned instants of a schedule, as things are.
    package func next(of name: String, count: Int) -> [Instant] {
        guard let entry = entries[name], !entry.row.isPaused, !entry.row.isRetired else {
            return []
        }
        let start = max(entry.row.cursor, now())
        return entry.rule.timetable.instants(after: start.unix, max: count).map { Instant($0) }
    }

    // MARK: following

    /// Reads the row anew: a handler's commit says only that it changed.
    func refresh(_ name: String) {
        Task { [weak self] in
            guard let self else { return }
            do {
                guard case .schedules(let rows) = try await store.read(.schedule(name: name)) else {
                    preconditionFailure("a schedule was asked for")
                }
                follow(rows.first, named: name)
            } catch {
                noted(
                    "schedule could not be read; it stays as it was until the next start",
                    ["schedule": name, "reason": "\(error)"])
            }
        }
    }

    private func follow(_ row: ScheduleRow?, named name: String) {
        if let row { follow(row) } else { entries[name] = nil }
    }

    private func follow(_ row: ScheduleRow) {
        let name = row.declaration.name
        do throws(ScheduleMistake) {
            let rule = try rules.rule(of: row.declaration) { try zone($0) }
            generation += 1
            let isFiring = entries[name]?.isFiring ?? false
            entries[name] = Entry(row, rule, generation: generation, isFiring: isFiring)
            guard !isClosed else { return }
            wait(for: name)
        } catch {
            entries[name] = nil
            noted("schedule can't be followed", ["schedule": name, "reason": error.description])
        }
    }

    /// Puts its next instant into the heap.
    func wait(for name: String, notBefore: Instant = .distantPast) {
        guard let entry = entries[name], !entry.row.isPaused, !entry.row.isRetired,
            let next = entry.rule.next(after: entry.row.cursor)
        else { return }
        heap.insert(Due(at: max(next, notBefore), name: name, generation: entry.generation))
        // A schedule that is set again and again leaves its old instants behind.
        if heap.count > 2 * entries.count + Self.staleMax {
            heap = Heap(heap.unordered.filter { entries[$0.name]?.generation == $0.generation })
        }
        if heap.min?.name == name { schedule() }
    }
}
