import Glibc
import Synchronization

/// Walks a directory tree page by page and gives every regular file in it.
///
/// A walk is no snapshot: what is renamed while it goes may be found twice or not at all, which a
/// watch that was there before tells by its facts. It follows no symbolic link and leaves nothing
/// out in silence but what is no regular file. It holds the root and one directory open until it
/// has ended or is dropped; what it remembers is the paths of the directories that are still to be
/// listed.
package final class DirectoryWalk: Sendable {
    /// A regular file that was found.
    package struct File: Sendable, Equatable {
        /// Relative to the root of the tree, also where only one directory is walked.
        package let path: String
        /// As it was when the walk came by.
        package let stamp: FileStamp
    }

    /// A path that the walk left out, with all below it.
    package struct Skipped: Sendable, Equatable {
        /// Relative to the root of the tree.
        package let path: String
        /// Why it was left out.
        package let reason: Reason

        /// What kept a path out.
        package enum Reason: Sendable, Equatable {
            /// It went, or became something else, between its listing and the look at it.
            case vanished
            /// It lies deeper than `TreeBounds` allow.
            case tooDeep
            /// The name is no UTF-8; the path shows replacement characters.
            case unreadableName
            case refused(LoopError)
        }
    }

    /// Some of what a walk finds; it may be empty and not the last.
    package struct Page: Sendable {
        /// What was found, in no order.
        package internal(set) var files: [File] = []
        /// What was left out.
        package internal(set) var skipped: [Skipped] = []
    }

    private let root: String
    private let filesMax: Int
    private let state: Mutex<WalkState>

    /// How many entries one page looks at, whatever they are.
    static let entriesMax = 10_000

    /// Prepares a walk of the tree below `root`, or of one directory in it.
    ///
    /// - Parameters:
    ///   - start: a directory's path relative to the root; the empty one means the root itself.
    ///   - ignored: the name of an entry of the root that is left out with all below it.
    ///   - filesMax: how many files a page has at most.
    package init(
        root: String, start: String = "", ignoring ignored: String, filesMax: Int = 1_000
    ) {
        precondition(filesMax > 0, "a page has room for a file")
        self.root = root
        self.filesMax = filesMax
        state = Mutex(WalkState(start: start, ignored: Array(ignored.utf8)))
    }

    /// The next page, found off the loop; nil after the last. One call at a time.
    ///
    /// - Throws: where the root can't be opened. A directory that can't be is skipped.
    @LoopActor
    package func next() async throws(LoopError) -> Page? {
        let result: Result<Page?, LoopError> = await withCheckedContinuation { continuation in
            offLoop {
                Result { () throws(LoopError) in try self.page() }
            } then: {
                continuation.resume(returning: $0)
            }
        }
        return try result.get()
    }

    private func page() throws(LoopError) -> Page? {
        try state.withLock { state throws(LoopError) in
            try state.page(root: root, filesMax: filesMax)
        }
    }
}

/// Where a walk stands between two pages.
private struct WalkState: ~Copyable, Sendable {
    private var root: OpenDirectory?
    private var listing: DirectoryListing?
    /// The path of the directory that is listed.
    private var path = ""
    private var depth = 0
    private var waiting: [String]
    private let ignored: [UInt8]

    init(start: String, ignored: [UInt8]) {
        waiting = [start]
        self.ignored = ignored
    }

    mutating func page(root: String, filesMax: Int) throws(LoopError) -> DirectoryWalk.Page? {
        var page = DirectoryWalk.Page()
        var entries = 0
        while page.files.count < filesMax, entries < DirectoryWalk.entriesMax {
            entries += 1
            if listing == nil {
                guard let next = waiting.popLast() else {
                    self.root = nil
                    return entries == 1 ? nil : page
                }
                try open(next, root, &page)
            } else {
                takeEntry(&page)
            }
        }
        return page
    }

    private mutating func open(
        _ next: String, _ root: String, _ page: inout DirectoryWalk.Page
    ) throws(LoopError) {
        if self.root == nil {
            do throws(SystemRefusal) {
                self.root = try OpenDirectory(root: root)
            } catch {
                throw .opening(root, error.code)
            }
        }
        path = next
        depth = path.isEmpty ? 0 : path.utf8.count { $0 == UInt8(ascii: "/") } + 1
        do throws(SystemRefusal) {
            listing = DirectoryListing(try self.root!.directory(at: path))
        } catch {
            skip(path, error, &page)
        }
    }

    private mutating func takeEntry(_ page: inout DirectoryWalk.Page) {
        do throws(SystemRefusal) {
            guard let entry = try listing!.next() else {
                listing = nil
                return
            }
            if path.isEmpty, entry.name == ignored { return }
            take(entry, &page)
        } catch {
            listing = nil
            skip(path, error, &page)
        }
    }

    private mutating func take(
        _ entry: DirectoryListing.Entry, _ page: inout DirectoryWalk.Page
    ) {
        if entry.kind == .other { return }
        let below = WatchedTree.path(of: entry.name, in: path)
        guard let name = String(validating: entry.name, as: UTF8.self) else {
            return page.skipped.append(.init(path: below, reason: .unreadableName))
        }
        switch entry.kind {
        case .other: break
        case .directory: enter(below, &page)
        case .file: look(at: name, below, &page)
        }
    }

    private func look(
        at name: String, _ below: String, _ page: inout DirectoryWalk.Page
    ) {
        do throws(SystemRefusal) {
            guard let stamp = try listing?.stamp(of: name) else {
                return page.skipped.append(.init(path: below, reason: .vanished))
            }
            page.files.append(.init(path: below, stamp: stamp))
        } catch {
            skip(below, error, &page)
        }
    }

    private mutating func enter(_ below: String, _ page: inout DirectoryWalk.Page) {
        guard depth < TreeBounds.depthMax, below.utf8.count <= TreeBounds.pathBytesMax else {
            return page.skipped.append(.init(path: below, reason: .tooDeep))
        }
        waiting.append(below)
    }

    private func skip(
        _ path: String, _ error: SystemRefusal, _ page: inout DirectoryWalk.Page
    ) {
        let reason: DirectoryWalk.Skipped.Reason =
            error.isAbsence ? .vanished : .refused(.looking(path, error.code))
        page.skipped.append(.init(path: path, reason: reason))
    }
}
