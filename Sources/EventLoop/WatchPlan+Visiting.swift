// What a plan makes of visits: the order in which they go, and what is found.

extension WatchPlan {
    /// The next thing to do; nil where nothing is left.
    mutating func next() -> Request? {
        guard let step = steps.popLast() else { return ending.popFirst().map { .endWatch($0) } }
        switch step {
        case .tellAppeared(let id):
            if let directory = tree[id] { facts.append(.directoryAppeared(directory.path)) }
        case .tellOverflow:
            facts.append(.overflowed)
            isRecovering = false
            if overflowedAgain { overflowed() }
        case .visit(let id, let reach):
            if let visit = visit(id, reach) { return .visit(visit) }
        }
        return .nothing
    }

    /// Visits once more what could not be watched.
    mutating func retryUnwatched() {
        for id in tree.unwatched { steps.append(.visit(id, .unknown)) }
    }

    private mutating func visit(_ id: ID, _ reach: Reach) -> Visit? {
        guard let directory = tree[id] else { return nil }
        let visit = Visit(
            id: id, path: directory.path, reach: reach,
            known: reach.isWhole ? nil : directory.descriptor)
        if directory.depth <= TreeBounds.depthMax,
            directory.path.utf8.count <= TreeBounds.pathBytesMax
        {
            return visit
        }
        refuse(visit, .tooDeep(directory.path))
        return nil
    }

    /// Takes in what a visit found.
    mutating func saw(_ sight: Sight, at visit: Visit) {
        switch sight {
        case .directory(let descriptor, let subdirectories):
            guard take(descriptor, for: visit) else { return }
            if visit.reach.tells { steps.append(.tellAppeared(visit.id)) }
            enter(subdirectories, of: visit)
        case .unchanged: break
        case .vanished: ending.formUnion(tree.remove(visit.id))
        case .refused(let error): refuse(visit, error)
        }
    }

    /// Binds a watch to the directory that was visited, whoever had it; false where it may not.
    private mutating func take(_ descriptor: Int32, for visit: Visit) -> Bool {
        if let holder = tree.holder(of: descriptor), holder != visit.id {
            guard visit.reach.takes, holder != WatchedTree.root else {
                // Two mounts show one directory, or a rename is about to be told.
                refuse(visit, .alreadyWatched(visit.path, as: tree[holder]!.path))
                return false
            }
            tree.release(descriptor)
            steps.append(.visit(holder, .robbed))
        }
        ending.remove(descriptor)
        if let replaced = tree.bind(descriptor, to: visit.id) { ending.insert(replaced) }
        return true
    }

    private mutating func enter(_ subdirectories: [[UInt8]], of visit: Visit) {
        let id = visit.id
        let names = subdirectories.filter { id != WatchedTree.root || $0 != ignored }
        let readable = names.filter(isReadable)
        unreadable(names.filter { !isReadable($0) }, in: id)
        ending.formUnion(tree.keepChildren(Set(readable), of: id))
        for name in readable { steps.append(.visit(tree.child(name, of: id), visit.reach.within)) }
    }

    private mutating func refuse(_ visit: Visit, _ error: LoopError) {
        let (ended, isNew) = tree.refuse(visit.id)
        ending.formUnion(ended)
        if isNew { facts.append(.unwatched(visit.path, error)) }
    }
}
