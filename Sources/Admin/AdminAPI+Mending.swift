import Contract
import Dispatching
import EventLoop
import Invocations

/// Running again and cancelling by hand: one invocation, or all that a filter means.
extension AdminAPI {
    func retry(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        try request.expectNoMembers()
        let number = try await detail(request).summary.number
        return try await changed(await retry(.one(number)), request)
    }

    /// What runs is asked to stop, and 202 says that it has not yet.
    func cancel(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        try request.expectNoMembers()
        let number = try await detail(request).summary.number
        let answer = await cancel(.one(number))
        if case .refused(.isRunning) = answer { return try await item(request, status: 202) }
        if case .selected(let selected) = answer, !selected.running.isEmpty {
            return try await item(request, status: 202)
        }
        return try await changed(answer, request)
    }

    /// Each that matches at the start is run again once, though it may die again meanwhile: so
    /// pages are walked by number, and not asked for what still matches.
    func retryAll(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let group = try InvocationGroup(
            request, self, standard: .dead, states: [.dead, .cancelled, .retrying, .scheduled])
        if group.isCountOnly { return try await counted(group) }
        var filter = InvocationFilter(
            state: group.state, function: group.function, limit: parts.limits.batchMax)
        var count = 0
        repeat {
            let (items, next) = try await page(filter)
            count += try await retryEach(items)
            filter.before = next
        } while filter.before != nil && !Task.isCancelled
        return .object { $0.member("count", count) }
    }

    /// Cancels in slices of a commit, until nothing is left but what runs and was asked to stop.
    func cancelAll(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let group = try InvocationGroup(
            request, self, standard: nil, states: [.scheduled, .ready, .running, .retrying])
        if group.isCountOnly { return try await counted(group) }
        var count = 0
        var stopping: Set<Held> = []
        while !Task.isCancelled {
            let answer = await cancel(
                .matching(function: group.function, state: group.state, max: parts.limits.batchMax))
            let selected = try Self.selected(answer)
            count += selected.count
            stopping.formUnion(selected.running)
            if selected.count == 0 || !selected.hasMore { break }
        }
        await tellCancelled(of: group.function)
        return .object { object in
            object.member("count", count)
            object.member("stopping", stopping.count)
        }
    }

    private func counted(_ group: InvocationGroup) async throws(AdminError) -> AdminReply {
        let count = try await count(group)
        return .object { $0.member("count", count) }
    }

    private func count(_ group: InvocationGroup) async throws(AdminError) -> Int {
        let status = try await storeStatus()
        guard let function = group.function else {
            return group.state.map { status.counts[$0] } ?? status.counts.owed
        }
        let counts = status.functions[function] ?? .init()
        guard let state = group.state else { return counts.owed }
        if state.isOwed || state == .dead { return counts[state] }
        var filter = InvocationFilter(state: state, function: function, limit: Self.pageMax)
        var count = 0
        repeat {
            let (items, next) = try await page(filter)
            count += items.count
            filter.before = next
        } while filter.before != nil && !Task.isCancelled
        return count
    }

    /// All of a page within one turn, so that they share a commit.
    private func retryEach(_ items: [InvocationSummary]) async throws(AdminError) -> Int {
        guard !items.isEmpty else { return 0 }
        let answers = await withCheckedContinuation { continuation in
            var answers: [Answer] = []
            for item in items {
                parts.dispatcher.retry(.one(item.number)) { answer in
                    answers.append(answer)
                    if answers.count == items.count { continuation.resume(returning: answers) }
                }
            }
        }
        var count = 0
        for answer in answers {
            switch answer {
            case .selected(let selected): count += selected.count
            case .refused(.isRunning), .refused(.isFinished), .refused(.unknownInvocation): break
            case .refused(let refusal): throw .refused(refusal, recorded: 0)
            default: preconditionFailure("a retry is selected or refused")
            }
        }
        return count
    }

    private func changed(_ answer: Answer, _ request: AdminRequest) async throws(AdminError)
        -> AdminReply
    {
        _ = try Self.selected(answer)
        return try await item(request, status: 200)
    }

    private func item(_ request: AdminRequest, status: Int) async throws(AdminError) -> AdminReply {
        let detail = try await detail(request)
        return .object(status: status) { $0.members(of: detail.summary, parts.dispatcher.registry) }
    }

    private static func selected(_ answer: Answer) throws(AdminError) -> Selected {
        switch answer {
        case .selected(let selected): return selected
        case .refused(let refusal): throw .refused(refusal, recorded: 0)
        default: preconditionFailure("what a person selects is selected or refused")
        }
    }

    private func retry(_ selection: Selection) async -> Answer {
        await withCheckedContinuation { continuation in
            parts.dispatcher.retry(selection) { continuation.resume(returning: $0) }
        }
    }

    private func cancel(_ selection: Selection) async -> Answer {
        await withCheckedContinuation { continuation in
            parts.dispatcher.cancel(selection) { continuation.resume(returning: $0) }
        }
    }
}

/// The invocations that a body such as `{"function":…, "state":…}` means.
struct InvocationGroup: Sendable {
    var function: FunctionNumber?
    var state: InvocationState?
    /// True where nothing shall be changed: `?count=only`.
    var isCountOnly = false

    @LoopActor
    init(
        _ request: AdminRequest, _ api: AdminAPI, standard: InvocationState?,
        states: [InvocationState]
    ) throws(AdminError) {
        state = standard
        var isNamed = false
        try request.eachMember(among: ["function", "state"]) { (name, value) throws(AdminError) in
            isNamed = true
            if name.string == "function" {
                function = try Self.function(value, api)
            } else {
                state = try Self.state(value, states)
            }
        }
        guard isNamed else {
            throw .badMember(
                "function", found: "missing",
                expected: "a function, a state or both, to say what is meant")
        }
        if let count = request.parameter("count") {
            guard count == "only" else {
                throw .badParameter("count", found: count, expected: "only")
            }
            isCountOnly = true
        }
    }

    @LoopActor
    private static func function(_ value: JSONValue, _ api: AdminAPI) throws(AdminError)
        -> FunctionNumber
    {
        let name = try value.text(of: "function", expected: "the name of a function")
        guard let number = api.number(ofFunction: name) else {
            throw .unknownFunction(name, known: api.namesEver)
        }
        return number
    }

    private static func state(
        _ value: JSONValue, _ states: [InvocationState]
    ) throws(AdminError) -> InvocationState {
        let expected = "one of \(states.map(\.name).joined(separator: ", "))"
        let name = try value.text(of: "state", expected: expected)
        guard let state = InvocationState(name: name), states.contains(state) else {
            throw .badMember("state", found: "\"\(name)\"", expected: expected)
        }
        return state
    }
}
