import EventLoop
import Glibc

/// A directory of its own for one test, with short words for what programs do in it.
final class TemporaryTree: Sendable {
    let root: String

    init() throws {
        var template = Array("/tmp/roost-tree-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw WaitedInVain(what: "a directory") }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { erase(root) }

    func make(_ path: String) { mkdir(absolute(path), 0o700) }

    func write(_ path: String, _ text: String = "x") {
        let descriptor = openForWriting(path)
        append(text, to: descriptor)
        close(descriptor)
    }

    /// Whoever calls it closes what it gives.
    func openForWriting(_ path: String) -> Int32 {
        open(absolute(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    }

    func append(_ text: String, to descriptor: Int32) {
        _ = Glibc.write(descriptor, text, text.utf8.count)
    }

    func move(_ path: String, to other: String) { rename(absolute(path), absolute(other)) }

    func link(_ path: String, as other: String) { Glibc.link(absolute(path), absolute(other)) }

    func symlink(to target: String, as path: String) { Glibc.symlink(target, absolute(path)) }

    /// Removes a file, or a directory with all in it.
    func erase(_ path: String) {
        let path = absolute(path)
        guard unlink(path) != 0, let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
            let name = String(cString: start.assumingMemoryBound(to: CChar.self))
            if name == "." || name == ".." { continue }
            if !name.contains("\u{FFFD}") { erase("\(path)/\(name)") }
        }
        closedir(directory)
        rmdir(path)
    }

    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(root)/\(path)" }
}

/// All files that a walk finds, and what it skipped.
@LoopActor
func walked(
    _ root: String, start: String = "", filesMax: Int = 1_000
) async throws -> (files: [String: FileStamp], skipped: [DirectoryWalk.Skipped], pages: Int) {
    let walk = DirectoryWalk(root: root, start: start, ignoring: ".roost", filesMax: filesMax)
    var files: [String: FileStamp] = [:]
    var skipped: [DirectoryWalk.Skipped] = []
    var pages = 0
    while let page = try await walk.next() {
        pages += 1
        for file in page.files { files[file.path] = file.stamp }
        skipped += page.skipped
    }
    return (files, skipped, pages)
}

/// A watch of a tree with all that it has told.
@LoopActor
final class Watching {
    private(set) var facts: [TreeFact] = []
    private(set) var callsMax = 0
    private(set) var watch: DirectoryTreeWatch!

    /// Comes back when the watches of what is there already stand.
    init(_ tree: TemporaryTree) async throws {
        watch = try DirectoryTreeWatch(root: tree.root, ignoring: ".roost") { self.take($0) }
        try await saw(.directoryAppeared(""))
        facts = []
    }

    func saw(_ fact: TreeFact) async throws {
        try await eventually("\(fact), told was \(facts.suffix(20))") { facts.contains(fact) }
    }

    func close() { watch.close() }

    private func take(_ facts: [TreeFact]) {
        callsMax = max(callsMax, facts.count)
        self.facts += facts
    }
}
