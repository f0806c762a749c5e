/// The known name that a misspelt one was probably meant to be, or nil where none is near.
///
/// Near means at most a third of the letters wrong, missing, too many or swapped with a neighbour,
/// and at most three; case does not count. Of names as near as each other the first one wins.
package func nearest(to name: String, among known: some Sequence<String>) -> String? {
    let letters = Array(name.lowercased().utf8.prefix(nearestBytesMax))
    var best: (name: String, distance: Int)?
    for candidate in known {
        let others = Array(candidate.lowercased().utf8.prefix(nearestBytesMax))
        let bound = min(3, max(1, max(letters.count, others.count) / 3))
        guard abs(letters.count - others.count) <= bound else { continue }
        let distance = editDistance(letters, others)
        guard distance <= bound, distance < min(letters.count, others.count) else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// The end of an error: `; did you mean "inbox"?`, or nothing where no known name is near.
package func suggestion(for name: String, among known: some Sequence<String>) -> String {
    nearest(to: name, among: known.filter { $0 != name }).map { "; did you mean \"\($0)\"?" } ?? ""
}

/// Longer names are compared by their beginning.
private let nearestBytesMax = 64

/// How many letters to change, add, leave out or swap with a neighbour to make one of the other
/// (optimal string alignment), by the last three rows of the table.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let change = last[column] + (left[row] == right[column] ? 0 : 1)
            var cost = min(change, last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
