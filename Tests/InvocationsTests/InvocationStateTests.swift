import Invocations
import Testing

@Suite("The state of an invocation")
struct InvocationStateTests {
    @Test("is owed until it ends")
    func owed() {
        #expect(
            InvocationState.allCases.filter(\.isOwed) == [.scheduled, .ready, .running, .retrying])
    }

    @Test("is found again by its word", arguments: InvocationState.allCases)
    func names(state: InvocationState) {
        #expect(InvocationState(name: state.name) == state)
    }

    @Test("is not found by another word")
    func unknown() {
        #expect(InvocationState(name: "Dead") == nil)
        #expect(InvocationState(name: "") == nil)
    }

    @Test("runs apart once it may have ended a worker")
    func suspicion() {
        let apart = [Suspicion.none, .seenOnce, .suspect, .convicted].filter(\.runsAlone)

        #expect(apart == [.suspect, .convicted])
        #expect(Suspicion.seenOnce < .suspect)
    }
}
