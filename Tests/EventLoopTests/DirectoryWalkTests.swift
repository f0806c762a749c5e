import EventLoop
import Glibc
import Testing

@Suite("A directory walk")
@LoopActor
struct DirectoryWalkTests {
    private let tree: TemporaryTree

    init() throws { tree = try TemporaryTree() }

    @Test("finds every regular file with its stamp, and nothing else")
    func files() async throws {
        let outside = try TemporaryTree()
        outside.write("secret")
        for path in [".roost", "a", "a/.roost", "empty"] { tree.make(path) }
        for path in ["x", ".roost/staged", "a/.roost/y"] { tree.write(path, "12345") }
        tree.link("x", as: "z")
        tree.symlink(to: outside.root, as: "link")
        tree.symlink(to: outside.absolute("secret"), as: "a/link")
        mkfifo(tree.absolute("pipe"), 0o600)

        let (files, skipped, _) = try await walked(tree.root)

        #expect(files.keys.sorted() == ["a/.roost/y", "x", "z"])
        #expect(skipped.isEmpty)
        #expect(files["x"]?.size == 5)
        #expect(files["x"]?.linkCount == 2)
        #expect(files["x"]?.inode == files["z"]?.inode)
        #expect(files["x"]!.modifiedNanoseconds > 1_500_000_000_000_000_000)
    }

    @Test("gives pages of the size that was asked for", arguments: [0, 9, 10, 11])
    func pages(count: Int) async throws {
        for number in 0..<count { tree.write("\(number)") }

        let walk = DirectoryWalk(root: tree.root, ignoring: "", filesMax: 10)
        var sizes: [Int] = []
        while let page = try await walk.next() { sizes.append(page.files.count) }

        #expect(sizes.reduce(0, +) == count)
        #expect(sizes.allSatisfy { $0 <= 10 })
        #expect(try await walk.next() == nil)
    }

    @Test("walks one directory of the tree, named from the root")
    func part() async throws {
        for path in ["a", "a/b", "c"] { tree.make(path) }
        for path in ["a/b/x", "c/y"] { tree.write(path) }

        #expect(try await walked(tree.root, start: "a").files.keys.sorted() == ["a/b/x"])
    }

    @Test("skips what it can't have and says so")
    func skipping() async throws {
        tree.symlink(to: "/etc", as: "link")
        for (start, reason) in [("link", "vanished"), ("gone", "vanished"), ("..", "vanished")] {
            let (files, skipped, _) = try await walked(tree.root, start: start)
            #expect(files.isEmpty)
            #expect(skipped.map { "\($0.path) \($0.reason)" } == ["\(start) \(reason)"])
        }
    }

    @Test("says which names are no UTF-8 and which directories lie too deep")
    func unreadable() async throws {
        var name: [UInt8] = Array(tree.root.utf8) + [0x2F, 0x61, 0xFF, 0]
        name.withUnsafeMutableBytes { _ = mkdir($0.baseAddress!, 0o700) }
        var path = ""
        for _ in 0...TreeBounds.depthMax {
            path += path.isEmpty ? "d" : "/d"
            tree.make(path)
        }
        tree.write("\(path)/x")

        let (files, skipped, _) = try await walked(tree.root)

        #expect(files.isEmpty)
        #expect(skipped.count == 2)
        #expect(skipped.contains { $0.path == "a\u{FFFD}" && $0.reason == .unreadableName })
        #expect(skipped.contains { $0.path == path && $0.reason == .tooDeep })
        name.withUnsafeMutableBytes { _ = rmdir($0.baseAddress!) }
    }

    @Test("goes on when a directory vanishes under it")
    func vanishing() async throws {
        for name in ["a", "b", "c"] {
            tree.make(name)
            for number in 0..<3 { tree.write("\(name)/\(number)") }
        }
        let walk = DirectoryWalk(root: tree.root, ignoring: "", filesMax: 1)

        let first = try #require(await walk.next()?.files.first?.path.prefix(1))
        for name in ["a", "b", "c"] where name != first { tree.erase(name) }
        var files = 1
        var skipped: [DirectoryWalk.Skipped.Reason] = []
        while let page = try await walk.next() {
            files += page.files.count
            skipped += page.skipped.map(\.reason)
        }

        #expect(files == 3)
        #expect(skipped == [.vanished, .vanished])
    }

    @Test("throws where the root can't be opened")
    func noRoot() async throws {
        let error = await #expect(throws: LoopError.self) { try await walked("/no/such/root") }

        #expect(
            error?.description
                == "could not open directory \"/no/such/root\": no such file or directory (ENOENT)")
    }
}
