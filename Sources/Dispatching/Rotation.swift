package import Invocations

/// Shares free slots among functions that have work: in turns, weighted by priority.
///
/// Each function has a place on one scale. What it gets moves it on, by less where its weight is
/// more, and whoever is farthest behind is next. So shares hold over any number of rounds, also
/// when slots come free one by one, and nobody waits for long. A function that had no work for a
/// while begins where the others are.
package struct Rotation: Sendable {
    /// A function that may have work, and how much of it may begin.
    package struct Candidate: Sendable, Equatable {
        /// The function's row.
        package var function: FunctionNumber
        /// Its share: what it gets moves it on by 840 divided by this; from 1 to 840.
        package var weight: Int
        /// How many of its invocations may begin; 0 keeps it out.
        package var room: Int

        /// Traps on a weight that is no share.
        package init(function: FunctionNumber, weight: Int, room: Int) {
            precondition(weight >= 1 && weight <= Rotation.step, "a weight is a share of a step")
            self.function = function
            self.weight = weight
            self.room = room
        }
    }

    private struct Turn {
        var candidate: Candidate
        var place: Int
        var count = 0

        mutating func take() {
            count += 1
            place += Rotation.step / candidate.weight
        }
    }

    /// The functions that one claim names; the rest get the next.
    package static let wantsMax = 64
    /// How far a weight of 1 moves on by one invocation.
    private static let step = 840

    private var places: [FunctionNumber: Int] = [:]
    /// Where whoever is farthest behind of those that have work stood last.
    private var now = 0

    /// Everybody begins at the same place.
    package init() {}

    /// What to claim for `slots` free slots, whoever is farthest behind first.
    package mutating func wants(_ candidates: [Candidate], slots: Int) -> [Claim.Want] {
        var turns = candidates.filter { $0.room > 0 }.map {
            Turn(candidate: $0, place: max(places[$0.function] ?? 0, now))
        }
        guard slots > 0, let first = turns.map(\.place).min() else { return [] }
        now = first
        turns.sort { ($0.place, $0.candidate.function) < ($1.place, $1.candidate.function) }
        turns = Array(turns.prefix(Self.wantsMax))
        if turns.count == 1 {
            turns[0].count = min(slots, turns[0].candidate.room)
            return Self.wants(turns)
        }
        for _ in 0..<slots {
            guard let next = Self.farthestBehind(turns) else { break }
            turns[next].take()
        }
        return Self.wants(turns)
    }

    /// Moves a function on by what it got, which may be less than it was to get.
    package mutating func took(_ count: Int, _ function: FunctionNumber, weight: Int) {
        guard count > 0 else { return }
        places[function] = max(places[function] ?? 0, now) + count * (Self.step / weight)
    }

    private static func wants(_ turns: [Turn]) -> [Claim.Want] {
        turns.filter { $0.count > 0 }.map {
            Claim.Want(function: $0.candidate.function, invocationsMax: $0.count)
        }
    }

    private static func farthestBehind(_ turns: [Turn]) -> Int? {
        var found: Int?
        for index in turns.indices where turns[index].count < turns[index].candidate.room {
            if let place = found.map({ turns[$0].place }), place <= turns[index].place { continue }
            found = index
        }
        return found
    }
}
