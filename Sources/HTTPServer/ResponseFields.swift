/// The header fields of an answer, checked when they are added and kept as they will be sent.
///
/// Fields that frame the answer or steer the connection belong to the listener: of these only
/// Content-Length and `Connection: close` can be stated, the others are refused.
package struct ResponseFields: Sendable, Equatable {
    var bytes: [UInt8] = []
    /// The length that was stated, for a stream or an answer to HEAD.
    package private(set) var contentLength: Int?
    /// True where `Connection: close` was stated.
    package private(set) var closesConnection = false
    private(set) var hasDate = false

    /// An answer without fields, but for those that the listener adds.
    package init() {}

    /// Adds one field; throws where it can't be sent, and then adds nothing.
    package mutating func append(_ name: String, _ value: String) throws(ResponseFieldError) {
        var name = name
        var value = value
        let refused = name.withUTF8 { name in
            value.withUTF8 { value in add(.init(name), .init(value)) }
        }
        if let refused { throw refused }
    }

    /// Adds one field from bytes; throws where it can't be sent, and then adds nothing.
    package mutating func append(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) throws(ResponseFieldError) {
        if let refused = add(name, value) { throw refused }
    }

    private mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> ResponseFieldError? {
        guard !name.isEmpty, name.allSatisfy(\.isTokenByte) else {
            return .badName(String(decoding: name.prefix(64), as: UTF8.self))
        }
        let value = value.trimmed
        guard value.allSatisfy(\.isValueByte) else { return .badValue(of: text(name)) }
        switch name.count {
        case 4 where name.equalsIgnoringCase("date"): hasDate = true
        case 10 where name.equalsIgnoringCase("connection"): return connection(value)
        case 14 where name.equalsIgnoringCase("content-length"): return length(value)
        case 2 where name.equalsIgnoringCase("te"), 7 where name.equalsIgnoringCase("trailer"),
            7 where name.equalsIgnoringCase("upgrade"),
            10 where name.equalsIgnoringCase("keep-alive"),
            16 where name.equalsIgnoringCase("proxy-connection"),
            17 where name.equalsIgnoringCase("transfer-encoding"):
            return .belongsToListener(text(name))
        default: break
        }
        bytes.append(contentsOf: name)
        bytes.append(": ")
        bytes.append(contentsOf: value)
        bytes.append("\r\n")
        return nil
    }

    private mutating func connection(_ value: UnsafeRawBufferPointer) -> ResponseFieldError? {
        if value.equalsIgnoringCase("keep-alive") { return nil }
        guard value.equalsIgnoringCase("close") else { return .belongsToListener("connection") }
        closesConnection = true
        return nil
    }

    private mutating func length(_ value: UnsafeRawBufferPointer) -> ResponseFieldError? {
        guard (1...18).contains(value.count), value.allSatisfy(\.isDigit), contentLength == nil
        else {
            return .badValue(of: "content-length")
        }
        contentLength = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return nil
    }

    private func text(_ name: UnsafeRawBufferPointer) -> String {
        String(decoding: name, as: UTF8.self).lowercased()
    }
}

extension ResponseFields: ExpressibleByDictionaryLiteral {
    /// Fields that the caller knows to be right; traps on one that is not.
    package init(dictionaryLiteral fields: (String, String)...) {
        for (name, value) in fields {
            do throws(ResponseFieldError) {
                try append(name, value)
            } catch {
                preconditionFailure("\(error)")
            }
        }
    }
}

/// Why a header field can't be sent.
package enum ResponseFieldError: Error, Equatable, CustomStringConvertible {
    case badName(String)
    case badValue(of: String)
    case belongsToListener(String)

    package var description: String {
        switch self {
        case .badName(let name):
            "the response header \"\(name)\" has a name that HTTP does not allow;"
                + " use letters, digits and \"-\""
        case .badValue(let name):
            "the response header \"\(name)\" has a value that HTTP does not allow, with a line end,"
                + " a control character or no number in it; remove that"
        case .belongsToListener(let name):
            "the response header \"\(name)\" frames the answer, which the server does itself;"
                + " leave it out"
        }
    }
}
