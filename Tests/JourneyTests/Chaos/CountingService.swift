import EventLoop
import Foundation
import HTTPServer

/// The world outside: a service that counts by what keys it was called, and for what.
///
/// Every seventh call it has had enough and answers 503, so that handlers run again.
@LoopActor
final class CountingService: HTTPHandler {
    private struct Work: Decodable { var id: String }

    private(set) var calls = 0
    /// The works that each key came with.
    private(set) var works: [String: Set<String>] = [:]
    private var listener: HTTPListener?

    func open() throws -> String {
        let listener = try HTTPListener(SocketAddress(host: "127.0.0.1", port: 0), handler: self)
        self.listener = listener
        return "http://\(listener.address!)"
    }

    func close() { listener?.close() }

    func accept(_ exchange: HTTPExchange) -> BodyPlan { .whole() }

    func respond(to exchange: HTTPExchange) {
        calls += 1
        // A body that is no work counts under no name, which the checks find.
        let work = try? JSONDecoder().decode(Work.self, from: Data(exchange.body))
        works[exchange.head["idempotency-key"] ?? "", default: []].insert(work?.id ?? "")
        exchange.respond(calls % 7 == 0 ? 503 : 200)
    }
}
