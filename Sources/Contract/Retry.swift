/// When a failed attempt is followed by another.
public struct Retry: Sendable, Equatable {
    /// How the delay grows.
    package enum Growth: Sendable, Equatable {
        case exponential(from: Duration, to: Duration)
        case linear(Duration)
        case fixed(Duration)
        case table([Duration])
    }

    /// How much of a delay is left to chance.
    public enum Jitter: String, Sendable, Codable {
        /// The delay as computed.
        case none
        /// Between one half and all of it.
        case half
    }

    /// How long to wait after each charged attempt, before chance and `delayMax` have their say.
    package let growth: Growth
    /// The attempts that may be charged in all, the first one included; at least 1.
    package let attemptsMax: Int
    /// Spreads attempts that failed together, so that they don't all come back together.
    package let jitter: Jitter

    /// Checks nothing; delays are bounded where they are computed.
    package init(growth: Growth, attemptsMax: Int, jitter: Jitter) {
        self.growth = growth
        self.attemptsMax = attemptsMax
        self.jitter = jitter
    }

    /// `from`, then twice as long each time, up to `to`.
    ///
    /// The defaults make 20 attempts over 6 hours on average.
    public static func exponential(
        from: Duration = .seconds(1), to: Duration = .hours(1), attempts: Int = 20,
        jitter: Jitter = .half
    ) -> Retry {
        Retry(growth: .exponential(from: from, to: to), attemptsMax: attempts, jitter: jitter)
    }

    /// `step`, then one more step each time.
    public static func linear(_ step: Duration, attempts: Int) -> Retry {
        Retry(growth: .linear(step), attemptsMax: attempts, jitter: .none)
    }

    /// The same delay each time.
    public static func fixed(_ delay: Duration, attempts: Int) -> Retry {
        Retry(growth: .fixed(delay), attemptsMax: attempts, jitter: .none)
    }

    /// One delay after another; an attempt more than there are delays.
    public static func table(_ delays: Duration...) -> Retry {
        Retry(growth: .table(delays), attemptsMax: delays.count + 1, jitter: .none)
    }

    /// One attempt and no other.
    public static var never: Retry { Retry(growth: .fixed(.zero), attemptsMax: 1, jitter: .none) }

    /// The delay after the `charged`th charged attempt, counted from 1.
    ///
    /// - Parameter chance: in 0..<1; decides where in the range of the jitter the delay lies.
    package func delay(afterCharged charged: Int, chance: Double) -> Duration {
        precondition(charged >= 1, "a delay follows an attempt")
        assert((0..<1).contains(chance), "chance is a share")
        let full = max(.zero, min(Self.delayMax, fullDelay(afterCharged: charged)))
        let milliseconds = Double(full.milliseconds)
        switch jitter {
        case .none: return .milliseconds(Int64(milliseconds))
        case .half: return .milliseconds(Int64(milliseconds * (0.5 + chance / 2)))
        }
    }

    private func fullDelay(afterCharged charged: Int) -> Duration {
        switch growth {
        case .exponential(let from, let to):
            let doublings = min(charged - 1, 62)
            let (product, overflow) = from.milliseconds.multipliedReportingOverflow(
                by: 1 << doublings)
            return overflow ? to : min(to, .milliseconds(product))
        case .linear(let step):
            let (product, overflow) = step.milliseconds.multipliedReportingOverflow(
                by: Int64(charged))
            return overflow ? Self.delayMax : .milliseconds(product)
        case .fixed(let delay): return delay
        case .table(let delays):
            return delays.isEmpty ? .zero : delays[min(charged, delays.count) - 1]
        }
    }

    /// No delay is longer, whatever a policy says.
    package static let delayMax = Duration.days(30)
}

extension Retry: Codable {
    private enum Key: String, CodingKey { case growth, delays, attemptsMax, jitter }

    /// Reads what `encode` wrote; a growth that does not fit its delays is a `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let delays = try values.decode([Int64].self, forKey: .delays).map {
            Duration.milliseconds($0)
        }
        attemptsMax = try values.decode(Int.self, forKey: .attemptsMax)
        jitter = try values.decode(Jitter.self, forKey: .jitter)
        switch (try values.decode(String.self, forKey: .growth), delays.count) {
        case ("exponential", 2): growth = .exponential(from: delays[0], to: delays[1])
        case ("linear", 1): growth = .linear(delays[0])
        case ("fixed", 1): growth = .fixed(delays[0])
        case ("table", _): growth = .table(delays)
        case (let found, let count):
            throw DecodingError.dataCorruptedError(
                forKey: .growth, in: values,
                debugDescription: "found growth \"\(found)\" with \(count) delays")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        let (name, delays): (String, [Duration]) =
            switch growth {
            case .exponential(let from, let to): ("exponential", [from, to])
            case .linear(let step): ("linear", [step])
            case .fixed(let delay): ("fixed", [delay])
            case .table(let delays): ("table", delays)
            }
        try values.encode(name, forKey: .growth)
        try values.encode(delays.map(\.milliseconds), forKey: .delays)
        try values.encode(attemptsMax, forKey: .attemptsMax)
        try values.encode(jitter, forKey: .jitter)
    }
}
