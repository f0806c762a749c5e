/// A topic's name, with the type of its messages.
public struct Topic<Value: Codable & Sendable>: Sendable {
    /// Up to 8 parts apart by dots: "orders.placed".
    public let name: String

    /// Any text may be given; a name that breaks the rules is told where it is used.
    public init(_ name: String) { self.name = name }
}

/// The names of topics that a trigger wants: one, or all that begin alike: "orders.*".
public struct TopicPattern: ExpressibleByStringInterpolation, Sendable {
    /// The pattern as it was written.
    public let text: String

    /// The pattern as it is; what is wrong with it is told when the app starts.
    public init(stringLiteral text: String) { self.text = text }
}

/// A collection's name, with the type of its documents.
public struct DocumentCollection<Document: Codable & Sendable>: Sendable {
    /// 1 to 63 of `a` to `z`, `0` to `9`, `_` and `-`.
    public let name: String

    /// Any text may be given; a name that breaks the rules is told where it is used.
    public init(_ name: String) { self.name = name }
}

/// A collection that each document of another one has for itself: "orders/o-1/notes".
public struct Subcollection<Document: Codable & Sendable, Parent: Codable & Sendable>: Sendable {
    /// The last part of its path.
    public let name: String
    /// The name of the collection that it belongs to.
    public let parent: String

    /// Any text may be given; a name that breaks the rules is told where it is used.
    public init(_ name: String, of parent: DocumentCollection<Parent>) {
        self.name = name
        self.parent = parent.name
    }
}

/// A bucket's name: a watched directory tree that roost.yaml gives a place.
public struct Bucket: ExpressibleByStringInterpolation, Sendable {
    /// 1 to 63 of `a` to `z`, `0` to `9`, `_` and `-`.
    public let name: String

    /// Any text may be given; a name that breaks the rules is told where it is used.
    public init(_ name: String) { self.name = name }

    /// The same as `init(_:)`, so that a text stands for a bucket.
    public init(stringLiteral name: String) { self.name = name }
}
