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
    private var versions: [String: Int64] = [:]
    /// The places in `effects` of what was written to a path.
    private var writes: [String: [Int]] = [:]

    static let effectsMax = 10_000
    static let readsMax = 10_000
    static let readBytesMax = 2 << 20

    /// Takes a write that will be committed with the outcome.
    mutating func add(_ effect: Effect, bytes: Int, limits: EffectLimits) throws(ContextError) {
        switch stage {
        case .open: break
        case .committed: throw .afterCommit(what: effect.name)
        case .ended: throw .attemptEnded(what: effect.name)
        }
        guard effects.count < Self.effectsMax else {
            throw .tooMany(what: "writes", max: Self.effectsMax)
        }
        let total = effectBytes + bytes
        guard total <= limits.effectsBytesMax else {
            throw .tooLarge(
                what: "all that this attempt writes", foundBytes: total,
                maxBytes: limits.effectsBytesMax)
        }
        effectBytes = total
        if let path = effect.path { writes[path, default: []].append(effects.count) }
        effects.append(effect)
    }

    /// Remembers the version of a document that was looked at; the first look counts.
    mutating func saw(_ path: String, version: Int64) throws(ContextError) {
        guard versions[path] == nil else { return }
        guard reads.count < Self.readsMax else { throw .tooMany(what: "reads", max: Self.readsMax) }
        readBytes += path.utf8.count
        guard readBytes <= Self.readBytesMax else {
            throw .tooLarge(
                what: "the paths of all that this attempt read", foundBytes: readBytes,
                maxBytes: Self.readBytesMax)
        }
        versions[path] = version
        reads.append(DocumentRead(path: path, version: version))
    }

    /// What the attempt did to a document, in order.
    func writes(to path: String) -> [Effect] { writes[path]?.map { effects[$0] } ?? [] }

    /// True where a document directly in `collection` was written.
    func hasWritten(in collection: String) -> Bool {
        writes.keys.contains { path in
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
            return path[..<slash] == collection
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
