import Testing

@testable import EventLoop

@Suite("A watch plan")
struct WatchPlanTests {
    @Test(
        "tells a file's records by its path",
        arguments: [
            (InotifyRecord.Kinds.closedAfterWriting, TreeFact.written("a/x")),
            (.movedTo, .movedIn("a/x")), (.movedFrom, .movedAway("a/x")),
            (.created, .appeared("a/x")), (.deleted, .deleted("a/x")),
            (.attributes, .touched("a/x")),
        ])
    func files(kinds: InotifyRecord.Kinds, fact: TreeFact) {
        var tree = PlanRehearsal(["": 1, "a": 2])

        tree.tell(2, kinds, "x")

        #expect(tree.facts() == [fact])
    }

    @Test("visits a new directory with all below it and tells it once, when all is watched")
    func newDirectory() {
        var tree = PlanRehearsal()
        tree.directories = ["": 1, "a": 2, "a/b": 3]

        tree.tell(1, [.created, .directory], "a")
        let facts = tree.facts()
        tree.tell(2, [.created, .directory], "b")

        #expect(facts == [.directoryAppeared("a")])
        #expect(tree.facts().isEmpty)
        #expect(tree.plan.tree.watchedCount == 3)
    }

    @Test("keeps the watches of a directory that is renamed within, and none of its old paths")
    func rename() {
        var tree = PlanRehearsal(["": 1, "a": 2, "a/b": 3])
        tree.directories = ["": 1, "c": 2, "c/b": 3]

        tree.tell(1, [.movedFrom, .directory], "a")
        tree.tell(1, [.movedTo, .directory], "c")
        let facts = tree.facts()
        tree.tell(3, .closedAfterWriting, "x")

        #expect(facts == [.directoryWent("a"), .directoryAppeared("c")])
        #expect(tree.facts() == [.written("c/b/x")])
        #expect(tree.ended.isEmpty)
    }

    @Test("ends the watches of a directory that is moved out, and tells no more of it")
    func moveOut() {
        var tree = PlanRehearsal(["": 1, "a": 2, "a/b": 3])
        tree.directories = ["": 1]

        tree.tell(1, [.movedFrom, .directory], "a")
        tree.tell(3, .closedAfterWriting, "x")

        #expect(tree.facts() == [.directoryWent("a")])
        #expect(tree.ended.sorted() == [2, 3])
    }

    @Test("finds its way when another directory lies where a record said one was made")
    func swapped() {
        // a was made (2), renamed to b, and another a made (3), before the first record is read
        var tree = PlanRehearsal()
        tree.directories = ["": 1, "a": 3, "b": 2]

        tree.tell(1, [.created, .directory], "a")
        tree.settle()
        tree.tell(1, [.movedFrom, .directory], "a")
        tree.tell(1, [.movedTo, .directory], "b")
        tree.tell(1, [.created, .directory], "a")
        tree.settle()
        tree.tell(2, .closedAfterWriting, "x")
        tree.tell(3, .closedAfterWriting, "y")

        #expect(tree.facts().suffix(2) == [.written("b/x"), .written("a/y")])
        #expect(tree.plan.tree.watchedCount == 3)
    }

