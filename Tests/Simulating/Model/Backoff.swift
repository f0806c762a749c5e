import Contract

/// How long an invocation waits after an attempt that was charged: the law written down again.
struct Backoff {
    private let retry: Retry

    init(_ retry: Retry) { self.retry = retry }

    /// The least and the most, in milliseconds.
    func bounds(afterCharged charged: Int) -> (low: Int64, high: Int64) {
        var delay: Int64
        switch retry.growth {
        case .exponential(let from, let to):
            delay = from.milliseconds
            for _ in 1..<max(charged, 1) where delay < to.milliseconds { delay *= 2 }
            delay = min(delay, to.milliseconds)
        case .linear(let step): delay = step.milliseconds * Int64(charged)
        case .fixed(let fixed): delay = fixed.milliseconds
        case .table(let delays): delay = delays[min(charged, delays.count) - 1].milliseconds
        }
        return retry.jitter == .half ? (delay / 2, delay) : (delay, delay)
    }
}
