/// What to do about the records of a tree's watches: which directories to visit, which watches to
/// end, and which facts to tell. Holds no descriptor and asks the kernel nothing.
///
/// The idea: a record says that something changed, never how things are. So a directory that is
/// made or moved in is visited: opened by its path, watched, and only then listed, so that what is
/// made in it later has a record of its own. Its directories are visited in turn, and when all
/// below has its watch, the owner is told to look.
///
/// Paths may have changed when a visit comes. It then finds nothing, and the records that follow
/// say where to look; or it finds another directory, whose watch comes out different. A watch
/// that another path already holds moves to the newest, and the other path is visited again.
/// Renames need no pairing, of whose halves either may be missing: the old place goes with its
/// watches, the new one is visited, and watches that are found again there are kept.
struct WatchPlan: Sendable {
    typealias ID = WatchedTree.ID

    /// How far a visit goes, and what comes of it.
    struct Reach: Sendable, Equatable {
        /// It goes below what is known already.
        let isWhole: Bool
        /// The owner is told when all below has its watch.
        let tells: Bool
        /// It may take a watch from another path.
        let takes: Bool

        /// For what was moved here, of which anything below may be at another path than before.
        static let entire = Reach(isWhole: true, tells: true, takes: true)
        /// For what was made here and may be known by now.
        static let unknown = Reach(isWhole: false, tells: true, takes: true)
        /// For the path that a watch was taken from.
        static let robbed = Reach(isWhole: false, tells: true, takes: false)
        /// For what lies within a directory that is visited.
        var within: Reach { Reach(isWhole: isWhole, tells: false, takes: true) }
    }

    /// A directory that is to be opened, watched and listed.
    struct Visit: Sendable, Equatable {
        let id: ID
        let path: String
        let reach: Reach
        /// A directory with this watch was listed already and needs no listing.
        let known: Int32?
    }

    /// What a visit found.
    enum Sight: Sendable, Equatable {
        case directory(descriptor: Int32, subdirectories: [[UInt8]])
        /// The watch is the one that is known.
        case unchanged
        /// No directory is there, or a symbolic link is.
        case vanished
        case refused(LoopError)
    }

    enum Request: Sendable, Equatable {
        case visit(Visit)
        case endWatch(Int32)
        /// At most one fact was added; what follows is for the next call.
        case nothing
    }

    enum Step: Sendable {
        case visit(ID, Reach)
        case tellAppeared(ID)
        case tellOverflow
    }

    var tree = WatchedTree()
    let ignored: [UInt8]
    var steps: [Step] = [.visit(WatchedTree.root, .entire)]
    var ending: Set<Int32> = []
    var facts: [TreeFact] = []
    var isRecovering = false
    var overflowedAgain = false
    private(set) var isLost = false

    /// - Parameter ignored: a name at the root of which nothing is told or watched.
    init(ignoring ignored: String) {
        self.ignored = Array(ignored.utf8)
    }

    /// True while `next` has something to do.
    var hasMore: Bool { !steps.isEmpty || !ending.isEmpty }

    /// What became known since the last call.
    mutating func takeFacts() -> [TreeFact] {
        defer { facts = [] }
        return facts
    }

    /// Takes in what the kernel said.
    mutating func happened(_ record: InotifyRecord) {
        if isLost { return }
        if record.kinds.contains(.overflow) { return overflowed() }
        guard let id = tree.holder(of: record.descriptor) else { return }
        if record.name.isEmpty { return happened(record.kinds, toWatched: id) }
        guard id != WatchedTree.root || record.name != ignored,
            !record.kinds.isDisjoint(with: .ofEntries)
        else { return }
        guard isReadable(record.name) else { return unreadable([record.name], in: id) }
        if record.kinds.contains(.directory) {
            happened(record.kinds, toDirectory: record.name, in: id)
        } else {
            happened(record.kinds, toFile: WatchedTree.path(of: record.name, in: tree[id]!.path))
        }
    }

    /// Takes in that records were lost: every directory is visited, and then the owner is told.
    mutating func overflowed() {
        overflowedAgain = isRecovering
        if !isRecovering { recover() }
    }

    private mutating func recover() {
        isRecovering = true
        // What else was to be visited is part of this, as is all that was to be told.
        steps = [.tellOverflow, .visit(WatchedTree.root, Reach.entire.within)]
    }

    private mutating func happened(_ kinds: InotifyRecord.Kinds, toWatched id: ID) {
        guard id == WatchedTree.root else {
            guard kinds.contains(.watchEnded) else { return }
            tree.release(tree[id]!.descriptor!)
            return steps.append(.visit(id, .unknown))
        }
        if kinds.contains(.selfMoved) { lose(.movedAway) }
        if kinds.contains(.unmounted) { lose(.unmounted) }
        if !kinds.isDisjoint(with: [.selfDeleted, .watchEnded]) { lose(.deleted) }
    }

    mutating func lose(_ loss: TreeFact.RootLoss) {
        guard !isLost else { return }
        isLost = true
        steps = []
        ending = []
        facts.append(.rootLost(loss))
    }

    private mutating func happened(
        _ kinds: InotifyRecord.Kinds, toDirectory name: [UInt8], in parent: ID
    ) {
        if !kinds.isDisjoint(with: [.deleted, .movedFrom]) {
            if let id = tree[parent]!.children[name] { ending.formUnion(tree.remove(id)) }
            facts.append(.directoryWent(WatchedTree.path(of: name, in: tree[parent]!.path)))
        } else {
            // Attributes count, for a directory that could not be opened may be open now.
            let reach = kinds.contains(.movedTo) ? Reach.entire : Reach.unknown
            steps.append(.visit(tree.child(name, of: parent), reach))
        }
    }

    private mutating func happened(_ kinds: InotifyRecord.Kinds, toFile path: String) {
        if kinds.contains(.closedAfterWriting) { facts.append(.written(path)) }
        if kinds.contains(.movedTo) { facts.append(.movedIn(path)) }
        if kinds.contains(.created) { facts.append(.appeared(path)) }
        if kinds.contains(.attributes) { facts.append(.touched(path)) }
        if kinds.contains(.movedFrom) { facts.append(.movedAway(path)) }
        if kinds.contains(.deleted) { facts.append(.deleted(path)) }
    }

    func isReadable(_ name: [UInt8]) -> Bool {
        String(validating: name, as: UTF8.self) != nil
    }

    mutating func unreadable(_ names: [[UInt8]], in id: ID) {
        guard let first = names.first else { return }
        facts.append(
            .unreadableNames(
                directory: tree[id]!.path, count: names.count,
                example: String(decoding: first, as: UTF8.self)))
    }
}
