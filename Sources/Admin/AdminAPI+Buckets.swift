import Contract
import EventLoop
import Glibc
import HTTPServer
import HTTPTypes
import Invocations

/// `/v1/buckets/{bucket}`: what was announced; `/{key}`: the files themselves.
extension AdminAPI {
    func files(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let bucket = request.capture("bucket")
        _ = try directory(of: bucket)
        let limit = try request.count("limit", in: 1...Self.pageMax, standard: 50)
        let query = Query.files(
            bucket: bucket, after: request.parameter("after"), limit: limit + 1)
        guard case .files(let rows) = try await read(query) else {
            preconditionFailure("a question about files has files for an answer")
        }
        let next = rows.count > limit ? rows[limit - 1].key : nil
        return .list(next: next) { items in
            for row in rows.prefix(limit) {
                items.object { item in
                    item.member("key", row.key)
                    item.member("generation", row.generation)
                    item.member("size", row.mark.size)
                    let modified = row.mark.modifiedNanoseconds / 1_000_000
                    item.member("modifiedAt", Instant(milliseconds: modified).rfc3339)
                }
            }
        }
    }

    /// Sends a file as fast as the caller takes it.
    func download(_ exchange: HTTPExchange, bucket: String, key: String) {
        later(exchange) { [self] in
            let root = try file(key, in: bucket)
            let file: (descriptor: Int32, stamp: FileStamp)
            do {
                file = try await offLoop { try TreeFile.open(key, below: root) }
            } catch let error as LoopError {
                throw error.isAbsence
                    ? AdminError.unknownFile("\(bucket)/\(key)")
                    : .fileFailed("\(error)", isFull: false)
            }
            await send(file.descriptor, bytes: file.stamp.size, to: exchange)
            Glibc.close(file.descriptor)
        }
    }

    private func send(_ descriptor: Int32, bytes: Int64, to exchange: HTTPExchange) async {
        exchange.beginStream(
            200, ["Content-Type": "application/octet-stream", "Content-Length": "\(bytes)"])
        while !exchange.isClosed, !exchange.head.isHead {
            let piece = await withCheckedContinuation { continuation in
                offLoop {
                    Self.piece(of: descriptor)
                } then: {
                    continuation.resume(returning: $0)
                }
            }
            // A file that became shorter breaks the answer off, which its length tells.
            guard let piece else { return exchange.abort() }
            if piece.isEmpty { break }
            exchange.write(piece)
            while exchange.isFull, !exchange.isClosed { await room(in: exchange) }
        }
        if !exchange.isClosed { exchange.end() }
    }

    private func room(in exchange: HTTPExchange) async {
        await withCheckedContinuation { continuation in
            var waiting: CheckedContinuation<Void, Never>? = continuation
            let goOn: @LoopActor () -> Void = {
                waiting?.resume()
                waiting = nil
            }
            exchange.onRoom = goOn
            exchange.onClose = goOn
        }
        exchange.onRoom = nil
        exchange.onClose = nil
    }

    /// Nil where it can't be read, empty at the end.
    private nonisolated static func piece(of descriptor: Int32) -> [UInt8]? {
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 128 * 1024) { buffer, filled in
            count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            filled = max(0, count)
        }
        return count < 0 ? nil : piece
    }

    func removeFile(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let (bucket, key) = (request.capture("bucket"), request.capture("key"))
        let root = try file(key, in: bucket)
        let isRemoved: Bool
        do {
            isRemoved = try await offLoop { try TreeFile.remove(key, below: root) }
        } catch {
            throw .fileFailed("\(error)", isFull: false)
        }
        guard isRemoved else { throw .unknownFile("\(bucket)/\(key)") }
        return AdminReply(status: 204, fields: .init())
    }

    /// The directory of a bucket, for a key that may be in it.
    func file(_ key: String, in bucket: String) throws(AdminError) -> String {
        let root = try directory(of: bucket)
        guard FileKey.isKey(key) else { throw .badFileKey(key) }
        return root
    }

    private func directory(of bucket: String) throws(AdminError) -> String {
        guard let directory = parts.buckets[bucket] else {
            throw .unknownBucket(bucket, known: parts.buckets.keys.sorted())
        }
        return directory
    }
}
