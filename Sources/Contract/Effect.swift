/// A write that a handler asked for; it is committed with the attempt's outcome or not at all.
package enum Effect: Sendable, Equatable {
    case put(path: String, body: [UInt8])
    /// RFC 7396, then the operations in order.
    case merge(path: String, patch: [UInt8], operations: [MergeOperation])
    case delete(path: String)
    case publish(Publication)
    case send(Sending)
    /// A schedule that is made, or put in the place of another one made at run time.
    case schedule(ScheduleDeclaration)
    case unschedule(name: String)
    /// A file that is written to a bucket or deleted from it.
    case file(StagedFile)

    /// The document that it writes, or nil.
    package var path: String? {
        switch self {
        case .put(let path, _), .merge(let path, _, _), .delete(let path): path
        case .publish, .send, .schedule, .unschedule, .file: nil
        }
    }
}

/// A change of one member of a document that needs no look at the document.
package enum MergeOperation: Sendable, Equatable {
    /// Adds to a number; what is absent counts as 0.
    case increment(member: String, by: Double)
    /// Adds JSON values to the end of an array; what is absent counts as an empty one.
    case append(member: String, values: [[UInt8]])
}

/// A message on its way to a topic.
package struct Publication: Sendable, Equatable {
    /// The topic's name, which keeps `NameRule.topic`.
    package var topic: String
    /// What the message says, byte for byte as its publisher gave it.
    package var data: [UInt8]
    /// One key, one message, as long as keys are kept; nil where it may come again.
    package var key: String?
    /// Messages of one key come to each subscriber one at a time, in order; nil for no order.
    package var orderingKey: String?
    /// What subscriptions filter by.
    package var attributes: [String: String]

    /// Only topic and data have to be given.
    package init(
        topic: String, data: [UInt8], key: String? = nil, orderingKey: String? = nil,
        attributes: [String: String] = [:]
    ) {
        self.topic = topic
        self.data = data
        self.key = key
        self.orderingKey = orderingKey
        self.attributes = attributes
    }
}

/// A command on its way to a function.
package struct Sending: Sendable, Equatable {
    /// The function's name.
    package var function: String
    /// The payload, byte for byte as its sender gave it.
    package var data: [UInt8]
    /// How long after the commit it becomes due; at once where it is zero.
    package var after: Duration
    /// One key, one command, as long as keys are kept; nil where it may be sent again.
    package var key: String?

    /// Only function and data have to be given.
    package init(function: String, data: [UInt8], after: Duration = .zero, key: String? = nil) {
        self.function = function
        self.data = data
        self.after = after
        self.key = key
    }
}

/// A document that an attempt looked at, found or absent, and its version then (0 when absent).
package struct DocumentRead: Sendable, Hashable {
    /// The document's path, which keeps `NameRule.documentPath`.
    package var path: String
    /// The version that was seen, and that the document must still have when the attempt commits.
    package var version: Int64

    /// What was found at a path.
    package init(path: String, version: Int64) {
        self.path = path
        self.version = version
    }
}

/// A document as it is stored.
package struct StoredDocument: Sendable, Equatable {
    /// From one sequence of the store; it only grows for a path.
    package var version: Int64
    /// A JSON object, byte for byte as it was written.
    package var body: [UInt8]

    /// A body and the version that it was given.
    package init(version: Int64, body: [UInt8]) {
        self.version = version
        self.body = body
    }
}
