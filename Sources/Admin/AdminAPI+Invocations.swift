import Contract
import Dispatching
import EventLoop
import Invocations

/// Lists of invocations, and one with all that is known of it.
extension AdminAPI {
    /// The longest page.
    static let pageMax = 1000

    func invocations(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let filter = try filter(request)
        let (items, next) = try await page(filter)
        let registry = parts.dispatcher.registry
        return .list(next: next.map { "\($0.rawValue)" }) { list in
            for item in items { list.item(item, registry) }
        }
    }

    func invocation(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let detail = try await detail(request)
        return .object { object in
            object.members(of: detail.summary, parts.dispatcher.registry)
            object.array("history") { array in
                for attempt in detail.history { array.object { $0.members(of: attempt) } }
            }
            object.array("logs") { array in
                for line in parts.logs(detail.summary.id) { array.object { $0.members(of: line) } }
            }
        }
    }

    /// The invocation that the path names.
    func detail(_ request: AdminRequest) async throws(AdminError) -> InvocationDetail {
        let text = request.capture("id")
        guard let id = EventID(text), let detail = try await detail(id) else {
            throw .unknownInvocation(text)
        }
        return detail
    }

    func detail(_ id: EventID) async throws(AdminError) -> InvocationDetail? {
        guard case .invocation(let detail) = try await read(.invocation(id)) else {
            preconditionFailure("a question about an invocation has an invocation for an answer")
        }
        return detail
    }

    func page(
        _ filter: InvocationFilter
    ) async throws(AdminError) -> (items: [InvocationSummary], next: InvocationNumber?) {
        guard case .invocations(let items, let next) = try await read(.invocations(filter)) else {
            preconditionFailure("a question about invocations has invocations for an answer")
        }
        return (items, next)
    }

    /// The number of a function that the app has or had.
    func number(ofFunction name: String) -> FunctionNumber? {
        let registry = parts.dispatcher.registry
        return registry[name]?.number ?? registry.goneNames.first { $0.value == name }?.key
    }

    /// The names of all functions that may have invocations.
    var namesEver: [String] {
        let registry = parts.dispatcher.registry
        return registry.names + registry.goneNames.values.sorted()
    }

    private func filter(_ request: AdminRequest) throws(AdminError) -> InvocationFilter {
        var filter = InvocationFilter()
        if let name = request.parameter("state") {
            guard let state = InvocationState(name: name) else { throw .unknownState(name) }
            filter.state = state
        }
        if let name = request.parameter("function") {
            guard let number = number(ofFunction: name) else {
                throw .unknownFunction(name, known: namesEver)
            }
            filter.function = number
        }
        if let text = request.parameter("event") {
            guard let id = EventID(text) else {
                throw .badParameter("event", found: text, expected: "the id of an event, a UUID")
            }
            filter.event = id
        }
        if let text = request.parameter("after") {
            guard let number = Int64(text), number >= 0 else {
                throw .badParameter("after", found: text, expected: "\"next\" of the page before")
            }
            filter.before = InvocationNumber(number)
        }
        filter.limit = try request.count("limit", in: 1...Self.pageMax, standard: filter.limit)
        return filter
    }
}

extension AdminError {
    static func unknownState(_ name: String) -> AdminError {
        let known = InvocationState.allCases.map(\.name)
        return .badParameter(
            "state", found: name,
            expected: "one of \(known.joined(separator: ", "))"
                + suggestion(for: name, among: known))
    }
}
