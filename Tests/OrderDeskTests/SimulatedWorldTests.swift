import Foundation
import Roost
import RoostTesting
import Testing

private let place = Function("place") { (_: WebRequest, context) in
    context.logger.info("placed")
    return .text(context.onceKey)
}

private let note = Function("note") { (file: FileEvent, context) in
    context.logger.info("\(file.kind.rawValue) \(file.key)")
}

private let ring = Function("ring") { (tick: Tick, context) in
    context.logger.info("\(tick.schedule)")
}

private struct Shelf: FunctionApp {
    let functions: [any Registered] = [place, note, ring]
    let triggers: [Trigger] = [
        .http(.post, "/orders", run: place),
        .http(.put, "/orders", run: place),
        .http(.post, "/paid", idempotency: .required, run: place),
        .http(.post, "/later", mode: .accept, run: place),
        .http(.put, "/later", mode: .accept, run: place),
        .file(in: "shelf", on: .any, run: note),
    ]
    let schedules: [Schedule] = []
}

private struct Tower: FunctionApp {
    let functions: [any Registered] = [ring]
    let triggers: [Trigger] = []
    let schedules: [Schedule] = [
        .every(.minutes(5), name: "often", run: ring),
        .cron("0 0 * * *", name: "daily", run: ring),
    ]
}

@Suite("A simulated world") struct SimulatedWorldTests {
    @Test("fires two schedules as often as they say, with as much work for each firing")
    func schedules() async throws {
        // Begins at midnight, so the last instant of both is the end of the last day.
        try await Simulation(Tower()) { world in
            try await world.advance(by: .days(30))
            try await world.settle()

            let lines = await world.logged
            #expect(lines.filter { $0 == "info: often" }.count == 8_640)
            #expect(lines.filter { $0 == "info: daily" }.count == 30)
            #expect(lines.count == 8_670)
        }
    }

    @Test("replays the answer to a key, and refuses the key for another request")
    func replay() async throws {
        try await Simulation(Shelf()) { world in
            let body = Array("a".utf8)

            let first = try await world.request(.post, "/orders", body: body, key: "k")
            let again = try await world.request(.post, "/orders", body: body, key: "\"k\"")
            let other = try await world.request(.post, "/orders", body: Array("b".utf8), key: "k")

            let replayed = HTTPField.Name("Idempotent-Replayed")!
            #expect(first.status == .ok && first.headers[replayed] == nil)
            #expect(again.status == .ok && again.headers[replayed] == "true")
            #expect(again.body == first.body)
            #expect(other.status == .unprocessableContent)
            #expect(await world.logged == ["info: placed"])
        }
    }

    @Test("gives handlers the once key that a host gives them")
    func onceKey() async throws {
        try await Simulation(Shelf()) { world in
            let answer = try await world.request(.post, "/orders", key: "k")

            // The first half of the SHA-256 of "place", "POST /orders" and "k", apart by zeros.
            #expect(answer.text == "1fb6664907ef911bd9ff1ed8089d44ca")
        }
    }

    @Test("ignores the key of a route that is off")
    func ignoredKey() async throws {
        try await Simulation(Shelf()) { world in
            let first = try await world.request(.put, "/orders", key: "k")
            let second = try await world.request(.put, "/orders", key: "k")

            #expect(first.status == .ok && second.status == .ok)
            #expect(first.text != second.text)
            #expect(await world.logged.count == 2)
        }
    }

    @Test("records what is accepted once for each key, unless its route is off")
    func acceptedKey() async throws {
        try await Simulation(Shelf()) { world in
            for _ in 1...2 { try await world.request(.put, "/later", key: "k") }
            #expect(await world.logged.count == 2)

            for _ in 1...2 { try await world.request(.post, "/later", key: "k") }
            #expect(await world.logged.count == 3)
        }
    }

    @Test("refuses a request whose key is missing, or is none")
    func badKey() async throws {
        try await Simulation(Shelf()) { world in
            let missing = try await world.request(.post, "/paid")
            let bad = try await world.request(.post, "/orders", key: "a b")
            let good = try await world.request(.post, "/paid", key: "k")

            #expect(missing.status == .badRequest && bad.status == .badRequest)
            #expect(good.status == .ok)
            #expect(await world.logged == ["info: placed"])
        }
    }

    @Test("has run what a file causes when its verb returns, and knows no unfinished files")
    func files() async throws {
        try await Simulation(Shelf()) { world in
            try await world.drop(Data("a".utf8), at: "a.csv.part", in: "shelf")
            try await world.drop(Data("a".utf8), at: "a.csv", in: "shelf")
            #expect(await world.logged == ["info: created a.csv"])

            try await world.remove("a.csv", from: "shelf")
            #expect(await world.logged == ["info: created a.csv", "info: deleted a.csv"])
        }
    }
}
