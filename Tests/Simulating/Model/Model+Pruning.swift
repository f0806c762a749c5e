import Contract
import Invocations

extension Model {
    mutating func observe(_ pruning: Pruning, _ answer: Pruned) throws(Violation) {
        forgottenBefore = max(forgottenBefore, pruning.historyBefore)
        keys = keys.filter { $0.value.expiresAt > pruning.now }
        responses = responses.filter { $0.value.expiresAt > pruning.now }
        let old = rows.values.filter { isOld($0, pruning) }
        let dead = old.count { $0.state == .dead }
        try require(
            answer.dead <= dead && answer.invocations <= old.count - dead, 8,
            "\(answer.invocations) and \(answer.dead) dead were forgotten, where "
                + "\(old.count - dead) and \(dead) were old enough")
        let count = answer.dead + answer.invocations
        if count == old.count {
            forget(old.map(\.number))
        } else if count > 0 {
            maybeForgotten = (old.map(\.number), count)
        }
    }

    /// A store may take its time with some that are old enough: which are gone is seen from what is
    /// left.
    mutating func settlePruning(left: Set<Int64>) throws(Violation) {
        guard let (numbers, count) = maybeForgotten else { return }
        maybeForgotten = nil
        let gone = numbers.filter { !left.contains($0) }
        try require(
            gone.count == count, 8, "\(gone.count) are gone, and \(count) were forgotten")
        forget(gone)
    }

    private mutating func forget(_ numbers: [Int64]) {
        for number in numbers { rows[number] = nil }
        pruned += numbers.count
        let kept = Set(rows.keys.map { $0 >> 12 })
        for number in Set(numbers.map { $0 >> 12 }) where !kept.contains(number) {
            events[number] = nil
            forgotten.insert(number)
        }
    }

    private func isOld(_ row: Row, _ pruning: Pruning) -> Bool {
        guard let finishedAt = row.finishedAt, !row.state.isOwedToTheModel else { return false }
        return finishedAt < (row.state == .dead ? pruning.deadBefore : pruning.historyBefore)
    }
}
