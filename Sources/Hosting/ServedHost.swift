import Admin
import Contract
import Dispatching
import EventLoop
import Foundation
import HTTPServer
import Intake
import Invocations
import StoreSQLite
import Workers

/// One host: its parts in the order in which they start.
///
///     lock ▶ store ▶ first worker and its manifest ▶ register, recover ▶ dispatcher ▶ workers
///          ▶ files left to place ▶ listeners ▶ schedules ▶ buckets ▶ host.json
///
/// It stops in reverse: host.json goes, listeners and running attempts are drained, workers end,
/// the store is closed, the lock is released.
@LoopActor
final class ServedHost {
    let settings: Settings
    let variables: [String: String]
    let startedAt = WallClock.now()
    let token: String?
    let directory: DataDirectory
    let store: SQLiteStore
    let engine: Engine
    private(set) var pool: WorkerPool?
    private(set) var dispatcher: Dispatcher?
    private(set) var schedules: ScheduleClock?
    let zones = ZoneFiles()
    var buckets: [BucketWatch] = []
    var placer: BucketPlacer?
    private var admin: AdminAPI?
    private(set) var publicListener: HTTPListener?
    private(set) var adminListener: HTTPListener?
    var handlerLogs = HandlerLogs()
    private(set) var isStopping = false
    var isDiskLow = false
    var diskTimer: LoopTimer?

    /// Takes the data directory and opens the store.
    init(_ settings: Settings, variables: [String: String]) throws {
        self.settings = settings
        self.variables = variables
        token =
            switch settings.adminToken {
            case .fixed(let token): token
            case .madeAtStart: Self.makeToken()
            case .none: nil
            }
        directory = try DataDirectory(settings.dataDirectory)
        // What is made in a directory that others may enter is not for them either.
        let mask = umask(0o077)
        defer { umask(mask) }
        do {
            store = try SQLiteStore(
                at: directory.storePath,
                options: StoreOptions(
                    limits: settings.limits,
                    synchronous: settings.synchronous == .full ? .full : .normal,
                    logger: HostLog.shared.logger("roost.store")))
        } catch {
            directory.release()
            throw HostError.store("\(error)")
        }
        engine = Engine(store: store, limits: settings.limits, now: WallClock.now)
        engine.noted = { HostLog.shared.write(.warning, $0, $1) }
    }

    /// Starts everything else; when it returns the host is ready.
    func start() async throws {
        do {
            try await startParts()
        } catch {
            await tearDown()
            throw error
        }
    }

    /// Lets what runs end, as long as `limits.drain` allows, then closes everything.
    ///
    /// The admin listener goes last: until then it answers questions, and `/readyz` says that the
    /// host is stopping.
    func stop() async {
        guard !isStopping else { return }
        isStopping = true
        directory.withdraw()
        // The drain waits for the store, which must not be kept at work by what can wait itself:
        // steps in the background, and files that the next start finds.
        engine.stopBackground()
        for bucket in buckets { bucket.close() }
        HostLog.shared.write(.info, "draining", ["running": "\(dispatcher?.held ?? 0)"])
        dispatcher?.drain()
        admin?.drain()
        async let answered: Void? = publicListener?.drain(within: settings.limits.drain)
        let deadline =
            LoopActor.uptimeNanoseconds + UInt64(settings.limits.drain.milliseconds) * 1_000_000
        while let dispatcher, dispatcher.held > 0 || engine.outstanding > 0,
            LoopActor.uptimeNanoseconds < deadline
        {
            await LoopTimer.wait(.milliseconds(20))
        }
        dispatcher?.interruptAll()
        await answered
        await adminListener?.drain(within: .seconds(1))
        while engine.outstanding > 0, LoopActor.uptimeNanoseconds < deadline + 5_000_000_000 {
            await LoopTimer.wait(.milliseconds(5))
        }
        await tearDown()
    }

