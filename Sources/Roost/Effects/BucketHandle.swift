import Contract
public import FoundationEssentials

extension Context {
    /// A bucket to write files to.
    public func bucket(_ bucket: Bucket) -> BucketHandle {
        BucketHandle(bucket: bucket.name, context: self)
    }
}

/// Writes files to a bucket with the commit of the attempt.
///
/// The bytes go to the bucket's disk at once, beside its files, and get their name after the commit:
/// nobody sees a part of a file, and nothing of an attempt that fails. The file is there before the
/// attempt's caller is answered and before anything that the same attempt published or sent begins.
public struct BucketHandle: Sendable {
    let bucket: String
    let context: Context

    /// Writes a file, in the place of one that is there.
    ///
    /// - Parameter key: its path within the bucket, up to 1,024 bytes.
    public func put(_ contents: Data, at key: String) async throws {
        try await put(Single(bytes: Array(contents)), at: key)
    }

    /// Writes a text in UTF-8, in the place of a file that is there.
    public func put(_ text: String, at key: String) async throws {
        try await put(Single(bytes: Array(text.utf8)), at: key)
    }

    /// Writes a file piece by piece, so that one of any size takes the memory of one piece.
    public func put<Pieces: AsyncSequence>(
        _ pieces: Pieces, at key: String
    ) async throws where Pieces.Element == [UInt8] {
        let stage = try await stage(key)
        do {
            for try await piece in pieces { try await stage.write(piece) }
            try add(key, stage, mark: try await stage.seal())
        } catch {
            await stage.discard()
            throw error
        }
    }

    /// Deletes a file; where none is there, nothing happens.
    public func delete(_ key: String) async throws {
        let stage = try await stage(key)
        do {
            _ = try await stage.seal()
            try add(key, stage, mark: nil)
        } catch {
            await stage.discard()
            throw error
        }
    }

    private func stage(_ key: String) async throws -> any FileStage {
        try context.check(bucket, as: .bucket)
        guard FileKey.isAnnounced(key) else {
            throw ContextError.invalidName(StagedFile.keyText(key))
        }
        return try await context.running.host.stage(in: bucket)
    }

    private func add(_ key: String, _ stage: any FileStage, mark: FileMark?) throws {
        try context.add(
            .file(StagedFile(bucket: bucket, key: key, name: stage.name, mark: mark)))
    }

    /// One piece.
    private struct Single: AsyncSequence, AsyncIteratorProtocol {
        var bytes: [UInt8]?

        func makeAsyncIterator() -> Single { self }

        mutating func next() async -> [UInt8]? {
            defer { bytes = nil }
            return bytes
        }
    }
}

/// A file that an attempt writes and that nobody sees before the commit.
protocol FileStage: Sendable {
    /// Its name among the staged files of its bucket.
    var name: String { get }
    func write(_ bytes: [UInt8]) async throws
    /// Brings all of it to the disk; nothing more is written.
    func seal() async throws -> FileMark
    /// Leaves nothing behind.
    func discard() async
}
