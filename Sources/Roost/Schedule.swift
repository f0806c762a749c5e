import Contract

/// A rule that runs a function at certain times.
public struct Schedule: Sendable {
    let declaration: ScheduleDeclaration

    /// What becomes of the moments that passed while no host was there to see them.
    public enum Missed: Sendable, Equatable {
        case skip
        /// The last one runs.
        case latest
        /// They all run, the oldest first, but no more than so many, from 1 to 1,000: of more, the
        /// last ones run, and those before are recorded as left out.
        case all(max: Int)

        /// Where several run, none may be left out because another still does.
        var overlap: Overlap {
            if case .all = self { .queue } else { .skip }
        }

        var text: String {
            switch self {
            case .skip: "skip"
            case .latest: "latest"
            case .all(let max): "all:\(max)"
            }
        }
    }

    /// What becomes of a moment that comes while the one before still runs.
    public enum Overlap: String, Sendable { case skip, queue, allow }

    /// What becomes of a fixed time that a change of clocks in spring removes.
    public enum Gap: String, Sendable { case after, skip }

    /// What becomes of a fixed time that a change of clocks in autumn repeats.
    public enum Repeated: String, Sendable { case first, both }
}

extension Schedule {
    /// Runs `function` whenever the wall clock of `zone` fits `pattern`: "0 3 * * *".
    ///
    /// - Parameters:
    ///   - pattern: 5 fields, or 6 with the seconds first.
    ///   - name: unique among the schedules; nil for the function's.
    ///   - zone: an IANA zone, such as "Europe/Berlin".
    ///   - overlap: nil is `.queue` for `.all` that was missed, else `.skip`.
    ///   - jitter: every moment is put off by chance, by no more than this.
    public static func cron(
        _ pattern: String, name: String? = nil, zone: String = "UTC", missed: Missed = .latest,
        overlap: Overlap? = nil, gap: Gap = .after, repeated: Repeated = .first,
        jitter: Duration = .zero, run function: Function<Tick>
    ) -> Schedule {
        Schedule(
            declaration: ScheduleDeclaration(
                name: name ?? function.name, function: function.name, pattern: .cron(pattern),
                zone: zone, missed: missed.text, overlap: (overlap ?? missed.overlap).rawValue,
                gap: gap.rawValue, repeated: repeated.rawValue,
                jitterMilliseconds: jitter.milliseconds))
    }

    /// Runs `function` again and again, `interval` apart.
    public static func every(
        _ interval: Duration, name: String? = nil, missed: Missed = .latest,
        overlap: Overlap? = nil,
        jitter: Duration = .zero, run function: Function<Tick>
    ) -> Schedule {
        Schedule(
            declaration: ScheduleDeclaration(
                name: name ?? function.name, function: function.name,
                pattern: .everyMilliseconds(interval.milliseconds), zone: "UTC",
                missed: missed.text,
                overlap: (overlap ?? missed.overlap).rawValue, gap: Gap.after.rawValue,
                repeated: Repeated.first.rawValue,
                jitterMilliseconds: jitter.milliseconds))
    }
}
