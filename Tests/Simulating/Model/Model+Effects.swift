import Contract
import Invocations

/// What the simulated app asks for and who is owed what for it, said here again: an effect that a
/// dispatcher loses or takes twice would else be lost or there twice in store and model alike.
extension Model {
    /// What succeeded commits what its role asks for, no less and no more.
    func checkEffects(_ effects: Effects, _ row: Row) throws(Violation) {
        let role = Self.role(row.function)!
        let (writes, records, files) =
            switch role {
            case .tally: (2, 0, 0)
            case .relay: (1, 2, 0)
            case .export: (1, 0, 1)
            // One that died and was retried.
            case .serve: (Script.servesWithEffects(events[row.event]!.data) ? 1 : 0, 0, 0)
            case .pay, .hear, .notice, .intake, .report, .bomb, .slow: (1, 0, 0)
            }
        try require(
            effects.writes.count == writes && effects.records.count == records
                && effects.files.count == files, 6,
            "\(name(row)) commits \(effects.writes.count) writes, \(effects.records.count) events "
                + "and \(effects.files.count) files, expected \(writes), \(records), \(files)")
        for record in effects.records { try checkFanOut(record) }
    }

    /// A call that succeeded commits its counter, where it has effects, and nothing else.
    func checkEffects(of conclusion: Conclusion) throws(Violation) {
        let id = conclusion.event.callID!.tagged(.callInvocation)
        let expected =
            Script.servesWithEffects(conclusion.event.data) ? [Script.counter(of: id)] : []
        let effects = conclusion.effects
        try require(
            effects.writes.map(\.path) == expected && effects.records.isEmpty
                && effects.files.isEmpty, 6,
            "the call \(id) commits \(effects.writes.map(\.path)), expected \(expected)")
    }

    /// A command is owed to the one that it names, a message to each that subscribes.
    func checkFanOut(_ record: Record) throws(Violation) {
        let subject = record.event.facts.subject
        let expected: [Role]
        switch record.event.facts.kind {
        case .command: expected = Role.allCases.filter { $0.name == subject }
        case .message: expected = subject.hasPrefix("news.") ? [.hear] : []
        case .request, .document, .file, .tick, .event: return
        }
        let owed = record.owed.compactMap { Self.role($0.function.rawValue) }
        try require(
            owed == expected && owed.count == record.owed.count, 6,
            "\(subject) is owed to \(owed), expected \(expected)")
    }

    /// Each invocation that succeeded was counted in a document of its own, once, and no other was.
    func checkCounters() throws(Violation) {
        for (path, document) in documents where path.hasPrefix("done/") {
            try require(
                document.count == 1, 6, "the effects of \(path) are there \(document.count) times")
        }
        for row in rows.values where Self.role(row.function) != .serve {
            let id = EventID(.invocation, number: row.number, at: .distantPast)
            let isThere = documents[Script.counter(of: id)] != nil
            try require(
                isThere == (row.state == .succeeded), 6,
                "\(name(row)) is \(row.state.name), and its effects are "
                    + (isThere ? "there" : "missing"))
        }
    }
}
