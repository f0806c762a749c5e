import Contract
import Invocations

extension RandomChanges {
    mutating func plan() -> Asked {
        let (now, name) = (now, "s\(roll(3))")
        switch roll(6) {
        case 0:
            let names = (0..<roll(4)).map { "s\($0)" }
            let all = names.map { schedule($0) }
            return { _ in .plan(.declare(all, now: now)) }
        case 1:
            let set = schedule(name)
            return { _ in .plan(.set(set, now: now)) }
        case 2:
            let isPaused = roll(2) == 0
            return { _ in .plan(.pause(name, isPaused: isPaused, now: now)) }
        case 3 where roll(3) == 0: return { _ in .plan(.remove(name)) }
        default:
            // Each planned instant is another one, as the rule sees to it.
            planned = max(now, planned + .milliseconds(1))
            let ticks = (0...roll(2)).map { _ in
                planned = planned + .seconds(1)
                return PlannedTick(planned: planned, record: tick(name))
            }
            let overlap: [Firing.Overlap] = [.skip, .queue, .allow]
            let firing = Firing(
                schedule: name, after: cursors[name] ?? now, through: roll(4) == 0 ? nil : planned,
                ticks: ticks, overlap: overlap[roll(3)], now: now)
            return { _ in .plan(.fire(firing)) }
        }
    }

    mutating func announce() -> Asked {
        let files = (0...roll(3)).map { _ in
            Announcing.Found(key: "f\(roll(3))", mark: mark(), isTouched: roll(3) == 0)
        }
        let announcing = Announcing(
            bucket: "inbox", files: files, origin: Origin(now: now),
            placedThrough: roll(3) == 0 ? Int64(roll(300)) : 0)
        return { _ in .announce(announcing) }
    }

    /// A file that a handler sends to the bucket, or deletes from it.
    mutating func file() -> StagedFile {
        StagedFile(bucket: "inbox", key: "f\(roll(3))", name: "effect-\(roll(99))", mark: mark())
    }

    private mutating func mark() -> FileMark? {
        guard roll(4) > 0 else { return nil }
        return FileMark(size: Int64(roll(2)), modifiedNanoseconds: Int64(roll(3)), inode: 1)
    }

    private mutating func schedule(_ name: String) -> ScheduleDeclaration {
        ScheduleDeclaration(
            name: name, function: "three",
            pattern: roll(2) == 0 ? .cron("* * * * *") : .everyMilliseconds(1000), zone: "UTC",
            missed: "latest", overlap: "skip", gap: "after", repeated: "first",
            jitterMilliseconds: Int64(roll(2)))
    }

    private mutating func tick(_ name: String) -> Record {
        let event = NewEvent(kind: .tick, subject: name, acceptedAt: now, data: [1])
        let owed = Owed(
            function: StoreUnderTest.three,
            start: roll(3) == 0 ? .at(now + .seconds(2)) : .whenClaimed,
            orderingKey: roll(2) == 0 ? "schedule/\(name)" : nil)
        return Record(event: event, owed: [owed], comesFromOutside: false)
    }
}
