import Contract
import Invocations
import Testing

@Suite("Every store, committing effects")
struct StoreEffectsTests {
    typealias Desk = StoreUnderTest

    @Test("writes and records together with the settlement", arguments: storeMakers)
    func commitsTogether(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            let later = Desk.effect(to: Desk.three, .at(store.now + .seconds(5)))
            let effects = Effects(
                writes: [.put(path: "orders/1", body: [7])], records: [Desk.effect(), later])

            let settled = await store.settled(held, Desk.succeeded, effects)

            #expect(settled.ready == [Desk.two])
            #expect(try await store.document("orders/1").body == [7])
            #expect(await store.claim(Desk.two).invocations.count == 1)
            #expect(await store.claim(Desk.three).nextDueAt == store.now + .seconds(5))
            #expect(try await store.state(held.invocation) == .succeeded)
        }
    }

    @Test("drops the effects of an attempt that did not succeed", arguments: storeMakers)
    func dropsEffects(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let effects = Effects(writes: [.put(path: "a/b", body: [1])], records: [Desk.effect()])
            for ending in [
                Desk.ending(Desk.failed, .retry(at: store.now)),
                Desk.ending(.rejected(reason: "no"), .dead(reason: "no")),
                Desk.ending(.interrupted(.drained), .again(suspect: false)),
            ] {
                _ = await store.settled(await store.start(), ending, effects)
            }

            #expect(try await store.document("a/b").version == 0)
            #expect(try await store.status().recorded == 3)
        }
    }

    @Test(
        "refuses what read a document that has changed, and changes nothing", arguments: storeMakers
    )
    func checksReads(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let put = ConditionalWrite(.put(path: "a/b", body: [1]))
            guard
                case .written(let written) = await store.apply(
                    .write(Writing([put, put], origin: Origin(now: store.now))))
            else {
                fatalError()
            }
            let held = await store.start()
            let effects = Effects(
                reads: [
                    DocumentRead(path: "a/b", version: written.versions[0]),
                    DocumentRead(path: "x/y", version: 0),
                    DocumentRead(path: "x/z", version: 3),
                ],
                writes: [.put(path: "c/d", body: [1])], records: [Desk.effect()])

            let answer = await store.settle(held, Desk.succeeded, effects)

            #expect(store.refusal(answer) == .conflicted(paths: ["a/b", "x/z"]))
            #expect(try await store.state(held.invocation) == .running)
            #expect(try await store.document("c/d").version == 0)
            #expect(try await store.status().recorded == 1)
        }
    }

    @Test("commits what read documents as they are, found or absent", arguments: storeMakers)
    func acceptsReads(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let put = ConditionalWrite(.put(path: "a/b", body: [1]))
            _ = await store.apply(.write(Writing([put], origin: Origin(now: store.now))))
            let version = try await store.document("a/b").version
            let reads = [
                DocumentRead(path: "a/b", version: version), DocumentRead(path: "x/y", version: 0),
            ]
            let effects = Effects(reads: reads, writes: [.put(path: "x/y", body: [2])])

            let answer = await store.settle(await store.start(), Desk.succeeded, effects)

            #expect(store.refusal(answer) == nil)
            #expect(try await store.document("x/y").body == [2])
        }
    }

    @Test(
        "checks the reads of a rejection, and of nothing else without effects",
        arguments: storeMakers)
    func checksRejections(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let stale = Effects(reads: [DocumentRead(path: "a/b", version: 9)])
            let rejected = Desk.ending(.rejected(reason: "no"), .dead(reason: "no"))
            let held = await store.start()

            #expect(
                store.refusal(await store.settle(held, rejected, stale))
                    == .conflicted(paths: ["a/b"]))
            #expect(store.refusal(await store.settle(held, Desk.succeeded, stale)) == nil)
            let failed = Desk.ending(Desk.failed, .retry(at: store.now))
            #expect(store.refusal(await store.settle(await store.start(), failed, stale)) == nil)
        }
    }

    @Test("sees a document that an earlier change of the commit wrote", arguments: storeMakers)
    func seesTheCommit(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let absent = DocumentRead(path: "a/b", version: 0)
            let effects = Effects(reads: [absent], writes: [.put(path: "a/b", body: [1])])
            let settlings = [await store.start(), await store.start()].map {
                Change.settle(Settling(held: $0, ending: Desk.succeeded, effects: effects))
            }

            let answers = await store.store.commit(settlings)

            #expect(store.refusal(answers[0]) == nil)
            #expect(store.refusal(answers[1]) == .conflicted(paths: ["a/b"]))
        }
    }

    @Test("drops an effect whose key is known, and says so in the history", arguments: storeMakers)
    func dropsKnownKeys(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.start()
            let second = await store.start()
            let effects = Effects(records: [Desk.effect("a"), Desk.effect("b"), Desk.effect("a")])

            let once = await store.settled(first, Desk.succeeded, effects)
            let twice = await store.settled(
                second, Desk.succeeded, Effects(records: [Desk.effect("b")]))

            #expect(once.droppedKeys == ["a"] && twice.droppedKeys == ["b"] && twice.ready == [])
            let note = try await store.detail(second.invocation).history.map(\.note)
            #expect(note == ["dropped, for the key was known: \"b\""])
            #expect(try await store.status().recorded == 4)
        }
    }

    @Test("finishes a thousand increments of one document that race", arguments: storeMakers)
    func incrementsRace(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            for _ in 0..<20 {
                let changes = await startMany(store, 50).map { held in
                    let add = MergeOperation.increment(member: "n", by: 1)
                    let write = DocumentWrite.merge(
                        path: "a/sum", patch: Array("{}".utf8), operations: [add])
                    return Change.settle(
                        Settling(
                            held: held, ending: Desk.succeeded, effects: Effects(writes: [write])))
                }
                for answer in await store.store.commit(changes) {
                    #expect(store.refusal(answer) == nil)
                }
            }

            let sum = try await store.document("a/sum")
            #expect(String(decoding: sum.body, as: UTF8.self) == #"{"n":1000}"#)
            #expect(sum.version == 1000)
        }
    }

    private func startMany(_ store: StoreUnderTest, _ count: Int) async -> [Held] {
        var held: [Held] = []
        for _ in 0..<count { held.append(await store.start()) }
        return held
    }
}
