extension ScheduleDeclaration {
    /// Appends the form in frames and rows.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(text: name)
        bytes.append(text: function)
        switch pattern {
        case .cron(let text):
            bytes.append(0)
            bytes.append(text: text)
        case .everyMilliseconds(let interval):
            bytes.append(1)
            bytes.append(signed: interval)
        }
        for text in [zone, missed, overlap, gap, repeated] { bytes.append(text: text) }
        bytes.append(signed: jitterMilliseconds)
    }

    /// Reads what `append` wrote.
    package init(from reader: inout ByteReader) throws(FrameError) {
        name = try reader.text("schedule")
        function = try reader.text("function")
        switch try reader.byte("pattern") {
        case 0: pattern = .cron(try reader.text("pattern"))
        case 1: pattern = .everyMilliseconds(try reader.signed("interval"))
        default: throw .malformed(what: "pattern")
        }
        zone = try reader.text("zone")
        missed = try reader.text("missed")
        overlap = try reader.text("overlap")
        gap = try reader.text("gap")
        repeated = try reader.text("repeated")
        jitterMilliseconds = try reader.signed("jitter")
    }
}
