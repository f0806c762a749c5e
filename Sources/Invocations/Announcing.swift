package import Contract

/// What looks at the files of a bucket have found.
package struct Announcing: Sendable, Equatable {
    /// The bucket of all of them.
    package var bucket: String
    /// In the order in which they are announced.
    package var files: [Found]
    /// Whom the events come from.
    package var origin: Origin
    /// Every placement up to it had been done before the looks began.
    package var placedThrough: Int64

    /// What one batch of looks found.
    package init(bucket: String, files: [Found], origin: Origin, placedThrough: Int64 = 0) {
        self.bucket = bucket
        self.files = files
        self.origin = origin
        self.placedThrough = placedThrough
    }

    /// One key, and what is there.
    package struct Found: Sendable, Equatable {
        /// Its path within the bucket.
        package var key: String
        /// Nil where nothing is there.
        package var mark: FileMark?
        /// True where only its times were set: the same size and inode are the same file then.
        package var isTouched: Bool

        /// What is there, or that nothing is.
        package init(key: String, mark: FileMark?, isTouched: Bool = false) {
            self.key = key
            self.mark = mark
            self.isTouched = isTouched
        }
    }
}

/// A file that was announced.
package struct FileRow: Sendable, Equatable {
    /// Its path within the bucket.
    package var key: String
    /// Grows with every change of the key.
    package var generation: Int64
    /// What it was when it was announced.
    package var mark: FileMark

    /// As a store has it.
    package init(key: String, generation: Int64, mark: FileMark) {
        self.key = key
        self.generation = generation
        self.mark = mark
    }
}

/// What became of found files.
package struct Announced: Sendable, Equatable {
    /// How many were new, changed or gone.
    package var changes: Int
    /// The functions that have something ready by it.
    package var ready: [FunctionNumber]

    /// Without arguments: nothing was new.
    package init(changes: Int = 0, ready: [FunctionNumber] = []) {
        self.changes = changes
        self.ready = ready
    }

    /// Why an invocation was cancelled whose file changed before its handler began.
    package static let replaced = "replaced"
}

extension FileMark {
    /// What a look at a file that was announced as `known` comes to: nil where it is the same.
    package func kind(after known: FileMark?, isTouched: Bool) -> String? {
        guard let known else { return "created" }
        if self == known { return nil }
        if isTouched, size == known.size, inode == known.inode { return nil }
        return "updated"
    }
}

extension TriggerTable {
    /// The event of a file that changed; nil where nobody wants it.
    package func record(of change: ChangedFile, _ origin: Origin) -> Record? {
        let watchers = watchers(ofFile: change.key, in: change.bucket, kind: change.kind)
        guard !watchers.isEmpty else { return nil }
        return Record(
            event: origin.event(.file, subject: change.subject, data: change.encoded),
            owed: watchers.map {
                $0.owed(depth: origin.depth, sender: origin.sender, orderingKey: change.subject)
            },
            comesFromOutside: false)
    }
}
