import Contract
import Invocations
import Synchronization

/// A store that does what a test says, and remembers what it was asked.
final class ScriptedStore: Store {
    struct Unreadable: Error, CustomStringConvertible { let description = "the disk is gone" }

    private struct State {
        var changes: [Change] = []
        var groups: [Int] = []
        var queries: [Query] = []
        var lastEvent: Int64 = 0
        var lastLease: Int64 = 0
        var eventByKey: [String: Recorded] = [:]
        var answer: @Sendable (Change) -> Answer? = { _ in nil }
        var page: @Sendable (Query) throws -> Page = { _ in throw Unreadable() }
    }

    private let state = Mutex(State())

    let wakes = AsyncStream<Void> { _ in }

    /// All changes so far but claims.
    var changes: [Change] { state.withLock(\.changes) }

    /// How many changes came together, each time.
    var groups: [Int] { state.withLock(\.groups) }

    var queries: [Query] { state.withLock(\.queries) }

    var records: [Record] {
        changes.compactMap { if case .record(let record) = $0 { record } else { nil } }
    }

    /// Decides an answer in place of the usual one.
    func answer(_ script: @escaping @Sendable (Change) -> Answer?) {
        state.withLock { $0.answer = script }
    }

    func refuse(_ refusal: Refusal) { answer { _ in .refused(refusal) } }

    func page(_ script: @escaping @Sendable (Query) throws -> Page) {
        state.withLock { $0.page = script }
    }

    func commit(_ changes: [Change]) async -> [Answer] {
        state.withLock { state in
            let told = changes.filter { if case .claim = $0 { false } else { true } }
            state.changes += told
            if !told.isEmpty { state.groups.append(told.count) }
            return changes.map { change in
                // A claim is the dispatcher's own affair, whatever a script says.
                if case .claim = change { return Self.usual(change, &state) }
                return state.answer(change) ?? Self.usual(change, &state)
            }
        }
    }

    func read(_ query: Query) async throws -> Page {
        let script = state.withLock { state in
            state.queries.append(query)
            return state.page
        }
        return try script(query)
    }

    private static func usual(_ change: Change, _ state: inout State) -> Answer {
        switch change {
        case .record(let record): .recorded(recorded(record, &state))
        case .settle: .settled(Settled())
        case .claim(let claim): .claimed(Claimed(exhausted: claim.wants.map(\.function)))
        case .pause: .paused
        case .release: .released([])
        case .retry, .cancel: .selected(Selected(count: 1))
        case .write(let writing):
            .written(
                Written(
                    versions: writing.writes.map { _ in 7 },
                    isNew: writing.writes.map { $0.write.path.hasSuffix("/new") }))
        case .conclude, .register, .plan, .announce, .prune, .stepBack, .index:
            .refused(.broken("not in this script"))
        }
    }

    private static func recorded(_ record: Record, _ state: inout State) -> Recorded {
        if let key = record.key?.key, var known = state.eventByKey[key] {
            known.isDuplicate = true
            return known
        }
        state.lastEvent += 1
        var recorded = Recorded(
            event: EventID(.event, number: state.lastEvent, at: record.event.acceptedAt),
            number: EventNumber(state.lastEvent))
        if let key = record.key?.key { state.eventByKey[key] = recorded }
        for (ordinal, owed) in record.owed.enumerated() where owed.start == .now {
            state.lastLease += 1
            recorded.started.append(
                Recorded.Started(ordinal: ordinal, lease: Lease(state.lastLease)))
        }
        return recorded
    }
}
