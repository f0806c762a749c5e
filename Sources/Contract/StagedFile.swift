/// A file that a handler writes to a bucket or deletes from it, as it waits for the commit.
///
/// Its bytes lie in the bucket's staging folder. For a deletion an empty file lies there: as long
/// as it does, the deletion is still to be done.
package struct StagedFile: Sendable, Equatable {
    /// The name of the bucket.
    package var bucket: String
    /// Its path within the bucket.
    package var key: String
    /// Its name in the staging folder.
    package var name: String
    /// What was staged, and is found at the key afterwards; nil for a deletion.
    package var mark: FileMark?

    /// What was staged for a key, or that the key is to be deleted.
    package init(bucket: String, key: String, name: String, mark: FileMark?) {
        self.bucket = bucket
        self.key = key
        self.name = name
        self.mark = mark
    }

    /// What the names of all that handlers stage begin with.
    package static let namePrefix = "effect-"

    /// What the names of all begin with that the handlers of one worker stage.
    package static func namePrefix(ofWorker pid: Int32) -> String { "\(namePrefix)\(pid)-" }

    /// Why the host can't take it from a worker, or nil.
    package var mistake: String? {
        if let error = NameRule.bucket.error(for: bucket) { return "\(error)" }
        guard FileKey.isAnnounced(key) else { return Self.keyText(key) }
        let rest = name.dropFirst(Self.namePrefix.count)
        guard name.hasPrefix(Self.namePrefix), (1...100).contains(rest.utf8.count),
            rest.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
        else { return "\"\(name)\" is no name of a staged file" }
        return nil
    }

    /// What is wrong with a key, for people.
    package static func keyText(_ key: String) -> String {
        "\"\(key.prefix(200))\" is no key of a file that is announced: expected 1 to "
            + "\(FileKey.bytesMax) bytes, parts apart by \"/\", none empty or with a dot in front, "
            + "and no ending of an unfinished file (.part, .tmp, .crdownload, ~)"
    }
}

extension StagedFile {
    func append(to bytes: inout [UInt8]) {
        bytes.append(text: bucket)
        bytes.append(text: key)
        bytes.append(text: name)
        bytes.append(mark == nil ? 0 : 1)
        guard let mark else { return }
        bytes.append(signed: mark.size)
        bytes.append(signed: mark.modifiedNanoseconds)
        bytes.append(fixed: mark.inode)
    }

    init(from reader: inout ByteReader) throws(FrameError) {
        bucket = try reader.text("bucket")
        key = try reader.text("key")
        name = try reader.text("staged file")
        guard try reader.flag("mark") else { return }
        mark = FileMark(
            size: try reader.signed("size"), modifiedNanoseconds: try reader.signed("time"),
            inode: try reader.fixed("inode"))
    }
}
