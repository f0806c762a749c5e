public import FoundationEssentials
public import Roost

/// Runs an app on a simulated host, for a unit test: its own handlers, in this process, with time,
/// documents, files, topics and schedules under control.
///
/// ```swift
/// try await Simulation(Shop(), seed: 7, faults: [.crashAtEveryCommit, .duplicates(0.2)]) { world in
///     try await world.request(.post, "/orders", json: order)
///     try await world.advance(by: .days(30))
///     #expect(try await world.documents(in: receipts).count == 1)
/// }
/// ```
///
/// Dispatching, retries, conflicts, triggers and the rule of schedules are the host's own; only its
/// clock, its disk and its workers are simulated. The clock moves only where a verb moves it, so a
/// month with little in it takes milliseconds, and what depends on chance depends on the seed.
public struct Simulation: Sendable {
    /// Runs `test` in a world of its own, then ends that.
    ///
    /// - Parameters:
    ///   - seed: decides the jitter of retries, how long handlers take, and what goes wrong.
    ///   - faults: what goes wrong.
    ///   - start: what the clock shows at the beginning.
    ///   - secrets: what `context.secret(_:)` finds.
    ///   - web: answers the calls that handlers make through `context.http`; without it they throw.
    /// - Throws: `SimulationError` where the app's declarations are wrong, and whatever `test` throws.
    @discardableResult
    public init<App: FunctionApp>(
        _ app: App, seed: UInt64 = 1, faults: [SimulatedFault] = [],
        startingAt start: Date = Date(timeIntervalSince1970: 1_767_225_600),
        secrets: [String: String] = [:],
        web: (@Sendable (WebCall) async throws -> WebClientResponse)? = nil,
        _ test: @Sendable (SimulatedWorld) async throws -> Void
    ) async throws {
        let world = try SimulatedWorld(
            app, seed: seed, faults: faults, start: start, secrets: secrets, web: web)
        do {
            try await world.boot()
            try await test(world)
        } catch {
            await world.end()
            throw error
        }
        await world.end()
    }
}

/// Why a simulation can't go on.
public struct SimulationError: Error, Sendable, CustomStringConvertible {
    /// What failed, what was expected, and what to do.
    public let description: String
}
