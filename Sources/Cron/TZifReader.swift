/// Reads the form in which zones lie on disk, TZif (RFC 9636).
///
/// A header with six counts, then tables. Version 1 has times of 32 bits; later versions say all
/// again with 64 bits and end in a rule for the time after the last change. No count is believed
/// before as many bytes are there.
struct TZifReader {
    /// What a block begins with.
    struct Header {
        /// 0 for version 1, else the version's digit in ASCII.
        var version: UInt8
        var universalFlags: Int
        var standardFlags: Int
        var leapSeconds: Int
        var changes: Int
        var offsets: Int
        var letters: Int

        /// How long the tables after the header are.
        func byteCount(timeBytes: Int) -> Int {
            changes * (timeBytes + 1) + offsets * 6 + letters + leapSeconds * (timeBytes + 4)
                + standardFlags + universalFlags
        }
    }

    /// The changes of a zone's clock within the years 1 to 9999, and what it showed before them.
    struct History {
        var offsetBefore: Int
        var changes: [Zone.Change] = []
    }

    /// The largest distance from UTC that is believed; that of real zones stays below 16 hours.
    private static let offsetSecondsMax = 26 * 3600

    private let zone: String
    private let bytes: [UInt8]
    private var place = 0

    init(zone: String, bytes: [UInt8]) {
        self.zone = zone
        self.bytes = bytes
    }

    mutating func header() throws(ZoneError) -> Header {
        guard bytes[place...].starts(with: "TZif".utf8) else { throw error(.signature) }
        var fields = try take(44)[...].dropFirst(4)
        let version = fields.first ?? 0
        fields = fields.dropFirst(16)
        var counts: [Int] = []
        while let count = fields.popNumber(bytes: 4) {
            counts.append(count & 0xFFFF_FFFF)
        }
        return Header(
            version: version, universalFlags: counts[0], standardFlags: counts[1],
            leapSeconds: counts[2], changes: counts[3], offsets: counts[4], letters: counts[5])
    }

    /// The next bytes, of which there must be so many.
    mutating func take(_ count: Int) throws(ZoneError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - place else {
            throw error(.short(bytes: bytes.count, needed: place + count))
        }
        defer { place += count }
        return bytes[place..<place + count]
    }

    mutating func history(_ header: Header, timeBytes: Int) throws(ZoneError) -> History {
        guard header.leapSeconds == 0 else { throw error(.leapSeconds) }
        var rest = try take(header.byteCount(timeBytes: timeBytes))
        var times = rest.popFirst(header.changes * timeBytes)
        let indices = rest.popFirst(header.changes)
        let offsets = try offsets(in: rest.popFirst(header.offsets * 6))
        guard let first = offsets.first else { throw error(.offsetMissing) }

        var history = History(offsetBefore: first)
        var previous = Int.min
        for (place, index) in indices.enumerated() {
            guard let time = times.popNumber(bytes: timeBytes), place == 0 || time > previous
            else { throw error(.order(place: place + 1)) }
            guard index < offsets.count else { throw error(.offsetMissing) }
            history.append(Zone.Change(start: time, offset: offsets[Int(index)]))
            previous = time
        }
        return history
    }

    private func offsets(in table: ArraySlice<UInt8>) throws(ZoneError) -> [Int] {
        var table = table
        var offsets: [Int] = []
        while let offset = table.popNumber(bytes: 4) {
            guard abs(offset) <= Self.offsetSecondsMax else { throw error(.offset(offset)) }
            offsets.append(offset)
            // Whether it is summer time, and what it is called, is for people.
            _ = table.popFirst(2)
        }
        return offsets
    }

    /// The rule between two line feeds, or nil where there is nothing between them.
    mutating func rule() throws(ZoneError) -> ZoneRule? {
        let lineFeed = UInt8(ascii: "\n")
        guard try take(1).first == lineFeed else { throw error(.rule("")) }
        let text = bytes[place...].prefix { $0 != lineFeed }
        _ = try take(text.count + 1)
        guard !text.isEmpty else { return nil }
        var reader = ZoneRuleReader(text)
        guard let rule = reader.rule() else {
            throw error(.rule(String(decoding: text, as: UTF8.self)))
        }
        return rule
    }

    private func error(_ flaw: ZoneError.Flaw) -> ZoneError { ZoneError(zone: zone, flaw: flaw) }
}

extension TZifReader.History {
    fileprivate mutating func append(_ change: Zone.Change) {
        if change.start <= Int(UnixTime.earliest.seconds) {
            offsetBefore = change.offset
        } else if change.start <= Int(UnixTime.latest.seconds) {
            changes.append(change)
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func popFirst(_ count: Int) -> ArraySlice<UInt8> {
        defer { self = dropFirst(count) }
        return prefix(count)
    }

    /// A signed number, its highest byte first, or nil where too few bytes are left.
    fileprivate mutating func popNumber(bytes count: Int) -> Int? {
        guard self.count >= count, let first else { return nil }
        let start = Int(Int8(bitPattern: first))
        return popFirst(count).dropFirst().reduce(start) { $0 << 8 | Int($1) }
    }
}
