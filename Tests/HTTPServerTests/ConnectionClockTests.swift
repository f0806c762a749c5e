import Testing

@testable import HTTPServer

@Suite("A connection's clock")
struct ConnectionClockTests {
    private let bounds = ConnectionClock.Bounds(HTTPLimits())

    private func view(
        _ now: Int, lingering: Bool = false, idle: Bool = false, body: Bool = false,
        outgoing: Int = 0, taken: Int = 0
    ) -> ConnectionClock.View {
        .init(
            now: now, isLingering: lingering, isIdle: idle, isReadingBody: body,
            outgoingBytes: outgoing, takenBytes: taken)
    }

    @Test("ends what is idle after 75 sweeps and not before")
    func idle() {
        var clock = ConnectionClock(now: 1)

        #expect(clock.look(view(76, idle: true), bounds) == .fine)
        #expect(clock.look(view(77, idle: true), bounds) == .idle)
        #expect(clock.look(view(77), bounds) == .fine)
    }

    @Test("ends a header after 10 sweeps from its first byte, however it drips")
    func header() {
        var clock = ConnectionClock(now: 1)
        clock.parsed(isInHead: true, now: 5)
        clock.parsed(isInHead: true, now: 14)

        #expect(clock.look(view(15), bounds) == .fine)
        #expect(clock.look(view(16), bounds) == .headTooSlow)
    }

    @Test("gives each header its own time where one read ends one and begins the next")
    func nextHeader() {
        var clock = ConnectionClock(now: 1)
        clock.parsed(isInHead: true, now: 5)
        clock.headEnds()
        clock.parsed(isInHead: true, now: 14)

        #expect(clock.look(view(24), bounds) == .fine)
        #expect(clock.look(view(25), bounds) == .headTooSlow)
    }

    @Test("judges a body's rate over each window")
    func body() {
        var clock = ConnectionClock(now: 1)
        clock.bodyBegins(now: 1)
        clock.bodyBytes = 2400

        #expect(clock.look(view(12, body: true), bounds) == .fine)
        clock.bodyBytes += 2399
        #expect(clock.look(view(22, body: true), bounds) == .fine)
        #expect(clock.look(view(23, body: true), bounds) == .bodyTooSlow)
    }

    @Test("ends a client that takes nothing for 30 sweeps, but not one that takes a byte")
    func stalled() {
        var clock = ConnectionClock(now: 1)

        #expect(clock.look(view(2, outgoing: 10, taken: 5), bounds) == .fine)
        #expect(clock.look(view(32, outgoing: 9, taken: 6), bounds) == .fine)
        #expect(clock.look(view(62, outgoing: 9, taken: 6), bounds) == .fine)
        #expect(clock.look(view(63, outgoing: 9, taken: 6), bounds) == .stalled)
    }
}
