import Dispatch
import GRDB
import GRDBSQLite
import Invocations
import Logging

/// Commits groups of changes: together where it can, each alone where one of them fails.
///
/// It lives on the store thread. A group that fails to write is rolled back and its changes go one
/// by one, so that only the one that fails gets its error. When the disk is full or the file is
/// locked, outcomes are kept here and tried again; when a commit fails for any other reason nothing
/// is written any more, because what a failed sync lost would lie under later commits.
final class GroupWriter {
    private let applier: Applier
    private let connection: OpaquePointer?
    private let begin: Statement
    private let commit: Statement
    private let rollback: Statement
    private let options: StoreOptions
    private let condition: SharedCondition
    private let wakes: AsyncStream<Void>.Continuation
    /// Outcomes that wait for room on the disk, or for the lock, in order.
    private var kept: [Place] = []
    /// When they are tried again.
    private(set) var retryAt: DispatchTime?

    init(
        _ db: Database, _ options: StoreOptions, _ condition: SharedCondition,
        _ wakes: AsyncStream<Void>.Continuation
    ) throws {
        applier = try Applier(db, options.limits)
        connection = db.sqliteConnection
        begin = try db.makeStatement(sql: "BEGIN IMMEDIATE TRANSACTION")
        commit = try db.makeStatement(sql: "COMMIT TRANSACTION")
        rollback = try db.makeStatement(sql: "ROLLBACK TRANSACTION")
        self.options = options
        self.condition = condition
        self.wakes = wakes
    }

    /// Applies and answers the changes of a group.
    func write(_ group: [Place]) {
        switch condition.current {
        case .broken(let reason): refuse(group, .broken(reason))
        case .full: keepOutcomes(of: group, refusing: .diskFull)
        case .locked: keepOutcomes(of: group, refusing: .storeLocked)
        case .writing: writeTogether(group)
        }
    }

    /// Tries again what a full disk or a lock held up, if it is time.
    func retryIfDue() {
        guard let due = retryAt, due <= .now() else { return }
        retryAt = nil
        if case .broken(let reason) = condition.current { return refuseKept(.broken(reason)) }
        let count = kept.count
        if kept.isEmpty {
            guard probe() else { return }
        }
        while !kept.isEmpty {
            let group = Array(kept.prefix(options.limits.groupChangesMax))
            kept.removeFirst(group.count)
            writeTogether(group)
            // It failed again, and what is not answered is kept again, behind the others.
            guard retryAt == nil else { return }
        }
        guard condition.set(.writing) else { return }
        options.logger.notice("the store commits again", metadata: ["outcomes": "\(count)"])
    }

    /// Writes what is there already, to see whether it can be written.
    private func probe() -> Bool {
        do throws(StoreFailure) {
            applier.ledger.touch()
            try transaction([])
            return true
        } catch {
            failed([], error)
            return false
        }
    }

    /// Refuses what is still kept, for the store closes.
    func close() { refuseKept(condition.current == .locked ? .storeLocked : .diskFull) }

    // MARK: together

    private func writeTogether(_ group: [Place]) {
        do throws(StoreFailure) {
            try transaction(group)
            finish(group)
        } catch {
            switch error.meaning {
            case .wrong: writeAlone(group, after: error)
            case .full, .busy, .broken: failed(group, error)
            }
        }
    }

    private func transaction(_ group: [Place]) throws(StoreFailure) {
        do {
            try beginPatiently()
            for place in group where !place.change.isPruning {
                place.keep(try applier.apply(place.change))
            }
            for place in group where place.change.isPruning {
                place.keep(try applier.apply(place.change))
            }
            try applier.ledger.write()
            if let fault = options.fault() { throw StoreFailure(fault) }
            try commit.execute()
            applier.ledger.committedAll()
        } catch {
            let failure = StoreFailure(error, of: connection)
            if sqlite3_get_autocommit(connection) == 0 {
                // A failure that rolled back by itself leaves nothing to roll back.
                try? rollback.execute()
            }
            applier.ledger.rollBack()
            throw failure
        }
    }

    /// Waits for whoever holds the file's lock: a person with a shell, most likely.
    private func beginPatiently() throws {
        for attempt in 1... {
            do {
                return try begin.execute()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard attempt < Self.busyAttemptsMax else { throw error }
                options.logger.warning("another process holds the store's lock")
            }
        }
    }

    /// Times the busy timeout of the connection.
    private static let busyAttemptsMax = 6

    private func finish(_ group: [Place]) {
        var hasUnnamedReady = false
        for place in group {
            if !hasUnnamedReady { hasUnnamedReady = place.answer.hasUnnamedReady }
            place.submission.close()
        }
        if hasUnnamedReady { wakes.yield() }
    }

    // MARK: failures

    /// Each in a transaction of its own, so that the good ones are not held up by the bad one.
    private func writeAlone(_ group: [Place], after failure: StoreFailure) {
        options.logger.error(
            "a group was rolled back; its changes go alone",
            metadata: ["error": "\(failure)", "changes": "\(group.count)"])
        for (index, place) in group.enumerated() {
            do throws(StoreFailure) {
                try transaction([place])
                finish([place])
            } catch {
                guard error.meaning == .wrong else {
                    return failed(Array(group[index...]), error)
                }
                options.logger.error("a change failed alone", metadata: ["error": "\(error)"])
                refuse([place], .broken("this change alone failed: \(error)"))
            }
        }
    }

    private func failed(_ group: [Place], _ failure: StoreFailure) {
        switch failure.meaning {
        case .full: heldUp(group, failure, .full, .diskFull)
        case .busy: heldUp(group, failure, .locked, .storeLocked)
        case .broken, .wrong:
            let reason = "\(failure); restart the host once the disk is well"
            if condition.set(.broken(reason)) {
                options.logger.critical(
                    "a commit failed: the store writes no more", metadata: ["error": "\(failure)"])
            }
            refuse(group, .broken(reason))
            refuseKept(.broken(reason))
        }
    }

    private func heldUp(
        _ group: [Place], _ failure: StoreFailure, _ why: StoreCondition, _ refusal: Refusal
    ) {
        if condition.set(why) {
            options.logger.error(
                "the store can't commit for now: outcomes are kept, all else is refused",
                metadata: ["error": "\(failure)"])
        }
        keepOutcomes(of: group, refusing: refusal)
    }

    private func keepOutcomes(of group: [Place], refusing refusal: Refusal) {
        for place in group {
            if place.change.isOutcome { kept.append(place) } else { refuse([place], refusal) }
        }
        if retryAt == nil { retryAt = .now() + options.retryInterval.dispatched }
    }

    private func refuse(_ group: [Place], _ refusal: Refusal) {
        for place in group {
            place.keep(.refused(refusal))
            place.submission.close()
        }
    }

    private func refuseKept(_ refusal: Refusal) {
        let waiting = kept
        kept = []
        retryAt = nil
        refuse(waiting, refusal)
    }
}

extension Duration {
    var dispatched: DispatchTimeInterval {
        .nanoseconds(
            Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
    }
}
