import Contract
import Invocations

/// The store's rows beside the model's.
extension World {
    /// What is cheap enough for every step.
    nonisolated(nonsending) func compareCounts() async throws(Violation) {
        if let broken { throw broken }
        guard case .status(let status) = try await read(.status) else { return }
        try require(
            status.recorded == model.recorded && status.pruned == model.pruned, 8,
            "\(status.recorded) are recorded and \(status.pruned) forgotten, expected "
                + "\(model.recorded) and \(model.pruned)")
        let sum = InvocationState.allCases.reduce(status.pruned) { $0 + status.counts[$1] }
        try require(status.recorded == sum, 8, "\(status.recorded) are recorded, the sum is \(sum)")
        var owed = 0
        for state in [InvocationState.scheduled, .ready, .running, .retrying] {
            owed += status.counts[state]
        }
        try require(
            owed == model.owed.count, 8, "\(owed) are owed, expected \(model.owed.count)")
    }

    /// Everything.
    nonisolated(nonsending) func compare() async throws(Violation) {
        try await compareCounts()
        try await compareRows()
        try model.checkCounters()
        for collection in ["tally", "done"] { try await compareDocuments(in: collection) }
        guard case .schedules(let schedules) = try await read(.schedules(after: nil, limit: 100)),
            case .placements(let placements) = try await read(
                .placements(after: 0, limit: 100_000)),
            case .files(let files) = try await read(
                .files(bucket: "inbox", after: nil, limit: 100_000))
        else { return }
        for row in schedules {
            try await compareFirings(row.declaration.name)
            let expected = model.schedules[row.declaration.name]
            try require(
                row.cursor == expected?.cursor && row.isPaused == expected?.isPaused, 10,
                "\(row.declaration.name) is decided up to \(row.cursor.rfc3339), expected "
                    + "\(expected?.cursor.rfc3339 ?? "nothing")")
        }
        try require(schedules.count == model.schedules.count, 10, "schedules are missing")
        try require(placements == model.placements, 6, "other files are on their way")
        try require(
            Set(files.map(\.key)) == Set(model.files.keys)
                && files.allSatisfy { model.files[$0.key]?.mark == $0.mark }, 6,
            "other files were announced")
    }

    /// Every run that began has one end, in the history of what has ended, and the last says why.
    nonisolated(nonsending) func compareHistories() async throws(Violation) {
        for found in try await list() where !found.state.isOwedToTheModel {
            guard case .invocation(let detail?) = try await read(.invocation(found.id)) else {
                throw Violation(invariant: 4, text: "\(found.id) is listed, and not found")
            }
            let numbers = detail.history.map(\.number)
            // Of a call nobody was promised anything before its last run, which is recorded.
            let isCall = found.id.tag == .callInvocation
            try require(
                numbers == Array(1..<found.runs + 1).suffix(isCall ? numbers.count : found.runs)
                    && !(numbers.isEmpty && isCall), 4,
                "\(found.id) ran \(found.runs) times, its history has \(numbers)")
            try compareEnd(found, detail.history.map(\.outcome))
            try await compareData(found)
        }
    }

    /// What was charged is in the history, and what succeeded did so with its last run.
    private func compareEnd(
        _ found: InvocationSummary, _ outcomes: [String]
    ) throws(Violation) {
        let charged = outcomes.suffix(model.rows[found.number.rawValue]?.runs ?? 0)
            .count { ["failed", "timed out", "crashed"].contains($0) }
        let succeeded = outcomes.enumerated().filter { $0.element == "succeeded" }.map(\.offset)
        try require(
            charged == found.charged
                && succeeded == (found.state == .succeeded ? [outcomes.count - 1] : []), 4,
            "\(found.id) is \(found.state.name) with \(found.charged) charged, its history "
                + "\(outcomes)")
    }

    /// Commands and messages that sources sent have what was sent in them.
    private nonisolated(nonsending) func compareData(
        _ found: InvocationSummary
    ) async throws(Violation) {
        guard let sent = model.events[found.number.rawValue >> 12],
            [.command, .message].contains(sent.facts.kind),
            case .event(let detail?) = try await read(.event(found.event))
        else { return }
        try require(
            detail.event.data == sent.data, 9, "\(found.event) came with other data than was sent")
    }

    /// The newest of what became of a schedule's instants; older rows are forgotten in their time.
    private nonisolated(nonsending) func compareFirings(_ name: String) async throws(Violation) {
        guard let decided = model.schedules[name]?.decided,
            case .firings(let found) = try await read(.firings(schedule: name, limit: 50))
        else { return }
        let expected = Array(decided.suffix(50).reversed())
        let isKept = expected.prefix { $0.last > model.forgottenBefore }.count
        try require(
            found.count >= isKept && Array(expected.prefix(found.count)) == found, 10,
            "of \(name) the store says \(found.prefix(3)), expected \(expected.prefix(3)); "
                + "\(found.count) rows, at least \(isKept)")
    }

    private nonisolated(nonsending) func compareRows() async throws(Violation) {
        let all = try await list()
        for found in all { try compare(found) }
        try require(
            all.count == model.rows.count, 8,
            "\(all.count) rows are there, expected \(model.rows.count)")
    }

    /// All invocations.
    nonisolated(nonsending) func list() async throws(Violation) -> [InvocationSummary] {
        var all: [InvocationSummary] = []
        var before: InvocationNumber?
        repeat {
            guard
                case .invocations(let page, let next) = try await read(
                    .invocations(InvocationFilter(before: before, limit: 1_000)))
            else { return all }
            all += page
            before = next
        } while before != nil
        return all
    }

    private func compare(_ found: InvocationSummary) throws(Violation) {
        guard let row = model.rows[found.number.rawValue] else {
            throw Violation(invariant: 8, text: "\(found.number) is there, and was never recorded")
        }
        let event = model.events[row.event]
        try require(
            found.state == row.state && found.charged == row.charged
                && found.runs == row.runs + row.earlierRuns
                && found.function.rawValue == row.function, 4,
            "\(model.name(row)) is \(found.state.name), \(found.charged) charged of \(found.runs); "
                + "expected \(row.state.name), \(row.charged) of \(row.runs + row.earlierRuns)")
        try require(
            row.dueAt == found.dueAt, 5,
            "\(model.name(row)) is due at \(found.dueAt?.rfc3339 ?? "no time"), expected "
                + "\(row.dueAt?.rfc3339 ?? "none")")
        try require(
            event?.acceptedAt == found.acceptedAt, 9, "\(model.name(row)) has another event")
    }

    private nonisolated(nonsending) func compareDocuments(
        in collection: String
    ) async throws(Violation) {
        guard
            case .documents(let found) = try await read(
                .documents(collection: collection, after: nil, limit: 100_000))
        else { return }
        for document in found {
            let expected = model.documents[document.path]
            try require(
                expected?.version == document.version
                    && expected?.count == Model.count(in: document.body), 6,
                "\(document.path) is \(String(decoding: document.body, as: UTF8.self)) at version "
                    + "\(document.version), expected \(expected.map { "\($0)" } ?? "nothing")")
        }
        let expected = model.documents.keys.count { $0.hasPrefix(collection + "/") }
        try require(
            found.count == expected, 6,
            "\(collection) has \(found.count) documents, expected \(expected)")
    }
}