    private func startParts() async throws {
        let pool = WorkerPool(
            settings: WorkerSettings(
                executable: settings.app,
                environment: variables.filter { !$0.key.hasPrefix("ROOST_") },
                count: settings.workers, limits: settings.limits),
            now: WallClock.now, hooks: poolHooks())
        self.pool = pool
        let manifest = try await Self.manifest(from: pool)
        let applied = settings.applied(to: manifest)
        try Self.check(manifest, settings, applied, zones)
        let secrets = try Secrets.read(for: applied.functions, variables: variables)
        let registered = try await register(applied.functions, of: manifest)
        let dispatcher = makeDispatcher(applied.functions, manifest.triggers, registered, pool)
        self.dispatcher = dispatcher
        let schedules = scheduleClock(dispatcher)
        self.schedules = schedules
        dispatcher.scheduleMistake = { [weak schedules] declaration in
            LoopActor.assumeIsolated { schedules?.mistake(in: declaration) }
        }
        pool.open(
            Welcome(
                secrets: secrets, environment: settings.environment, grace: settings.limits.grace,
                deliveryBytesMax: settings.limits.deliveryBytesMax,
                responseBytesMax: settings.limits.bodyBytesMax,
                effects: EffectLimits(settings.limits), buckets: bucketDirectories))
        try await startPlacing(dispatcher)
        await watchDisk()
        try listen(dispatcher, manifest, applied, pool)
        engine.start(dispatcher, pool)
        try await startSchedules(schedules, manifest.schedules)
        startBuckets(dispatcher)
        try announce()
        report(registered, manifest)
    }

    private func listen(
        _ dispatcher: Dispatcher, _ manifest: Manifest, _ applied: AppliedPolicies,
        _ pool: WorkerPool
    ) throws {
        let triggers = manifest.triggers.compactMap {
            HTTPTrigger($0, registry: dispatcher.registry, limits: settings.limits)
        }
        let intake = HTTPIntake(
            triggers: triggers, dispatcher: dispatcher, store: store, pool: pool,
            limits: settings.limits,
            now: WallClock.now)
        var limits = HTTPLimits()
        limits.bodyBytesMax = settings.limits.bodyBytesMax
        let budget = BodyBudget(bytesMax: settings.limits.bodiesBytesMax)
        publicListener = try listener(settings.listen, "listen", limits, budget, intake)
        let admin = AdminAPI(adminParts(dispatcher, manifest, applied))
        self.admin = admin
        adminListener = try listener(settings.admin, "admin", limits, budget, admin)
    }

    private func listener(
        _ address: SocketAddress, _ setting: String, _ limits: HTTPLimits, _ budget: BodyBudget,
        _ handler: any HTTPHandler
    ) throws(HostError) -> HTTPListener {
        do throws(LoopError) {
            return try HTTPListener(address, limits: limits, budget: budget, handler: handler)
        } catch {
            if error.code == LoopError.addressInUse {
                throw .portTaken(address: "\(address)", setting: setting)
            }
            throw .listen("\(error)", setting: setting)
        }
    }

    private func announce() throws(HostError) {
        var json = JSONWriter()
        json.object {
            $0.member("pid", Int(getpid()))
            $0.member("listen", "http://\(publicListener?.address?.description ?? "")")
            $0.member("admin", "http://\(adminListener?.address?.description ?? "")")
            $0.member("token", token ?? "")
            $0.member("version", RoostVersion.current)
        }
        try directory.announce(json.bytes)
    }

    private func report(_ registered: Registered, _ manifest: Manifest) {
        for function in registered.functions where !function.isDeclared && function.owed > 0 {
            HostLog.shared.write(
                .warning, "owed to a function that the app no longer has",
                ["function": function.name, "owed": "\(function.owed)"])
        }
        for warning in settings.warnings { HostLog.shared.write(.warning, warning) }
        HostLog.shared.write(
            .info, "ready",
            [
                "listen": "http://\(publicListener?.address?.description ?? "")",
                "admin": "http://\(adminListener?.address?.description ?? "")", "app": manifest.app,
                "functions": "\(manifest.functions.count)", "workers": "\(settings.workers)",
                "recovered": "\(registered.recovered)",
            ])
    }

    private func tearDown() async {
        diskTimer?.close()
        schedules?.close()
        for bucket in buckets { bucket.close() }
        placer?.close()
        publicListener?.close()
        adminListener?.close()
        admin?.close()
        pool?.close()
        engine.close()
        store.close()
        directory.release()
    }

    private static func makeToken() -> String {
        (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }
}
