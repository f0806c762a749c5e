extension Zone {
    /// Many times as long as the longest file of the IANA database.
    package static let bytesMax = 1 << 20

    /// Reads a zone from the bytes of its file below `/usr/share/zoneinfo`, of any TZif version.
    ///
    /// Throws where the bytes are cut short or say what cannot be. What comes after the zone is not
    /// looked at. The name is the caller's to check and to find the file by.
    package init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
        guard bytes.count <= Self.bytesMax else {
            throw ZoneError(zone: name, flaw: .long(bytes: bytes.count, max: Self.bytesMax))
        }
        var reader = TZifReader(zone: name, bytes: bytes)
        var header = try reader.header()
        let hasRule = header.version != 0
        if hasRule {
            // What stands first is for readers that know version 1 only.
            _ = try reader.take(header.byteCount(timeBytes: 4))
            header = try reader.header()
        }
        let history = try reader.history(header, timeBytes: hasRule ? 8 : 4)
        let rule = hasRule ? try reader.rule() : nil
        self.init(
            name: name, recorded: history.changes,
            offsetBefore: history.changes.isEmpty
                ? rule?.standardOffset ?? history.offsetBefore : history.offsetBefore,
            rule: rule)
    }
}
