import Contract

/// What happens in a run from outside: what sources do, and what goes wrong.
struct Plan: Sendable {
    let seed: UInt64
    /// The wall clock at the beginning: two hours before it changes to summer or to winter time.
    let start: Instant
    let spanMilliseconds: Int64
    var actions: [Timed<Action>]
    var troubles: [Timed<Trouble>]

    /// Something at a time since the beginning.
    struct Timed<What: Sendable>: Sendable {
        var milliseconds: Int64
        var what: What
    }

    /// A fault that waits for its step.
    struct Trouble: Sendable {
        var fault: Fault
        var step: Step
    }

    /// What a source does; the number tells one from all others.
    enum Action: Sendable {
        case send(Int, to: Role, key: String?, afterMilliseconds: Int64)
        case publish(Int, orderingKey: String?, key: String?)
        case write(Int, path: String)
        case delete(path: String)
        case drop(Int, key: String)
        case remove(key: String)
        case call(Int, key: String?)
        case pause(Role, Bool)
        case cancel(Int)
        case retryDead(Role)
        case pauseSchedule(String, Bool)
    }

    /// 29 March and 25 October 2026, 01:00 UTC: when clocks in Berlin change.
    static let changes: [Int64] = [1_774_746_000_000, 1_792_890_000_000]
    /// How long after the beginning the clock changes.
    static let changeMilliseconds: Int64 = 7_200_000

    /// - Parameters:
    ///   - events: about how many events sources cause; handlers cause as many again.
    ///   - hours: how long the simulated time is.
    init(seed: UInt64, events: Int, hours: Int, faults: Int) {
        let chance = Chance(seed: seed)
        self.seed = seed
        start =
            Instant(milliseconds: Self.changes[Int(seed % 2)])
            - .milliseconds(Self.changeMilliseconds)
        spanMilliseconds = Int64(hours) * 3_600_000
        actions = Self.actions(chance, events, spanMilliseconds)
        troubles = Self.troubles(chance, faults, spanMilliseconds)
    }

    /// All pairs of a fault and a step, one after another over the seeds, at even distances.
    private static func troubles(
        _ chance: Chance, _ count: Int, _ span: Int64
    ) -> [Timed<Trouble>] {
        let pairs = Fault.allCases.filter { $0 != .clockChange }.flatMap { fault in
            Step.allCases.map { Trouble(fault: fault, step: $0) }
        }
        let first = changeMilliseconds + 300_000
        let distance = (span - first) / Int64(count + 1)
        return (0..<count).map { index in
            // A stride without a common factor visits every pair before one comes again.
            let place = (Int(chance.seed % 1_000_000) * count + index) &* 37 % pairs.count
            let late = Int64(chance.share(.fault, UInt64(index)) * Double(distance) / 2)
            return Timed(
                milliseconds: first + distance * Int64(index) + late, what: pairs[place])
        }
    }

    /// Bursts, for what happens at once meets more of what else happens.
    private static func actions(_ chance: Chance, _ count: Int, _ span: Int64) -> [Timed<Action>] {
        var actions: [Timed<Action>] = []
        let bursts = max(4, count / 14)
        for number in 0..<count {
            let burst = chance.below(bursts, .moment, UInt64(number))
            // One burst in eight goes over the change of the clock.
            var at = Int64(chance.share(.moment, UInt64(burst), 1) * Double(span - 60_000))
            if burst % 8 == 0 { at = changeMilliseconds - 20_000 }
            // One in three goes over a quarter of an hour, when a schedule fires.
            if burst % 3 == 1 { at = max(0, at / 900_000 * 900_000 - 8_000) }
            let late = Int64(chance.share(.moment, UInt64(number), 2) * 20_000)
            actions.append(
                Timed(milliseconds: at + late, what: Action.drawn(number, burst, chance)))
        }
        // A handler's file is on its way to its name when the clock changes.
        for number in 0..<3 {
            let action = Action.send(count + number, to: .export, key: nil, afterMilliseconds: 0)
            actions.append(
                Timed(milliseconds: changeMilliseconds - 9_000 + Int64(number), what: action))
        }
        return actions.sorted { $0.milliseconds < $1.milliseconds }
    }
}

extension Plan.Action {
    fileprivate static func drawn(_ number: Int, _ burst: Int, _ chance: Chance) -> Self {
        let subject = UInt64(number)
        func roll(_ count: Int, _ serial: Int) -> Int {
            chance.below(count, .action, subject, serial)
        }
        let key = roll(3, 1) == 0 ? "k\(burst)-\(roll(4, 2))" : nil
        switch roll(100, 0) {
        case 0..<34:
            let roles: [Role] = [.pay, .pay, .pay, .tally, .tally, .relay, .export, .slow]
            let role = roll(40, 3) == 0 ? .bomb : roles[roll(roles.count, 4)]
            let after = roll(8, 5) == 0 ? Int64(roll(120_000, 6)) : 0
            return .send(number, to: role, key: key, afterMilliseconds: after)
        case 34..<48:
            let orderingKey = roll(3, 3) == 0 ? nil : "o\(roll(3, 4))"
            return .publish(number, orderingKey: orderingKey, key: key)
        case 48..<58: return .write(number, path: "tally/\(roll(4, 3))")
        case 58..<60: return .delete(path: "tally/\(roll(4, 3))")
        case 60..<70: return .drop(number, key: "in/\(roll(6, 3)).csv")
        case 70..<72: return .remove(key: "in/\(roll(6, 3)).csv")
        case 72..<92: return .call(number, key: key.map { "c" + $0 })
        case 92..<94: return .pause(.slow, roll(2, 3) == 0)
        case 94..<97: return .cancel(number)
        case 97..<98: return .retryDead(roll(2, 3) == 0 ? .bomb : .serve)
        default: return .pauseSchedule("quarterly", roll(2, 3) == 0)
        }
    }
}
