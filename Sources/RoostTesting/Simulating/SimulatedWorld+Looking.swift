import Contract
public import FoundationEssentials
import Invocations
public import Roost

/// What a test finds.
extension SimulatedWorld {
    /// The documents of a collection by their identifiers.
    public func documents<Document>(
        in collection: DocumentCollection<Document>
    ) async throws -> [String: Document] {
        let query = Query.documents(collection: collection.name, after: nil, limit: .max)
        guard case .documents(let found) = try await store.read(query) else {
            preconditionFailure("documents were asked for")
        }
        var documents: [String: Document] = [:]
        for one in found {
            documents[String(one.path.dropFirst(collection.name.utf8.count + 1))] =
                try JSONCoding.decode(Document.self, from: one.body, named: one.path)
        }
        return documents
    }

    /// The bytes of a file of a bucket; nil where none is.
    public func file(_ key: String, in bucket: Bucket) throws -> Data? {
        try buckets.contents(of: key, in: bucket.name)
    }

    /// How many invocations are still owed: due, waiting, or under way.
    public func owed() async throws -> Int {
        guard case .status(let status) = try await store.read(.status) else {
            preconditionFailure("the status was asked for")
        }
        return status.counts[.scheduled] + status.counts[.ready] + status.counts[.running]
            + status.counts[.retrying]
    }

    /// What nobody runs any more, each with the last error: "send-receipt: attempt 8 of 8 failed".
    public func deadLetters() async throws -> [String] {
        let filter = InvocationFilter(state: .dead, limit: 10_000)
        guard case .invocations(let dead, _) = try await store.read(.invocations(filter)) else {
            preconditionFailure("invocations were asked for")
        }
        return dead.map { one in
            "\(dispatcher?.registry.name(of: one.function) ?? "?"): \(one.error ?? "")"
        }
    }

    /// What handlers logged, each line with its level: "info: order placed".
    public var logged: [String] { lines.all }
}
