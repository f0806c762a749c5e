import Contract
import Invocations

extension ScheduleClock {
    /// Firings on their way to the store at once.
    private static let firingMax = 1_000
    /// Schedules looked at in one turn of the loop.
    private static let looksPerTurn = 250
    /// How long a firing waits that the store did not take.
    private static let again = Duration.seconds(1)

    /// Close to each other where a punctual host lies, then as far as a missed tick may be late.
    static let latenessBounds: [Duration] =
        stride(from: 5, through: 100, by: 5).map { .milliseconds($0) }
        + [.milliseconds(250), .milliseconds(500)]
        + [1, 2, 5, 10, 60, 600, 3600].map { .seconds($0) }

    func schedule() {
        guard !isClosed, let first = heap.min, firing < Self.firingMax else { return }
        let delay = min(max(first.at - now(), .zero), .seconds(1))
        timer.schedule(after: delay) { [weak self] in self?.look() }
    }

    func look() {
        let now = now()
        var looks = 0
        while let first = heap.min, first.at <= now, looks < Self.looksPerTurn,
            firing < Self.firingMax
        {
            heap.removeMin()
            looks += 1
            guard let entry = entries[first.name], entry.generation == first.generation,
                !entry.isFiring
            else { continue }
            fire(entry, now)
        }
        schedule()
    }

    private func fire(_ entry: Entry, _ now: Instant) {
        let name = entry.row.declaration.name
        guard
            let firing = entry.rule.firing(
                of: entry.row, dispatcher.registry, now: now, chance: dispatcher.chance)
        else { return wait(for: name) }
        entries[name]?.isFiring = true
        self.firing += 1
        dispatcher.plan(.fire(firing)) { [weak self] answer in
            self?.fired(name, firing.ticks, answer)
        }
    }

    private func fired(_ name: String, _ ticks: [PlannedTick], _ answer: Answer) {
        firing -= 1
        entries[name]?.isFiring = false
        switch answer {
        case .planned(let planned):
            note(ticks, planned)
            entries[name]?.row.take(planned)
            wait(for: name)
        case .refused(.firedMeanwhile): refresh(name)
        case .refused(let refusal):
            noted("schedule could not fire", ["schedule": name, "reason": "\(refusal)"])
            wait(for: name, notBefore: now() + Self.again)
        default: preconditionFailure("a firing is planned or refused")
        }
        schedule()
    }

    private func note(_ ticks: [PlannedTick], _ planned: Planned) {
        let now = now()
        for (tick, recorded) in zip(ticks, planned.recorded) where recorded != nil {
            lateness.add(now - tick.planned)
        }
    }
}
