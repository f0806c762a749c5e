import Contract
import Dispatching
import EventLoop
import Invocations

/// What is registered, how it is run, and stopping and going on with it.
extension AdminAPI {
    func functions(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let store = try await storeStatus()
        return .list { items in
            for function in parts.dispatcher.registry.functions {
                items.object { write(function, store, to: &$0) }
            }
        }
    }

    func function(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let function = try declared(request.capture("name"))
        let store = try await storeStatus()
        return .object { write(function, store, to: &$0) }
    }

    func setPaused(_ isPaused: Bool, _ request: AdminRequest) async throws(AdminError) -> AdminReply
    {
        let function = try declared(request.capture("name"))
        try request.expectNoMembers()
        let answer = await withCheckedContinuation { continuation in
            parts.dispatcher.setPaused(isPaused, function: function) {
                continuation.resume(returning: $0)
            }
        }
        if case .refused(let refusal) = answer { throw .refused(refusal, recorded: 0) }
        let store = try await storeStatus()
        return .object { write(function, store, to: &$0) }
    }

    /// The function of that name, which the app has.
    func declared(_ name: String) throws(AdminError) -> Registry.Function {
        let registry = parts.dispatcher.registry
        guard let function = registry[name] else {
            throw .unknownFunction(name, known: registry.names)
        }
        return function
    }

    private func write(
        _ function: Registry.Function, _ store: StoreStatus, to object: inout JSONWriter
    ) {
        object.member("name", function.name)
        object.member("input", function.declaration.input.rawValue)
        object.member("paused", parts.dispatcher.isPaused(function))
        object.object("counts") { counts in
            counts.members(
                of: store.functions[function.number] ?? .init(),
                among: [.scheduled, .ready, .running, .retrying, .dead])
        }
        object.array("triggers") { array in
            for trigger in parts.triggers where trigger.function == function.name {
                array.value(trigger.rule.words)
            }
        }
        object.object("policies") { $0.members(of: function.policies) }
        object.object("origins") { origins in
            for (policy, origin) in parts.policyOrigins(function.name).sorted(by: {
                $0.key < $1.key
            }) {
                origins.member(policy, origin)
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of policies: Policies) {
        member("timeoutSeconds", policies.timeout.seconds)
        member("attemptsMax", policies.retry.attemptsMax)
        object("retry") { $0.members(of: policies.retry) }
        member("maxAgeSeconds", policies.maxAge.seconds)
        member("concurrencyMax", policies.concurrencyMax)
        member("priority", policies.priority.rawValue)
        member("depthMax", policies.depthMax)
    }

    private mutating func members(of retry: Retry) {
        switch retry.growth {
        case .exponential(let from, let to):
            member("growth", "exponential")
            member("fromSeconds", from.seconds)
            member("toSeconds", to.seconds)
        case .linear(let step):
            member("growth", "linear")
            member("stepSeconds", step.seconds)
        case .fixed(let delay):
            member("growth", "fixed")
            member("delaySeconds", delay.seconds)
        case .table(let delays):
            member("growth", "table")
            array("delaysSeconds") { array in for delay in delays { array.value(delay.seconds) } }
        }
        member("jitter", retry.jitter.rawValue)
    }
}
