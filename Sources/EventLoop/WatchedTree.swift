/// The directories of a tree, and which inotify watch belongs to which.
///
/// A watch follows the directory, not its path. A directory that moves therefore leaves its place
/// here and is entered anew at the other: nothing keeps a path that is no longer true.
struct WatchedTree: Sendable {
    typealias ID = Int

    /// Names are bytes here, since Swift takes two spellings of one text for equal.
    typealias Name = [UInt8]

    struct Directory: Sendable {
        let path: String
        let name: Name
        let parent: ID?
        /// The root's is 0.
        let depth: Int
        var children: [Name: ID] = [:]
        var descriptor: Int32?
    }

    private var directories: [ID: Directory]
    private var holders: [Int32: ID] = [:]
    private var nextID = 1
    /// The directories whose watch was refused.
    private(set) var unwatched: Set<ID> = []

    static let root: ID = 0

    init() {
        directories = [Self.root: Directory(path: "", name: [], parent: nil, depth: 0)]
    }

    subscript(id: ID) -> Directory? { directories[id] }

    /// The directories that a watch belongs to.
    var watchedCount: Int { holders.count }

    /// The directory that a watch belongs to.
    func holder(of descriptor: Int32) -> ID? { holders[descriptor] }

    /// The directory of this name; it is entered where it is new.
    mutating func child(_ name: Name, of parent: ID) -> ID {
        let above = directories[parent]!
        if let known = above.children[name] { return known }
        let id = nextID
        nextID += 1
        directories[id] = Directory(
            path: Self.path(of: name, in: above.path), name: name, parent: parent,
            depth: above.depth + 1)
        directories[parent]!.children[name] = id
        return id
    }

    static func path(of name: Name, in directory: String) -> String {
        let name = String(decoding: name, as: UTF8.self)
        return directory.isEmpty ? name : "\(directory)/\(name)"
    }

    /// Gives a free watch to a directory; the answer is the one that it had before.
    mutating func bind(_ descriptor: Int32, to id: ID) -> Int32? {
        assert(holders[descriptor] == nil || holders[descriptor] == id, "a watch has one holder")
        let before = directories[id]!.descriptor
        if let before { holders[before] = nil }
        directories[id]!.descriptor = descriptor
        holders[descriptor] = id
        unwatched.remove(id)
        return before == descriptor ? nil : before
    }

    /// Takes a watch from the directory that has it.
    mutating func release(_ descriptor: Int32) {
        guard let id = holders.removeValue(forKey: descriptor) else { return }
        directories[id]!.descriptor = nil
    }

    /// Marks a directory, of which nothing below is known; the answer is the watches to end, and
    /// whether it was not marked before.
    mutating func refuse(_ id: ID) -> (ended: [Int32], isNew: Bool) {
        var ended = keepChildren([], of: id)
        if let descriptor = directories[id]!.descriptor {
            release(descriptor)
            ended.append(descriptor)
        }
        return (ended, unwatched.insert(id).inserted)
    }

    /// Removes a directory and all below it; the answer is the watches to end.
    mutating func remove(_ id: ID) -> [Int32] {
        if let gone = directories[id], let parent = gone.parent {
            directories[parent]!.children[gone.name] = nil
        }
        var ended: [Int32] = []
        var going = [id]
        while let next = going.popLast() {
            guard let directory = directories.removeValue(forKey: next) else { continue }
            going.append(contentsOf: directory.children.values)
            unwatched.remove(next)
            guard let descriptor = directory.descriptor else { continue }
            holders[descriptor] = nil
            ended.append(descriptor)
        }
        return ended
    }

    /// Removes the children that are not among `names`; the answer is the watches to end.
    mutating func keepChildren(_ names: Set<Name>, of id: ID) -> [Int32] {
        let gone = directories[id]!.children.filter { !names.contains($0.key) }
        return gone.values.flatMap { remove($0) }
    }
}
