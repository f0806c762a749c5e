/// A question that a handler asks while it runs; the frame's number is the attempt's.
package enum WorkerRead: Sendable, Equatable {
    case document(path: String)
    /// The documents directly in a collection, in the order of their identifiers.
    case list(collection: String, after: String?, limit: Int)
    /// Those of them that every filter wants, sorted by a field or by identifier; filters and sort in
    /// their text forms.
    case query(collection: String, filters: [String], sort: String?, after: String?, limit: Int)

    /// Appends the question and the number that its answer will carry.
    package func append(number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(number: number)
        switch self {
        case .document(let path):
            bytes.append(0)
            bytes.append(text: path)
        case .list(let collection, let after, let limit):
            bytes.append(1)
            bytes.append(text: collection)
            bytes.append(optional: after)
            bytes.append(count: limit)
        case .query(let collection, let filters, let sort, let after, let limit):
            bytes.append(2)
            bytes.append(text: collection)
            bytes.append(count: filters.count)
            for filter in filters { bytes.append(text: filter) }
            bytes.append(optional: sort)
            bytes.append(optional: after)
            bytes.append(count: limit)
        }
    }

    /// Reads what `append` wrote; throws a `FrameError` where the payload is no question.
    package static func read(
        _ payload: UnsafeRawBufferPointer
    ) throws(FrameError) -> (number: UInt64, question: WorkerRead) {
        var reader = ByteReader(payload)
        let number = try reader.number("number")
        switch try reader.byte("question") {
        case 0: return (number, .document(path: try reader.text("path")))
        case 1:
            let collection = try reader.text("collection")
            let after = try reader.optionalText("place")
            let limit = Int(clamping: try reader.number("limit"))
            return (number, .list(collection: collection, after: after, limit: limit))
        case 2:
            let collection = try reader.text("collection")
            var filters: [String] = []
            for _ in 0..<(try reader.count("filters")) { filters.append(try reader.text("filter")) }
            let sort = try reader.optionalText("sort")
            let after = try reader.optionalText("place")
            let limit = Int(clamping: try reader.number("limit"))
            return (
                number,
                .query(
                    collection: collection, filters: filters, sort: sort, after: after, limit: limit
                )
            )
        default: throw .malformed(what: "question")
        }
    }
}

/// The answer to a question of a handler.
package enum HostReply: Sendable, Equatable {
    case documents([Found])
    /// The question could not be answered; the text is for the handler's error.
    case failed(String)

    /// A document that was asked for; version 0 and no body where there is none.
    package struct Found: Sendable, Equatable {
        /// As it was asked for.
        package var path: String
        /// Its version when it was read, which the settlement compares.
        package var version: Int64
        /// Byte for byte as it was written.
        package var body: [UInt8]

        /// What was found at a path.
        package init(path: String, version: Int64, body: [UInt8]) {
            self.path = path
            self.version = version
            self.body = body
        }
    }

    /// Appends the answer and the number of its question.
    package func append(number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(number: number)
        switch self {
        case .documents(let found):
            bytes.append(0)
            bytes.append(count: found.count)
            for document in found {
                bytes.append(text: document.path)
                bytes.append(signed: document.version)
                bytes.append(block: document.body)
            }
        case .failed(let reason):
            bytes.append(1)
            bytes.append(text: reason)
        }
    }

    /// Reads what `append` wrote; throws a `FrameError` where the payload is no answer.
    package static func read(
        _ payload: UnsafeRawBufferPointer
    ) throws(FrameError) -> (number: UInt64, reply: HostReply) {
        var reader = ByteReader(payload)
        let number = try reader.number("number")
        switch try reader.byte("answer") {
        case 0:
            var found: [Found] = []
            for _ in 0..<(try reader.count("documents", bytesEach: 3)) {
                let path = try reader.text("path")
                let version = try reader.signed("version")
                found.append(
                    Found(path: path, version: version, body: try reader.block("document")))
            }
            return (number, .documents(found))
        case 1: return (number, .failed(try reader.text("reason")))
        default: throw .malformed(what: "answer")
        }
    }
}

extension HostReply {
    /// What was found; where that is more than a frame holds, a refusal that says how to ask.
    package init(documents found: [Found]) {
        let bytes = found.reduce(0) { $0 + $1.frameBytesMax }
        guard bytes > Self.documentsBytesMax else {
            self = .documents(found)
            return
        }
        self = .failed(
            "the \(found.count) documents found have \(bytes) bytes, where "
                + "\(Self.documentsBytesMax) are the most; ask with a smaller limit")
    }

    /// A frame's payload, less the number of the question and the count of the documents.
    private static let documentsBytesMax = Frame.payloadBytesMax - 64
}

extension HostReply.Found {
    /// What it takes in a frame at most: path and body, the lengths of both, and the version.
    fileprivate var frameBytesMax: Int { path.utf8.count + body.count + 20 }
}

/// A line that a handler logged.
package struct WorkerLog: Sendable, Equatable {
    /// swift-log's word for it: "info", "warning".
    package var level: String
    /// The line, without its metadata.
    package var message: String
    /// The handler's own, already texts.
    package var metadata: [String: String]

    /// A line as the logger got it.
    package init(level: String, message: String, metadata: [String: String]) {
        self.level = level
        self.message = message
        self.metadata = metadata
    }

    /// Appends it in the order that `init(reading:)` expects.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(text: level)
        bytes.append(text: message)
        bytes.append(fields: metadata.map { RequestData.Field($0.key, $0.value) })
    }

    /// Throws a `FrameError` where the payload is no line.
    package init(reading payload: UnsafeRawBufferPointer) throws(FrameError) {
        var reader = ByteReader(payload)
        level = try reader.text("level")
        message = try reader.text("message")
        let fields = try reader.fields("metadata")
        metadata = Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last }
    }
}

/// What a dying worker writes to descriptor 4, or its loop thread on its behalf: fixed in size,
/// for a signal handler writes it.
package struct LastWords: Sendable, Equatable {
    /// The number of the attempt that the dying thread ran; 0 where it ran none.
    package var attempt: UInt32
    /// The number of the signal that it died of, such as 11 for SIGSEGV.
    package var signal: Int32

    /// The size of the record: two numbers of four bytes, the lowest byte first.
    package static let bytes = 8

    /// What the signal handler writes.
    package init(attempt: UInt32, signal: Int32) {
        self.attempt = attempt
        self.signal = signal
    }

    /// Nil where there are not enough bytes.
    package init?(reading bytes: [UInt8]) {
        guard bytes.count >= Self.bytes else { return nil }
        func word(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32($1 * 8) }
        }
        attempt = word(0)
        signal = Int32(bitPattern: word(4))
    }
}
