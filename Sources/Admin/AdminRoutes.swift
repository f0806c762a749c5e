import Contract
import EventLoop
import HTTPServer

/// One thing that can be asked of the admin API.
struct AdminRoute: Sendable {
    typealias Now = @LoopActor @Sendable (AdminAPI, AdminRequest) throws -> AdminReply
    typealias Later = @LoopActor @Sendable (AdminAPI, AdminRequest) async throws -> AdminReply

    /// How the answer comes about.
    enum Answering: Sendable {
        /// At once, from what the loop knows.
        case now(Now)
        /// After the store or a file was asked.
        case later(Later)
        /// The hot paths, which answer the exchange themselves.
        case recording
        case publishing
        /// Files, whose bodies go through in pieces.
        case uploading
        case downloading
    }

    let method: String
    let path: String
    /// The items that a query may have.
    var parameters: [String] = []
    /// True for what needs no token.
    var isOpen = false
    let answering: Answering

    init(
        _ method: String, _ path: String, _ parameters: [String] = [], isOpen: Bool = false,
        now answer: @escaping Now
    ) {
        self.init(method, path, parameters, isOpen: isOpen, answering: .now(answer))
    }

    init(
        _ method: String, _ path: String, _ parameters: [String] = [], later answer: @escaping Later
    ) {
        self.init(method, path, parameters, answering: .later(answer))
    }

    init(
        _ method: String, _ path: String, _ parameters: [String] = [], isOpen: Bool = false,
        answering: Answering
    ) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.isOpen = isOpen
        self.answering = answering
    }
}

/// All that can be asked, and how it is found.
struct AdminRoutes: Sendable {
    static let shared = AdminRoutes()

    private let table: RouteTable

    private init() {
        table = RouteTable(
            Self.all.map { route in
                do throws(PathPatternError) {
                    let pattern = try PathPattern(route.path)
                    return RouteTable.Route(method: route.method, pattern: pattern)
                } catch {
                    preconditionFailure("\(error)")
                }
            })
    }

    /// The route of a request and what its path's captures stand for.
    func match(
        _ head: RequestHead
    ) throws(AdminError) -> (route: AdminRoute, captures: [RequestData.Field]) {
        switch table.match(method: head.method.rawValue, path: head.path) {
        case .route(let place, let captures): return (Self.all[place], captures)
        case .notFound: throw .unknownPath(head.path)
        case .methodNotAllowed(let allowed):
            throw .methodNotAllowed(head.method.rawValue, allowed: allowed)
        case .malformed: throw .malformedPath(head.path)
        }
    }

    private static let all: [AdminRoute] = [
        AdminRoute("GET", "/healthz", isOpen: true) { api, _ in api.health() },
        AdminRoute("GET", "/readyz", isOpen: true) { api, _ in api.readiness() },
        AdminRoute("GET", "/metrics", later: { api, _ in try await api.metrics() }),
        AdminRoute("GET", "/v1/status", later: { api, _ in try await api.status() }),
        AdminRoute("GET", "/v1/workers") { api, _ in api.workers() },
        AdminRoute("GET", "/v1/functions", later: { try await $0.functions($1) }),
        AdminRoute("GET", "/v1/functions/{name}", later: { try await $0.function($1) }),
        AdminRoute("POST", "/v1/functions/{name}/invocations", answering: .recording),
        AdminRoute(
            "POST", "/v1/functions/{name}/pause", later: { try await $0.setPaused(true, $1) }),
        AdminRoute(
            "POST", "/v1/functions/{name}/resume", later: { try await $0.setPaused(false, $1) }),
        AdminRoute(
            "GET", "/v1/invocations", ["state", "function", "event", "limit", "after"],
            later: { try await $0.invocations($1) }),
        AdminRoute(
            "POST", "/v1/invocations/retry", ["count"], later: { try await $0.retryAll($1) }),
        AdminRoute(
            "POST", "/v1/invocations/cancel", ["count"], later: { try await $0.cancelAll($1) }),
        AdminRoute("POST", "/v1/topics/{topic}/messages", answering: .publishing),
        AdminRoute("GET", "/v1/invocations/{id}", later: { try await $0.invocation($1) }),
        AdminRoute("POST", "/v1/invocations/{id}/retry", later: { try await $0.retry($1) }),
        AdminRoute("POST", "/v1/invocations/{id}/cancel", later: { try await $0.cancel($1) }),
        AdminRoute(
            "GET", "/v1/events", ["type", "subject", "limit", "after"],
            later: { try await $0.events($1) }),
        AdminRoute("GET", "/v1/events/{id}", later: { try await $0.event($1) }),
        AdminRoute(
            "GET", "/v1/documents/{path...}", ["limit", "after", "where", "sort"],
            later: { try await $0.document($1) }),
        AdminRoute(
            "PUT", "/v1/documents/{path...}", ["triggers"], later: { try await $0.putDocument($1) }),
        AdminRoute(
            "PATCH", "/v1/documents/{path...}", ["triggers"],
            later: { try await $0.patchDocument($1) }),
        AdminRoute(
            "DELETE", "/v1/documents/{path...}", ["triggers"],
            later: { try await $0.deleteDocument($1) }),
        AdminRoute(
            "GET", "/v1/schedules", ["limit", "after"], later: { try await $0.schedules($1) }),
        AdminRoute(
            "GET", "/v1/schedules/{name}", ["limit"], later: { try await $0.schedule($1) }),
        AdminRoute("PUT", "/v1/schedules/{name}", later: { try await $0.setSchedule($1) }),
        AdminRoute("DELETE", "/v1/schedules/{name}", later: { try await $0.removeSchedule($1) }),
        AdminRoute("POST", "/v1/schedules/{name}/fire", later: { try await $0.fireSchedule($1) }),
        AdminRoute(
            "POST", "/v1/schedules/{name}/pause",
            later: { try await $0.setPaused(true, schedule: $1) }),
        AdminRoute(
            "POST", "/v1/schedules/{name}/resume",
            later: { try await $0.setPaused(false, schedule: $1) }),
        AdminRoute(
            "GET", "/v1/buckets/{bucket}", ["limit", "after"], later: { try await $0.files($1) }),
        AdminRoute("GET", "/v1/buckets/{bucket}/{key...}", answering: .downloading),
        AdminRoute("PUT", "/v1/buckets/{bucket}/{key...}", answering: .uploading),
        AdminRoute(
            "DELETE", "/v1/buckets/{bucket}/{key...}", later: { try await $0.removeFile($1) }),
        AdminRoute("POST", "/v1/backup", later: { try await $0.backup($1) }),
    ]
}
