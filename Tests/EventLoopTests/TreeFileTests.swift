import EventLoop
import Glibc
import Testing

@Suite("A file of a tree") struct TreeFileTests {
    @Test("has its place where names begin with a combining mark, and no link leads there")
    func marks() throws {
        let tree = try TemporaryTree()
        let outside = try TemporaryTree()
        tree.symlink(to: outside.root, as: "link")
        let staged = try TreeFile.stage("new", in: ".staged", below: tree.root)
        _ = try TreeFile.seal(staged, in: ".staged", below: tree.root)
        close(staged)

        #expect(throws: LoopError.self) {
            _ = try TreeFile.place(
                staged: "new", in: ".staged", as: "link/\u{301}a", below: tree.root)
        }
        let isNew = try TreeFile.place(
            staged: "new", in: ".staged", as: "a/\u{301}b/\u{301}c", below: tree.root)

        #expect(isNew)
        #expect(access(outside.absolute("\u{301}a"), F_OK) != 0)
        #expect(access(tree.absolute("a/\u{301}b/\u{301}c"), F_OK) == 0)
        #expect(try TreeFile.remove("a/\u{301}b/\u{301}c", below: tree.root))
    }
}
