/// What one commit made of one document: the data of a change event.
package struct ChangedDocument: Sendable, Equatable {
    /// Such as "orders/o-1".
    package var path: String
    /// Nil for one that was created.
    package var before: StoredDocument?
    /// Nil for one that was deleted.
    package var after: [UInt8]?
    /// The version that the change made.
    package var version: Int64

    /// Traps where there is neither a document before nor one after.
    package init(path: String, before: StoredDocument?, after: [UInt8]?, version: Int64) {
        precondition(before != nil || after != nil, "something was there, or is")
        self.path = path
        self.before = before
        self.after = after
        self.version = version
    }

    /// "created", "updated" or "deleted", as triggers name it.
    package var kind: String {
        if before == nil { return "created" }
        return after == nil ? "deleted" : "updated"
    }

    /// The event's data as JSON: both versions, and both bodies byte for byte.
    package var encoded: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.member("path", path)
            $0.member("kind", kind)
            $0.member("version", version)
            if let before {
                $0.member("beforeVersion", before.version)
                $0.member("before", raw: before.body)
            }
            if let after { $0.member("after", raw: after) }
        }
        return json.bytes
    }
}
