package import Contract
package import Dispatching
package import EventLoop
package import HTTPServer
package import Invocations
package import Workers

/// What the admin API is handed: whom it asks, and what it tells of the host.
///
/// It is made and used on the loop. The closures are asked anew for every request.
package struct AdminParts {
    /// Records and runs.
    package var dispatcher: Dispatcher
    /// Asked for what is listed and looked up.
    package var store: any Store
    /// What does not change while the host lives.
    package var facts: HostFacts
    /// The wall clock.
    package var clock: @LoopActor () -> Instant
    /// Every bound that the host keeps.
    package var limits = Limits()
    /// What a caller has to show; nil asks nobody.
    package var token: String?
    /// Where the two listeners listen, once they do.
    package var addresses: @LoopActor () -> Addresses = { Addresses() }
    /// Each thing that has to be right before the host can accept; none means ready.
    package var readiness: @LoopActor () -> [ReadinessCheck] = { [] }
    /// The workers as they are now.
    package var workers: @LoopActor () -> [WorkerView] = { [] }
    /// The listeners as they are now.
    package var listeners: @LoopActor () -> [ListenerView] = { [] }
    /// What an invocation's handlers logged, as far as it is still kept.
    package var logs: @LoopActor (EventID) -> [LogView] = { _ in [] }
    /// What the app declares, for people to see.
    package var triggers: [TriggerDeclaration] = []
    /// The directories of the buckets, by their names.
    package var buckets: [String: String] = [:]
    /// Changes a schedule, and follows it as it is then.
    package var plan: @LoopActor (Planning) async -> Answer = { _ in
        .refused(.unknownSchedule(""))
    }
    /// Fires a schedule now.
    package var fire: @LoopActor (_ name: String) async -> Answer = {
        .refused(.unknownSchedule($0))
    }
    /// The next planned instants of a schedule.
    package var nextInstants: @LoopActor (_ name: String, _ count: Int) -> [Instant] = { _, _ in []
    }
    /// How long after their planned instants ticks were recorded.
    package var lateness: @LoopActor () -> Histogram = { Histogram(bounds: []) }
    /// What is wrong with a schedule that somebody wants to make.
    package var scheduleMistake: @LoopActor (ScheduleDeclaration) -> String? = { _ in nil }
    /// Where a function's policies came from, by the keys that settings have for them: "timeout".
    package var policyOrigins: @LoopActor (String) -> [String: String] = { _ in [:] }
    /// Families beyond those that the API itself knows.
    package var metrics: @LoopActor () -> [MetricFamily] = { [] }
    /// Writes a consistent copy of the data into a file that does not exist yet; answers its size.
    package var backup: @LoopActor (_ file: String) async throws -> Int

    /// A host that has nothing to tell but the facts; the owner sets what it knows more.
    package init(
        dispatcher: Dispatcher, store: any Store, facts: HostFacts,
        clock: @escaping @LoopActor () -> Instant,
        backup: @escaping @LoopActor (_ file: String) async throws -> Int
    ) {
        self.dispatcher = dispatcher
        self.store = store
        self.facts = facts
        self.clock = clock
        self.backup = backup
    }

    /// The public listener's address and the admin one's.
    package struct Addresses: Sendable, Equatable {
        /// The public one's; nil until it listens.
        package var listen: SocketAddress?
        /// The admin one's; nil until it listens.
        package var admin: SocketAddress?

        /// Neither listens yet, unless it says otherwise.
        package init(listen: SocketAddress? = nil, admin: SocketAddress? = nil) {
            self.listen = listen
            self.admin = admin
        }
    }
}

/// What does not change while the host lives.
package struct HostFacts: Sendable, Equatable {
    /// The version of Roost.
    package var version: String
    /// The name of the app's type.
    package var app: String
    /// The host's process identifier.
    package var pid: Int32
    /// When the host started, by the wall clock.
    package var startedAt: Instant

    /// What is known once the app has told its name.
    package init(version: String, app: String, pid: Int32, startedAt: Instant) {
        self.version = version
        self.app = app
        self.pid = pid
        self.startedAt = startedAt
    }
}

/// One thing that readiness looks at: "store", "app", "workers".
package struct ReadinessCheck: Sendable, Equatable {
    /// Unique among the checks.
    package var name: String
    /// False keeps the host from being ready.
    package var isGood: Bool
    /// Where it is not good: why, and what to do.
    package var detail: String

    /// A good one needs no detail.
    package init(name: String, isGood: Bool, detail: String = "") {
        self.name = name
        self.isGood = isGood
        self.detail = detail
    }
}

/// A listener as metrics show it.
package struct ListenerView: Sendable, Equatable {
    /// "public" or "admin".
    package var name: String
    /// Connections that are open now.
    package var open: Int
    /// What it did since it began to listen.
    package var counters: HTTPCounters

    /// A listener at the moment of the question.
    package init(name: String, open: Int, counters: HTTPCounters) {
        self.name = name
        self.open = open
        self.counters = counters
    }
}

/// A line that a handler logged, and when.
package struct LogView: Sendable, Equatable {
    /// When the host got the line, by the wall clock.
    package var time: Instant
    /// Counts every run of the invocation, from 1.
    package var attempt: Int
    /// The line.
    package var log: WorkerLog

    /// A line of a known attempt.
    package init(time: Instant, attempt: Int, log: WorkerLog) {
        self.time = time
        self.attempt = attempt
        self.log = log
    }
}
