import Testing

@testable import EventLoop

/// A plan and the tree that it believes it looks at: paths, each with the watch that it has.
struct PlanRehearsal {
    var plan = WatchPlan(ignoring: ".roost")
    var directories: [String: Int32]
    private(set) var ended: [Int32] = []
    private(set) var visited: [String] = []

    init(_ directories: [String: Int32] = ["": 1]) {
        self.directories = directories
        settle()
        _ = plan.takeFacts()
        visited = []
    }

    /// Does all that the plan asks for, as the kernel would.
    mutating func settle() {
        for _ in 0..<1_000 {
            guard let request = plan.next() else { return }
            switch request {
            case .nothing: break
            case .endWatch(let watch): ended.append(watch)
            case .visit(let visit):
                visited.append(visit.path)
                plan.saw(look(at: visit), at: visit)
            }
        }
        Issue.record("the plan comes to no end")
    }

    mutating func tell(_ watch: Int32, _ kinds: InotifyRecord.Kinds, _ name: String = "") {
        plan.happened(InotifyRecord(descriptor: watch, kinds: kinds, name: Array(name.utf8)))
    }

    mutating func facts() -> [TreeFact] {
        settle()
        return plan.takeFacts()
    }

    private func look(at visit: WatchPlan.Visit) -> WatchPlan.Sight {
        guard let watch = directories[visit.path] else { return .vanished }
        if watch == visit.known { return .unchanged }
        let prefix = visit.path.isEmpty ? "" : visit.path + "/"
        let below = directories.keys.filter { !$0.isEmpty && $0.hasPrefix(prefix) }
        let names = below.map { $0.dropFirst(prefix.count) }.filter { !$0.contains("/") }
        return .directory(
            descriptor: watch, subdirectories: names.sorted().map { Array($0.utf8) })
    }
}
