import Contract
import Invocations
import RoostTesting
import StoreSQLite
import Testing

/// Two stores that are asked the same answer the same: what one gets wrong alone shows here, with a
/// seed that does it again.
@Suite("Every store, beside the one in memory")
struct StoreComparisonTests {
    @Test("answers the same to the same changes", arguments: 1...12 as ClosedRange<UInt64>)
    func agrees(seed: UInt64) async throws {
        var limits = Limits()
        limits.backlogMax = 30
        let memory = try StoreMaker.memory.make(limits)
        let other = try StoreMaker.sqlite.make(limits)
        defer { other.end() }
        await memory.register()
        await other.register()
        var random = RandomChanges(seed: seed)

        for round in 0..<60 {
            if random.restarts {
                try memory.restart()
                try other.restart()
            }
            let changes = random.commit()
            let asked = changes.map { $0(.memory) }
            let expected = await memory.store.commit(asked)
            let found = await other.store.commit(changes.map { $0(.sqlite) })
            try #require(expected.count == asked.count, "seed \(seed), round \(round)")
            try #require(found.count == asked.count, "seed \(seed), round \(round)")
            for (index, pair) in zip(expected, found).enumerated() {
                let (expected, found) = (Told(pair.0, .memory), Told(pair.1, .sqlite))
                try #require(expected == found, "seed \(seed), round \(round), change \(index)")
            }
            random.learn(expected, to: asked)
            try await compare(memory, other)
        }
        try await memory.expectTheSum()
        try await other.expectTheSum()
    }

    private func compare(_ memory: StoreUnderTest, _ other: StoreUnderTest) async throws {
        try await compareInvocations(memory, other)
        try await compareEvents(memory, other)
        try await compareSchedules(memory, other)
        try await compareFiles(memory, other)
        try #require(try await memory.documents() == (try await other.documents()))
        for key in RandomChanges.responseKeys {
            try #require(try await memory.response(key) == (try await other.response(key)))
        }
    }

    private func compareInvocations(
        _ memory: StoreUnderTest, _ other: StoreUnderTest
    ) async throws {
        var expected = try await memory.status()
        var found = try await other.status()
        (expected.fileBytes, expected.walBytes, found.fileBytes, found.walBytes) = (0, 0, 0, 0)
        try #require(expected == found)
        let listed = try await memory.list(InvocationFilter(limit: 1_000)).items
        let others = try await other.list(InvocationFilter(limit: 1_000)).items
        try #require(listed.count == others.count)
        for (expected, found) in zip(listed, others) { try #require(expected == found) }
        for item in listed.prefix(20) {
            try #require(try await memory.detail(item.id) == (try await other.detail(item.id)))
        }
    }

    private func compareEvents(_ memory: StoreUnderTest, _ other: StoreUnderTest) async throws {
        let listed = try await memory.list(EventFilter(limit: 1_000)).items
        let others = try await other.list(EventFilter(limit: 1_000)).items
        try #require(listed.count == others.count)
        for (expected, found) in zip(listed, others) { try #require(expected == found) }
        for item in listed.prefix(20) {
            let expected = try #require(try await memory.event(item.id))
            try #require(try await other.event(item.id) == expected)
        }
    }

    private func compareSchedules(_ memory: StoreUnderTest, _ other: StoreUnderTest) async throws {
        guard
            case .schedules(let rows) = try await memory.store.read(
                .schedules(after: nil, limit: 9)),
            case .schedules(let otherRows) = try await other.store.read(
                .schedules(after: nil, limit: 9))
        else { fatalError() }
        try #require(rows == otherRows)
        for row in rows {
            let query = Query.firings(schedule: row.declaration.name, limit: 50)
            guard case .firings(let firings) = try await memory.store.read(query),
                case .firings(let others) = try await other.store.read(query)
            else { fatalError() }
            try #require(firings == others)
        }
    }

    private func compareFiles(_ memory: StoreUnderTest, _ other: StoreUnderTest) async throws {
        let everyFile = Query.files(bucket: "inbox", after: nil, limit: 9)
        guard case .files(let files) = try await memory.store.read(everyFile),
            case .files(let otherFiles) = try await other.store.read(everyFile)
        else { fatalError() }
        try #require(files == otherFiles)
        let onTheirWay = Query.placements(after: 0, limit: 1_000)
        guard case .placements(let placements) = try await memory.store.read(onTheirWay),
            case .placements(let otherPlacements) = try await other.store.read(onTheirWay)
        else { fatalError() }
        try #require(placements == otherPlacements)
    }
}

extension StoreUnderTest {
    /// All that the random changes write.
    fileprivate func documents() async throws -> [HostReply.Found] {
        let query = Query.documents(collection: "docs", after: nil, limit: 9)
        guard case .documents(let found) = try await store.read(query) else { fatalError() }
        return found
    }

    fileprivate func response(_ keyHash: [UInt8]) async throws -> StoredResponse? {
        guard case .response(let found) = try await store.read(.response(keyHash: keyHash)) else {
            fatalError()
        }
        return found
    }
}

/// Which store a change is for: their leases begin at different numbers.
enum LeaseOrigin: Int64 {
    case memory = 0
    case sqlite = 0x100_0000_0000

    func told(_ lease: Lease) -> Int64 { lease.rawValue - rawValue }
    func lease(_ told: Int64) -> Lease { Lease(told + rawValue) }
}

/// An answer as a text, with its leases counted from where they begin.
private struct Told: Equatable, CustomStringConvertible {
    let description: String

    init(_ answer: Answer, _ base: LeaseOrigin) {
        var answer = answer
        switch answer {
        case .recorded(var recorded):
            for index in recorded.started.indices {
                recorded.started[index].lease = Lease(base.told(recorded.started[index].lease))
            }
            answer = .recorded(recorded)
        case .claimed(var claimed):
            for index in claimed.invocations.indices {
                claimed.invocations[index].held.lease = Lease(
                    base.told(claimed.invocations[index].held.lease))
            }
            claimed.ready.sort()
            answer = .claimed(claimed)
        case .settled(var settled):
            settled.renewed = settled.renewed.map { Lease(base.told($0)) }
            settled.ready.sort()
            answer = .settled(settled)
        case .refused(.isRunning(var held)):
            held.lease = Lease(base.told(held.lease))
            answer = .refused(.isRunning(held))
        default: break
        }
        description = "\(answer)"
    }
}
