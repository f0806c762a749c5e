import Contract

/// What an attempt has read and what it asks for: the value that goes with its outcome.
///
/// It refuses what one commit can't hold, and remembers which documents the attempt wrote, for
/// its own reads of them.
struct AttemptRecord {
    /// Who may still write.
    enum Stage { case open, committed, ended }

    private(set) var stage = Stage.open
    private(set) var effects: [Effect] = []
    private(set) var reads: [DocumentRead] = []
    private var effectBytes = 0
    private var readBytes = 0
    // Paths are bytes here, since Swift takes two spellings of one text for equal.
    private var seen: Set<[UInt8]> = []
    /// The places in `effects` of what was written to a path.
    private var writes: [[UInt8]: [Int]] = [:]

    static let effectsMax = 10_000
    static let readsMax = 10_000
    static let readBytesMax = 2 << 20
    /// Reads and effects together: a frame, less room for the outcome and the head of a response.
    static let bytesMax = Frame.payloadBytesMax - 256 * 1024
    /// What a read takes in a frame beside its path, at most: the path's length and the version.
    private static let readOverheadBytes = 12

    /// Takes a write that will be committed with the outcome.
    mutating func add(_ effect: Effect, limits: EffectLimits) throws(ContextError) {
        switch stage {
        case .open: break
        case .committed: throw .afterCommit(what: effect.name)
        case .ended: throw .attemptEnded(what: effect.name)
        }
        guard effects.count < Self.effectsMax else {
            throw .tooMany(what: "writes", max: Self.effectsMax)
        }
        let total = effectBytes + effect.frameBytesMax
        guard total <= limits.effectsBytesMax else {
            throw .tooLarge(
                what: "all that this attempt writes", foundBytes: total,
                maxBytes: limits.effectsBytesMax)
        }
        try requireRoom(total + readBytes)
        effectBytes = total
        if let path = effect.path { writes[Array(path.utf8), default: []].append(effects.count) }
        effects.append(effect)
    }

    /// Remembers the version of a document that was looked at; the first look counts.
    mutating func saw(_ path: String, version: Int64) throws(ContextError) {
        let name = Array(path.utf8)
        guard !seen.contains(name) else { return }
        guard reads.count < Self.readsMax else { throw .tooMany(what: "reads", max: Self.readsMax) }
        let total = readBytes + name.count + Self.readOverheadBytes
        guard total <= Self.readBytesMax else {
            throw .tooLarge(
                what: "the paths of all that this attempt read", foundBytes: total,
                maxBytes: Self.readBytesMax)
        }
        try requireRoom(effectBytes + total)
        readBytes = total
        seen.insert(name)
        reads.append(DocumentRead(path: path, version: version))
    }

    private func requireRoom(_ bytes: Int) throws(ContextError) {
        guard bytes <= Self.bytesMax else {
            throw .tooLarge(
                what: "all that this attempt reads and writes", foundBytes: bytes,
                maxBytes: Self.bytesMax)
        }
    }

    /// What the attempt did to a document, in order.
    func writes(to path: String) -> [Effect] {
        writes[Array(path.utf8)]?.map { effects[$0] } ?? []
    }

    /// True where a document directly in `collection` was written.
    func hasWritten(in collection: String) -> Bool {
        writes.keys.contains { path in
            guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return false }
            return path[..<slash].elementsEqual(collection.utf8)
        }
    }

    mutating func move(to stage: Stage) { self.stage = stage }
}

extension Effect {
    /// Such as `put("orders/o-1")`, for errors.
    var name: String {
        switch self {
        case .put(let path, _): "put(\"\(path)\")"
        case .merge(let path, _, _): "merge(\"\(path)\")"
        case .delete(let path): "delete(\"\(path)\")"
        case .publish(let publication): "publish(to: \"\(publication.topic)\")"
        case .send(let sending): "send(to: \"\(sending.function)\")"
        case .schedule(let declaration): "schedules.set(\"\(declaration.name)\")"
        case .unschedule(let name): "schedules.remove(\"\(name)\")"
        case .file(let file):
            "bucket(\"\(file.bucket)\").\(file.mark == nil ? "delete" : "put")(\"\(file.key)\")"
        }
    }
}
