import Contract
import EventLoop
import Invocations

/// What no fact of the tree tells: files that were there before, and those that are gone.
extension BucketWatch {
    /// Looks at all below a directory: what is there, and what was announced and may be gone.
    func sweep(_ path: String) {
        if path.isEmpty { sweeps = [] }
        guard !sweeps.contains(where: { path.isBelow($0) }) else { return }
        // Many at once are as much work as all, and more to remember.
        if sweeps.count < Self.sweepsMax { sweeps.append(path) } else { sweeps = [""] }
        sweepOn()
    }

    private func sweepOn() {
        guard !isSweeping, !isClosed, !sweeps.isEmpty else { return }
        isSweeping = true
        let path = sweeps.removeFirst()
        let start = LoopActor.uptimeNanoseconds
        Task { [weak self] in
            let isDone = await self?.sweep(below: path) ?? true
            self?.isSweeping = false
            if path.isEmpty { self?.pace.took(LoopActor.uptimeNanoseconds - start) }
            if !isDone { self?.sweepAgain() }
            self?.sweepOn()
        }
    }

    /// False where it could not be walked to its end.
    private func sweep(below path: String) async -> Bool {
        do {
            let walk = DirectoryWalk(root: directory, start: path, ignoring: FileKey.stagingFolder)
            while !isClosed, let page = try await walk.next() { try await addNew(of: page) }
            try await addKnown(below: path)
            return true
        } catch {
            noted(
                "bucket could not be swept; it is tried again",
                ["bucket": bucket, "reason": "\(error)"])
            return false
        }
    }

    /// What the store knows as it is needs no look.
    private func addNew(of page: DirectoryWalk.Page) async throws {
        let files = page.files.filter { FileKey.isAnnounced($0.path) }
        guard !files.isEmpty else { return }
        let query = Query.filesAt(bucket: bucket, keys: files.map(\.path))
        guard case .files(let rows) = try await store.read(query) else { return }
        let known = Dictionary(rows.map { (Array($0.key.utf8), $0.mark) }) { first, _ in first }
        for file in files where known[Array(file.path.utf8)] != FileMark(file.stamp) {
            line.add(file.path)
        }
        await drained()
    }

    /// What was announced and is gone.
    private func addKnown(below path: String) async throws {
        var last: String? = path.isEmpty ? nil : path
        while !isClosed {
            let query = Query.files(bucket: bucket, after: last, limit: Self.filesPerPage)
            guard case .files(let rows) = try await store.read(query), !rows.isEmpty else { return }
            let inside = rows.filter { $0.key.isBelow(path) }
            let looks = try await FileLook.look(at: inside.map(\.key), below: directory)
            for (row, look) in zip(inside, looks) where look == .gone { line.add(row.key) }
            await drained()
            last = rows.last?.key
            // Keys below a directory lie side by side, but for names that begin alike.
            guard rows.count == Self.filesPerPage, last?.hasPrefix(path) == true else { return }
        }
    }

    /// Lets the line become short before more is added.
    private func drained() async {
        look()
        while line.isFull, !isClosed { await LoopTimer.wait(.milliseconds(5)) }
    }
}

extension String {
    /// True for a path at or below a directory; all are below the root.
    fileprivate func isBelow(_ directory: String) -> Bool {
        directory.isEmpty || utf8.elementsEqual(directory.utf8)
            || utf8.starts(with: (directory + "/").utf8)
    }
}
