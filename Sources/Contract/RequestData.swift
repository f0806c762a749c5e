/// An HTTP request as it lies in the data of its event.
///
/// It keeps the bytes and knows where the parts begin; a part is made of them when it is asked for.
package struct RequestData: Sendable, Equatable {
    private let bytes: [UInt8]
    private let targetStart: Int
    private let parametersStart: Int
    private let fieldsStart: Int
    private let bodyStart: Int

    /// A name and its value.
    package struct Field: Sendable, Equatable {
        /// A header field's name, as it was sent, or a capture's.
        package var name: String
        /// What it stands for, as text; a capture has its percent escapes undone.
        package var value: String

        /// A name and its value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Writes a request down.
    ///
    /// - Parameters:
    ///   - target: path and query, as sent.
    ///   - parameters: what the captures of the route's pattern stand for, decoded.
    package init(
        method: String, target: String, parameters: [Field] = [], fields: [Field] = [],
        body: [UInt8] = []
    ) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128 + body.count)
        bytes.append(text: method)
        targetStart = bytes.count
        bytes.append(text: target)
        parametersStart = bytes.count
        bytes.append(fields: parameters)
        fieldsStart = bytes.count
        bytes.append(fields: fields)
        bodyStart = bytes.count
        bytes.append(contentsOf: body)
        self.bytes = bytes
    }

    /// Throws a `FrameError` where the bytes are none of `encoded()`.
    package init(decoding bytes: [UInt8]) throws(FrameError) {
        let starts = try bytes.withUnsafeBufferPointer { (all) throws(FrameError) in
            var reader = ByteReader(UnsafeRawBufferPointer(all))
            try reader.skipText("method")
            let target = all.count - reader.remaining
            try reader.skipText("target")
            let parameters = all.count - reader.remaining
            try reader.skipFields("parameters")
            let fields = all.count - reader.remaining
            try reader.skipFields("header fields")
            return (target, parameters, fields, all.count - reader.remaining)
        }
        self.bytes = bytes
        (targetStart, parametersStart, fieldsStart, bodyStart) = starts
    }

    /// The form in an event's data.
    package func encoded() -> [UInt8] { bytes }

    /// Such as "POST".
    package var method: String { text(at: 0) }

    /// Path and query, as sent.
    package var target: String { text(at: targetStart) }

    /// What the captures of the route's pattern stand for, decoded.
    package var parameters: [Field] { fields(at: parametersStart) }

    /// The header fields, in order.
    package var fields: [Field] { fields(at: fieldsStart) }

    /// A copy of the body; empty where there was none.
    package var body: [UInt8] { Array(bytes[bodyStart...]) }

    // The bytes were walked when they came: what could not be read would have been refused then.
    private func text(at start: Int) -> String {
        read(at: start) { (reader) throws(FrameError) in try reader.text("text") } ?? ""
    }

    private func fields(at start: Int) -> [Field] {
        read(at: start) { (reader) throws(FrameError) in try reader.fields("fields") } ?? []
    }

    private func read<Part>(
        at start: Int, _ part: (inout ByteReader) throws(FrameError) -> Part
    ) -> Part? {
        bytes.withUnsafeBytes { all in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: all[start...]))
            // because the walk was the same one: it throws nothing that it did not throw then
            return try? part(&reader)
        }
    }
}

/// The head of an HTTP response, and its body where that is short.
package struct ResponseData: Sendable, Equatable {
    /// What follows the head.
    package enum Body: Sendable, Equatable {
        case whole([UInt8])
        /// So many bytes as body frames.
        case long(bytes: Int)
        /// Body frames until one that ends it.
        case streamed
    }

    /// From 200 to 599.
    package var status: Int
    /// The header fields, in order.
    package var fields: [RequestData.Field]
    /// The body, or how it follows.
    package var body: Body

    /// Without a body where none is said.
    package init(status: Int, fields: [RequestData.Field] = [], body: Body = .whole([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Appends the head, and the body where it is whole.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(count: status)
        bytes.append(fields: fields)
        switch body {
        case .whole(let body):
            bytes.append(0)
            bytes.append(block: body)
        case .long(let count):
            bytes.append(1)
            bytes.append(count: count)
        case .streamed: bytes.append(2)
        }
    }

    /// Throws a `FrameError` for a status outside 200 to 599 and for a body over 2 GiB.
    package init(from reader: inout ByteReader) throws(FrameError) {
        let code = try reader.number("status")
        guard (200...599).contains(code) else { throw .malformed(what: "status") }
        status = Int(code)
        fields = try reader.fields("header fields")
        switch try reader.byte("body") {
        case 0: body = .whole(try reader.block("body"))
        case 1:
            let length = try reader.number("length of the body")
            guard length <= UInt64(Int32.max) else { throw .malformed(what: "length of the body") }
            body = .long(bytes: Int(length))
        case 2: body = .streamed
        default: throw .malformed(what: "body")
        }
    }
}

extension [UInt8] {
    /// Appends the count of the fields, then each name and value.
    package mutating func append(fields: [RequestData.Field]) {
        append(count: fields.count)
        for field in fields {
            append(text: field.name)
            append(text: field.value)
        }
    }
}

extension ByteReader {
    /// Names and values in order, as `append(fields:)` wrote them; a name may come twice.
    package mutating func fields(_ what: StaticString) throws(FrameError) -> [RequestData.Field] {
        let total = try count(what, bytesEach: 2)
        var fields: [RequestData.Field] = []
        fields.reserveCapacity(total)
        for _ in 0..<total {
            let name = try text(what)
            fields.append(RequestData.Field(name, try text(what)))
        }
        return fields
    }
}

extension ByteReader {
    /// Passes over a text; throws where it is none.
    fileprivate mutating func skipText(_ what: StaticString) throws(FrameError) {
        let block = try slice(what)
        guard block.isASCII || String(validating: block, as: UTF8.self) != nil else {
            throw .malformed(what: "\(what)")
        }
    }

    fileprivate mutating func skipFields(_ what: StaticString) throws(FrameError) {
        for _ in 0..<2 * (try count(what, bytesEach: 2)) { try skipText(what) }
    }
}
