/// What a power cut would leave of the files below a directory: what was synced, and of the rest
/// whatever the disk happened to write.
///
/// A change of a file's bytes is kept once the file was synced after it, a change of a name once its
/// directory was. A sync that failed loses what it was to keep, for good.
struct DurableFiles {
    enum Change: Equatable {
        case write(at: Int, bytes: [UInt8])
        case truncate(to: Int)
    }

    private enum NameChange {
        case add(String, file: UInt64)
        case move(String, String, file: UInt64)
        case remove(String)

        var paths: [String] {
            switch self {
            case .add(let path, _), .remove(let path): [path]
            case .move(let from, let to, _): [from, to]
            }
        }
    }

    private struct Pending<What> {
        let position: UInt64
        var what: What
    }

    /// The files that have a name for certain.
    private(set) var names: [String: UInt64] = [:]
    private var contents: [UInt64: [UInt8]] = [:]
    /// Every path that was ever a file's.
    private(set) var known: Set<String> = []
    private var changes: [UInt64: [Pending<Change>]] = [:]
    private var nameChanges: [Pending<NameChange>] = []
    private var nextStranger = UInt64(1) << 62

    /// The bytes of a file that has a name for certain.
    func bytes(of path: String) -> [UInt8]? { names[path].map { contents[$0] ?? [] } }

    mutating func take(_ entry: DiskJournal.Entry) {
        let position = entry.position
        switch entry.what {
        case .changed(let file, let change):
            changes[file, default: []].append(Pending(position: position, what: change))
        case .created(let path, let file): add(path, file, position)
        case .opened(let path, let file):
            // One whose creation was not noted: its process was killed in between.
            guard contents[file] == nil, changes[file] == nil, names[path] != file else { return }
            add(path, file, position)
        case .renamed(let from, let to, let file):
            known.insert(to)
            nameChanges.append(Pending(position: position, what: .move(from, to, file: file)))
        case .removed(let path):
            nameChanges.append(Pending(position: position, what: .remove(path)))
        case .synced(let file, let began): settle(file, before: began, isKept: true)
        case .syncFailed(let file, let began): settle(file, before: began, isKept: false)
        case .directorySynced(let path, let began): keepNames(in: path, before: began)
        }
    }

    private mutating func add(_ path: String, _ file: UInt64, _ position: UInt64) {
        known.insert(path)
        if contents[file] != nil || names.values.contains(file) { estrange(file) }
        changes[file] = nil
        nameChanges.append(Pending(position: position, what: .add(path, file: file)))
    }

    /// The number of a file is used again while the old file may still have its name on the disk.
    private mutating func estrange(_ file: UInt64) {
        let stranger = nextStranger
        nextStranger += 1
        contents[stranger] = contents.removeValue(forKey: file)
        for (path, owner) in names where owner == file { names[path] = stranger }
        for index in nameChanges.indices {
            switch nameChanges[index].what {
            case .add(let path, file):
                nameChanges[index].what = .add(path, file: stranger)
            case .move(let from, let to, file):
                nameChanges[index].what = .move(from, to, file: stranger)
            case .add, .move, .remove: break
            }
        }
    }

    private mutating func settle(_ file: UInt64, before position: UInt64, isKept: Bool) {
        guard let pending = changes[file] else { return }
        let count = pending.prefix { $0.position < position }.count
        if isKept {
            for change in pending.prefix(count) { apply(change.what, to: file) }
        }
        changes[file] = Array(pending.dropFirst(count))
        if contents[file] == nil { contents[file] = [] }
    }

    private mutating func apply(_ change: Change, to file: UInt64) {
        switch change {
        case .truncate(let length):
            resize(file, to: length)
        case .write(let place, let bytes):
            resize(file, to: max(contents[file]?.count ?? 0, place + bytes.count))
            contents[file]?.withUnsafeMutableBytes { target in
                UnsafeMutableRawBufferPointer(rebasing: target[place..<place + bytes.count])
                    .copyBytes(from: bytes)
            }
        }
    }

    private mutating func resize(_ file: UInt64, to length: Int) {
        let now = contents[file]?.count ?? 0
        if now < length {
            let zeros = repeatElement(UInt8(0), count: length - now)
            contents[file, default: []].append(contentsOf: zeros)
        } else {
            contents[file]?.removeLast(now - length)
        }
    }

    private mutating func keepNames(in directory: String, before position: UInt64) {
        var rest: [Pending<NameChange>] = []
        for change in nameChanges {
            let isIn = change.what.paths.contains { Self.directory(of: $0) == directory }
            if change.position < position, isIn { apply(change.what) } else { rest.append(change) }
        }
        nameChanges = rest
    }

    private mutating func apply(_ change: NameChange) {
        switch change {
        case .add(let path, let file): names[path] = file
        case .remove(let path): names[path] = nil
        case .move(let from, let to, let file):
            names[from] = nil
            names[to] = file
            // That it had its old name is of no matter any more.
            nameChanges.removeAll {
                if case .add(from, file) = $0.what { true } else { false }
            }
        }
    }

    private static func directory(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}

extension DurableFiles {
    /// The power goes, and nothing is there that was not synced.
    mutating func cut() {
        changes = [:]
        nameChanges = []
    }

    /// The power goes: of what was not synced some is on the disk, and the rest never was.
    mutating func cut(_ chance: inout SeededChance) {
        for file in changes.keys.sorted() {
            let mode = chance.next() % 3
            for change in changes[file] ?? [] where mode == 1 || mode == 2 && chance.next() % 2 == 0
            {
                apply(Self.torn(change.what, mode == 2 && chance.next() % 4 == 0), to: file)
            }
        }
        changes = [:]
        // Names reach the disk in order, as a file system's own journal has them.
        let kept = nameChanges.isEmpty ? 0 : Int(chance.next() % UInt64(nameChanges.count + 1))
        let pending = nameChanges
        nameChanges = []
        for change in pending.prefix(kept) { apply(change.what) }
    }

    /// A write of which only the first sectors came to the disk.
    private static func torn(_ change: Change, _ isTorn: Bool) -> Change {
        guard isTorn, case .write(let place, let bytes) = change, bytes.count > 512 else {
            return change
        }
        return .write(at: place, bytes: Array(bytes[..<(bytes.count / 2 / 512 * 512)]))
    }

    /// Says which files the names are by now.
    mutating func renumber(_ numbers: [String: UInt64]) {
        let old = names
        let kept = contents
        names = [:]
        contents = [:]
        for (path, file) in old {
            guard let number = numbers[path] else { continue }
            names[path] = number
            contents[number] = kept[file] ?? []
        }
    }
}
