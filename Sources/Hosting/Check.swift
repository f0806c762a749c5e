package import Contract
import EventLoop
import Workers

/// Finds every mistake that `serve` would find in the settings and the app, and serves nothing.
///
/// One worker is started to say what the app declares, and ended at once.
/// - Returns: what the app declares, with the policies that the settings put in place of its own.
/// - Throws: `SettingsError` or `HostError`, whose texts are for the user.
@LoopActor
package func check(_ flags: ServeFlags, variables: [String: String]) async throws -> Manifest {
    let settings = try Settings.load(flags: flags, variables: variables)
    let pool = WorkerPool(
        settings: WorkerSettings(
            executable: settings.app, environment: variables.filter { !$0.key.hasPrefix("ROOST_") },
            count: 1, limits: settings.limits),
        now: WallClock.now,
        hooks: WorkerPool.Hooks(
            ended: { _ in }, asked: { _, _ in }, logged: { _, _, _ in }, noted: { _ in }))
    defer { pool.close() }
    var manifest = try await ServedHost.manifest(from: pool)
    let applied = settings.applied(to: manifest)
    try ServedHost.check(manifest, settings, applied, ZoneFiles())
    _ = try Secrets.read(for: applied.functions, variables: variables)
    manifest.functions = applied.functions
    return manifest
}
