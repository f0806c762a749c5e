package import Contract
import Synchronization

/// An app whose handlers run in this process, one call at a time: what a worker is to a real host.
package struct InProcessApp: Sendable {
    /// What the app declares.
    package let manifest: Manifest
    /// Every mistake in that, each with its cure.
    package let mistakes: [String]
    private let registrations: [Registration]
    private let host: InProcessAttemptHost

    /// An app, and what its handlers get from whoever runs them.
    package init<App: FunctionApp>(_ app: App, _ surroundings: Surroundings) {
        let declarations = Declarations(
            app: "\(App.self)", functions: app.functions.map(\.registration),
            triggers: app.triggers, schedules: app.schedules)
        manifest = declarations.manifest
        mistakes = declarations.mistakes
        registrations = declarations.functions
        host = InProcessAttemptHost(
            functions: Set(registrations.map(\.declaration.name)), surroundings)
    }

    /// What handlers get from whoever runs them.
    package struct Surroundings: Sendable {
        /// What `context.secret(_:)` finds.
        package var secrets: [String: String]
        /// Answers what handlers ask of the store.
        package var read: @Sendable (WorkerRead) async throws -> [HostReply.Found]
        /// Answers the calls to other services.
        package var web: (@Sendable (WebCall) async throws -> WebClientResponse)?
        /// Keeps, under a name, the bytes of a file that goes to a bucket by the attempt's commit.
        package var stage: @Sendable (_ file: String, _ bucket: String, [UInt8]) throws -> FileMark
        /// Told what handlers log.
        package var log: @Sendable (_ level: String, _ message: String) -> Void

        /// All of it.
        package init(
            secrets: [String: String],
            read: @escaping @Sendable (WorkerRead) async throws -> [HostReply.Found],
            web: (@Sendable (WebCall) async throws -> WebClientResponse)?,
            stage:
                @escaping @Sendable (_ file: String, _ bucket: String, [UInt8]) throws ->
                FileMark,
            log: @escaping @Sendable (_ level: String, _ message: String) -> Void
        ) {
            self.secrets = secrets
            self.read = read
            self.web = web
            self.stage = stage
            self.log = log
        }
    }

    /// Runs one attempt's handler to its end; the body of a streamed response is not asked for.
    ///
    /// - Parameter directory: where the bucket of a file lies.
    package func run(
        _ number: UInt32, _ delivery: Delivery, directory: String?, at now: Instant
    ) async -> Report {
        let registration = registrations[delivery.function]
        var delivery = delivery
        if delivery.event.kind == .document {
            delivery.captures = registration.captures(in: delivery.event.subject)
        }
        delivery.directory = directory
        let attempt = Attempt(
            number: number, delivery: delivery, secrets: registration.declaration.secrets,
            host: host)
        attempt.begin()
        var report = Report(outcome: .succeeded, beganAt: now, duration: .zero)
        do {
            let answer = try await registration.run(delivery, Context(running: attempt))
            report.response = answer.response.map(Self.whole)
        } catch {
            let failure = Failure(error, of: attempt, input: registration.declaration.input)
            report.outcome = failure.outcome
            report.response = failure.response
        }
        let closed = attempt.close(as: .ended)
        report.reads = closed.reads
        if report.outcome == .succeeded { report.effects = closed.effects }
        return report
    }

    private static func whole(_ response: WebResponse) -> ResponseData {
        var data = response.data()
        data.body = .whole(response.bytes ?? [])
        return data
    }
}

/// Hands what handlers ask on to whoever runs them.
private final class InProcessAttemptHost: AttemptHost {
    let limits = EffectLimits()
    let functions: Set<String>?
    private let surroundings: InProcessApp.Surroundings
    private let staged = Atomic<Int>(0)

    init(functions: Set<String>, _ surroundings: InProcessApp.Surroundings) {
        self.functions = functions
        self.surroundings = surroundings
    }

    func secret(_ name: String) -> String? { surroundings.secrets[name] }

    func ask(_ question: WorkerRead, for attempt: Attempt) async throws -> [HostReply.Found] {
        try await surroundings.read(question)
    }

    func exchange(_ call: WebCall) async throws -> WebClientResponse {
        guard let web = surroundings.web else {
            throw WebClientError(
                description: "\(call.method) \(call.url): nothing answers in this simulation; "
                    + "give it something: web: { call in … }")
        }
        return try await web(call)
    }

    func stage(in bucket: String) async throws -> any FileStage {
        let number = staged.add(1, ordering: .relaxed).newValue
        return WholeStage(
            name: "\(StagedFile.namePrefix)\(number)", bucket: bucket, stage: surroundings.stage)
    }

    func log(_ line: WorkerLog, for attempt: Attempt) {
        surroundings.log(line.level, line.message)
    }
}

/// A file of an attempt, gathered until it is whole.
private final class WholeStage: FileStage {
    let name: String
    private let bucket: String
    private let bytes = Mutex<[UInt8]>([])
    private let stage: @Sendable (String, String, [UInt8]) throws -> FileMark

    init(
        name: String, bucket: String,
        stage: @escaping @Sendable (String, String, [UInt8]) throws -> FileMark
    ) {
        self.name = name
        self.bucket = bucket
        self.stage = stage
    }

    func write(_ more: [UInt8]) async throws { bytes.withLock { $0 += more } }

    func seal() async throws -> FileMark { try stage(name, bucket, bytes.withLock { $0 }) }

    func discard() async {}
}
