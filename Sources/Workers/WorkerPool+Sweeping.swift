import Contract
import EventLoop
import Glibc

extension WorkerPool {
    /// Looks at every worker once a second: is it heard of, is it too large, is its time over.
    func sweep() {
        let now = LoopActor.uptimeNanoseconds
        let sinceLast = Duration.nanoseconds(Int64(now - lastSweep))
        lastSweep = now
        if sinceLast > .seconds(2) {
            // The host itself was away: what workers said meanwhile is read before anyone is judged.
            let gap = UInt64((sinceLast - .seconds(1)).milliseconds) * 1_000_000
            for worker in workers + apart { worker.excuse(gap, until: now) }
            return
        }
        for worker in workers + apart where worker.state != .ended { look(at: worker, now) }
        closeIdleApart()
    }

    private func look(at worker: Worker, _ now: UInt64) {
        let limits = settings.limits
        // What it says may lie in its socket, where the host left it.
        let silence: Duration =
            worker.isPaused ? .zero : .nanoseconds(Int64(now - worker.heardAt))
        if worker.state == .starting {
            if worker.readyAt == nil, silence > limits.workerStart {
                failedToStart(worker, limits.workerStart)
            }
            return
        }
        if silence > limits.workerSilence {
            return misbehaved(worker, "was not heard of for \(Int(silence.seconds)) s")
        }
        worker.send(.probe, 0) { _ in }
        worker.residentBytes = residentBytes(of: worker.pid)
        if worker.residentBytes > limits.workerBytesMax * 2 {
            return misbehaved(
                worker, "used \(worker.residentBytes) bytes of memory, over twice its bound")
        }
        if let retiredAt = worker.retiredAt {
            if Duration.nanoseconds(Int64(now - retiredAt)) > limits.retirement {
                worker.kill(.retired)
            }
        } else if worker.residentBytes > limits.workerBytesMax
            || worker.runs >= limits.workerRunsMax
        {
            note(
                .info, "worker is retired", worker,
                "\(worker.residentBytes) bytes, \(worker.runs) runs")
            replace(worker)
        }
    }

    private func closeIdleApart() {
        for worker in apart where worker.state == .ready && worker.inside.isEmpty {
            worker.retire()
        }
    }
}

/// Resident memory from /proc, whose files are made of memory: reading one waits for no disk.
private func residentBytes(of pid: Int32) -> Int {
    guard let file = fopen("/proc/\(pid)/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 128)
    guard fgets(&text, Int32(text.count), file) != nil else { return 0 }
    let fields = String(
        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
    )
    .split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
