package import Contract

/// One bound of `Limits`, for the settings that change it and the table that explains it.
package struct LimitSetting: Sendable {
    /// The name of the member, and of the key below `limits:`.
    package let name: String
    /// One sentence: what is bounded, and what happens past it.
    package let meaning: String
    let defaultText: String
    let rangeText: String
    let key: SettingsKey

    private init<Value>(
        _ name: String, _ member: WritableKeyPath<Limits, Value> & Sendable,
        _ form: SettingsForm<Value>,
        _ meaning: String, show: (Value) -> String, range: ClosedRange<Value>
    ) {
        self.name = name
        self.meaning = meaning
        defaultText = show(Limits()[keyPath: member])
        rangeText = "\(show(range.lowerBound)) to \(show(range.upperBound))"
        key = SettingsKey("limits.\(name)", form) { $0.limits[keyPath: member] = $1 }
    }

    static func count(
        _ name: String, _ member: WritableKeyPath<Limits, Int> & Sendable,
        _ range: ClosedRange<Int>,
        _ meaning: String
    ) -> LimitSetting {
        LimitSetting(name, member, .count(range), meaning, show: { "\($0)" }, range: range)
    }

    static func size(
        _ name: String, _ member: WritableKeyPath<Limits, Int> & Sendable,
        _ range: ClosedRange<Int>,
        _ meaning: String
    ) -> LimitSetting {
        LimitSetting(name, member, .size(range), meaning, show: sizeText, range: range)
    }

    static func duration(
        _ name: String, _ member: WritableKeyPath<Limits, Duration> & Sendable,
        _ range: ClosedRange<Duration>, _ meaning: String
    ) -> LimitSetting {
        LimitSetting(name, member, .duration(range), meaning, show: durationText, range: range)
    }
}

private let kibibyte = 1 << 10
private let mebibyte = 1 << 20
private let gibibyte = 1 << 30
private let tebibyte = 1 << 40

extension Limits {
    /// Every bound, in the order of the members.
    package static let all = accepting + storing + keeping + running

    private static let accepting: [LimitSetting] = [
        .count(
            "backlogMax", \.backlogMax, 1...1_000_000_000,
            "Invocations owed at once; past it what comes from outside is answered 429. "
                + "Effects may go up to twice as far, then the attempt fails."),
        .size(
            "dataBytesMax", \.dataBytesMax, kibibyte...(4 * mebibyte),
            "The data of a command, a message or a call; past it 413, or the call in the handler "
                + "throws. A change of a document carries two documents, see documentBytesMax."),
        .size(
            "bodyBytesMax", \.bodyBytesMax, kibibyte...gibibyte,
            "The body of one HTTP request where its trigger says no other bound; past it 413."),
        .size(
            "fileBytesMax", \.fileBytesMax, mebibyte...tebibyte,
            "One file that is sent into a bucket; past it 413."),
        .size(
            "bodiesBytesMax", \.bodiesBytesMax, mebibyte...tebibyte,
            "All bodies inside the host together; past it 503."),
        .duration(
            "keysKept", \.keysKept, .minutes(1)...(.days(365)),
            "How long an idempotency key and its stored response are remembered."),
        .count(
            "batchMax", \.batchMax, 1...10_000, "Events in one call; past it 413."),
        .count(
            "waitingCallsMax", \.waitingCallsMax, 0...1_000_000,
            "Calls that wait for a slot, for each function; past it 503."),
        .size(
            "freeDiskBytesMin", \.freeDiskBytesMin, 0...tebibyte,
            "Free space where the store lies; below it accepting stops with 503."),
    ]

