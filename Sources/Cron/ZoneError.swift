/// Bytes that are no time zone.
package struct ZoneError: Error, Equatable, CustomStringConvertible {
    /// The zone as it was asked for.
    package var zone: String
    /// What its data says or lacks.
    package var flaw: Flaw

    /// Made where the zone's data is read.
    package init(zone: String, flaw: Flaw) {
        self.zone = zone
        self.flaw = flaw
    }

    /// What is wrong.
    package enum Flaw: Sendable, Equatable {
        /// It does not begin with `TZif`.
        case signature
        /// It is longer than `Zone.bytesMax`.
        case long(bytes: Int, max: Int)
        /// It ends before what it says is in it; `needed` is what is known so far.
        case short(bytes: Int, needed: Int)
        /// It counts leap seconds, which Unix time does not.
        case leapSeconds
        /// It has no offsets, or a change to one that it does not have.
        case offsetMissing
        /// An offset that no zone has, in seconds.
        case offset(Int)
        /// The changes are not in order; the place counts from 1.
        case order(place: Int)
        /// The rule for the time after the last change is none of POSIX.
        case rule(String)
    }

    /// Such as `zone "Mars/Base": its data does not begin with "TZif"; reinstall tzdata`.
    package var description: String { "zone \(quoted(zone)): its data \(flawText)" }

    private var flawText: String {
        switch flaw {
        case .signature: "does not begin with \"TZif\"; \(cure)"
        case .long(let bytes, let max): "has \(bytes) bytes where \(max) are the most; \(cure)"
        case .short(let bytes, let needed):
            "ends after \(bytes) bytes, expected at least \(needed); \(cure)"
        case .leapSeconds: "counts leap seconds; name the zone without \"right/\""
        case .offsetMissing: "lacks an offset that it refers to; \(cure)"
        case .offset(let seconds):
            "has an offset of \(seconds) seconds, expected -93600 to 93600; \(cure)"
        case .order(let place): "has change \(place) before the one it follows; \(cure)"
        case .rule(let text): "has the rule \(quoted(text)), which POSIX does not know; \(cure)"
        }
    }

    private var cure: String { "reinstall tzdata" }
}
