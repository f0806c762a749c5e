import ArgumentParser
import Contract

/// `roost status`: how the host is.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the host is and what it owes.")

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let answer = try await HostConnection.with(host) { try await $0.get("/v1/status") }
        if showing.isJSON { return answer.show() }
        try answer.read { value in for line in Self.lines(value) { print(line) } }
    }

    static func lines(_ value: JSONValue) -> [String] {
        let store = value["store"]
        let facts: [(String, String?)] = [
            ("app", value.text("app")), ("version", value.text("version")),
            ("pid", value.integer("pid").map { "\($0)" }),
            ("up", value["uptimeSeconds"]?.double.map(Words.duration(seconds:))),
            ("listen", value.text("listen")), ("admin", value.text("admin")),
            ("ready", value["ready"]?.boolean.map { $0 ? "yes" : "no" }),
            ("workers", value.count("workers")), ("running", value.count("running")),
            ("file", store?.integer("fileBytes").map(Words.size)),
            ("log", store?.integer("walBytes").map(Words.size)),
        ]
        return FactList.lines(facts) + failures(value) + invocations(value) + gone(value)
    }

    private static func failures(_ value: JSONValue) -> [String] {
        let checks = value["checks"]?.elements.map(Array.init) ?? []
        let bad = checks.filter { $0["ok"]?.boolean == false }
        return bad.map { "not ready: \($0.text("name") ?? ""): \($0.text("detail") ?? "")" }
    }

    private static func invocations(_ value: JSONValue) -> [String] {
        var table = Table([.init("INVOCATIONS"), .init("COUNT", isNumber: true)])
        for member in value["invocations"]?.members.map(Array.init) ?? [] {
            table.add([member.key.string, member.value.integer.map(Words.count)])
        }
        return [""] + table.lines(width: Terminal.width)
    }

    private static func gone(_ value: JSONValue) -> [String] {
        let functions = value["gone"]?.elements.map(Array.init) ?? []
        let owing = functions.filter { $0.integer("owed") ?? 0 > 0 }
        return owing.map { function in
            let name = function.text("name") ?? ""
            return
                "\(function.count("owed") ?? "0") invocations are owed to \"\(name)\", which "
                + "the app no longer "
                + "has; end them with roost invocations cancel --function \(name)"
        }
    }
}
