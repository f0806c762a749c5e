import Contract
import EventLoop
import Glibc
import HTTPServer

/// A file on its way into a bucket: written piece by piece to a staged file, off the loop, and
/// placed when it is whole and synced.
///
/// While a piece is written the client is held up by its own window, so that a file of any size
/// takes the memory of two pieces.
@LoopActor
final class FileUpload {
    private let exchange: HTTPExchange
    private let bucket: String
    private let key: String
    private let root: String
    private let name: String
    private var descriptor: Int32 = -1
    private var waiting: [UInt8] = []
    private var bytes: Int64 = 0
    private var isBusy = false
    private var isComplete = false
    private var isEnded = false
    private let refuse: @LoopActor (AdminError) -> Void

    private nonisolated static let folder = FileKey.stagingFolder
    private static let pieceBytes = 256 * 1024

    init(
        _ exchange: HTTPExchange, bucket: String, key: String, root: String,
        refuse: @escaping @LoopActor (AdminError) -> Void
    ) {
        self.exchange = exchange
        self.bucket = bucket
        self.key = key
        self.root = root
        self.refuse = refuse
        name = "upload-\(UInt64.random(in: .min ... .max))"
    }

    /// Takes the body as it comes; `complete` says that all of it has come.
    func start() {
        exchange.onBody = { [self] in received($0) }
        exchange.onClose = { [self] in end() }
        let (name, root) = (name, root)
        work {
            Result { () throws(LoopError) in
                try TreeFile.stage(name, in: Self.folder, below: root)
            }
        } then: { [self] descriptor in
            self.descriptor = descriptor
        }
    }

    /// The whole body has come.
    func complete() {
        isComplete = true
        goOn()
    }

    private func received(_ piece: UnsafeRawBufferPointer) {
        waiting.append(contentsOf: piece)
        bytes += Int64(piece.count)
        if waiting.count >= Self.pieceBytes { exchange.pauseBody() }
        goOn()
    }

    private func goOn() {
        guard !isBusy, !isEnded else { return }
        if waiting.count >= Self.pieceBytes || isComplete && !waiting.isEmpty { return write() }
        if isComplete { place() }
    }

    private func write() {
        let (piece, descriptor) = (waiting, descriptor)
        waiting = []
        work {
            Result { () throws(LoopError) in try TreeFile.write(piece, to: descriptor) }
        } then: { [self] in
            exchange.resumeBody()
        }
    }

    private func place() {
        let (name, descriptor, key, root) = (name, descriptor, key, root)
        work {
            Result { () throws(LoopError) in
                _ = try TreeFile.seal(descriptor, in: Self.folder, below: root)
                return try TreeFile.place(
                    staged: name, in: Self.folder, as: key, below: root)
            }
        } then: { [self] isNew in
            isEnded = true
            close(descriptor)
            exchange.onClose = nil
            answer(isNew: isNew)
        }
    }

    private func answer(isNew: Bool) {
        var json = JSONWriter()
        json.object {
            $0.member("bucket", bucket)
            $0.member("key", key)
            $0.member("size", bytes)
        }
        exchange.respond(isNew ? 201 : 200, AdminReply.json, body: json.bytes)
    }

    private func work<Value: Sendable>(
        _ work: @escaping @Sendable () -> Result<Value, LoopError>,
        then done: @escaping @LoopActor (Value) -> Void
    ) {
        isBusy = true
        offLoop(work) { [self] result in
            isBusy = false
            switch result {
            case .success(let value) where !isEnded: done(value)
            case .success(let value):
                // The caller went while the file was being made.
                if let made = value as? Int32, descriptor < 0 { descriptor = made }
                return remove()
            case .failure(let error):
                // The caller went meanwhile, and nobody has removed what was staged.
                if isEnded { return remove() }
                end()
                return refuse(Self.refusal(error))
            }
            goOn()
        }
    }

    private static func refusal(_ error: LoopError) -> AdminError {
        switch -error.code {
        case EISDIR, ENOTDIR: .fileInTheWay("\(error)")
        case ENOSPC, EDQUOT: .fileFailed("\(error)", isFull: true)
        default: .fileFailed("\(error)", isFull: false)
        }
    }

    /// Leaves nothing behind.
    private func end() {
        guard !isEnded else { return }
        isEnded = true
        exchange.onClose = nil
        exchange.onBody = nil
        if !isBusy { remove() }
    }

    private func remove() {
        let (descriptor, name, root) = (descriptor, name, root)
        self.descriptor = -1
        offLoop {
            if descriptor >= 0 { close(descriptor) }
            // What can't be removed now is removed at the next start.
            _ = try? TreeFile.remove("\(Self.folder)/\(name)", below: root)
        } then: {
        }
    }
}
