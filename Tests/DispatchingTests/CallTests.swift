import Contract
import Dispatching
import Invocations
import Testing

@Suite("A call")
struct CallTests {
    private let put = [Effect.put(path: "orders/1", body: Array("{}".utf8))]
    private let created = ResponseData(status: 201, body: .whole([49]))
    private let caller = Caller()

    @Test("that writes nothing is answered without a commit")
    func short() {
        let desk = Desk()

        caller.call(desk)
        #expect(desk.running[0].body == .handedOn && desk.running[0].delivery.onceKey == nil)
        desk.end(desk.running[0], response: created)

        #expect(caller.heard == ["response 201"])
        #expect(desk.store.conclusions.isEmpty && desk.dispatcher.counts.succeeded == 1)
    }

    @Test("that writes is answered after its commit, and not before")
    func effects() {
        let desk = Desk()
        caller.call(desk)

        desk.tell(desk.running[0], effects: put, response: created)
        #expect(caller.heard.isEmpty && desk.store.version("orders/1") == 0)
        desk.turns()

        #expect(caller.heard == ["response 201"] && desk.store.version("orders/1") == 1)
        #expect(desk.store.conclusions.map(\.ending.settlement) == [.succeeded])
    }

    @Test("is told of a body that is still to come")
    func streamed() {
        let desk = Desk()
        caller.call(desk)

        desk.end(desk.running[0], response: ResponseData(status: 200, body: .streamed))

        #expect(caller.heard == ["response 200 with a body to come"])
    }

    @Test("has its worker let go of a body that is not sent, for its attempt was lost")
    func droppedBody() {
        let desk = Desk()
        let streamed = ResponseData(status: 200, body: .streamed)
        let lost = AttemptNumber(1)
        caller.call(desk)
        desk.store.put("orders/1", [48])

        desk.end(
            desk.running[0], reads: [DocumentRead(path: "orders/1", version: 0)], effects: put,
            response: streamed)
        desk.end(desk.running[0], response: streamed)

        #expect(desk.runner.dropped == [lost])
        #expect(caller.heard == ["response 200 with a body to come"])
    }

    @Test("without a response of its handler is answered 204")
    func noResponse() {
        let desk = Desk()
        caller.call(desk)

        desk.end(desk.running[0])

        #expect(caller.heard == ["response 204"])
    }

    @Test("with a key leaves its response, by which the next one is answered")
    func key() {
        let desk = Desk()
        caller.call(desk, hash: 5)
        #expect(desk.running[0].body == .gathered(bytesMax: 100))
        #expect(desk.running[0].delivery.onceKey == "once")
        desk.end(desk.running[0], response: created)

        caller.call(desk, hash: 5)
        desk.end(desk.running[0], effects: put, response: ResponseData(status: 200))

        #expect(caller.heard == ["response 201", "replay 201"])
        #expect(desk.store.version("orders/1") == 0, "the effects of the second are dropped")
        #expect(desk.store.conclusions.map { $0.response?.expiresAt } == [Desk.start + .hours(24)])
    }

    @Test("with a key fails whose response is too long to keep")
    func longResponse() {
        let desk = Desk()
        caller.call(desk, hash: 5)

        desk.end(
            desk.running[0], effects: put,
            response: ResponseData(status: 200, body: .whole(Array(repeating: 48, count: 101))))

        #expect(caller.heard == ["failed"] && desk.store.version("orders/1") == 0)
    }

    @Test("that is rejected keeps its answer where it has a key, and a row where it has none")
    func rejected() {
        let desk = Desk()
        let response = ResponseData(status: 422)
        caller.call(desk, hash: 5)
        desk.end(desk.running[0], .rejected(reason: "no"), effects: put, response: response)
        caller.call(desk)
        desk.end(desk.running[0], .rejected(reason: "no"), response: response)

        #expect(caller.heard == ["response 422", "response 422"])
        #expect(desk.store.conclusions.map { $0.response?.status } == [422, nil])
        #expect(desk.store.version("orders/1") == 0)
    }

