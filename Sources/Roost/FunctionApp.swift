/// An app: its functions, and what makes them run.
///
/// ```swift
/// @main struct Shop: FunctionApp {
///     let functions: [any Registered] = [createOrder, sendReceipt]
///     let triggers = orderTriggers
///     let schedules = reportSchedules
/// }
/// ```
public protocol FunctionApp: Sendable {
    init()

    /// Every function that can run. One that is not listed is unknown to the host.
    var functions: [any Registered] { get }

    /// When something happens, what runs.
    var triggers: [Trigger] { get }

    /// At what time what runs.
    var schedules: [Schedule] { get }
}

extension FunctionApp {
    /// Runs the app as a worker of `roost serve`; started by hand it says how it is meant.
    public static func main() async throws {
        let name = "\(Self.self)"
        guard WorkerProcess.isWorker else { WorkerProcess.explain(app: name) }
        let app = Self()
        let declarations = Declarations(
            app: name, functions: app.functions.map(\.registration), triggers: app.triggers,
            schedules: app.schedules)
        await WorkerProcess.run(declarations)
    }
}