    private static let storing: [LimitSetting] = [
        .count(
            "storeQueueChangesMax", \.storeQueueChangesMax, 100...10_000_000,
            "Changes that wait for the store; past it 503, and workers are not read."),
        .size(
            "storeQueueBytesMax", \.storeQueueBytesMax, mebibyte...(16 * gibibyte),
            "The same in bytes."),
        .count(
            "groupChangesMax", \.groupChangesMax, 1...100_000,
            "Changes in one commit; a batch that reaches it goes along whole."),
        .size(
            "groupBytesMax", \.groupBytesMax, 64 * kibibyte...gibibyte, "Bytes in one commit."),
        .duration(
            "pruneSlice", \.pruneSlice, .milliseconds(1)...(.seconds(1)),
            "How long pruning may take within one commit."),
        .size(
            "walBytesMax", \.walBytesMax, mebibyte...(64 * gibibyte),
            "The write-ahead log; past it it is cut."),
    ]

    private static let keeping: [LimitSetting] = [
        .duration(
            "historyKept", \.historyKept, .zero...(.days(3650)),
            "How long succeeded and cancelled invocations are kept to be looked at."),
        .size(
            "historyBytesMax", \.historyBytesMax, 0...(1024 * tebibyte),
            "The store's file in all, with documents, what is owed, dead letters and stored "
                + "answers; while it holds more, the oldest of history go, however young."),
        .duration(
            "deadKept", \.deadKept, .hours(1)...(.days(3650)),
            "How long dead letters are kept; pruning them is logged with a count."),
        .size(
            "deadBytesMax", \.deadBytesMax, mebibyte...(1024 * tebibyte),
            "The same in bytes; the oldest go first."),
    ]

    private static let running: [LimitSetting] = [
        .count(
            "slotsPerWorker", \.slotsPerWorker, 1...128, "Invocations inside one worker at once."),
        .count(
            "runsMax", \.runsMax, 1...100_000,
            "Runs of one invocation in all, charged or not; past it it is dead."),
        .count(
            "quarantineWorkersMax", \.quarantineWorkersMax, 1...64,
            "Workers beside the pool that run one suspect each."),
        .duration(
            "workerStart", \.workerStart, .milliseconds(100)...(.minutes(10)),
            "From the start of a worker to its hello; past it it is replaced."),
        .duration(
            "workerSilence", \.workerSilence, .seconds(1)...(.minutes(10)),
            "How long a worker may say nothing at all; past it it is replaced."),
        .size(
            "workerBytesMax", \.workerBytesMax, 16 * mebibyte...tebibyte,
            "The memory of one worker; past it it is retired, past twice that killed."),
        .count(
            "workerRunsMax", \.workerRunsMax, 1...1_000_000_000,
            "Runs of one worker; past it it is retired."),
        .duration(
            "grace", \.grace, .zero...(.minutes(10)),
            "How long a handler may go on after its timeout cancelled it."),
        .duration(
            "retirement", \.retirement, .zero...(.hours(24)),
            "How long a retired worker may finish what it runs; past it it is killed."),
        .duration(
            "drain", \.drain, .zero...(.hours(24)),
            "How long a stopping host waits for what runs; past it that is interrupted, uncharged."),
        .size(
            "storedResponseBytesMax", \.storedResponseBytesMax, 0...(4 * mebibyte),
            "The body of a response to a call with an idempotency key; past it the attempt fails."),
        .size(
            "effectsBytesMax", \.effectsBytesMax, 64 * kibibyte...(7 * mebibyte),
            "All effects of one attempt; past it the call in the handler throws."),
        .size(
            "documentBytesMax", \.documentBytesMax, kibibyte...(4 * mebibyte),
            "One document; past it the write throws."),
    ]
}

extension Limits {
    /// docs/limits.md: every bound with its default, its range and its meaning.
    package static var table: String {
        var lines = [
            "# Limits", "",
            "Everything has a bound. Each one is a key below `limits:` in roost.yaml, and a variable "
                + "such as `ROOST_LIMITS_BACKLOG_MAX`.",
            "This table is made from the code: change `Limits`, then run `make docs`.", "",
            "| key | default | range | what it bounds |", "|---|---|---|---|",
        ]
        for limit in all {
            lines.append(
                "| `\(limit.name)` | \(limit.defaultText) | \(limit.rangeText) | \(limit.meaning) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
