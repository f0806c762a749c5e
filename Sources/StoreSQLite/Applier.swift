import Contract
import GRDB
import Invocations

/// Applies one change inside the transaction of its group.
final class Applier {
    let ledger: Ledger
    private let recorder: Recorder
    private let concluder: Concluder
    private let claimer: Claimer
    private let dueTimes: DueTimes
    private let settler: Settler
    private let selector: Selector
    private let registrar: Registrar
    private let planner: Planner
    private let files: FileRows
    private let indexes: DocumentIndexes
    private let pruner: Pruner

    init(_ db: Database, _ limits: Limits) throws {
        ledger = try Ledger(db)
        let invocations = try InvocationRows(db, ledger)
        let attempts = try AttemptRows(db)
        let ordering = try OrderingKeys(db)
        recorder = try Recorder(db, ledger, invocations, ordering, backlogMax: limits.backlogMax)
        indexes = try DocumentIndexes(db)
        let documents = try Documents(
            db, ledger, indexes, bytesMax: limits.documentBytesMax)
        let schedules = try ScheduleRows(db)
        let placements = try PlacementRows(db, ledger)
        settler = Settler(
            ledger, invocations, attempts, ordering, recorder, documents, schedules, placements,
            try ReplacedFiles(db))
        files = try FileRows(db, ledger, invocations, recorder, settler, placements)
        planner = Planner(invocations, settler, recorder, schedules)
        concluder = try Concluder(db, ledger, invocations, attempts, recorder, settler)
        claimer = try Claimer(db, ledger, invocations)
        dueTimes = try DueTimes(db, ledger)
        selector = try Selector(db, ledger, invocations, attempts, settler)
        registrar = try Registrar(db, ledger, invocations, settler, runsMax: limits.runsMax)
        pruner = try Pruner(db, ledger, invocations)
    }

    /// Decides and applies; a refusal has written nothing, a throw may have written anything.
    func apply(_ change: borrowing Change) throws -> Answer {
        switch change {
        case .record(let record): try recorder.record(record)
        case .conclude(let conclusion): try concluder.conclude(conclusion)
        case .claim(let claim): try claimer.claim(claim)
        case .settle(let settling): try settler.settle(settling)
        case .release(let held): try selector.release(held)
        case .retry(let selection, let now): try selector.retry(selection, now: now)
        case .cancel(let selection, let now): try selector.cancel(selection, now: now)
        case .pause(let function, let isPaused): try selector.pause(function, isPaused)
        case .register(let registration): try register(registration)
        case .write(let writing): try settler.write(writing)
        case .plan(let planning): try planner.plan(planning)
        case .announce(let announcing): try files.announce(announcing)
        case .prune(let pruning): try pruner.prune(pruning)
        case .stepBack(let step): try dueTimes.stepBack(step)
        case .index(let rowsMax): .indexed(hasMore: try indexes.step(rowsMax: rowsMax))
        }
    }

    private func register(_ registration: Registration) throws -> Answer {
        try indexes.register(registration.indexes)
        return try registrar.register(registration)
    }
}
