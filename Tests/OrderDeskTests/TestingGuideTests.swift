// The examples of docs/testing.md, as they stand there.
import Roost
import RoostTesting
import Testing

@testable import OrderDesk

@Test func placesAnOrder() async throws {
    let desk = Rehearsal()
    let items = [Order.Item(article: "rope", count: 2)]
    let order = Order(id: "o-1", customer: "c-1", items: items, state: .placed)

    let response = try await createOrder(WebRequest(.post, "/orders", json: order), desk.context)

    #expect(response.status == .created)
    #expect(try desk.published(to: orderPlaced) == [OrderPlaced(id: "o-1")])
}

@Test func oneReceiptForEachOrder() async throws {
    let items = [Order.Item(article: "rope", count: 2)]
    let order = Order(id: "o-1", customer: "c-1", items: items, state: .placed)

    let faults: [SimulatedFault] = [.crashAtEveryCommit, .duplicates(0.2)]
    try await Simulation(Shop(), seed: 7, faults: faults) { world in
        try await world.request(.post, "/orders", json: order, key: "k-1")
        try await world.advance(by: .days(30))

        #expect(try await world.documents(in: receipts).count == 1)
        #expect(try await world.deadLetters().isEmpty)
    }
}
