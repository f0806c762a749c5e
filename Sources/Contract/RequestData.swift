/// An HTTP request as it lies in the data of its event.
package struct RequestData: Sendable, Equatable {
    package var method: String
    /// Path and query, as sent.
    package var target: String
    /// What the captures of the route's pattern stand for, decoded.
    package var parameters: [Field]
    package var fields: [Field]
    package var body: [UInt8]

    /// A name and its value.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        method: String, target: String, parameters: [Field] = [], fields: [Field] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.parameters = parameters
        self.fields = fields
        self.body = body
    }

    /// The form in an event's data.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(128 + body.count)
        bytes.append(text: method)
        bytes.append(text: target)
        bytes.append(fields: parameters)
        bytes.append(fields: fields)
        bytes.append(contentsOf: body)
        return bytes
    }

    /// Throws a `FrameError` where the bytes are none of `encoded()`.
    package init(decoding bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try RequestData(reading: $0) }
    }

    private init(reading bytes: UnsafeRawBufferPointer) throws(FrameError) {
        var reader = ByteReader(bytes)
        method = try reader.text("method")
        target = try reader.text("target")
        parameters = try reader.fields("parameters")
        fields = try reader.fields("header fields")
        body = Array(reader.rest())
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

    package var status: Int
    package var fields: [RequestData.Field]
    package var body: Body

    package init(status: Int, fields: [RequestData.Field] = [], body: Body = .whole([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

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
    package mutating func append(fields: [RequestData.Field]) {
        append(count: fields.count)
        for field in fields {
            append(text: field.name)
            append(text: field.value)
        }
    }
}

extension ByteReader {
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
