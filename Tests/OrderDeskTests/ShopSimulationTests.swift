import Foundation
import Roost
import RoostTesting
import Testing

@testable import OrderDesk

private struct NewOrder: Encodable {
    var id: String
    var customer = "c-1"
    var items = [Order.Item(article: "rope", count: 2)]
}

@Suite("The shop, simulated") struct ShopSimulationTests {
    @Test(
        "writes one receipt for each order, whatever goes wrong",
        arguments: 1...4 as ClosedRange<UInt64>)
    func receipts(seed: UInt64) async throws {
        let faults: [SimulatedFault] = [.crashAtEveryCommit, .duplicates(0.2), .workerCrashes(0.1)]

        try await Simulation(Shop(), seed: seed, faults: faults) { world in
            for number in 1...5 {
                let order = NewOrder(id: "o-\(number)")
                var response = try await world.request(
                    .post, "/orders", json: order, key: "k-\(number)")
                // A crash is told, and has committed nothing: the same key may be sent again.
                for _ in 0..<5 where response.status == .internalServerError {
                    response = try await world.request(
                        .post, "/orders", json: order, key: "k-\(number)")
                }
                #expect(response.status == .created)
            }
            try await world.settle()

            let states = try await world.documents(in: orders).values.map(\.state)
            #expect(states == Array(repeating: .reserved, count: 5))
            #expect(try await world.documents(in: OrderDesk.receipts).count == 5)
            // A call that crashed is one; nothing that was accepted is.
            let dead = try await world.deadLetters()
            #expect(dead.allSatisfy { $0.hasPrefix("create-order: ") }, "\(dead)")
        }
    }

    @Test("answers a call that is sent again with what it answered before")
    func replay() async throws {
        try await Simulation(Shop()) { world in
            let order = NewOrder(id: "o-1")

            let first = try await world.request(.post, "/orders", json: order, key: "k")
            let second = try await world.request(.post, "/orders", json: order, key: "k")
            let other = try await world.request(.post, "/orders", json: order)

            #expect(first.status == .created && second.body == first.body)
            #expect(other.status == .conflict)
        }
    }

    @Test("counts the orders each night, also in the one in which the clocks change")
    func nights() async throws {
        let saturday = try Date("2026-03-28T12:00:00Z", strategy: .iso8601)

        try await Simulation(Shop(), faults: [.crashAtEveryCommit], startingAt: saturday) { world in
            try await world.request(.post, "/orders", json: NewOrder(id: "o-1"), key: "k")
            try await world.advance(by: .days(2))

            let found = try await world.documents(in: dailyReports)
            #expect(found.keys.sorted() == ["2026-03-29", "2026-03-30"])
            #expect(found.values.allSatisfy { $0.orders == 1 && $0.fileBytes == 38 })
            #expect(try await world.file("2026-03-30.csv", in: reports)?.count == 38)
        }
    }

    @Test("lets a month pass in no time")
    func month() async throws {
        try await Simulation(Shop()) { world in
            try await world.advance(by: .days(30))

            #expect(try await world.documents(in: dailyReports).count == 30)
        }
    }
}
