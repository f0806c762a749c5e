import Foundation
import HTTPTypes
import Testing

/// What the host says of all that it did, read through its API once it has nothing left to do.
struct HostView {
    struct Invocation: Decodable {
        var id: String
        var event: String
        var function: String
        var state: String
        var attempts: Int
        var attemptsMax: Int?
        var error: String?
    }

    struct Firing: Decodable, Hashable {
        var plannedFor: String
        var through: String?
        var event: String?
        var skipped: String?

        /// The seconds since 1970 that it decides.
        var seconds: ClosedRange<Int> {
            let first = HostView.second(plannedFor)
            return first...max(first, through.map { HostView.second($0) } ?? first)
        }
    }

    struct Schedule: Decodable {
        var since: String
        var firings: [Firing]

        /// The last second since 1970 that is decided; 0 where none is.
        var lastDecided: Int {
            // Texts of one form, which sort as their times do.
            firings.map { $0.through ?? $0.plannedFor }.max().map { HostView.second($0) } ?? 0
        }
    }

    /// An attempt of an invocation, as its history says.
    struct Attempt: Decodable {
        var outcome: String
        var error: String?
    }

    fileprivate struct Detail: Decodable { var history: [Attempt] }

    fileprivate struct List<Item: Decodable>: Decodable {
        var items: [Item]
        var next: String?
    }

    fileprivate struct Item<Body: Decodable>: Decodable {
        var id: String
        var data: Body
    }

    struct Sum: Decodable { var count: Int }
    struct Copy: Decodable { var text: String }

    var status: OrderDesk.Status.Counts
    var invocations: [Invocation]
    var tallies: [String: [String: Int]]
    var beats: [String: [String: Int]]
    var sums: [String: Sum]
    var copies: [String: Copy]
    /// The attempts of those whose functions have few, by invocation.
    var histories: [String: [Attempt]] = [:]

    /// Whole seconds since 1970.
    static func second(_ text: String) -> Int {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // What is no time is found as an instant that nobody planned.
        guard let date = try? format.parse(text) else { return 0 }
        return Int(date.timeIntervalSince1970.rounded(.down))
    }
}

extension HostView {
    init(_ host: HostUnderTest, _ caller: Caller) async throws {
        self.init(
            status: try await caller.ask(host, "/v1/status", as: OrderDesk.Status.self).invocations,
            invocations: try await Self.all(host, caller, "/v1/invocations", as: Invocation.self),
            tallies: try await Self.documents(host, caller, "tallies"),
            beats: try await Self.documents(host, caller, "beats"),
            sums: try await Self.documents(host, caller, "sums"),
            copies: try await Self.documents(host, caller, "copies"))
    }

    static func schedule(
        _ name: String, _ host: HostUnderTest, _ caller: Caller
    ) async throws -> Schedule {
        try await caller.ask(host, "/v1/schedules/\(name)?limit=1000", as: Schedule.self)
    }

    /// Reads how each attempt of `functions` ended.
    mutating func readHistories(
        of functions: Set<String>, _ host: HostUnderTest, _ caller: Caller
    ) async throws {
        for invocation in invocations where functions.contains(invocation.function) {
            histories[invocation.id] = try await caller.ask(
                host, "/v1/invocations/\(invocation.id)", as: Detail.self
            ).history
        }
    }

    private static func documents<Body: Decodable>(
        _ host: HostUnderTest, _ caller: Caller, _ collection: String
    ) async throws -> [String: Body] {
        let items = try await all(
            host, caller, "/v1/documents/\(collection)", as: Item<Body>.self)
        return Dictionary(items.map { ($0.id, $0.data) }) { first, _ in first }
    }

    private static func all<Value: Decodable>(
        _ host: HostUnderTest, _ caller: Caller, _ path: String, as: Value.Type
    ) async throws -> [Value] {
        var items: [Value] = []
        var next: String?
        repeat {
            let after = next.map { "&after=\($0)" } ?? ""
            let page = try await caller.ask(
                host, "\(path)?limit=1000\(after)", as: List<Value>.self)
            items += page.items
            next = page.next
        } while next != nil
        return items
    }
}
