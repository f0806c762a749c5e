import Contract
import Invocations

/// Changes by chance, as a host would make them, from a seed.
struct RandomChanges {
    /// A change as either store is asked it.
    typealias Asked = (LeaseOrigin) -> Change

    private var random: SplitMix
    var now = StoreUnderTest.now
    private var held: [(invocation: InvocationNumber, lease: Int64)] = []
    private var known: [InvocationNumber] = []
    var cursors: [String: Instant] = [:]
    var planned = StoreUnderTest.now

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    /// True now and then: the host ends here.
    var restarts: Bool {
        mutating get { roll(25) == 0 }
    }

    mutating func commit() -> [Asked] {
        now = now + .milliseconds(Int64(roll(4_000)))
        return (0...roll(8)).map { _ in change() }
    }

    /// Notes what was handed out and what became known.
    mutating func learn(_ answers: [Answer], to changes: [Change]) {
        for (change, answer) in zip(changes, answers) {
            switch answer {
            case .recorded(let recorded):
                known.append(InvocationNumber(event: recorded.number, ordinal: 0))
                for started in recorded.started {
                    let number = InvocationNumber(event: recorded.number, ordinal: started.ordinal)
                    held.append((number, LeaseOrigin.memory.told(started.lease)))
                }
            case .claimed(let claimed):
                for held in claimed.invocations.map(\.held) {
                    self.held.append((held.invocation, LeaseOrigin.memory.told(held.lease)))
                }
            case .planned(let planned):
                guard case .plan(let planning) = change, let name = planning.name else { break }
                cursors[name] = planned.cursor ?? planned.row?.cursor
            default: break
            }
        }
    }

    private mutating func change() -> Asked {
        switch roll(20) {
        case 0..<5:
            let record = record(fromOutside: true)
            return { _ in .record(record) }
        case 5..<7:
            let wants = (1...3).map { Claim.Want(function: FunctionNumber($0), invocationsMax: 3) }
            let claim = Claim(wants: wants, invocationsMax: 5, bytesMax: 40, now: now)
            return { _ in .claim(claim) }
        case 7..<12: return settle()
        case 12: return byHand()
        case 16..<18: return plan()
        case 18..<20: return announce()
        case 13:
            let (function, isPaused) = (FunctionNumber(Int64(roll(3)) + 1), roll(3) == 0)
            return { _ in .pause(function, isPaused: isPaused) }
        case 14:
            let (writes, now) = (
                (0...roll(3)).map { _ in ConditionalWrite(write(), ifVersion: version()) }, now
            )
            let triggers = roll(4) > 0
            return { _ in .write(Writing(writes, origin: Origin(now: now), triggers: triggers)) }
        default: return other()
        }
    }

    private mutating func other() -> Asked {
        let now = now
        switch roll(3) {
        case 0:
            let names = StoreUnderTest.names.filter { _ in roll(4) > 0 }
            let functions = names.map { FunctionDeclaration(name: $0, input: .command) }
            let triggers = roll(3) == 0 ? [] : Self.triggers
            return { _ in
                .register(Registration(functions: functions, triggers: triggers, now: now))
            }
        case 1:
            guard let held = take() else { return { _ in .release([]) } }
            return { .release([Held(invocation: held.invocation, lease: $0.lease(held.lease))]) }
        default:
            let effects = effects()
            let event = StoreUnderTest.event(
                at: now, callID: EventID(callAt: now, random: random.next() >> 2))
            let ending = StoreUnderTest.ending(.succeeded, .succeeded, at: now)
            let conclusion = Conclusion(
                event: event, function: StoreUnderTest.one, runs: 1 + roll(2), ending: ending,
                effects: effects, response: response())
            return { _ in .conclude(conclusion) }
        }
    }

    /// The keys of the calls whose answers are kept.
    static let responseKeys: [[UInt8]] = (1...3).map { Array(repeating: $0, count: 32) }

    private mutating func response() -> StoredResponse? {
        guard roll(2) == 0 else { return nil }
        return StoredResponse(
            keyHash: Self.responseKeys[roll(Self.responseKeys.count)],
            fingerprint: [UInt8(roll(9))], status: 200 + roll(9),
            fields: [RequestData.Field("A", "\(roll(9))")], body: [UInt8(roll(9))],
            expiresAt: now + .seconds(Int64(roll(60))))
    }

