package import Contract

/// A write of one document.
package enum DocumentWrite: Sendable, Equatable {
    case put(path: String, body: [UInt8])
    case merge(path: String, patch: [UInt8], operations: [MergeOperation])
    case delete(path: String)

    /// The document that it writes.
    package var path: String {
        switch self {
        case .put(let path, _), .merge(let path, _, _), .delete(let path): path
        }
    }
}

/// A write that holds only while the document has a version; 0 stands for absent, nil for any.
package struct ConditionalWrite: Sendable, Equatable {
    /// The write.
    package var write: DocumentWrite
    /// The version that the document must have.
    package var ifVersion: Int64?

    /// A write that holds whatever the version is, unless it names one.
    package init(_ write: DocumentWrite, ifVersion: Int64? = nil) {
        self.write = write
        self.ifVersion = ifVersion
    }
}

/// Writes of documents from outside of any handler: all of them or none.
package struct Writing: Sendable, Equatable {
    /// In order; a later one sees what an earlier one wrote.
    package var writes: [ConditionalWrite]
    /// Whom the events of changed documents come from.
    package var origin: Origin
    /// False for an import that shall run nothing.
    package var triggers: Bool

    /// Writes that make events of what they change, unless `triggers` is false.
    package init(_ writes: [ConditionalWrite], origin: Origin, triggers: Bool = true) {
        self.writes = writes
        self.origin = origin
        self.triggers = triggers
    }
}
