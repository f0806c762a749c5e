import Contract
import EventLoop
import Testing

@testable import Hosting

@Suite("A unit in the settings")
struct SettingsUnitsTests {
    @Test(
        "makes a duration",
        arguments: [
            ("0", Duration.zero), ("30", .seconds(30)), ("1.5", .milliseconds(1500)),
            ("250ms", .milliseconds(250)),
            ("30s", .seconds(30)), ("5m", .minutes(5)), ("2 h", .hours(2)), ("7d", .days(7)),
            ("1_000s", .seconds(1000)),
        ])
    func duration(text: String, expected: Duration) {
        #expect(Hosting.duration(of: text) == expected)
    }

    @Test(
        "is refused where it makes none",
        arguments: [
            "", "s", "-1s", "5 weeks", "1h30m", "1e3", "5S", "inf", "nan", "99999999d", ".5",
            "1..2", "٣s",
        ])
    func noDuration(text: String) {
        #expect(Hosting.duration(of: text) == nil)
    }

    @Test(
        "makes a size",
        arguments: [
            ("0", 0), ("8192", 8192), ("8KiB", 8192), ("8 MiB", 8 << 20), ("1.5GiB", 3 << 29),
            ("10GB", 10_000_000_000),
            ("2tib", 2 << 40), ("5B", 5),
        ])
    func size(text: String, expected: Int) {
        #expect(bytes(of: text) == expected)
    }

    @Test(
        "is refused where it makes no size",
        arguments: ["", "MiB", "-1", "8M", "9999999999TiB", "1e9"])
    func noSize(text: String) {
        #expect(bytes(of: text) == nil)
    }

    @Test(
        "is shown in the largest that is exact",
        arguments: [
            (Duration.days(7), "7d"), (.hours(36), "36h"), (.seconds(90), "90s"),
            (.milliseconds(1500), "1500ms"),
            (.zero, "0s"),
        ])
    func durationText(duration: Duration, expected: String) {
        #expect(Hosting.durationText(duration) == expected)
    }

    @Test(
        "is part of no address",
        arguments: [
            "", ":80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:+8", "::1:80", "[127.0.0.1]:80",
            "a:1",
        ])
    func noAddress(text: String) {
        #expect(SocketAddress(text: text) == nil)
    }
}
