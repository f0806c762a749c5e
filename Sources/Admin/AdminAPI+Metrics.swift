import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations
import Workers

/// `GET /metrics`: the host's numbers for Prometheus.
extension AdminAPI {
    func metrics() async throws(AdminError) -> AdminReply {
        let store = try await storeStatus()
        let families =
            hostFamilies() + loopFamilies() + attemptFamilies() + invocationFamilies(store)
            + workerFamilies() + listenerFamilies() + parts.metrics()
        return AdminReply(
            fields: ["Content-Type": MetricsText.contentType, "Cache-Control": "no-store"],
            body: MetricsText.bytes(families))
    }

    private func hostFamilies() -> [MetricFamily] {
        let facts = parts.facts
        let labels = [
            MetricFamily.Label("version", facts.version), MetricFamily.Label("app", facts.app),
        ]
        let isReady = parts.readiness().allSatisfy(\.isGood)
        return [
            MetricFamily(
                "roost_build_info", .gauge, "Always 1; its labels say what runs.",
                [.init(labels, 1)]),
            MetricFamily(
                "roost_start_time_seconds", .gauge, "When the host started, since 1970.",
                [.init([], Double(facts.startedAt.milliseconds) / 1000)]),
            MetricFamily(
                "roost_ready", .gauge, "1 where the host can accept, else 0.", isReady ? 1 : 0),
        ]
    }

    private func loopFamilies() -> [MetricFamily] {
        let lag = LoopActor.takeLag()
        return [
            MetricFamily(
                "roost_loop_lag_seconds", .gauge,
                "The longest turn of the loop since the last look.",
                [.init([], Double(lag.longestNanoseconds) / 1e9)]),
            MetricFamily(
                "roost_loop_busy_seconds_total", .counter, "The time that the loop worked.",
                [.init([], Double(lag.busyNanoseconds) / 1e9)]),
            MetricFamily("roost_loop_turns_total", .counter, "The turns of the loop.", lag.turns),
        ]
    }

    private func attemptFamilies() -> [MetricFamily] {
        let counts = parts.dispatcher.counts
        let outcomes: [(String, Int)] = [
            ("succeeded", counts.succeeded), ("rejected", counts.rejected),
            ("failed", counts.failed),
            ("timed out", counts.timedOut), ("crashed", counts.crashed),
            ("conflicted", counts.conflicted), ("interrupted", counts.interrupted),
        ]
        return [
            MetricFamily(
                "roost_attempts_started_total", .counter, "Attempts that began.", counts.started),
            MetricFamily(
                "roost_attempts_total", .counter, "Attempts that ended, by their outcome.",
                outcomes.map { .init([.init("outcome", $0)], Double($1)) }),
            MetricFamily(
                "roost_attempt_duration_seconds", "How long attempts ran, by function.",
                zip(parts.dispatcher.registry.functions, parts.dispatcher.durations).map {
                    ([.init("function", $0.name)], $1)
                }),
            MetricFamily(
                "roost_schedule_lateness_seconds",
                "How long after their planned instants ticks were recorded.",
                [([], parts.lateness())]),
            MetricFamily(
                "roost_attempts_running", .gauge, "Attempts under way.", parts.dispatcher.running),
            MetricFamily(
                "roost_calls_total", .counter, "Calls whose callers waited.", counts.calls),
            MetricFamily(
                "roost_calls_without_slot_total", .counter, "Calls that found no slot in time.",
                counts.callsWithoutSlot),
            MetricFamily(
                "roost_records_dropped_total", .counter,
                "Records of failed calls that were dropped under pressure.", counts.droppedRecords),
            MetricFamily(
                "roost_callers_waiting", .gauge, "Callers who wait for a first attempt.",
                waiting.count),
        ]
    }

    private func invocationFamilies(_ store: StoreStatus) -> [MetricFamily] {
        let functions = parts.dispatcher.registry.functions
        let states: [InvocationState] = [.scheduled, .ready, .running, .retrying, .dead]
        return [
            MetricFamily(
                "roost_invocations_recorded_total", .counter,
                "Invocations that were ever recorded.",
                store.recorded),
            MetricFamily(
                "roost_invocations_pruned_total", .counter, "Invocations that were forgotten.",
                store.pruned),
            MetricFamily(
                "roost_invocations", .gauge, "Invocations that are kept, by state.",
                InvocationState.allCases.map {
                    .init([.init("state", $0.name)], Double(store.counts[$0]))
                }),
            MetricFamily(
                "roost_function_invocations", .gauge,
                "What is owed and dead, by function and state.",
                functions.flatMap { function in
                    states.map { state in
                        let labels: [MetricFamily.Label] = [
                            .init("function", function.name), .init("state", state.name),
                        ]
                        let count = store.functions[function.number]?[state] ?? 0
                        return .init(labels, Double(count))
                    }
                }),
            MetricFamily(
                "roost_function_paused", .gauge, "1 where the function is paused, else 0.",
                functions.map {
                    .init([.init("function", $0.name)], parts.dispatcher.isPaused($0) ? 1 : 0)
                }),
            MetricFamily(
                "roost_store_file_bytes", .gauge, "The size of the store's file.", store.fileBytes),
            MetricFamily(
                "roost_store_wal_bytes", .gauge, "The size of its log.", store.walBytes),
        ]
    }

    private func workerFamilies() -> [MetricFamily] {
        let workers = parts.workers()
        return [
            MetricFamily("roost_workers", .gauge, "Worker processes.", workers.count),
            MetricFamily(
                "roost_worker_resident_bytes", .gauge, "A worker's resident memory.",
                workers.map { .init([.init("pid", "\($0.pid)")], Double($0.residentBytes)) }),
        ]
    }

    private func listenerFamilies() -> [MetricFamily] {
        let views = parts.listeners()
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String,
            _ value: (ListenerView) -> Int
        ) -> MetricFamily {
            MetricFamily(
                name, kind, help,
                views.map { .init([.init("listener", $0.name)], Double(value($0))) })
        }
        return [
            family("roost_http_connections", .gauge, "Open connections.") { $0.open },
            family("roost_http_connections_total", .counter, "Connections accepted.") {
                $0.counters.connections
            },
            family("roost_http_requests_total", .counter, "Requests read.") {
                $0.counters.requests
            },
            family("roost_http_rejected_total", .counter, "Requests that the listener refused.") {
                $0.counters.rejected
            },
            family("roost_http_timeouts_total", .counter, "Requests that came too slowly.") {
                $0.counters.timedOut
            },
            family("roost_http_aborted_total", .counter, "Answers that ended early.") {
                $0.counters.aborted
            },
            family("roost_http_received_bytes_total", .counter, "Bytes that came in.") {
                $0.counters.bytesIn
            },
            family("roost_http_sent_bytes_total", .counter, "Bytes that were sent.") {
                $0.counters.bytesOut
            },
        ]
    }
}
