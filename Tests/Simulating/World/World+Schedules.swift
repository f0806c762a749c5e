import Contract
import Intake
import Invocations

/// What the schedule clock of a real host does: looks at the wall clock, asks the rule, records.
extension World {
    /// Looks at all schedules, in some milliseconds or before.
    func lookAtSchedules(in milliseconds: Int64) {
        let at = uptime + max(0, milliseconds)
        guard let host, host.nextScheduleLookAt ?? .max > at else { return }
        host.nextScheduleLookAt = at
        later(milliseconds, .schedules)
    }

    func lookAtSchedules() {
        guard let host, host.nextScheduleLookAt == uptime else { return }
        host.nextScheduleLookAt = nil
        if breach == .stopsFiring, uptime > 10_800_000 { return }
        for name in host.schedules.keys.sorted() {
            guard let followed = host.schedules[name], let next = followed.next, next <= now,
                !followed.isFiring
            else { continue }
            fire(followed, name, host)
        }
        wait(host)
    }

    private func fire(_ followed: SimulatedHost.Followed, _ name: String, _ host: SimulatedHost) {
        guard
            let firing = followed.rule.firing(
                of: followed.row, host.dispatcher.registry, now: now, chance: { self.draw() })
        else {
            host.schedules[name]!.next = followed.rule.next(after: followed.row.cursor)
            return
        }
        host.schedules[name]!.isFiring = true
        host.dispatcher.plan(.fire(firing)) { [unowned self] in fired(name, host, $0) }
    }

    private func fired(_ name: String, _ host: SimulatedHost, _ answer: Answer) {
        guard let followed = host.schedules[name] else { return }
        switch answer {
        case .planned(let planned):
            var row = followed.row
            row.take(planned)
            host.schedules[name] = SimulatedHost.Followed(row, followed.rule)
        case .refused(.firedMeanwhile):
            return later(0, .refresh(name))
        default:
            host.schedules[name]!.isFiring = false
            return lookAtSchedules(in: 1_000)
        }
        wait(host)
    }

    /// Reads the row anew, where another clock decided meanwhile.
    nonisolated(nonsending) func refresh(_ name: String) async throws(Violation) {
        guard let host, case .schedules(let rows) = try await read(.schedule(name: name)),
            let row = rows.first
        else { return }
        try follow(row, host)
        wait(host)
    }

    private func wait(_ host: SimulatedHost) {
        let next = host.schedules.values.filter { !$0.isFiring }.compactMap(\.next).min()
        guard let next else { return }
        lookAtSchedules(in: (next - now).milliseconds)
    }

    func pauseSchedule(_ name: String, _ isPaused: Bool) {
        guard let host else { return }
        host.dispatcher.plan(.pause(name, isPaused: isPaused, now: now)) { [unowned self] answer in
            guard case .planned(let planned) = answer, let row = planned.row,
                let followed = host.schedules[name]
            else { return }
            let isFiring = followed.isFiring
            host.schedules[name] = SimulatedHost.Followed(row, followed.rule)
            host.schedules[name]!.isFiring = isFiring
            wait(host)
        }
    }
}
