import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Schedules in the admin API")
struct SchedulesTests {
    @Test("are not fired where the app lacks what they run")
    @LoopActor
    func gone() async throws {
        try await withDesk { desk in
            let declaration = ScheduleDeclaration(
                name: "nightly", function: "old", pattern: .cron("0 3 * * *"), zone: "UTC",
                missed: "latest", overlap: "skip", gap: "after", repeated: "first",
                jitterMilliseconds: 0)
            desk.store.page { _ in
                .schedules([
                    ScheduleRow(
                        declaration: declaration, isDeclared: false, since: Desk.now,
                        cursor: Desk.now)
                ])
            }
            let reply = try await desk.ask("POST /v1/schedules/nightly/fire")

            #expect(
                try reply.problem(409)
                    == "the schedule \"nightly\" runs \"old\", which the app does not have; serve "
                    + "an app that has it, or let the schedule run another: "
                    + "PUT /v1/schedules/nightly")
            #expect(desk.store.changes.isEmpty)
        }
    }
}
