import EventLoop

/// How often the free disk is looked at.
private let diskInterval = Duration.seconds(5)

/// Stops accepting before the disk is full.
extension ServedHost {
    /// Looks once before anything is accepted, then from time to time.
    func watchDisk() async {
        await lookAtDisk()
        let timer = LoopTimer()
        diskTimer = timer
        timer.schedule(after: diskInterval, repeating: true) { [weak self] in
            Task { await self?.lookAtDisk() }
        }
    }

    private func lookAtDisk() async {
        // A look that fails is no news; the store says itself when it can't write.
        let free = (try? await offLoop { [directory] in directory.freeBytes }) ?? .max
        let isLow = free < settings.limits.freeDiskBytesMin
        guard isLow != isDiskLow else { return }
        isDiskLow = isLow
        dispatcher?.isAccepting = !isLow
        HostLog.shared.write(
            isLow ? .error : .info,
            isLow ? "disk nearly full, accepting stops" : "disk has room again",
            ["free": "\(free)"])
    }
}
