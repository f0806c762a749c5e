import EventLoop
import Glibc
import Testing

@Suite("A file look")
@LoopActor
struct FileLookTests {
    private let tree: TemporaryTree

    init() throws { tree = try TemporaryTree() }

    @Test("answers for each path in its order")
    func answers() async throws {
        for path in ["a", "a/b"] { tree.make(path) }
        for path in ["x", "a/b/y"] { tree.write(path, "123") }
        mkfifo(tree.absolute("pipe"), 0o600)
        let stamps = try await walked(tree.root).files

        let looks = try await look("x", "a/b/y", "a/b/z", "a/c/z", "a", "pipe", "x/y", "a/b/y")

        let files = looks.map { look -> FileStamp? in
            if case .file(let stamp, _) = look { stamp } else { nil }
        }
        #expect(files == [stamps["x"], stamps["a/b/y"], nil, nil, nil, nil, nil, stamps["a/b/y"]])
        #expect(looks[2...6] == [.gone, .gone, .notRegular, .notRegular, .gone])
    }

    @Test(
        "never leads out",
        arguments: [
            "link/secret", "a/link", "a/../x", "../x", "/etc/passwd", "", "a//x", "./x", "a/up/x",
        ])
    func leadingOut(path: String) async throws {
        let outside = try TemporaryTree()
        outside.write("secret")
        tree.make("a")
        tree.write("x")
        tree.symlink(to: outside.root, as: "link")
        tree.symlink(to: outside.absolute("secret"), as: "a/link")
        tree.symlink(to: "..", as: "a/up")

        #expect(try await look(path) == [.leadsOut])
    }

    @Test("takes a slash for one where a combining mark follows, and spellings for two names")
    func marks() async throws {
        let outside = try TemporaryTree()
        outside.write("\u{301}secret")
        tree.symlink(to: outside.root, as: "link")
        for path in ["\u{e9}", "e\u{301}"] { tree.make(path) }
        tree.write("e\u{301}/x")

        let looks = try await look("link/\u{301}secret", "\u{e9}/x", "e\u{301}/x")

        #expect(looks[..<2] == [.leadsOut, .gone])
        #expect(isOpenForWriting(looks[2]) == false)
    }

    @Test("says whether anyone has the file open for writing, by whatever name")
    func writers() async throws {
        let writer = tree.openForWriting("x")
        tree.link("x", as: "y")
        let reader = open(tree.absolute("x"), O_RDONLY | O_CLOEXEC)

        let during = try await look("x", "y").map(isOpenForWriting)
        let copy = dup(writer)
        close(writer)
        let halfway = try await look("x").map(isOpenForWriting)
        close(copy)
        let after = try await look("x", "y").map(isOpenForWriting)

        #expect(during == [true, true])
        #expect(halfway == [true])
        #expect(after == [false, false])
        close(reader)
    }

    @Test("sees a writer in another process, and one that only maps the file")
    func otherWriters() async throws {
        tree.write("x", "12345")
        let child = try ChildProcess(
            executable: "/bin/sh",
            arguments: ["-c", "exec 5>>'\(tree.absolute("x"))'; echo; read line <&3"],
            environment: [:]
        ) { _ in }
        let output = Received(from: child.standardOutput)
        try await eventually("the child") { !output.bytes.isEmpty }
        #expect(try await look("x").map(isOpenForWriting) == [true])
        child.close()
        try await eventually("the child's end") { child.end != nil }
        #expect(try await look("x").map(isOpenForWriting) == [false])

        let descriptor = open(tree.absolute("x"), O_RDWR | O_CLOEXEC)
        let map = mmap(nil, 5, PROT_WRITE, MAP_SHARED, descriptor, 0)
        close(descriptor)
        #expect(try await look("x").map(isOpenForWriting) == [true])
        munmap(map, 5)
        #expect(try await look("x").map(isOpenForWriting) == [false])
    }

    @Test("harms neither itself nor a writer that comes while it looks")
    func contention() async throws {
        let tree = tree
        tree.write("x")
        async let written: Int = offLoop {
            (0..<2_000).count { _ in
                let descriptor = tree.openForWriting("x")
                close(descriptor)
                return descriptor >= 0
            }
        }
        var answers: [Bool?] = []
        for _ in 0..<40 {
            let paths = Array(repeating: "x", count: 50)
            answers += try await FileLook.look(at: paths, below: tree.root).map(isOpenForWriting)
        }

        #expect(try await written == 2_000)
        #expect(!answers.contains(nil))
        #expect(try await look("x").map(isOpenForWriting) == [false])
    }

    @Test("throws where the root can't be opened")
    func noRoot() async {
        await #expect(throws: LoopError.self) {
            try await FileLook.look(at: ["x"], below: "/no/such/root")
        }
    }

    private func look(_ paths: String...) async throws -> [FileLook] {
        try await FileLook.look(at: paths, below: tree.root)
    }

    private nonisolated func isOpenForWriting(_ look: FileLook) -> Bool? {
        if case .file(_, let isOpen) = look { isOpen } else { nil }
    }
}
