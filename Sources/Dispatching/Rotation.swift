package import Invocations

/// Shares free slots among functions that have work: in turns, weighted by priority.
package struct Rotation: Sendable {
    /// A function that may have work, and how much of it may begin.
    package struct Candidate: Sendable, Equatable {
        package var function: FunctionNumber
        package var weight: Int
        package var room: Int

        package init(function: FunctionNumber, weight: Int, room: Int) {
            self.function = function
            self.weight = weight
            self.room = room
        }
    }

    /// The functions that one claim names; the rest get the next.
    package static let wantsMax = 64

    private var last: FunctionNumber?

    package init() {}

    /// What to claim for `slots` free slots; begins each time behind the function that was last.
    package mutating func wants(_ candidates: [Candidate], slots: Int) -> [Claim.Want] {
        let able = candidates.filter { $0.room > 0 }.sorted { $0.function < $1.function }
        guard slots > 0, !able.isEmpty else { return [] }
        let previous = last ?? FunctionNumber(.min)
        let start = able.firstIndex { $0.function > previous } ?? 0
        let turn = (able[start...] + able[..<start]).prefix(min(Self.wantsMax, slots))
        let weights = turn.reduce(0) { $0 + $1.weight }
        last = turn.last?.function
        return turn.map { candidate in
            let share = max(1, slots * candidate.weight / weights)
            return Claim.Want(function: candidate.function, invocationsMax: min(candidate.room, share))
        }
    }
}
