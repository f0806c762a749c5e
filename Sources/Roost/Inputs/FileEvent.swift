public import Contract
public import FoundationEssentials

/// A file that came into a bucket, changed there or went.
public struct FileEvent: FunctionInput {
    /// The bucket's name.
    public let bucket: String
    /// Its path within the bucket.
    public let key: String
    /// What happened to it.
    public let kind: ChangeKind
    /// Grows with every change of the key.
    public let generation: Int64
    /// In bytes; 0 for one that was deleted.
    public let size: Int64
    private let source: FileBytes.Source

    /// Makes an event for a unit test.
    public init(
        bucket: String, key: String, kind: ChangeKind = .created, generation: Int64 = 1,
        contents: Data = Data()
    ) {
        self.bucket = bucket
        self.key = key
        self.kind = kind
        self.generation = generation
        size = Int64(contents.count)
        source = .memory(Array(contents))
    }

    /// Files cause it.
    public static var kind: InputKind { .file }

    /// Reads what was announced and opens nothing yet.
    public init(_ delivery: Delivery) throws {
        let change = try JSONCoding.decode(Change.self, from: delivery.event.data, named: "data")
        bucket = change.bucket
        key = change.key
        kind = change.kind
        generation = change.generation
        size = change.size ?? 0
        source =
            if let directory = delivery.directory, let mark = change.mark {
                .disk(path: directory + "/" + change.key, mark)
            } else {
                .nothing(change.kind == .deleted ? "it was deleted" : "its bucket is not declared")
            }
    }

    /// The bytes, read from the disk as they are asked for.
    ///
    /// Reading throws `FileChanged` where the file is not the one of this event any more.
    public var bytes: FileBytes { FileBytes(source: source, name: "\(bucket)/\(key)") }

    /// All of it as a text in UTF-8; bytes that are none are replaced.
    ///
    /// - Parameter bytesMax: throws where the file is larger.
    public func text(bytesMax: Int = 64 << 20) async throws -> String {
        String(decoding: try await data(bytesMax: bytesMax), as: UTF8.self)
    }

    /// All of it.
    ///
    /// - Parameter bytesMax: throws where the file is larger.
    public func data(bytesMax: Int = 64 << 20) async throws -> [UInt8] {
        guard size <= bytesMax else {
            throw FileTooLarge(file: "\(bucket)/\(key)", bytes: size, bytesMax: bytesMax)
        }
        var all: [UInt8] = []
        all.reserveCapacity(Int(size))
        for try await piece in bytes.pieces { all.append(contentsOf: piece) }
        return all
    }

    private struct Change: Decodable {
        let bucket: String
        let key: String
        let kind: ChangeKind
        let generation: Int64
        let size: Int64?
        let modifiedNanoseconds: Int64?
        let inode: String?

        var mark: FileMark? {
            guard let size, let modifiedNanoseconds, let inode = inode.flatMap(UInt64.init) else {
                return nil
            }
            return FileMark(size: size, modifiedNanoseconds: modifiedNanoseconds, inode: inode)
        }
    }
}

/// The file is not the one of the event any more; its own event comes.
public struct FileChanged: Error, CustomStringConvertible {
    let file: String
    let how: String

    /// Names the file and what is different.
    public var description: String { "the file \"\(file)\" can't be read: \(how)" }
}

/// The file has more bytes than were asked for at once.
public struct FileTooLarge: Error, CustomStringConvertible {
    let file: String
    let bytes: Int64
    let bytesMax: Int

    /// Says both sizes, and what to do.
    public var description: String {
        "the file \"\(file)\" has \(bytes) bytes, where \(bytesMax) are wanted at most; "
            + "read it piece by piece: for try await byte in file.bytes"
    }
}
