package import Contract

/// Who pays for the death of a worker.
///
/// A worker that dies of a trap writes on descriptor 4 whom the dying thread ran: that attempt is
/// charged and nobody else. One that has its outcome already can't be charged, and clears the
/// others all the same. Where it names nobody, a single attempt inside did it; of several all go
/// back uncharged, as suspects that run alone from then on.
package struct Verdict: Sendable, Equatable {
    /// Why the host itself ended the worker, if it did.
    package enum Reason: Sendable, Equatable {
        /// It broke the protocol, was silent, or was too large: the text says which.
        case misbehaved(String)
        /// Its own loop thread said that these attempts hold all its threads.
        case stuck(Set<UInt32>)
        /// It was retired and its time was over.
        case retired
    }

    /// What each attempt that was inside came to.
    package var outcomes: [UInt32: Outcome]

    /// - Parameters:
    ///   - inside: the attempts that it had not answered for.
    ///   - answered: those that it had answered for, and that still ran.
    ///   - named: what it wrote on descriptor 4.
    ///   - lastLine: the last line on its standard error, which often says what happened.
    package init(
        inside: Set<UInt32>, answered: Set<UInt32>, named: LastWords?, reason: Reason?,
        end: String, lastLine: String?
    ) {
        let error = "the worker \(end)" + (lastLine.map { ": \($0)" } ?? "")
        func all(_ outcome: Outcome) -> [UInt32: Outcome] {
            Dictionary(uniqueKeysWithValues: inside.map { ($0, outcome) })
        }
        if let named, inside.contains(named.attempt) {
            outcomes = all(.interrupted(.neighbour))
            outcomes[named.attempt] = .crashed(error: error)
            return
        }
        if let named, answered.contains(named.attempt) {
            outcomes = all(.interrupted(.neighbour))
            return
        }
        switch reason {
        case .stuck(let overdue):
            outcomes = all(.interrupted(.neighbour))
            for attempt in overdue.intersection(inside) { outcomes[attempt] = .timedOut }
        case .retired: outcomes = all(.interrupted(.neighbour))
        case .misbehaved(let what):
            outcomes =
                inside.count == 1
                ? all(.crashed(error: "the worker \(what)")) : all(.interrupted(.suspected))
        case nil:
            outcomes =
                inside.count == 1 ? all(.crashed(error: error)) : all(.interrupted(.suspected))
        }
    }
}

/// How long to wait before a worker is started again after some died at once.
package struct RestartBackoff: Sendable, Equatable {
    /// The wait after the first death at once; each further one doubles it.
    package static let first = Duration.milliseconds(50)
    /// No wait is longer.
    package static let longest = Duration.seconds(10)
    /// A worker that lived this long after its hello did not die at once.
    package static let lifeMin = Duration.seconds(1)

    /// The workers that died at once, one after another.
    package private(set) var deaths = 0

    /// Nobody died yet.
    package init() {}

    /// A worker died within `lifeMin` of its hello, or before it.
    package mutating func diedAtOnce() { deaths += 1 }

    /// A worker lived longer than that: the next death at once counts as the first.
    package mutating func lived() { deaths = 0 }

    /// How long to wait now: zero where none died at once, else from `first` to `longest`.
    package var delay: Duration {
        guard deaths > 0 else { return .zero }
        return min(Self.longest, Self.first * (1 << min(deaths - 1, 20)))
    }
}
