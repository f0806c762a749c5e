import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher, with files of handlers")
struct PlacingTests {
    private let file = StagedFile(
        bucket: "reports", key: "a.csv", name: "effect-1",
        mark: FileMark(size: 1, modifiedNanoseconds: 2, inode: 3))

    /// Remembers what it is to place and discard, and says that it is done when it is told to.
    private final class Placer {
        var placed: [Placement] = []
        var done: [() -> Void] = []
        var discarded: [StagedFile] = []

        init(_ desk: Desk) {
            desk.dispatcher.place = { [self] placements, done in
                placed += placements
                self.done.append(done)
            }
            desk.dispatcher.discard = { [self] in discarded += $0 }
        }

        func finish() { for done in done { done() } }
    }

    private var effects: [Effect] {
        [.file(file), .send(Sending(function: "b", data: Array("{}".utf8)))]
    }

    @Test("begins nothing that comes of a commit before its files are placed, and all else")
    func gate() {
        let desk = Desk([Desk.function("a"), Desk.function("b"), Desk.function("c")])
        let placer = Placer(desk)
        desk.record()
        desk.turns()

        desk.end(desk.running[0], effects: effects)
        desk.record(3)
        desk.turns()
        let before = desk.running.map(\.delivery.function)
        placer.finish()
        desk.turns()

        #expect(placer.placed.map(\.file) == [file])
        #expect(before == [2])
        #expect(desk.running.map(\.delivery.function).sorted() == [1, 2])
        #expect(placer.discarded == [])
    }

    @Test("answers a caller once the files of the call are placed")
    func caller() {
        let desk = Desk([Desk.function("a", input: .request), Desk.function("b")])
        let placer = Placer(desk)
        let caller = Caller().call(desk)
        desk.turns()

        desk.end(desk.running[0], effects: effects, response: ResponseData(status: 201))
        let before = caller.heard
        placer.finish()
        desk.turns()

        #expect(before == [])
        #expect(caller.heard == ["response 201"])
        #expect(desk.running.map(\.delivery.function) == [1])
    }

    @Test("holds what it holds back, and gives it back when it stops")
    func stopping() {
        let desk = Desk([Desk.function("a"), Desk.function("b")])
        let placer = Placer(desk)
        desk.record()
        desk.turns()
        desk.end(desk.running[0], effects: effects)
        let held = desk.dispatcher.held

        desk.dispatcher.interruptAll()
        desk.turns()
        placer.finish()
        desk.turns()

        #expect(held > 0)
        #expect(desk.running.isEmpty && desk.dispatcher.held == 0)
        #expect(desk.store.count(.ready) == 1)
    }

    @Test("discards files that nobody commits")
    func discards() {
        let desk = Desk([Desk.function("a"), Desk.function("b")])
        let placer = Placer(desk)
        desk.records(3)
        let mistaken = Effect.send(Sending(function: "zzzzzz", data: []))

        desk.end(desk.running[0], effects: [.file(file), mistaken])
        desk.store.put("x/y", [1])
        desk.end(
            desk.running[0], reads: [DocumentRead(path: "x/y", version: 0)],
            effects: [.file(file)])
        desk.dispatcher.ended(
            AttemptEnd(
                attempt: AttemptNumber(99),
                report: Report(
                    outcome: .succeeded, beganAt: desk.now, duration: .zero,
                    effects: [.file(file)]), worker: 1))

        #expect(placer.discarded == [file, file, file])
        #expect(placer.placed == [])
    }

    @Test("spares files of which the store can't tell whether it committed them")
    func uncertain() {
        let desk = Desk([Desk.function("a"), Desk.function("b")])
        let placer = Placer(desk)
        desk.records(1)
        desk.store.script = { change in
            if case .settle = change { .refused(.broken("a sync failed")) } else { nil }
        }

        desk.end(desk.running[0], effects: [.file(file)])

        #expect(placer.discarded == [] && placer.placed == [])
        #expect(desk.dispatcher.committing == [file.name])
    }

    @Test(
        "says what is wrong with a file",
        arguments: [
            ("Reports", "a", "effect-1", "the bucket \"Reports\" has 'R' at place 1; expected"),
            ("reports", "../a", "effect-1", "\"../a\" is no key of a file that is announced"),
            ("reports", "a.tmp", "effect-1", "\"a.tmp\" is no key of a file that is announced"),
            ("reports", "a", "../../etc", "\"../../etc\" is no name of a staged file"),
            ("reports", "a", "effect-", "\"effect-\" is no name of a staged file"),
        ])
    func mistakes(_ bucket: String, _ key: String, _ name: String, _ text: String) {
        let file = StagedFile(bucket: bucket, key: key, name: name, mark: nil)

        #expect(file.mistake?.hasPrefix(text) == true, "\(file.mistake ?? "none")")
    }
}
