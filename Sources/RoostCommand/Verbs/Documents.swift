import ArgumentParser
import Contract

/// `roost documents`: what the documents are, and changing one.
struct Documents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, get, put and delete documents.",
        subcommands: [
            DocumentsList.self, DocumentsGet.self, DocumentsPut.self, DocumentsDelete.self,
        ])

    /// Each part of a path is encoded, and the slashes between them are kept.
    static func path(_ path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return "/v1/documents/" + parts.map { URLPart.encoded(String($0)) }.joined(separator: "/")
    }
}

/// `roost documents list COLLECTION`
struct DocumentsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the documents of a collection.")

    @Argument(help: "The collection, such as orders or orders/o-1/notes.")
    var collection: String

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Such as state==open; may be repeated.", valueName: "filter"))
    var filters: [String] = []

    @Option(help: "A field to sort by; with \"-\" before it the largest come first.")
    var sort: String?

    @Option(help: "The identifier after which the list begins; of a sorted list, its `next`.")
    var after: String?

    @Option(help: "How many.")
    var limit = 50

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        var path = Documents.path(collection) + "?limit=\(limit)"
        if let after { path += "&after=\(URLPart.encoded(after))" }
        for filter in filters { path += "&where=\(URLPart.encoded(filter))" }
        if let sort { path += "&sort=\(URLPart.encoded(sort))" }
        let answer = try await HostConnection.with(host) { [path] in try await $0.get(path) }
        if showing.isJSON { return answer.show() }
        try answer.read { page in
            var table = Table([.init("ID"), .init("VERSION", isNumber: true), .init("DATA")])
            for item in page["items"]?.elements.map(Array.init) ?? [] {
                table.add([
                    item.text("id"), item.count("version"),
                    item["data"].map { String(decoding: $0.bytes, as: UTF8.self) },
                ])
            }
            table.show()
            if let next = page.text("next") { Terminal.writeError("more: --after \(next)") }
        }
    }
}

/// `roost documents get PATH`
struct DocumentsGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print a document as it is stored.")

    @Argument(help: "The document, such as orders/o-1.")
    var path: String

    /// Taken as every verb takes it: a document is JSON anyway.
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let answer = try await HostConnection.with(host) {
            try await $0.get(Documents.path(path))
        }
        answer.show()
    }
}

/// `roost documents put PATH --data JSON`
struct DocumentsPut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Write a document, whatever was there before.")

    @Argument(help: "The document, such as orders/o-1.")
    var path: String

    @Option(
        help: ArgumentHelp(
            "A JSON object; @FILE reads a file, - reads standard input.",
            valueName: "json|@file|-"))
    var data: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: SendingHostOptions

    func run() async throws {
        let body = try SendingOptions.json(data)
        let answer = try await HostConnection.with(host) {
            try await $0.put(Documents.path(path), body: body)
        }
        if showing.isJSON { return answer.show() }
        try answer.read { print("\(path)  version \($0.count("version") ?? "")") }
    }
}

/// `roost documents delete PATH`
struct DocumentsDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Take a document away, if it is there.")

    @Argument(help: "The document, such as orders/o-1.")
    var path: String

    /// Taken as every verb takes it: there is nothing to print.
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        _ = try await HostConnection.with(host) { try await $0.delete(Documents.path(path)) }
    }
}
