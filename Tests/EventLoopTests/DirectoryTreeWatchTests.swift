import EventLoop
import Glibc
import Testing

@Suite("A directory tree watch")
@LoopActor
struct DirectoryTreeWatchTests {
    private let tree: TemporaryTree

    init() throws { tree = try TemporaryTree() }

    @Test("tells when a file is closed after writing, and not before")
    func closing() async throws {
        let watching = try await Watching(tree)
        let descriptor = tree.openForWriting("a.csv")
        tree.append("1,2\n", to: descriptor)
        tree.write("marker")
        try await watching.saw(.written("marker"))

        #expect(!watching.facts.contains(.written("a.csv")))
        close(descriptor)
        try await watching.saw(.written("a.csv"))
        watching.close()
    }

    @Test("tells when another process has written, moved, linked and removed")
    func otherProcess() async throws {
        let watching = try await Watching(tree)

        try await run("cp /etc/passwd a; mv a b; ln b c; touch -d 2020-01-01 b; rm c")
        try await watching.saw(.deleted("c"))

        let facts = watching.facts.filter { $0 != .touched("b") && $0 != .touched("c") }
        #expect(
            facts == [
                .appeared("a"), .written("a"), .movedAway("a"), .movedIn("b"), .appeared("c"),
                .written("b"), .deleted("c"),
            ])
        watching.close()
    }

    @Test("tells a file that is moved in from outside")
    func movedIn() async throws {
        let outside = try TemporaryTree()
        outside.write("x.csv")
        let watching = try await Watching(tree)

        outside.move("x.csv", to: tree.absolute("x.csv"))
        try await watching.saw(.movedIn("x.csv"))

        #expect(watching.facts == [.movedIn("x.csv")])
        watching.close()
    }

    @Test("tells a directory that is moved in once all in it is watched")
    func directoryMovedIn() async throws {
        let outside = try TemporaryTree()
        outside.make("a")
        outside.make("a/b")
        outside.write("a/b/old")
        let watching = try await Watching(tree)

        outside.move("a", to: tree.absolute("a"))
        try await watching.saw(.directoryAppeared("a"))
        tree.write("a/b/new")
        try await watching.saw(.written("a/b/new"))

        #expect(try await walked(tree.root, start: "a").files.keys.contains("a/b/old"))
        #expect(watching.watch.watchedCount == 3)
        watching.close()
    }

    @Test("misses nothing that is written right behind mkdir -p", arguments: 1...20)
    func behindMkdir(round: Int) async throws {
        let watching = try await Watching(tree)
        let path = "a/b/c/passwd"

        try await run("mkdir -p a/b/c && cp /etc/passwd a/b/c/")
        tree.write("marker")
        try await watching.saw(.written("marker"))

        // Either the record came, or the walk that the owner owes after the last telling finds it.
        let isCovered = watching.facts.contains(.written(path))
        let appeared = ["a", "a/b", "a/b/c"].contains {
            watching.facts.contains(.directoryAppeared($0))
        }
        if !isCovered { try await eventually("a telling of a") { appeared } }
        #expect(try await walked(tree.root, start: "a").files[path] != nil)
        watching.close()
    }

    @Test("reaches twenty levels down, made before or after it began")
    func deep() async throws {
        let path = Array(repeating: "level", count: 20).joined(separator: "/")
        try await run("mkdir -p before/\(path)")
        let watching = try await Watching(tree)

        tree.write("before/\(path)/x")
        try await watching.saw(.written("before/\(path)/x"))
        try await run("mkdir -p after/\(path)")
        try await eventually("43 watches") { watching.watch.watchedCount == 43 }
        tree.write("after/\(path)/x")

        try await watching.saw(.written("after/\(path)/x"))
        watching.close()
    }

    @Test("tells a renamed directory's files by the new path")
    func renamed() async throws {
        try await run("mkdir -p a/b")
        let watching = try await Watching(tree)

        tree.move("a", to: "c")
        try await watching.saw(.directoryAppeared("c"))
        tree.write("c/b/x")
        try await watching.saw(.written("c/b/x"))

        #expect(
            watching.facts == [
                .directoryWent("a"), .directoryAppeared("c"), .appeared("c/b/x"),
                .written("c/b/x"),
            ])
        #expect(watching.watch.watchedCount == 3)
        watching.close()
    }

    @Test("tells nothing of a directory that was moved out")
    func movedOut() async throws {
        let outside = try TemporaryTree()
        try await run("mkdir -p a/b")
        let watching = try await Watching(tree)

        tree.move("a", to: outside.absolute("a"))
        outside.write("a/b/x")
        tree.write("marker")
        try await watching.saw(.written("marker"))

        #expect(
            watching.facts == [.directoryWent("a"), .appeared("marker"), .written("marker")])
        try await eventually("one watch") { watching.watch.watchedCount == 1 }
        watching.close()
    }

    @Test("follows no symbolic link, also not one that takes a directory's place")
    func symbolicLinks() async throws {
        let outside = try TemporaryTree()
        tree.symlink(to: outside.root, as: "link")
        tree.make("a")
        let watching = try await Watching(tree)

        tree.erase("a")
        tree.symlink(to: outside.root, as: "a")
        outside.write("x")
        tree.write("marker")
        try await watching.saw(.written("marker"))

        #expect(
            watching.facts == [
                .directoryWent("a"), .appeared("a"), .appeared("marker"), .written("marker"),
            ])
        #expect(watching.watch.watchedCount == 1)
        watching.close()
    }

    @Test("leaves the ignored directory alone, at the root only")
    func ignored() async throws {
        try await run("mkdir -p .roost/x a/.roost")
        let watching = try await Watching(tree)

        tree.write(".roost/x/f")
        tree.write("a/.roost/f")
        try await watching.saw(.written("a/.roost/f"))
        tree.move(".roost/x/f", to: "f")
        try await watching.saw(.movedIn("f"))

        #expect(watching.watch.watchedCount == 3)
        #expect(watching.facts.suffix(1) == [.movedIn("f")])
        watching.close()
    }

    @Test("reports names that are no UTF-8, before and after it began")
    func unreadableNames() async throws {
        try await run(#"mkdir "$(printf 'a\377')" "$(printf 'b\377')""#)
        var facts: [TreeFact] = []
        let watch = try DirectoryTreeWatch(root: tree.root, ignoring: "") { facts += $0 }
        try await eventually("the root") { facts.contains(.directoryAppeared("")) }

        try await run(#"echo > "$(printf 'c\377')"; echo > "$(printf 'a\377')/x"; echo > d"#)
        try await eventually("d") { facts.contains(.written("d")) }

        let unreadable: [(Int, String)] = facts.compactMap {
            if case .unreadableNames("", let count, let example) = $0 {
                (count, example)
            } else {
                nil
            }
        }
        #expect(unreadable.first?.0 == 2)
        #expect(unreadable.dropFirst().allSatisfy { $0 == (1, "c\u{FFFD}") })
        #expect(watch.watchedCount == 1)
        watch.close()
        try await run("rm -rf ./*")
    }

    @Test(
        "says why when its root was never there, went or was moved",
        arguments: [
            (
                "true",
                TreeFact.RootLoss.refused(
                    LoopError(action: "open directory \"ROOT\"", code: LoopError.notFound))
            ),
            ("mkdir ROOT; rmdir ROOT", .deleted), ("mkdir ROOT; mv ROOT b", .movedAway),
        ])
    func rootLost(script: String, loss: TreeFact.RootLoss) async throws {
        let steps = script.replacing("ROOT", with: "root").split(separator: ";")
        try await run(String(steps[0]))
        var facts: [TreeFact] = []
        let root = tree.absolute("root")
        let watch = try DirectoryTreeWatch(root: root, ignoring: "") { facts += $0 }
        try await eventually("the first fact") { !facts.isEmpty }

        for step in steps.dropFirst() { try await run(String(step)) }

        try await eventually("the loss") { if case .rootLost = facts.last { true } else { false } }
        if case .refused = loss {
            #expect("\(facts)".contains("could not open directory"))
        } else {
            #expect(facts.last == .rootLost(loss))
        }
        watch.close()
    }

    /// Runs a shell's script in the tree to its end.
    private func run(_ script: String) async throws {
        var end: ChildProcess.End?
        let child = try ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "cd '\(tree.root)' && \(script)"],
            environment: ["PATH": "/usr/bin:/bin"]
        ) { end = $0 }
        try await eventually("the end of \(script)") { end != nil }
        child.close()
    }
}