    @Test("gives a watch to the path that it was seen at last, and visits the other again")
    func stolen() {
        var tree = PlanRehearsal(["": 1, "a": 2])
        tree.directories = ["": 1, "a": 4, "b": 2]

        tree.tell(1, [.created, .directory], "b")
        tree.settle()
        tree.tell(2, .closedAfterWriting, "x")
        tree.tell(4, .closedAfterWriting, "y")

        #expect(
            tree.facts() == [
                .directoryAppeared("b"), .directoryAppeared("a"), .written("b/x"),
                .written("a/y"),
            ])
    }

    @Test("comes to an end where two paths show one directory, and says so")
    func twoMounts() {
        var tree = PlanRehearsal(["": 1, "a": 2])
        tree.directories = ["": 1, "a": 2, "b": 2]

        tree.tell(1, [.created, .directory], "b")

        #expect(
            tree.facts() == [
                .directoryAppeared("b"), .unwatched("a", .alreadyWatched("a", as: "b")),
            ])
    }

    @Test("visits everything after an overflow before it tells it, once for several")
    func overflow() {
        var tree = PlanRehearsal(["": 1, "a": 2])
        tree.directories = ["": 1, "b": 3]

        tree.tell(-1, .overflow)
        tree.tell(-1, .overflow)

        #expect(tree.facts() == [.overflowed, .overflowed])
        #expect(tree.ended == [2])
        #expect(tree.visited == ["", "b", "", "b"])
    }

    @Test(
        "says of a root that is no longer there why, and nothing after that",
        arguments: [
            (InotifyRecord.Kinds.selfMoved, TreeFact.RootLoss.movedAway), (.selfDeleted, .deleted),
            (.unmounted, .unmounted), (.watchEnded, .deleted),
        ])
    func rootLost(kinds: InotifyRecord.Kinds, loss: TreeFact.RootLoss) {
        var tree = PlanRehearsal(["": 1, "a": 2])

        tree.tell(1, kinds)
        tree.tell(1, .watchEnded)
        tree.tell(2, .closedAfterWriting, "x")

        #expect(tree.facts() == [.rootLost(loss)])
        #expect(!tree.plan.hasMore)
    }

    @Test("visits a directory again whose watch has ended by itself")
    func watchEnded() {
        var tree = PlanRehearsal(["": 1, "a": 2])
        tree.directories["a"] = 3

        tree.tell(2, .unmounted)
        tree.tell(2, .watchEnded)

        #expect(tree.facts() == [.directoryAppeared("a")])
        #expect(tree.plan.tree.watchedCount == 2)
    }

    @Test("leaves alone what is named otherwise than in UTF-8, and the ignored directory")
    func names() {
        var tree = PlanRehearsal()
        let name: [UInt8] = [0x61, 0xFF]

        tree.plan.happened(
            InotifyRecord(descriptor: 1, kinds: [.created, .directory], name: name))
        tree.tell(1, [.created, .directory], ".roost")
        tree.tell(1, .closedAfterWriting, ".roost")

        #expect(
            tree.facts() == [.unreadableNames(directory: "", count: 1, example: "a\u{FFFD}")])
        #expect(tree.visited.isEmpty)
    }

    @Test("keeps two spellings of one text apart")
    func spellings() {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        // Swift's own dictionary would take them for one.
        var plan = WatchPlan(ignoring: ".roost")
        let names = [composed, decomposed].map { Array($0.utf8) }

        guard case .visit(let root) = plan.next() else { return }
        plan.saw(.directory(descriptor: 1, subdirectories: names), at: root)

        #expect(plan.tree[WatchedTree.root]?.children.count == 2)
    }

    @Test("says once what can't be watched, and tells it as appeared when it can")
    func refused() {
        var plan = WatchPlan(ignoring: ".roost")
        let full = LoopError(action: "watch", code: -28)
        var facts: [TreeFact] = []

        for _ in 1...2 {
            guard case .visit(let root) = plan.next() else { return }
            plan.saw(.refused(full), at: root)
            facts += plan.takeFacts()
            plan.retryUnwatched()
        }
        guard case .visit(let root) = plan.next() else { return }
        plan.saw(.directory(descriptor: 1, subdirectories: []), at: root)
        while plan.next() != nil {}

        #expect(facts == [.unwatched("", full)])
        #expect(plan.takeFacts() == [.directoryAppeared("")])
        #expect(plan.tree.unwatched.isEmpty)
    }

    @Test("goes no deeper than the bound", arguments: [0, 1])
    func depth(over: Int) {
        let depth = TreeBounds.depthMax + over
        var directories: [String: Int32] = ["": 1]
        for level in 1...depth {
            let path = Array(repeating: "d", count: level).joined(separator: "/")
            directories[path] = Int32(level + 1)
        }

        let tree = PlanRehearsal(directories)

        #expect(tree.plan.tree.watchedCount == TreeBounds.depthMax + 1)
        #expect(tree.plan.tree.unwatched.count == over)
    }
}
