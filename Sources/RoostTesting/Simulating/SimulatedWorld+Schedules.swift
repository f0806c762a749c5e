import Contract
import Cron
import Dispatching
import FoundationEssentials
import Intake
import Invocations

/// How a simulated host fires its schedules: by the host's own rule, whenever one of them is due.
extension SimulatedWorld {
    func followSchedules(_ declarations: [ScheduleDeclaration]) async throws {
        _ = await store.commit([.plan(.declare(declarations, now: clock))])
        guard case .schedules(let rows) = try await store.read(.schedules(after: nil, limit: .max))
        else { preconditionFailure("schedules were asked for") }
        for row in rows { try follow(row) }
        dispatcher?.planned = { [unowned self] _ in lookAtSchedules(at: clock) }
        lookAtSchedules(at: clock)
    }

    private func follow(_ row: ScheduleRow) throws {
        let rule = try row.declaration.rule { try Zone.ofMachine($0) }
        schedules[row.declaration.name] = Followed(row, rule)
    }

    /// Plans a look, unless one comes before: that one finds out when the next is due.
    private func lookAtSchedules(at instant: Instant) {
        let time = max(instant, clock)
        guard schedulesAt ?? .distantFuture > time else { return }
        schedulesAt = time
        at(time, .schedules)
    }

    func lookAtSchedules() async throws {
        guard let dispatcher, let due = schedulesAt, due <= clock else { return }
        schedulesAt = nil
        guard case .schedules(let rows) = try await store.read(.schedules(after: nil, limit: .max))
        else { preconditionFailure("schedules were asked for") }
        let names = Set(rows.map(\.declaration.name))
        schedules = schedules.filter { names.contains($0.key) }
        for row in rows where schedules[row.declaration.name]?.row != row { try follow(row) }
        for name in schedules.keys.sorted() {
            guard let followed = schedules[name], let next = followed.next, next <= clock else {
                continue
            }
            guard
                let firing = followed.rule.firing(
                    of: followed.row, dispatcher.registry, now: clock, chance: { self.draw() })
            else { continue }
            dispatcher.plan(.fire(firing)) { [unowned self] _ in lookAtSchedules(at: clock) }
            schedules[name]?.next = nil
        }
        if let next = schedules.values.compactMap(\.next).min() { lookAtSchedules(at: next) }
    }
}

extension Zone {
    /// The zone of an IANA name, from the machine's tzdata.
    fileprivate static func ofMachine(_ name: String) throws -> Zone {
        if name == "UTC" { return .utc }
        let url = URL(filePath: "/usr/share/zoneinfo").appending(path: name)
        return try Zone(name: name, tzif: Array(try Data(contentsOf: url)))
    }
}
