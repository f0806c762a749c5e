import Cron
import Foundation
import Testing

/// An instant from its text, such as "2024-03-10T07:00:00Z".
func instant(_ text: String) throws -> UnixTime {
    UnixTime(seconds: Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970))
}

/// An instant as such a text.
func text(_ time: UnixTime) -> String {
    Date(timeIntervalSince1970: Double(time.seconds)).formatted(.iso8601)
}

/// The file of a zone on this machine.
func zoneBytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")))
}

func zone(_ name: String) throws -> Zone {
    name == "UTC" ? .utc : try Zone(name: name, tzif: try zoneBytes(name))
}

/// The first instants of a pattern, as texts.
func runs(
    _ pattern: String, in zoneName: String = "UTC", after start: String, count: Int = 3,
    gap: GapRule = .after, repeated: RepeatRule = .first
) throws -> [String] {
    let timetable = Timetable.cron(
        try CronPattern(pattern), zone: try zone(zoneName), gap: gap, repeated: repeated)
    return timetable.instants(after: try instant(start), max: count).map(text)
}
