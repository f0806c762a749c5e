import Foundation
import Roost
import Testing

@testable import OrderDesk

private struct NewOrder: Encodable {
    var id: String? = "o-1"
    var customer = "c-1"
    var items = [Order.Item(article: "rope", count: 2)]
}

@Suite("An order") struct OrdersTests {
    let desk = Rehearsal()

    @Test("is written, told of and reserved")
    func isPlaced() async throws {
        let request = try WebRequest(.post, "/orders", json: NewOrder())

        let response = try await createOrder(request, desk.context)

        #expect(response.status == .created)
        #expect(response.headers[.location] == "/orders/o-1")
        #expect(try desk.documents(in: orders)["o-1"]?.state == .placed)
        #expect(try desk.published(to: orderPlaced) == [OrderPlaced(id: "o-1")])
        #expect(try desk.sent(to: reserveStock).map(\.order) == ["o-1"])
    }

    @Test("without an identifier gets the one of its call")
    func hasOnceKey() async throws {
        let request = try WebRequest(.post, "/orders", json: NewOrder(id: nil))

        _ = try await createOrder(request, desk.context(attempt: 3, onceKey: "k-1"))

        #expect(try desk.documents(in: orders).keys.sorted() == ["k-1"])
    }

    @Test("that is there already, or has no items, is refused")
    func isRefused() async throws {
        let request = try WebRequest(.post, "/orders", json: NewOrder())
        _ = try await createOrder(request, desk.context)

        let conflict = await #expect(throws: Rejection.self) {
            try await createOrder(request, desk.context)
        }
        let empty = try WebRequest(.post, "/orders", json: NewOrder(items: []))
        let rejection = await #expect(throws: Rejection.self) {
            try await createOrder(empty, desk.context)
        }

        #expect(conflict?.status == .conflict)
        #expect(rejection?.reason == "an order has at least one item")
    }

    @Test("goes from stock, refilled where needed, to its receipt")
    func isFulfilled() async throws {
        _ = try await createOrder(try WebRequest(.post, "/orders", json: NewOrder()), desk.context)
        let reservation = try #require(try desk.sent(to: reserveStock).first)

        try await reserveStock(Command(reservation), desk.context)
        let refill = try #require(try desk.sent(to: refillStock).first)
        try await refillStock(Command(refill), desk.context)
        try await reserveStock(Command(reservation), desk.context)
        try await sendReceipt(Command("o-1"), desk.context)

        #expect(try desk.documents(in: stock)["rope"] == Stock(article: "rope", count: 100))
        #expect(try desk.documents(in: orders)["o-1"]?.state == .reserved)
        #expect(
            try desk.documents(in: receipts) == ["o-1": Receipt(order: "o-1", customer: "c-1")])
    }

    @Test("has its receipt later where it is not reserved yet")
    func waitsForReservation() async throws {
        _ = try await createOrder(try WebRequest(.post, "/orders", json: NewOrder()), desk.context)

        let error = await #expect(throws: RetryLater.self) {
            try await sendReceipt(Command("o-1"), desk.context)
        }

        #expect(error?.delay == .seconds(1))
    }
}

@Suite("Stocktaking") struct StocktakingTests {
    @Test("goes on by sending itself a command until all is counted")
    func goesOn() async throws {
        let desk = Rehearsal()
        for number in 0..<250 {
            let article = "a-\(String(number + 1000))"
            try desk.put(Stock(article: article, count: 2), id: article, in: stock)
        }

        try await takeStock(Command(Stocktaking(id: "s")), desk.context)
        for _ in 0..<2 {
            let next = try #require(try desk.sent(to: takeStock).last)
            try await takeStock(Command(next), desk.context)
        }

        #expect(try desk.sent(to: takeStock).count == 2)
        let taking = try #require(try desk.documents(in: stocktakings)["s"])
        #expect(taking.isDone)
        #expect((taking.articles, taking.pieces) == (250, 500))
    }
}

@Suite("The desk's small functions") struct SmallFunctionsTests {
    @Test("say hello")
    func sayHello() async throws {
        let response = try await hello(WebRequest(), Rehearsal().context)

        #expect(response.text == "Hello from the order desk.\n")
    }

    @Test("refuse a query that is out of range")
    func refuseQuery() async throws {
        let rejection = await #expect(throws: Rejection.self) {
            try await watchDesk(WebRequest(.get, "/watch?events=0"), Rehearsal().context)
        }

        #expect(rejection?.reason == "the query's \"events\" is \"0\", expected 1 to 1000000")
    }
}
