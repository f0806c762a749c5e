import Contract
import Foundation
import Invocations
import Synchronization
import Testing

@testable import StoreSQLite

@Suite("A store on SQLite, on a failing disk")
struct SQLiteStoreDiskTests {
    typealias Desk = StoreUnderTest

    /// A store whose commits fail as the test says.
    private final class Failing: StoreUnderTest, @unchecked Sendable {
        let fault: Switch
        private let folder: Folder

        init(limits: Limits = Limits()) async throws {
            let folder = try Folder()
            let fault = Switch()
            self.folder = folder
            self.fault = fault
            var options = StoreOptions(limits: limits, retryInterval: .milliseconds(5))
            options.logger.logLevel = .critical
            options.fault = { fault.take() }
            super.init(try SQLiteStore(at: folder.path("roost.db"), options: options))
            await register()
        }

        var sqlite: SQLiteStore { store as! SQLiteStore }

        override func end() {
            sqlite.close()
            folder.remove()
        }
    }

    /// What the next commits fail with.
    private final class Switch: Sendable {
        private let state = Mutex<(fault: StoreFault?, times: Int)>((nil, 0))

        func set(_ fault: StoreFault?, times: Int = .max) { state.withLock { $0 = (fault, times) } }

        func take() -> StoreFault? {
            state.withLock { state in
                guard state.times > 0 else { return nil }
                state.times -= 1
                return state.fault
            }
        }
    }

    @Test("refuses what comes in while the disk is full, keeps outcomes until there is room")
    func full() async throws {
        let store = try await Failing()
        defer { store.end() }
        let held = await store.start()
        let other = await store.start()
        store.fault.set(.full)

        let record = Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))
        #expect(store.refusal(await store.apply(record)) == .diskFull)
        #expect(store.sqlite.condition == .full)
        let claim = Change.claim(Claim(wants: [], invocationsMax: 1, now: store.now))
        #expect(store.refusal(await store.apply(claim)) == .diskFull)
        #expect(try await store.state(held.invocation) == .running)
        async let settled = store.settle(held)
        async let mixed = store.store.commit([
            record, .settle(Settling(held: other, ending: Desk.succeeded)),
        ])
        store.fault.set(.full, times: 3)

        #expect(store.refusal(await settled) == nil)
        let answers = await mixed
        #expect(answers.count == 2 && store.refusal(answers[1]) == nil)
        // The last answer comes a moment before the store says that it writes again.
        try await eventually("the store writes again") { store.sqlite.condition == .writing }
        #expect(try await store.state(held.invocation) == .succeeded)
        #expect(try await store.state(other.invocation) == .succeeded)
        try await store.expectTheSum()
    }

    @Test("accepts again once the disk has room, though no outcome waits")
    func roomAgain() async throws {
        let store = try await Failing()
        defer { store.end() }
        store.fault.set(.full, times: 1)
        let record = Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))

        #expect(store.refusal(await store.apply(record)) == .diskFull)
        try await eventually("the disk has room") { store.sqlite.condition == .writing }

        #expect(store.refusal(await store.apply(record)) == nil)
        try await store.expectTheSum()
    }

    @Test("does the same while another program holds the file's lock, and says that it is that")
    func locked() async throws {
        let store = try await Failing()
        defer { store.end() }
        let held = await store.start()
        store.fault.set(.locked)
        let record = Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))

        #expect(store.refusal(await store.apply(record)) == .storeLocked)
        #expect(store.sqlite.condition == .locked)
        async let settled = store.settle(held)
        store.fault.set(.locked, times: 3)

        #expect(store.refusal(await settled) == nil)
        try await eventually("the store writes again") { store.sqlite.condition == .writing }
        #expect(try await store.state(held.invocation) == .succeeded)
        try await store.expectTheSum()
    }

    @Test("gives kept outcomes up when it closes: they are still owed")
    func closesWhileFull() async throws {
        let store = try await Failing()
        defer { store.end() }
        let held = await store.start()
        store.fault.set(.full)
        async let settled = store.settle(held)
        try await eventually("the disk is found full") { store.sqlite.condition != .writing }

        store.sqlite.close()

        #expect(store.refusal(await settled) == .diskFull)
    }

    @Test("writes no more after a failed sync, goes on reading, and says why")
    func broken() async throws {
        let store = try await Failing()
        defer { store.end() }
        let held = await store.start()
        store.fault.set(.sync, times: 1)

        let first = store.refusal(await store.settle(held))
        let second = store.refusal(await store.settle(held))

        guard case .broken(let why)? = first, second == first else {
            Issue.record(
                "broken for good, not \(String(describing: first)), \(String(describing: second))")
            return
        }
        #expect(why.contains("disk I/O error") && why.contains("restart the host"))
        #expect(store.sqlite.condition == .broken(why))
        #expect(try await store.state(held.invocation) == .running)
        try await store.expectTheSum()
    }

    @Test("rolls back a group with a bad change in it and applies the others alone")
    func goesAlone() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        var options = StoreOptions()
        options.logger.logLevel = .critical
        let poison = Migration(
            name: "poison",
            sql: """
                CREATE TRIGGER poison BEFORE INSERT ON events WHEN NEW.subject = 'poison'
                BEGIN SELECT RAISE(ABORT, 'poison'); END
                """)
        let sqlite = try SQLiteStore(
            at: folder.path("roost.db"), options: options, migrations: Migration.all + [poison])
        defer { sqlite.close() }
        let store = StoreUnderTest(sqlite)
        await store.register()
        func record(_ subject: String) -> Change {
            let event = NewEvent(kind: .command, subject: subject, acceptedAt: store.now, data: [1])
            return .record(Record(event: event, owed: [Owed(function: Desk.one)]))
        }

        let answers = await store.store.commit([record("good"), record("poison"), record("good")])

        #expect(store.refusal(answers[0]) == nil && store.refusal(answers[2]) == nil)
        guard case .broken(let why)? = store.refusal(answers[1]) else {
            Issue.record("the bad one alone is refused, not \(answers[1])")
            return
        }
        #expect(why.hasPrefix("this change alone failed: poison"))
        #expect(try await store.status().recorded == 2)
        #expect(await store.claim(Desk.one).invocations.count == 2)
        try await store.expectTheSum()
    }

    @Test("turns records away while too much waits, never outcomes")
    func overloaded() async throws {
        var limits = Limits()
        limits.storeQueueChangesMax = 2
        let store = try await Failing(limits: limits)
        defer { store.end() }
        let held = await store.start()
        let record = Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))

        let refused = await store.store.commit([record, record, record])
        let mixed = await store.store.commit([
            record, record, .settle(Settling(held: held, ending: Desk.succeeded)),
        ])

        #expect(refused.map { store.refusal($0) } == [.overloaded, .overloaded, .overloaded])
        #expect(mixed.map { store.refusal($0) } == [.overloaded, .overloaded, nil])
        #expect(try await store.state(held.invocation) == .succeeded)
        try await store.expectTheSum()
    }

    @Test("spreads a long commit over groups and answers all of it, in order")
    func longCommits() async throws {
        var limits = Limits()
        limits.groupChangesMax = 7
        let store = try await Failing(limits: limits)
        defer { store.end() }
        let changes = (0..<100).map { _ in
            Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))
        }

        let numbers = await store.store.commit(changes).compactMap { answer -> Int64? in
            guard case .recorded(let recorded) = answer else { return nil }
            return recorded.number.rawValue
        }

        #expect(numbers == Array(1...100))
        try await store.expectTheSum()
    }
}
