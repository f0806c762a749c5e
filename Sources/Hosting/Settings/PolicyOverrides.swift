import Contract

/// What an operator puts in the place of a function's own policies; nil leaves them as they are.
package struct PolicyOverrides: Sendable, Equatable {
    /// How the delay between attempts grows; nil members keep what the app says.
    enum Growth: Sendable, Equatable {
        case exponential(from: Duration?, to: Duration?)
        case linear(Duration)
        case fixed(Duration)
        case table([Duration])
        case never
    }

    var timeout: Duration?
    var maxAge: Duration?
    /// The inner nil is "unlimited".
    var concurrencyMax: Int??
    var priority: Priority?
    var depthMax: Int?
    var growth: Growth?
    var attemptsMax: Int?
    var jitter: Retry.Jitter?

    /// The policies with what is set here in their place.
    func applied(to policies: Policies) -> Policies {
        Policies(
            timeout: timeout ?? policies.timeout, retry: applied(to: policies.retry),
            maxAge: maxAge ?? policies.maxAge,
            concurrencyMax: concurrencyMax ?? policies.concurrencyMax,
            priority: priority ?? policies.priority, depthMax: depthMax ?? policies.depthMax)
    }

    private func applied(to retry: Retry) -> Retry {
        var attempts = attemptsMax ?? retry.attemptsMax
        let newGrowth: Retry.Growth
        switch growth {
        case nil: newGrowth = retry.growth
        case .exponential(let from, let to): newGrowth = exponential(from, to, over: retry.growth)
        case .linear(let step): newGrowth = .linear(step)
        case .fixed(let delay): newGrowth = .fixed(delay)
        case .table(let delays):
            newGrowth = .table(delays)
            attempts = attemptsMax ?? delays.count + 1
        case .never: return .never
        }
        return Retry(growth: newGrowth, attemptsMax: attempts, jitter: jitter ?? retry.jitter)
    }

    private func exponential(
        _ from: Duration?, _ to: Duration?, over growth: Retry.Growth
    ) -> Retry.Growth {
        var bounds = (from: Duration.seconds(1), to: Duration.hours(1))
        if case .exponential(let from, let to) = growth { bounds = (from, to) }
        return .exponential(from: from ?? bounds.from, to: to ?? bounds.to)
    }
}
