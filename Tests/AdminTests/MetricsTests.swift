import Contract
import EventLoop
import Invocations
import Testing

@testable import Admin

@Suite("Metrics")
struct MetricsTests {
    @Test("escape what Prometheus wants escaped, and nothing else")
    func text() {
        let family = MetricFamily(
            "roost_x", .gauge, "a \\ b\nc \"d\"",
            [
                .init([.init("l", "a\"b\\c\nd")], 1.5),
                .init([.init("l", "e"), .init("m", "é")], .infinity),
            ])

        let text = String(decoding: MetricsText.bytes([family]), as: UTF8.self)

        #expect(
            text == """
                # HELP roost_x a \\\\ b\\nc "d"
                # TYPE roost_x gauge
                roost_x{l="a\\"b\\\\c\\nd"} 1.5
                roost_x{l="e",m="é"} +Inf

                """)
    }

    @Test("sum a histogram up from bound to bound, and leave out one that is empty")
    func histogram() {
        var histogram = Histogram(bounds: [.milliseconds(5), .milliseconds(1500)])
        let empty = histogram
        for milliseconds in [4, 5, 6, 2000] { histogram.add(.milliseconds(milliseconds)) }
        let family = MetricFamily(
            "roost_x_seconds", "How long.",
            [([.init("function", "a")], histogram), ([.init("function", "b")], empty)])

        let text = String(decoding: MetricsText.bytes([family]), as: UTF8.self)

        #expect(
            text == """
                # HELP roost_x_seconds How long.
                # TYPE roost_x_seconds histogram
                roost_x_seconds_bucket{function="a",le="0.005"} 2
                roost_x_seconds_bucket{function="a",le="1.5"} 3
                roost_x_seconds_bucket{function="a",le="+Inf"} 4
                roost_x_seconds_sum{function="a"} 2.015
                roost_x_seconds_count{function="a"} 4

                """)
    }

    @Test("have each family and each series once, with help and type before the samples")
    @LoopActor
    func families() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .status(Sample.status) }
            let reply = try await desk.ask("GET /metrics")

            let lines = reply.body.split(separator: "\n").map(String.init)
            let names = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
            let series = lines.filter { !$0.hasPrefix("#") }.map {
                $0.split(separator: " ").dropLast().joined()
            }
            #expect(reply.field("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(reply.body.hasSuffix("\n"))
            #expect(Set(names).count == names.count)
            #expect(Set(series).count == series.count)
            #expect(lines.contains("roost_invocations{state=\"dead\"} 2"))
            #expect(
                lines.contains(
                    "roost_function_invocations{function=\"send-receipt\",state=\"ready\"} 3"))
            #expect(lines.contains("roost_attempts_total{outcome=\"timed out\"} 0"))
        }
    }

    @Test("are counters only with a name that says so")
    @LoopActor
    func counters() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .status(Sample.status) }
            let reply = try await desk.ask("GET /metrics")

            for line in reply.body.split(separator: "\n") where line.hasPrefix("# TYPE ") {
                let parts = line.split(separator: " ")
                #expect((parts[3] == "counter") == parts[2].hasSuffix("_total"), "\(line)")
            }
        }
    }
}
