import EventLoop
import Invocations

/// Which worker gets an attempt, and what waits until one has room.
extension WorkerPool {
    func place(_ assignment: Assignment) {
        if assignment.runsAlone { return placeApart(assignment) }
        guard let worker = leastLoaded else { return waiting.append(assignment) }
        if favourite == nil { LoopActor.atTurnEnd(self) }
        favourite = worker
        worker.start(assignment)
    }

    /// The worker with the most room; nil where none has any.
    ///
    /// The one that was found first in a turn of the loop is found again in it until another has a
    /// good deal more room: each worker that is given something has to wake up for it.
    private var leastLoaded: Worker? {
        var most = 0
        var found: Worker?
        for worker in workers {
            var room = worker.room
            if room > 0, worker === favourite { room += settings.limits.slotsPerWorker / 4 }
            guard room > most else { continue }
            most = room
            found = worker
        }
        return found
    }

    func placeWaiting() {
        while let next = waiting.first, workers.contains(where: { $0.room > 0 }) {
            waiting.removeFirst()
            place(next)
        }
        while let next = waitingApart.first, let worker = apart.first(where: { $0.room > 0 }) {
            waitingApart.removeFirst()
            worker.start(next)
        }
    }

    private func placeApart(_ assignment: Assignment) {
        if let worker = apart.first(where: { $0.room > 0 }) { return worker.start(assignment) }
        waitingApart.append(assignment)
        supply(isApart: true)
    }

    /// Forgets a waiting assignment; true where there was one.
    func removeWaiting(_ attempt: AttemptNumber) -> Bool {
        let before = waiting.count + waitingApart.count
        waiting.removeAll { $0.attempt == attempt }
        waitingApart.removeAll { $0.attempt == attempt }
        return waiting.count + waitingApart.count < before
    }
}

extension WorkerPool: TurnEnd {
    /// The next turn's first choice is free again.
    package func turnEnds() { favourite = nil }
}
