import Contract
import Invocations
import Testing

@Suite("A table of triggers")
struct TriggerTableTests {
    private static func table(_ rules: (String, TriggerDeclaration.Rule)...) -> TriggerTable {
        let names = ["one", "two", "three"]
        return TriggerTable(
            rules.map { TriggerDeclaration(function: $0.0, rule: $0.1) },
            functions: names.map { FunctionDeclaration(name: $0, input: .message) }
        ) { name in names.firstIndex(of: name).map { FunctionNumber(Int64($0) + 1) } }
    }

    @Test(
        "gives a message to whoever has subscribed to its topic",
        arguments: [
            ("orders.placed", "orders.placed", true),
            ("orders.placed", "orders.placed.twice", false),
            ("orders.*", "orders.placed", true), ("orders.*", "orders.placed.twice", true),
            ("orders.*", "orders", false), ("orders.*", "ordersx.placed", false),
            ("*", "orders", true),
            ("*", "orders.placed", true), ("orders.placed", "orders", false),
        ])
    func topics(pattern: String, topic: String, isWanted: Bool) {
        let table = Self.table(("two", .topic(pattern: pattern, filter: [:])))

        let found = table.subscribers(of: topic, attributes: [:])

        #expect(found.map(\.name) == (isWanted ? ["two"] : []))
    }

    @Test(
        "looks at attributes: equal, beginning with, there",
        arguments: [
            (["zone": "eu"], ["zone": "eu"], true), (["zone": "eu"], ["zone": "eu-1"], false),
            (["zone": "eu*"], ["zone": "eu-1"], true), (["zone": "eu*"], ["zone": "us"], false),
            (["zone": "*"], ["zone": ""], true), (["zone": "*"], [:], false),
            (["a": "1", "b": "2"], ["a": "1", "b": "2", "c": "3"], true),
            (["a": "1", "b": "2"], ["a": "1"], false),
        ])
    func filters(filter: [String: String], attributes: [String: String], isWanted: Bool) {
        let table = Self.table(("one", .topic(pattern: "t", filter: filter)))

        #expect(table.subscribers(of: "t", attributes: attributes).isEmpty != isWanted)
    }

    @Test("names a function once, however many of its triggers fit")
    func distinct() {
        let table = Self.table(
            ("two", .topic(pattern: "a.*", filter: [:])),
            ("one", .topic(pattern: "*", filter: [:])),
            ("two", .topic(pattern: "a.b", filter: [:])),
            ("gone", .topic(pattern: "*", filter: [:])))

        #expect(table.subscribers(of: "a.b", attributes: [:]).map(\.name) == ["two", "one"])
    }

    @Test(
        "gives the changes of a document to whoever watches its path and kind",
        arguments: [
            ("orders/{id}", "orders/1", true), ("orders/{id}", "orders/1/notes/2", false),
            ("orders/{o}/notes/{n}", "orders/1/notes/2", true), ("orders/1", "orders/1", true),
            ("orders/1", "orders/2", false), ("orders/{id}", "carts/1", false),
        ])
    func documents(pattern: String, path: String, isWanted: Bool) {
        let table = Self.table(("three", .document(pattern: pattern, kinds: ["created"])))

        #expect(table.watchers(of: path, kind: "created").isEmpty != isWanted)
        #expect(table.watchers(of: path, kind: "deleted").isEmpty)
    }

    @Test("owes what goes too deep as a dead letter that says why")
    func depth() {
        let wanted = TriggerTable.Wanted(function: FunctionNumber(2), name: "two", depthMax: 4)

        let fine = wanted.owed(depth: 4, sender: "message \"t\"", orderingKey: "k")
        let deep = wanted.owed(depth: 5, sender: "message \"t\"", orderingKey: "k")

        #expect(fine == Owed(function: FunctionNumber(2), orderingKey: "k"))
        #expect(
            deep.start
                == .never(
                    TooDeep(function: "two", depth: 5, depthMax: 4, sender: "message \"t\"")))
    }
}
