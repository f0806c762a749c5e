import EventLoop
import Glibc
import Testing

/// Does at random what programs do, in a tree and in a place outside of it.
private struct Chaos: Sendable {
    let tree: TemporaryTree
    let outside: TemporaryTree
    private var state: UInt64

    init(_ tree: TemporaryTree, _ outside: TemporaryTree, seed: UInt64) {
        self.tree = tree
        self.outside = outside
        state = seed
    }

    mutating func act() {
        let directory = directory()
        let file = directory + "/f\(next(4))"
        switch next(12) {
        case 0, 1: tree.make(directory)
        case 2: makeAll(directory, file)
        case 3, 4, 5: tree.write(file, String(repeating: "x", count: next(100)))
        case 6: tree.move(directory, to: self.directory())
        case 7: tree.move(file, to: self.directory() + "/f\(next(4))")
        case 8: tree.erase(directory)
        case 9: tree.link(file, as: self.directory() + "/l\(next(4))")
        case 10: tree.move(directory, to: outside.absolute("d\(next(3))"))
        default: outside.move("d\(next(3))", to: tree.absolute(self.directory()))
        }
    }

    private func makeAll(_ directory: String, _ file: String) {
        var path = ""
        for name in directory.split(separator: "/") {
            path += path.isEmpty ? name : "/\(name)"
            tree.make(path)
        }
        tree.write(file, "deep")
    }

    private mutating func directory() -> String {
        (0...next(3)).map { _ in "d\(next(3))" }.joined(separator: "/")
    }

    /// A number below `bound` (xorshift).
    private mutating func next(_ bound: UInt64) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % bound)
    }
}

/// An owner that keeps its duties: it looks where it is told to, and remembers what it found.
@LoopActor
private final class Remembering {
    private var files: [String: FileStamp] = [:]
    private var facts: [TreeFact] = []
    private(set) var watch: DirectoryTreeWatch!
    private let root: String

    init(_ root: String) throws {
        self.root = root
        watch = try DirectoryTreeWatch(root: root, ignoring: ".roost") { self.facts += $0 }
    }

    /// True where it has exactly these files. A second name of a file must be known, but not what
    /// was written by the first: the kernel tells of the name that was opened alone.
    func knows(_ truth: [String: FileStamp]) -> Bool {
        files.count == truth.count
            && truth.allSatisfy { path, stamp in
                let isSecondName = path.split(separator: "/").last?.hasPrefix("l") == true
                guard let known = files[path] else { return false }
                return isSecondName || known.hasSameContent(as: stamp)
            }
    }

    func learn() async throws {
        let told = facts
        facts = []
        for fact in told {
            switch fact {
            case .written(let path), .movedIn(let path), .appeared(let path), .touched(let path),
                .movedAway(let path), .deleted(let path):
                try await look(at: path)
            case .directoryAppeared(let path): try await walk(path)
            case .directoryWent(let path): forget(path)
            case .overflowed: try await walk("")
            // Two paths can seem to be one directory until the record of a rename is read.
            case .unwatched: break
            case .unreadableNames, .rootLost: Issue.record("told \(fact)")
            }
        }
    }

    private func look(at path: String) async throws {
        let look = try await FileLook.look(at: [path], below: root)[0]
        files[path] = if case .file(let stamp, _) = look { stamp } else { nil }
    }

    private func walk(_ path: String) async throws {
        forget(path)
        files.merge(try await walked(root, start: path).files) { $1 }
    }

    private func forget(_ path: String) {
        files = files.filter { !path.isEmpty && !$0.key.hasPrefix(path + "/") }
    }
}

@Suite("An owner that looks where a tree watch says")
@LoopActor
struct DirectoryTreeWatchChaosTests {
    @Test(
        "knows every file, whatever was done", arguments: 1...6 as ClosedRange<UInt64>)
    func knows(seed: UInt64) async throws {
        let (tree, outside) = (try TemporaryTree(), try TemporaryTree())
        let owner = try Remembering(tree.root)
        var chaos = Chaos(tree, outside, seed: seed &* 0x9E37_79B9_7F4A_7C15)

        // What one round misses, another may heal, so each is checked by itself.
        for round in 1...60 {
            let before = chaos
            chaos = try await offLoop {
                var chaos = before
                for _ in 0..<50 { chaos.act() }
                return chaos
            }
            let truth = try await walked(tree.root).files
            try await learn(owner, "all that is there (seed \(seed), round \(round))") {
                owner.watch.unwatchedCount == 0 && owner.knows(truth)
            }
        }
        owner.watch.close()
    }

    private func learn(
        _ owner: Remembering, _ what: String, _ claim: @LoopActor () -> Bool
    ) async throws {
        let deadline = LoopActor.uptimeNanoseconds + 20_000_000_000
        while !claim() {
            guard LoopActor.uptimeNanoseconds < deadline else { throw WaitedInVain(what: what) }
            try await owner.learn()
            await Task.yield()
        }
    }
}

extension FileStamp {
    /// True where nothing speaks for another content: size, time of writing and file are the same.
    fileprivate func hasSameContent(as other: FileStamp) -> Bool {
        size == other.size && modifiedNanoseconds == other.modifiedNanoseconds
            && inode == other.inode && device == other.device
    }
}
