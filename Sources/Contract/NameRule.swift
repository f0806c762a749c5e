/// What each kind of name may be made of.
///
/// One place for all: the app checks at the call, the host again when it records.
package enum NameRule: Sendable, Equatable {
    case function
    /// As a function's.
    case schedule
    case topic
    /// A topic, or a topic whose last part is `*`.
    case topicPattern
    case collection
    case bucket
    case documentID
    /// `collection/id(/collection/id)*`
    case documentPath
    /// `collection(/id/collection)*`
    case collectionPath

    /// The longest name of a function, in bytes.
    package static let functionBytesMax = 63
    /// The most parts of a topic, dots between them.
    package static let topicPartsMax = 8
    /// The longest collection, bucket or part of a topic, in bytes.
    package static let partBytesMax = 63
    /// The longest identifier of a document, in bytes of UTF-8.
    package static let documentIDBytesMax = 200
    /// The longest path of a document or collection, in bytes with its slashes.
    package static let pathBytesMax = 1024

    /// Throws where the name breaks the rule.
    package func require(_ name: String) throws(NameError) {
        if let error = error(for: name) { throw error }
    }

    /// What is wrong with a name, or nil where nothing is.
    package func error(for name: String) -> NameError? {
        var name = name
        guard let flaw = name.withUTF8({ flaw(in: UnsafeRawBufferPointer($0)) }) else { return nil }
        return NameError(rule: self, name: name, flaw: flaw)
    }

    private func flaw(in name: UnsafeRawBufferPointer) -> NameError.Flaw? {
        switch self {
        case .function, .schedule: Self.functionFlaw(name)
        case .topic: Self.topicFlaw(name, lastMayBeAny: false)
        case .topicPattern: Self.topicFlaw(name, lastMayBeAny: true)
        case .collection, .bucket: Self.partFlaw(name)
        case .documentID: Self.documentIDFlaw(name)
        case .documentPath: Self.pathFlaw(name, endsInID: true)
        case .collectionPath: Self.pathFlaw(name, endsInID: false)
        }
    }

    private static func functionFlaw(_ name: UnsafeRawBufferPointer) -> NameError.Flaw? {
        guard !name.isEmpty else { return .empty }
        if let place = name.firstIndex(where: { !isLetterOrDigit($0) && $0 != UInt8(ascii: "-") }) {
            return .character(place: place)
        }
        return name.count > functionBytesMax ? .long(bytes: name.count, max: functionBytesMax) : nil
    }

    private static func topicFlaw(
        _ name: UnsafeRawBufferPointer, lastMayBeAny: Bool
    ) -> NameError.Flaw? {
        let dot = UInt8(ascii: ".")
        var parts = 0
        var start = 0
        while true {
            let end = name[start...].firstIndex(of: dot) ?? name.count
            let part = UnsafeRawBufferPointer(rebasing: name[start..<end])
            let isAny = lastMayBeAny && end == name.count && part.elementsEqual("*".utf8)
            if !isAny, let flaw = partFlaw(part) { return flaw.moved(by: start) }
            parts += 1
            guard end < name.count else { break }
            start = end + 1
        }
        return parts > topicPartsMax ? .manyParts(found: parts, max: topicPartsMax) : nil
    }

    private static func partFlaw(_ part: UnsafeRawBufferPointer) -> NameError.Flaw? {
        guard let first = part.first else { return .empty }
        guard isLetterOrDigit(first) else { return .character(place: 0) }
        let others = [UInt8(ascii: "_"), UInt8(ascii: "-")]
        if let place = part.firstIndex(where: { !isLetterOrDigit($0) && !others.contains($0) }) {
            return .character(place: place)
        }
        return part.count > partBytesMax ? .long(bytes: part.count, max: partBytesMax) : nil
    }

    private static func documentIDFlaw(_ id: UnsafeRawBufferPointer) -> NameError.Flaw? {
        guard !id.isEmpty else { return .empty }
        for (place, byte) in id.enumerated() {
            let isLateControl = byte == 0xC2 && place + 1 < id.count && id[place + 1] < 0xA0
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "/") || isLateControl {
                return .character(place: place)
            }
        }
        return id.count > documentIDBytesMax ? .long(bytes: id.count, max: documentIDBytesMax) : nil
    }

    private static func pathFlaw(
        _ path: UnsafeRawBufferPointer, endsInID: Bool
    ) -> NameError.Flaw? {
        guard path.count <= pathBytesMax else { return .long(bytes: path.count, max: pathBytesMax) }
        var isID = false
        var start = 0
        while true {
            let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
            let part = UnsafeRawBufferPointer(rebasing: path[start..<end])
            if let flaw = isID ? documentIDFlaw(part) : partFlaw(part) {
                return flaw.moved(by: start)
            }
            guard end < path.count else { return isID == endsInID ? nil : .unpaired }
            isID.toggle()
            start = end + 1
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
