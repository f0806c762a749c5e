import Roost

/// What GitHub posts when someone pushes to the repository that the catalogue is kept in.
struct Push: Decodable, Sendable {
    struct Repository: Decodable, Sendable {
        var fullName: String

        enum CodingKeys: String, CodingKey { case fullName = "full_name" }
    }

    struct Commit: Decodable, Sendable {
        var id: String
        var message: String
        var added: [String]
        var removed: [String]
        var modified: [String]
    }

    var ref: String
    var after: String
    var repository: Repository
    var commits: [Commit]

    /// The articles' files that it touched.
    var files: [String] {
        let touched = commits.flatMap { $0.added + $0.removed + $0.modified }
        return Set(touched.filter { $0.hasPrefix("articles/") }).sorted()
    }
}

/// One push as it is kept and told of.
struct CatalogueChange: Codable, Sendable, Equatable, Identifiable {
    var id: String
    var repository: String
    var head: String
    var commits: Int
    var files: [String]
}

/// What all pushes together came to.
struct CatalogueCount: Codable, Sendable, Equatable {
    var pushes = 0
    var commits = 0
    var imports: Int? = 0
}

let catalogueChanges = DocumentCollection<CatalogueChange>("catalogue-changes")
let catalogueCounts = DocumentCollection<CatalogueCount>("catalogue-counts")
let catalogueChanged = Topic<CatalogueChange>("catalogue.changed")

/// Receives GitHub's webhook: POST /webhooks/github.
///
/// Two documents, a message and a command are one commit, and so is the answer where the call has
/// an `Idempotency-Key`: sent again, it is answered again and nothing happens twice.
let receivePush = Function("receive-push") { (request: WebRequest, context) in
    let kind = request.headers[.gitHubEvent] ?? "push"
    guard kind == "push" else { return .status(.noContent) }
    let push = try request.json(Push.self)
    let change = CatalogueChange(
        id: try checkedName(
            request.headers[.gitHubDelivery] ?? context.invocation, as: "the delivery"),
        repository: push.repository.fullName, head: push.after, commits: push.commits.count,
        files: push.files)
    try context[catalogueChanges].put(change)
    try context[catalogueCounts].merge(
        ["pushes": .increment(1), "commits": .increment(Double(change.commits))], id: "all")
    try context.publish(change, to: catalogueChanged)
    try context.send(change, to: importCatalogue)
    return .json(change, status: .created)
}

/// Imports what a push has changed; here it only counts.
let importCatalogue = Function("import-catalogue", retry: .fixed(.seconds(5), attempts: 12)) {
    (command: Command<CatalogueChange>, context) in
    try context[catalogueCounts].merge(["imports": .increment(1)], id: "all")
    context.logger.info(
        "catalogue imported",
        metadata: ["head": "\(command.payload.head)", "files": "\(command.payload.files.count)"])
}

extension HTTPField.Name {
    fileprivate static let gitHubEvent = HTTPField.Name("X-GitHub-Event")!
    fileprivate static let gitHubDelivery = HTTPField.Name("X-GitHub-Delivery")!
}
