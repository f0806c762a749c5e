public import Contract

public import struct HTTPTypes.HTTPRequest

/// A rule that runs a function when something happens, or says how a collection is looked through.
public struct Trigger: Sendable {
    enum Content: Sendable {
        case trigger(TriggerDeclaration)
        case index(IndexDeclaration)
    }

    let content: Content

    private init(_ function: String, _ rule: TriggerDeclaration.Rule) {
        content = .trigger(TriggerDeclaration(function: function, rule: rule))
    }

    private init(_ index: IndexDeclaration) { content = .index(index) }
}

extension Trigger {
    /// Lets queries of a collection find and sort by a field without a look at every document.
    ///
    /// An index of a collection that has documents already is filled in small steps, and used once
    /// it is whole.
    ///
    /// - Parameter field: a member's name, or more with dots between them: "address.city".
    public static func collection<Document>(
        _ collection: DocumentCollection<Document>, index field: String
    ) -> Trigger {
        Trigger(IndexDeclaration(collection: collection.name, field: field))
    }

    /// The same for a collection that each document of another one has for itself.
    public static func collection<Document, Parent>(
        _ collection: Subcollection<Document, Parent>, index field: String
    ) -> Trigger {
        Trigger(
            IndexDeclaration(
                collection: "\(collection.parent)/*/\(collection.name)", field: field))
    }

    /// The same for a collection by its name: "orders", or "orders/*/notes".
    public static func collection(_ name: String, index field: String) -> Trigger {
        Trigger(IndexDeclaration(collection: name, field: field))
    }
}

extension Trigger {
    /// Runs `function` for requests of a method and a path.
    ///
    /// - Parameters:
    ///   - path: `/orders/{id}` captures one part, `/files/{rest...}` all that are left. Where
    ///     several fit, the most specific wins.
    ///   - mode: `.respond` answers with the function's response; `.accept` records the event,
    ///     answers 202 and runs the function until it succeeds.
    ///   - idempotency: what is done with `Idempotency-Key`: nil is `.optional` for POST and
    ///     PATCH, else `.off`.
    ///   - bodyBytesMax: what a body may weigh; nil for the host's limit.
    public static func http(
        _ method: HTTPRequest.Method, _ path: String, mode: Mode = .respond,
        idempotency: Idempotency? = nil, bodyBytesMax: Int? = nil,
        run function: Function<WebRequest>
    ) -> Trigger {
        let usual: Idempotency = method == .post || method == .patch ? .optional : .off
        return Trigger(
            function.name,
            .http(
                method: method.rawValue, path: path, mode: mode, idempotency: idempotency ?? usual,
                bodyBytesMax: bodyBytesMax))
    }

    /// Runs `function` for messages of a topic whose attributes are as `filter` says.
    public static func topic<Value>(
        _ topic: Topic<Value>, where filter: [String: String] = [:],
        run function: Function<Message<Value>>
    ) -> Trigger {
        Trigger(function.name, .topic(pattern: topic.name, filter: filter))
    }

    /// Runs `function` for messages of all topics that a pattern names.
    public static func topic<Value>(
        _ pattern: TopicPattern, where filter: [String: String] = [:],
        run function: Function<Message<Value>>
    ) -> Trigger {
        Trigger(function.name, .topic(pattern: pattern.text, filter: filter))
    }

    /// Runs `function` for changes of documents whose path fits: "orders/{order}/notes/{note}".
    public static func document<Document>(
        _ pattern: String, on kinds: ChangeKinds...,
        run function: Function<DocumentChange<Document>>
    ) -> Trigger {
        document(pattern, kinds, function)
    }

    /// Runs `function` for changes of a collection's documents.
    public static func document<Document>(
        _ collection: DocumentCollection<Document>, on kinds: ChangeKinds...,
        run function: Function<DocumentChange<Document>>
    ) -> Trigger {
        document("\(collection.name)/{id}", kinds, function)
    }

    /// Runs `function` for changes of a subcollection's documents, whichever document has it.
    public static func document<Document, Parent>(
        _ collection: Subcollection<Document, Parent>, on kinds: ChangeKinds...,
        run function: Function<DocumentChange<Document>>
    ) -> Trigger {
        document("\(collection.parent)/{parent}/\(collection.name)/{id}", kinds, function)
    }

    /// Runs `function` for files of a bucket whose keys fit.
    ///
    /// - Parameters:
    ///   - matching: `*` and `?` within one part of a key, `**` for any number of parts.
    ///   - kinds: `.written` where nothing is said.
    public static func file(
        in bucket: Bucket, matching: String = "**", on kinds: ChangeKinds...,
        run function: Function<FileEvent>
    ) -> Trigger {
        let wanted = kinds.isEmpty ? .written : ChangeKinds(kinds)
        return Trigger(
            function.name,
            .file(bucket: bucket.name, matching: matching, kinds: wanted.names))
    }

    private static func document<Document>(
        _ pattern: String, _ kinds: [ChangeKinds], _ function: Function<DocumentChange<Document>>
    ) -> Trigger {
        let wanted = kinds.isEmpty ? .any : ChangeKinds(kinds)
        return Trigger(function.name, .document(pattern: pattern, kinds: wanted.names))
    }
}
