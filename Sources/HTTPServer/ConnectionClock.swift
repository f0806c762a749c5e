/// When the things of a connection began that may not last for ever, in sweeps of the listener.
struct ConnectionClock {
    /// Why a connection's time is up.
    enum Verdict: Equatable {
        case fine
        case idle
        case headTooSlow
        case bodyTooSlow
        case stalled
        case lingered
    }

    /// What a connection is doing when it is looked at.
    struct View {
        var now: Int
        var isLingering: Bool
        var isIdle: Bool
        var isReadingBody: Bool
        var outgoingBytes: Int
        var takenBytes: Int
    }

    var idleSince: Int
    var lingerSince = 0
    var bodyBytes = 0
    private var headSince: Int?
    private var bodySince = 0
    private var takenBytes = 0
    private var takenSince: Int

    init(now: Int) {
        idleSince = now
        takenSince = now
    }

    @inline(__always)
    mutating func parsed(isInHead: Bool, now: Int) {
        headSince = isInHead ? headSince ?? now : nil
    }

    /// What follows in the same bytes is another head, with a time of its own.
    @inline(__always)
    mutating func headEnds() { headSince = nil }

    mutating func bodyBegins(now: Int) {
        bodySince = now
        bodyBytes = 0
    }

    /// The time in which we did not read is not the client's.
    mutating func bodyGoesOn(now: Int) { bodyBegins(now: now) }

    mutating func look(_ view: View, _ bounds: Bounds) -> Verdict {
        if view.outgoingBytes > 0 {
            if view.takenBytes != takenBytes { takenSince = view.now }
            takenBytes = view.takenBytes
            lingerSince = view.now
            return view.now - takenSince > bounds.write ? .stalled : .fine
        }
        takenSince = view.now
        if view.isLingering { return view.now - lingerSince > bounds.linger ? .lingered : .fine }
        if let headSince, view.now - headSince > bounds.header { return .headTooSlow }
        if view.isReadingBody, view.now - bodySince > bounds.bodyWindow {
            if bodyBytes < bounds.bodyBytesMin { return .bodyTooSlow }
            bodyBegins(now: view.now)
        }
        return view.isIdle && view.now - idleSince > bounds.idle ? .idle : .fine
    }

    /// The limits in sweeps.
    struct Bounds {
        let idle: Int
        let header: Int
        let write: Int
        let linger: Int
        let bodyWindow: Int
        let bodyBytesMin: Int

        init(_ limits: HTTPLimits) {
            func sweeps(_ time: Duration) -> Int { max(1, Int((time / limits.sweep).rounded(.up))) }
            idle = sweeps(limits.idleTimeout)
            header = sweeps(limits.headerTimeout)
            write = sweeps(limits.writeTimeout)
            linger = sweeps(limits.lingerTimeout)
            bodyWindow = sweeps(limits.bodyRateWindow)
            bodyBytesMin = Int(
                Double(limits.bodyBytesPerSecondMin) * (limits.bodyRateWindow / .seconds(1)))
        }
    }
}
