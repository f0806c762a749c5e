import Contract
import Invocations
import Testing

@Suite("A refusal")
struct RefusalTests {
    static let texts: [(Refusal, String)] = [
        (.backlogFull(max: 7), "backlog full: 7 invocations are owed, which is the most"),
        (.leaseLost, "the lease was lost"),
        (.conflicted(paths: ["a/1", "b/2"]), "changed meanwhile: a/1, b/2"),
        (.versionMismatch(path: "a/1", found: 9), "\"a/1\" has version 9"),
        (
            .unmergeable(path: "a/1", reason: "it is no object"),
            "could not merge into \"a/1\": it is no object"
        ),
        (.unknownInvocation, "no such invocation"),
        (
            .isRunning(Held(invocation: InvocationNumber(1), lease: Lease(1))),
            "the invocation is running"
        ),
        (.isFinished(.dead), "the invocation is dead"),
        (.unknownSchedule("nightly"), "there is no schedule \"nightly\""),
        (
            .isDeclared(schedule: "nightly"),
            "the app declares the schedule \"nightly\"; change it in its Schedules/, or pause it"
        ),
        (.firedMeanwhile(schedule: "nightly"), "the schedule \"nightly\" fired meanwhile"),
        (.diskFull, "the disk is full"),
        (.storeLocked, "another program holds the lock of the store's file"),
        (.broken("disk I/O error"), "the store can't write: disk I/O error"),
        (.overloaded, "the store has more waiting than it takes"),
    ]

    @Test("says why", arguments: texts)
    func text(refusal: Refusal, text: String) {
        #expect("\(refusal)" == text)
    }
}
