import Contract
import Invocations

/// Files that go to buckets by an attempt's commit: after it, and before anything that comes of it.
extension Dispatcher {
    /// Has files placed, then calls `goOn`; what is ready by the same commit does not begin before.
    func placed(
        _ placements: [Placement], before ready: [FunctionNumber], _ records: [Record],
        _ goOn: @escaping () -> Void
    ) {
        guard !placements.isEmpty else { return goOn() }
        let held = Set(ready).union(records.lazy.flatMap(\.owed).map(\.function))
        for function in held { placing[function, default: 0] += 1 }
        place(placements) { [self] in
            for function in held {
                placing[function] = placing[function].flatMap { $0 > 1 ? $0 - 1 : nil }
            }
            goOn()
            beginPlaced()
        }
    }

    /// The files that an attempt staged and nobody commits are removed.
    func discardFiles(of end: AttemptEnd) {
        let files = end.report.effects.compactMap { effect -> StagedFile? in
            if case .file(let file) = effect, file.mistake == nil { file } else { nil }
        }
        if !files.isEmpty { discard(files) }
    }

    /// Files are spared by whoever removes what their worker left, from now on.
    func commitBegins(of files: [StagedFile]) {
        for file in files { committing.insert(file.name) }
    }

    /// The files are committed, and in the hands of whoever places them; or they are discarded.
    ///
    /// A store that breaks can't tell: what it failed to sync may be on the disk all the same. Then
    /// they are spared, and the next start places them or removes them.
    func commitEnded(of files: [StagedFile], _ answer: Answer) {
        guard !files.isEmpty else { return }
        if case .refused(.broken) = answer { return }
        for file in files { committing.remove(file.name) }
        if case .refused = answer { discard(files) }
    }

    private func beginPlaced() {
        guard !waitingForFiles.isEmpty else { return }
        let waiting = waitingForFiles
        waitingForFiles = []
        if isDraining {
            giveUp(waiting)
            return freed()
        }
        for work in waiting {
            let function = registry.functions[work.function].number
            if placing[function] == nil { begin(work) } else { waitingForFiles.append(work) }
        }
    }
}
