import Contract
import Invocations

extension MemoryState {
    mutating func prune(_ pruning: Pruning) -> Answer {
        keys = keys.filter { $0.value.expiresAt > pruning.now }
        responses = responses.filter { $0.value.expiresAt > pruning.now }
        for name in schedules.keys {
            // With one go those that were recorded before it.
            let firings = schedules[name]!.firings
            guard let last = firings.lastIndex(where: { $0.last <= pruning.historyBefore }) else {
                continue
            }
            schedules[name]!.firings.removeFirst(last + 1)
        }
        var pruned = Pruned()
        let isOver = bytes > pruning.historyBytesMax || deadBytes > pruning.deadBytesMax
        let last = max(pruning.historyBefore, pruning.deadBefore)
        let finished = invocations.values.filter {
            !$0.state.isOwed && (isOver || $0.finishedAt < last)
        }.sorted {
            ($0.finishedAt, $0.number) < ($1.finishedAt, $1.number)
        }
        // The oldest come first: where one stays, all later ones do.
        for row in finished where row.state == .dead {
            guard row.finishedAt < pruning.deadBefore || deadBytes > pruning.deadBytesMax else {
                break
            }
            forget(row)
            pruned.dead += 1
        }
        for row in finished where row.state != .dead {
            guard row.finishedAt < pruning.historyBefore || bytes > pruning.historyBytesMax else {
                break
            }
            forget(row)
            pruned.invocations += 1
        }
        for (number, event) in events where event.acceptedAt < pruning.historyBefore {
            if rows(ofEvent: number).isEmpty { forget(event: number) }
        }
        return .pruned(pruned)
    }

    private mutating func forget(_ row: Row) {
        remove(row)
        let event = row.number >> InvocationNumber.ordinalBits
        if rows(ofEvent: event).isEmpty { forget(event: event) }
    }

    private mutating func forget(event number: Int64) {
        events[number] = nil
        owedCounts[number] = nil
    }

    private var bytes: Int { events.values.reduce(0) { $0 + $1.data.count + 512 } }

    private var deadBytes: Int {
        invocations.values.filter { $0.state == .dead }.reduce(0) {
            $0 + 512 + (events[$1.number >> InvocationNumber.ordinalBits]?.data.count ?? 0)
        }
    }
}
