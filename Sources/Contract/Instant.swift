/// A moment of the wall clock, counted in whole milliseconds since 1970-01-01T00:00:00Z.
package struct Instant: Sendable, Hashable, Comparable, Codable {
    /// May lie outside years 1 to 9999 where it was made of a number; what is shown of it does not.
    package var milliseconds: Int64

    /// Takes any number of milliseconds since 1970.
    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Reads what `encode` wrote: the milliseconds as one whole number.
    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Later than anything that is ever due.
    package static let distantFuture = Instant(milliseconds: 253_402_300_799_999)

    /// The first moment of year 1.
    package static let distantPast = Instant(milliseconds: -62_135_596_800_000)

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Stays within years 1 to 9999 whatever is added.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(duration.milliseconds)
        if overflow { return duration < .zero ? distantPast : distantFuture }
        return max(distantPast, min(Instant(milliseconds: sum), distantFuture))
    }

    /// Stays within years 1 to 9999 whatever is taken away.
    package static func - (instant: Instant, duration: Duration) -> Instant {
        instant + (.zero - duration)
    }

    /// How long after `right` `left` is; negative where it is before it.
    package static func - (left: Instant, right: Instant) -> Duration {
        .milliseconds(left.milliseconds) - .milliseconds(right.milliseconds)
    }

    /// RFC 3339 in UTC with milliseconds: "2026-11-23T09:30:00.000Z".
    package var rfc3339: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the RFC 3339 form; of a moment outside years 1 to 9999 the nearest one in them.
    package func append(to bytes: inout [UInt8]) {
        let shown = max(.distantPast, min(self, .distantFuture))
        let (days, rest) = shown.milliseconds.dividedFloored(by: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        // A pair at a time, by divisors that the compiler knows: it is written for every event.
        func append(_ pair: Int64) {
            bytes.append(UInt8(truncatingIfNeeded: 48 + pair / 10))
            bytes.append(UInt8(truncatingIfNeeded: 48 + pair % 10))
        }
        append(date.year / 100)
        append(date.year % 100)
        bytes.append(UInt8(ascii: "-"))
        append(date.month)
        bytes.append(UInt8(ascii: "-"))
        append(date.day)
        bytes.append(UInt8(ascii: "T"))
        append(rest / 3_600_000)
        bytes.append(UInt8(ascii: ":"))
        append(rest / 60_000 % 60)
        bytes.append(UInt8(ascii: ":"))
        append(rest / 1000 % 60)
        bytes.append(UInt8(ascii: "."))
        append(rest % 1000 / 10)
        bytes.append(UInt8(truncatingIfNeeded: 48 + rest % 10))
        bytes.append(UInt8(ascii: "Z"))
    }
}

/// A day of the proleptic Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
package struct CivilDate: Sendable, Hashable {
    /// Year 0 is the one before year 1.
    package let year: Int64
    /// From 1 to 12.
    package let month: Int64
    /// From 1 to 31.
    package let day: Int64

    /// Counts from 1970-01-01, day 0; days before it are negative.
    package init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = (days + 719_468).dividedFloored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func dividedFloored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero; the nearest bound where it is out of range.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min / 2 : .max / 2 }
        let (sum, overflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflows ? (seconds < 0 ? .min / 2 : .max / 2) : sum
    }

    /// Seconds as a number for people and JSON.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// A number of minutes.
    @_disfavoredOverload public static func minutes(_ count: some BinaryInteger) -> Duration {
        .seconds(Int64(count) * 60)
    }

    /// A number of hours.
    @_disfavoredOverload public static func hours(_ count: some BinaryInteger) -> Duration {
        .seconds(Int64(count) * 3600)
    }

    /// A number of days of 24 hours.
    @_disfavoredOverload public static func days(_ count: some BinaryInteger) -> Duration {
        .seconds(Int64(count) * 86_400)
    }
}
