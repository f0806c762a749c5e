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

    @Test("takes what comes by every way, once, whatever goes wrong")
    func everyWay() async throws {
        let faults: [SimulatedFault] = [.crashAtEveryCommit, .duplicates(0.3)]

        try await Simulation(Shop(), seed: 3, faults: faults) { world in
            let file = Data("o-1,c-1,rope,2\no-2,c-2,lamp,1\n".utf8)
            try await world.drop(file, at: "monday.csv", in: inbox)
            for _ in 1...2 {
                try await world.publish(OrderPlaced(id: "o-9"), to: orderPlaced, key: "m-1")
            }
            try await world.send(Stocktaking(id: "t-1"), to: takeStock, key: "s-1")
            let order = Order(id: "o-3", customer: "c-3", items: [], state: .placed)
            try await world.put(order, id: "o-3", in: orders)
            try await world.settle()
            try await world.delete("o-3", in: orders)
            try await world.remove("monday.csv", from: inbox)
            try await world.settle()

            #expect(try await world.owed() == 0)
            #expect(try await world.documents(in: orders).keys.sorted() == ["o-1", "o-2"])
            #expect(try await world.documents(in: OrderDesk.receipts).count == 2)
            #expect(try await world.documents(in: orderCounts)["all"]?.placed == 3)
            #expect(try await world.documents(in: stocktakings)["t-1"]?.isDone == true)
            #expect(try await world.file("monday.csv", in: inbox) == nil)
            #expect(await world.logged.contains("info: order confirmed"))
            let dead = try await world.deadLetters()
            // What runs alone whenever the host ends is charged with it, as on a real host.
            let words = "the host ended while it ran alone"
            #expect(dead.allSatisfy { $0.hasSuffix(words) }, "\(dead)")
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