    private static let triggers = [
        TriggerDeclaration(
            function: "two",
            rule: .file(bucket: "inbox", matching: "**", kinds: ["created", "updated"])),
        TriggerDeclaration(
            function: "three", rule: .file(bucket: "inbox", matching: "f1", kinds: ["deleted"])),
        TriggerDeclaration(
            function: "two", rule: .document(pattern: "docs/{id}", kinds: ["created", "deleted"])),
        TriggerDeclaration(
            function: "three", rule: .document(pattern: "docs/1", kinds: ["updated"])),
        TriggerDeclaration(
            function: "one", rule: .document(pattern: "docs/{id}", kinds: ["deleted"])),
    ]

    private mutating func record(fromOutside: Bool) -> Record {
        let owed = (0..<(1 + roll(3))).map { index in
            let start: Owed.Start =
                switch roll(8) {
                case 0..<3: .whenClaimed
                case 3..<6: .now
                case 6: .at(now + .milliseconds(Int64(roll(9_000)) - 1_000))
                default: .never(TooDeep(function: "one", depth: 1, depthMax: 0, sender: "a roll"))
                }
            return Owed(
                function: FunctionNumber(Int64(index) + 1), start: start,
                orderingKey: roll(2) == 0 ? "k\(roll(3))" : nil)
        }
        let key =
            roll(4) == 0
            ? StoreUnderTest.key("k\(roll(6))", until: now + .seconds(Int64(roll(20)))) : nil
        let data = [UInt8](repeating: 7, count: roll(30))
        return Record(
            event: StoreUnderTest.event(data, at: now), key: key, owed: owed,
            comesFromOutside: fromOutside)
    }

    private mutating func settle() -> Asked {
        guard let held = take() else { return { _ in .release([]) } }
        let due = now + .milliseconds(Int64(roll(6_000)))
        let (outcome, settlement): (Outcome, Settlement) =
            switch roll(10) {
            case 0..<4: (.succeeded, .succeeded)
            case 4: (.failed(error: "e", retryAfter: nil), .retry(at: due))
            case 5: (.crashed(error: "c"), .retry(at: due))
            case 6: (.interrupted(.suspected), .again(suspect: true))
            case 7: (.interrupted(.drained), .again(suspect: false))
            case 8: (.timedOut, .dead(reason: "late"))
            default: (.rejected(reason: "no"), .cancelled)
            }
        let effects = effects()
        let ending = StoreUnderTest.ending(outcome, settlement, at: now)
        return {
            let held = Held(invocation: held.invocation, lease: $0.lease(held.lease))
            return .settle(Settling(held: held, ending: ending, effects: effects))
        }
    }

    private mutating func effects() -> Effects {
        guard roll(2) == 0 else { return Effects() }
        let files = roll(4) == 0 ? [file()] : []
        return Effects(
            reads: (0..<roll(2)).map { _ in DocumentRead(path: path(), version: version() ?? 0) },
            writes: (0..<roll(3)).map { _ in write() },
            records: (0..<roll(2)).map { _ in record(fromOutside: false) },
            files: files,
            origin: roll(4) == 0
                ? nil
                : Origin(
                    now: now, cause: EventID(.invocation, number: 1, at: now),
                    depth: 31 + roll(3), sender: "somebody"))
    }

    private mutating func write() -> DocumentWrite {
        switch roll(4) {
        case 0: .delete(path: path())
        case 1:
            .merge(
                path: path(), patch: Array(#"{"a":1}"#.utf8),
                operations: [.increment(member: "n", by: 2)])
        default: .put(path: path(), body: Array(roll(9) == 0 ? "[]".utf8 : #"{"b":2}"#.utf8))
        }
    }

    private mutating func byHand() -> Asked {
        guard !known.isEmpty else { return { _ in .release([]) } }
        let selection = Selection.one(known[roll(known.count)])
        let (retries, now) = (roll(3) > 0, now)
        return { _ in retries ? .retry(selection, now: now) : .cancel(selection, now: now) }
    }

    private mutating func take() -> (invocation: InvocationNumber, lease: Int64)? {
        guard !held.isEmpty else { return nil }
        // Some come twice, under a lease that is gone by then.
        let place = roll(held.count)
        return roll(6) == 0 ? held[place] : held.remove(at: place)
    }

    private mutating func path() -> String { "docs/\(roll(3))" }

    private mutating func version() -> Int64? { roll(3) == 0 ? Int64(roll(3)) : nil }

    mutating func roll(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
}

/// Vigna's SplitMix64: the same numbers for the same seed, everywhere.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