    @Test(
        "that fails is answered at once and leaves its error, once, uncommitted",
        arguments: [.failed(error: "boom", retryAfter: nil), .timedOut, .crashed(error: "SIGBUS")]
            as [Outcome])
    func failed(outcome: Outcome) {
        let desk = Desk()
        caller.call(desk, hash: 5, mayRunAgain: true)

        desk.tell(desk.running[0], outcome)
        #expect(caller.heard == [outcome.name])
        desk.turns()

        #expect(desk.running.isEmpty && desk.store.conclusions.map(\.ending.outcome) == [outcome])
        #expect(desk.store.conclusions[0].response == nil)
    }

    @Test("that lost a document runs again in its turn, then is answered")
    func conflict() {
        let desk = Desk()
        caller.call(desk)
        desk.store.put("orders/1", [48])

        desk.end(desk.running[0], reads: [DocumentRead(path: "orders/1", version: 0)], effects: put)
        #expect(caller.heard.isEmpty && desk.running.map(\.delivery.attempt) == [2])
        desk.end(
            desk.running[0], reads: [DocumentRead(path: "orders/1", version: 1)], effects: put,
            response: created)

        #expect(caller.heard == ["response 201"])
        #expect(desk.store.conclusions.map(\.runs) == [2] && desk.dispatcher.held == 0)
    }

    @Test("that never wins is given up after as many runs as anything may have")
    func runsMax() {
        var limits = Limits()
        limits.runsMax = 3
        let desk = Desk(limits: limits)
        caller.call(desk)

        while let next = desk.running.first { desk.end(next, .conflicted(paths: ["orders/1"])) }

        #expect(caller.heard == ["conflicted"] && desk.runner.begun.count == 3)
        #expect(desk.dispatcher.held == 0)
    }

    @Test(
        "whose worker was lost runs again once, where that is harmless",
        arguments: [.neighbour, .suspected, .workerUnavailable] as [Interruption])
    func neighbour(reason: Interruption) {
        let desk = Desk()
        caller.call(desk, mayRunAgain: true)
        desk.end(desk.running[0], .interrupted(reason))
        #expect(desk.running.map(\.runsAlone) == [reason == .suspected])

        desk.end(desk.running[0], .interrupted(.neighbour))

        #expect(caller.heard == ["interrupted"] && desk.running.isEmpty)
        #expect(desk.runner.begun.map(\.delivery.attempt) == [1, 2])
    }

    @Test("whose worker was lost is answered at once where twice would not be once")
    func neighbourOfPost() {
        let desk = Desk()
        caller.call(desk)

        desk.end(desk.running[0], .interrupted(.neighbour))

        #expect(caller.heard == ["interrupted"] && desk.runner.begun.count == 1)
    }

    @Test(
        "that can't be committed is told so",
        arguments: [.diskFull, .broken("gone"), .backlogFull(max: 2), .overloaded] as [Refusal])
    func refused(refusal: Refusal) {
        let desk = Desk()
        desk.store.script = { change in
            if case .conclude = change { .refused(refusal) } else { nil }
        }
        caller.call(desk, hash: 5)

        desk.end(desk.running[0], effects: put, response: created)

        #expect(caller.heard == ["\(refusal)"] && desk.dispatcher.counts.succeeded == 0)
    }

    @Test("whose merge meets what it can't be merged into fails")
    func unmergeable() {
        let desk = Desk()
        desk.store.script = { change in
            guard case .conclude(let conclusion) = change, !conclusion.effects.isEmpty else {
                return nil
            }
            return .refused(.unmergeable(path: "orders/1", reason: "it is no object"))
        }
        caller.call(desk)

        desk.end(desk.running[0], effects: put, response: created)

        #expect(caller.heard == ["failed"])
    }

    @Test("stands in line behind the invocations that began before it, and before later ones")
    func order() {
        let desk = Desk(slots: 16)
        let lose = Outcome.conflicted(paths: ["orders/1"])
        desk.records(3)
        caller.call(desk)
        desk.records(1)
        for assignment in desk.running { desk.end(assignment, lose) }

        var began: [Int64?] = []
        while let next = desk.running.first {
            began.append(next.delivery.event.id.tag == .call ? nil : next.delivery.event.id.number)
            desk.end(next)
        }

        #expect(began == [1, 2, 3, nil, 4])
        #expect(caller.heard == ["response 204"])
    }
}
