import Contract
import Invocations

extension Change {
    /// About how many bytes it brings, for the bounds of queue and group.
    var bytes: Int {
        switch self {
        case .record(let record): record.bytes
        case .conclude(let conclusion):
            256 + conclusion.event.data.count + (conclusion.response?.body.count ?? 0)
                + conclusion.effects.bytes
        case .settle(let settling):
            128 + settling.effects.bytes + (settling.ending.response?.bytes ?? 0)
        case .write(let writing): writing.writes.reduce(128) { $0 + $1.write.bytes }
        case .release(let held): 64 + 16 * held.count
        case .plan(.fire(let firing)): 256 + firing.ticks.reduce(0) { $0 + $1.record.bytes }
        case .announce(let announcing): 256 + 512 * announcing.files.count
        case .claim, .retry, .cancel, .pause, .register, .plan, .prune, .stepBack, .index:
            256
        }
    }

    /// True for what is turned away while too much waits.
    var isRefusedUnderLoad: Bool {
        switch self {
        case .record, .write, .announce: true
        case .conclude, .settle, .release, .claim, .retry, .cancel, .pause, .register, .plan,
            .prune, .stepBack, .index:
            false
        }
    }

    /// True for what shares the commit of the change before it.
    var continuesBatch: Bool {
        if case .record(let record) = self { record.continuesBatch } else { false }
    }

    var isPruning: Bool {
        if case .prune = self { true } else { false }
    }
}

extension ResponseData {
    fileprivate var bytes: Int {
        let head = fields.reduce(16) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        return if case .whole(let body) = body { head + body.count } else { head }
    }
}

extension Effects {
    fileprivate var bytes: Int {
        writes.reduce(0) { $0 + $1.bytes } + records.reduce(0) { $0 + $1.bytes }
    }
}

extension Record {
    fileprivate var bytes: Int { 256 + event.data.count + 64 * owed.count }
}

extension DocumentWrite {
    fileprivate var bytes: Int {
        switch self {
        case .put(let path, let body): 64 + path.utf8.count + body.count
        case .merge(let path, let patch, _): 128 + path.utf8.count + patch.count
        case .delete(let path): 64 + path.utf8.count
        }
    }
}
