import Contract
public import FoundationEssentials

/// A stage for unit tests of handlers: no host, no worker, no database.
///
/// ```swift
/// let desk = Rehearsal()
/// let response = try await createOrder(WebRequest(.post, "/orders", json: order), desk.context)
/// #expect(try desk.documents(in: orders)["o-1"] == order)
/// ```
///
/// A function that is called with `context` commits what it wrote when it returns, and drops it
/// when it throws. Conflicts, retries and timeouts are the host's and are not rehearsed; neither is
/// what a message or a command would set off.
public final class Rehearsal: Sendable {
    private let host: RehearsalHost

    /// - Parameters:
    ///   - secrets: what `context.secret(_:)` finds.
    ///   - web: answers the calls that handlers make through `context.http`; without it they throw.
    public init(
        secrets: [String: String] = [:],
        web: (@Sendable (WebCall) async throws -> WebClientResponse)? = nil
    ) {
        host = RehearsalHost(secrets: secrets, web: web)
    }

    /// What to call a function with: the first attempt of a new event.
    public var context: Context { context(attempt: 1) }

    /// What to call a function with.
    ///
    /// - Parameters:
    ///   - attempt: which run of the invocation it is, from 1.
    ///   - onceKey: what `context.onceKey` says; nil for the invocation's identifier.
    public func context(attempt: Int, onceKey: String? = nil) -> Context {
        Context(running: host.attempt(attempt, onceKey: onceKey))
    }

    /// Sets a document before the handler runs.
    public func put<Document>(
        _ document: Document, id: String, in collection: DocumentCollection<Document>
    ) throws {
        host.set("\(collection.name)/\(id)", to: try JSONCoding.encode(document))
    }

    /// The documents of a collection by their identifiers.
    public func documents<Document>(
        in collection: DocumentCollection<Document>
    ) throws -> [String: Document] {
        let prefix = "\(collection.name)/"
        var documents: [String: Document] = [:]
        for (path, body) in try host.documents(in: collection.name) {
            let id = String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            documents[id] = try JSONCoding.decode(Document.self, from: body, named: path)
        }
        return documents
    }

    /// What was published to a topic, in order.
    public func published<Value>(to topic: Topic<Value>) throws -> [Value] {
        try host.published(to: topic.name).map {
            try JSONCoding.decode(Value.self, from: $0.data, named: "message")
        }
    }

    /// What a function was sent, in order.
    public func sent<Value>(to function: Function<Command<Value>>) throws -> [Value] {
        try host.sent(to: function.name).map {
            try JSONCoding.decode(Value.self, from: $0.data, named: "command")
        }
    }

    /// How long each of the commands that a function was sent would wait, in the order of `sent`.
    public func delays<Value>(to function: Function<Command<Value>>) throws -> [Duration] {
        try host.sent(to: function.name).map(\.after)
    }

    /// The files that were written to a bucket, by their keys.
    public func files(in bucket: Bucket) throws -> [String: Data] {
        try host.files(in: bucket.name).mapValues { Data($0) }
    }

    /// The calls that handlers made through `context.http`.
    public var calls: [WebCall] { host.calls }

    /// The messages that handlers logged, each with its level: "info: order placed".
    public var logged: [String] { host.lines.map { "\($0.level): \($0.message)" } }
}
