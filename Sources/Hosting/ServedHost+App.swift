import Contract
import Cron
import Dispatching
import Foundation
import Intake
import Invocations
import StoreSQLite
import Workers

/// How the host comes to know its app: what a worker declares, and the rows of that in the store.
extension ServedHost {
    static func manifest(from pool: WorkerPool) async throws -> Manifest {
        do {
            let bytes = try await pool.start()
            return try JSONDecoder().decode(Manifest.self, from: Data(bytes))
        } catch let error as WorkerError {
            throw HostError.app("\(error)")
        } catch {
            throw HostError.manifest("\(error)")
        }
    }

    func register(
        _ functions: [FunctionDeclaration], of manifest: Manifest
    ) async throws -> Registered {
        let answers = await store.commit([
            .register(
                Registration(
                    functions: functions, triggers: manifest.triggers, indexes: manifest.indexes,
                    now: WallClock.now()))
        ])
        switch answers[0] {
        case .registered(let registered): return registered
        case .refused(let refusal):
            throw HostError.store("the app could not be registered: \(refusal)")
        default: preconditionFailure("a registration is registered or refused")
        }
    }

    func makeDispatcher(
        _ functions: [FunctionDeclaration], _ triggers: [TriggerDeclaration],
        _ registered: Registered, _ pool: WorkerPool
    ) -> Dispatcher {
        var random = SplitMix()
        let dispatcher = Dispatcher(
            registry: Registry(
                declarations: functions, triggers: triggers, rows: registered.functions),
            paused: Set(registered.functions.filter(\.isPaused).map(\.number)), runner: pool,
            slots: settings.workers * settings.limits.slotsPerWorker, limits: settings.limits,
            clock: WallClock.now, chance: { Double.random(in: 0..<1, using: &random) },
            changed: { [engine] in engine.changed() })
        dispatcher.isStoreHeldUp = { [store] in store.condition.keepsOutcomes }
        return dispatcher
    }

    func scheduleClock(_ dispatcher: Dispatcher) -> ScheduleClock {
        let clock = ScheduleClock(
            dispatcher: dispatcher, store: store, now: WallClock.now
        ) { [zones] in try zones.zone($0) }
        clock.noted = { HostLog.shared.write(.warning, $0, $1) }
        return clock
    }

    func startSchedules(
        _ clock: ScheduleClock, _ declarations: [ScheduleDeclaration]
    ) async throws(HostError) {
        do {
            try await clock.start(declarations)
        } catch {
            throw .store("\(error)")
        }
    }
}
