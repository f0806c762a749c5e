/// By what a file's content is known without a look into it.
package struct FileMark: Sendable, Equatable {
    /// In bytes.
    package var size: Int64
    /// When it was last written, in nanoseconds since 1970.
    package var modifiedNanoseconds: Int64
    /// Its number on its file system.
    package var inode: UInt64

    /// As the file system says it.
    package init(size: Int64, modifiedNanoseconds: Int64, inode: UInt64) {
        self.size = size
        self.modifiedNanoseconds = modifiedNanoseconds
        self.inode = inode
    }
}

/// What happened to one file of a bucket: the data of its event.
package struct ChangedFile: Sendable, Equatable {
    /// The name of the bucket.
    package var bucket: String
    /// Its path within the bucket.
    package var key: String
    /// "created", "updated" or "deleted", as triggers name it.
    package var kind: String
    /// Grows with every change of the key.
    package var generation: Int64
    /// Nil for one that was deleted.
    package var mark: FileMark?

    /// A change that was found by a look at the file.
    package init(bucket: String, key: String, kind: String, generation: Int64, mark: FileMark?) {
        self.bucket = bucket
        self.key = key
        self.kind = kind
        self.generation = generation
        self.mark = mark
    }

    /// The event's subject, and the ordering key of all that happens to the file.
    package var subject: String { bucket + "/" + key }

    /// True for the data of an event that says that a file was deleted.
    package static func isDeletion(_ data: [UInt8]) -> Bool {
        // What the host did not write names no kind.
        (try? data.withJSON { $0["kind"]?.text == "deleted" }) ?? false
    }

    /// The event's data as JSON.
    package var encoded: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.member("bucket", bucket)
            $0.member("key", key)
            $0.member("kind", kind)
            $0.member("generation", generation)
            guard let mark else { return }
            $0.member("size", mark.size)
            $0.member("modifiedNanoseconds", mark.modifiedNanoseconds)
            $0.member("inode", String(mark.inode))
        }
        return json.bytes
    }
}
