import Contract
import EventLoop
import Foundation

/// Which version of Roost this is.
package enum RoostVersion {
    /// As semantic versioning has it; `roost --version` and the host's facts say it.
    package static let current = "0.1.0"
}

/// Runs a host until it is told to stop: the whole of `roost serve`.
///
/// The first SIGTERM or SIGINT drains it, a second one ends the process at once.
/// - Returns: the process's exit status, 0 after a drain.
/// - Throws: `SettingsError` or `HostError`, whose texts are for the user.
@LoopActor
package func serve(_ flags: ServeFlags, variables: [String: String]) async throws -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    let settings = try Settings.load(flags: flags, variables: variables)
    HostLog.shared.level = settings.logLevel
    let host = try ServedHost(settings, variables: variables)
    let signals = try StopSignals()
    defer { signals.close() }
    try await host.start()
    await signals.first()
    await host.stop()
    HostLog.shared.write(.info, "stopped")
    HostLog.shared.flush()
    return 0
}

/// The signals to stop: the first one is waited for, one more ends the process.
@LoopActor
private final class StopSignals {
    private var watches: [SignalWatch] = []
    private var waiter: CheckedContinuation<Void, Never>?
    private var count = 0

    init() throws(LoopError) {
        for number in [SIGTERM, SIGINT] {
            watches.append(try SignalWatch(number) { [weak self] in self?.received() })
        }
    }

    func first() async {
        guard count == 0 else { return }
        await withCheckedContinuation { waiter = $0 }
    }

    func close() {
        for watch in watches { watch.close() }
    }

    private func received() {
        count += 1
        if count > 1 { endProcess(1) }
        waiter?.resume()
        waiter = nil
    }
}
