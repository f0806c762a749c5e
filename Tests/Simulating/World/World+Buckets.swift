import Contract
import Dispatching
import Invocations

/// What the placer and the watch of a bucket do, on a bucket that is a table of keys.
extension World {
    func beginRename(_ placements: [Placement], _ done: @escaping () -> Void) {
        guard let host else { return }
        let renaming = Renaming(placements, done: done)
        renaming.trouble = takeTrouble([.rename], nil)
        host.renamings.append(renaming)
        if host.renamings.count == 1 { renameNext(host) }
    }

    /// One batch is under way at a time, in the order of the commits.
    private func renameNext(_ host: SimulatedHost) {
        guard let next = host.renamings.first else { return }
        let pause = 1 + Int64(chance.below(20, .latency, UInt64(next.placements[0].number), 3))
        later(max(pause, renamesStalledUntil - uptime), .rename(next))
    }

    nonisolated(nonsending) func rename(_ renaming: Renaming) async throws(Violation) {
        guard let host else { return }
        var isDone = true
        if let trouble = renaming.trouble {
            renaming.trouble = nil
            table.note(trouble.fault, [.rename])
            note("\(trouble.fault) meets a rename")
            switch trouble.fault {
            case .killHost, .powerCut, .lateOutcome:
                if chance.below(2, .phase, UInt64(uptime)) == 0 { placeAll(renaming) }
                return killHost("\(trouble.fault)")
            case .ioError:
                // It could not be renamed, or so it was told: it is tried again.
                isDone = false
            case .falseFailure:
                placeAll(renaming)
                isDone = false
            case .duplicateOutcome: tellTwice(host)
            case .changedRead: try await strikeReads(host)
            case .workerCrash, .hang, .garbage, .storeBusy, .diskFull, .secondForward, .secondBack,
                .hourForward, .hourBack, .dayForward, .dayBack, .clockChange, .duplicatePublish:
                strike(trouble.fault, host)
            }
        }
        if isDone { placeAll(renaming) }
        // The dispatcher goes on, also where a file has to be tried again.
        renaming.tell()
        guard isDone else { return later(1_000, .rename(renaming)) }
        host.renamings.removeFirst()
        host.placedThrough = renaming.placements.last?.number ?? host.placedThrough
        renameNext(host)
    }

    private func placeAll(_ renaming: Renaming) {
        for placement in renaming.placements { place(placement) }
        later(20, .find(Array(Set(renaming.placements.map(\.file.key))).sorted()))
    }

    /// A staged file that is gone was placed before.
    func place(_ placement: Placement) {
        guard staged.remove(placement.file.name) != nil else { return }
        bucket[placement.file.key] = placement.file.mark
        note("\(placement.file.key) is placed")
    }

    /// Looks at keys, and announces what is there.
    func find(_ keys: [String]) {
        guard let host, !keys.isEmpty else { return }
        let files = keys.map { Announcing.Found(key: $0, mark: bucket[$0]) }
        let announcing = Announcing(
            bucket: "inbox", files: files, origin: Origin(now: now),
            placedThrough: host.placedThrough)
        host.dispatcher.announce(announcing) { [unowned self] answer in
            if answer.refusal != nil { later(1_000, .find(keys)) }
        }
    }
}
