import Contract
import Invocations

import class GRDB.Database

/// Records events and what is owed for them.
final class Recorder {
    private let ledger: Ledger
    private let invocations: InvocationRows
    private let events: EventRows
    private let keys: KeyRows
    private let ordering: OrderingKeys
    private let causes: CauseChain
    private let backlogMax: Int

    init(
        _ db: Database, _ ledger: Ledger, _ invocations: InvocationRows, _ ordering: OrderingKeys,
        backlogMax: Int
    ) throws {
        self.ledger = ledger
        self.invocations = invocations
        self.ordering = ordering
        self.backlogMax = backlogMax
        events = try EventRows(db, ledger)
        keys = try KeyRows(db, secret: ledger.secret)
        causes = try CauseChain(db)
    }

    func record(_ record: Record) throws -> Answer {
        let hash = record.key.map(keys.hash)
        if let hash, let known = try keys.event(of: hash, at: record.event.acceptedAt) {
            return .recorded(Recorded(event: known.id, number: known.number, isDuplicate: true))
        }
        let max = record.comesFromOutside ? backlogMax : 2 * backlogMax
        guard ledger.entries.owed + record.newlyOwed <= max else {
            return .refused(.backlogFull(max: max))
        }
        return .recorded(try insert(record, hash))
    }

    /// Records what an attempt asked for; a known key drops its event.
    func record(_ effects: [Record], ready: inout [FunctionNumber], dropped: inout [String]) throws
    {
        for record in effects {
            let hash = record.key.map(keys.hash)
            if let hash, try keys.event(of: hash, at: record.event.acceptedAt) != nil {
                dropped.append(record.key!.key)
                continue
            }
            let recorded = try insert(record, hash, mayStart: false)
            ready.formUnion(recorded.ready)
        }
    }

    /// Why the effects' events can't be recorded, if they can't.
    func refusal(of effects: [Record]) throws -> Refusal? {
        guard !effects.isEmpty else { return nil }
        // Effects may go past the bound, up to twice, so that what runs can end.
        let max = effects.contains(where: \.comesFromOutside) ? backlogMax : 2 * backlogMax
        var owed = ledger.entries.owed
        for record in effects {
            let isKnown = try record.key.map { key in
                try keys.event(of: keys.hash(key), at: record.event.acceptedAt) != nil
            }
            if isKnown != true { owed += record.newlyOwed }
        }
        return owed > max ? .backlogFull(max: max) : nil
    }

    /// Why no more can be owed that the host itself finds, if it can't.
    func refusal(adding count: Int) throws -> Refusal? {
        ledger.entries.owed + count > 2 * backlogMax ? .backlogFull(max: 2 * backlogMax) : nil
    }

    /// Records what the host itself found: a tick, or a file.
    func insert(_ record: Record) throws -> Recorded { try insert(record, nil) }

    /// Records an event alone.
    func insert(_ event: NewEvent) throws -> EventNumber { try events.insert(event) }

    private func insert(_ record: Record, _ hash: [UInt8]?, mayStart: Bool = true) throws
        -> Recorded
    {
        let number = try events.insert(record.event)
        if let hash, let key = record.key {
            try keys.insert(hash, record.event, number, until: key.expiresAt)
        }
        var recorded = Recorded(event: record.event.id(number), number: number)
        for (ordinal, owed) in record.owed.enumerated() {
            let place = InvocationNumber(event: number, ordinal: ordinal)
            var new = InvocationRows.New(
                number: place.rawValue, function: owed.function.rawValue, state: .ready,
                acceptedAt: record.event.acceptedAt.milliseconds, orderingKey: owed.orderingKey)
            if let key = owed.orderingKey, owed.start.isOwed,
                try ordering.isHeld(key, of: new.function)
            {
                new.turn = Turn.waits
            }
            try decide(&new, owed.start, cause: record.event.facts.cause, mayStart: mayStart)
            try invocations.insert(new)
            switch new.state {
            case .ready: if new.turn != Turn.waits { recorded.ready.formUnion([owed.function]) }
            case .running: recorded.started.append(.init(ordinal: ordinal, lease: Lease(new.lease)))
            case .dead: ledger.addDeadBytes(try invocations.deadBytes(new.number))
            case .scheduled, .retrying, .succeeded, .cancelled: break
            }
        }
        return recorded
    }

    private func decide(
        _ new: inout InvocationRows.New, _ start: Owed.Start, cause: EventID?, mayStart: Bool
    ) throws {
        switch start {
        case .now:
            guard mayStart, new.turn == Turn.has, !ledger.isPaused(new.function) else { return }
            new.state = .running
            new.lease = ledger.nextLease()
            new.runs = 1
        case .whenClaimed: break
        case .at(let instant):
            guard instant.milliseconds > new.acceptedAt else { return }
            new.state = .scheduled
            new.dueAt = instant.milliseconds
        case .never(let tooDeep):
            new.state = .dead
            new.error = tooDeep.reason(chain: try causes.functions(to: cause))
        }
    }
}

extension Record {
    /// How many of its invocations count against the backlog.
    var newlyOwed: Int { owed.reduce(0) { $0 + ($1.start.isOwed ? 1 : 0) } }
}

extension Owed.Start {
    var isOwed: Bool {
        switch self {
        case .now, .whenClaimed, .at: true
        case .never: false
        }
    }
}

extension NewEvent {
    /// Its identifier once it has its number.
    func id(_ number: EventNumber) -> EventID {
        callID ?? EventID(.event, number: number.rawValue, at: acceptedAt)
    }
}

extension [FunctionNumber] {
    /// Adds those that are not there yet; such lists are short.
    mutating func formUnion(_ others: [FunctionNumber]) {
        for other in others where !contains(other) { append(other) }
    }
}
