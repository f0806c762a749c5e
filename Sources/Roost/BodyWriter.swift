/// Where a streamed response is written to.
public struct BodyWriter: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    /// Makes a writer that hands on what is written: for unit tests of a stream.
    public init(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }

    /// Sends bytes; suspends while the caller reads slowly, throws when the caller has gone.
    public func write(_ bytes: [UInt8]) async throws {
        if !bytes.isEmpty { try await send(bytes) }
    }

    /// Sends a text in UTF-8.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Sends one server-sent event, whose data may have several lines: apart by LF, CR or both.
    ///
    /// Throws a `ContextError` for a type or an identifier that is more than one line, and for an
    /// identifier with a NUL in it, which browsers ignore.
    public func write(event: String? = nil, id: String? = nil, data: String) async throws {
        var lines = ""
        if let event {
            try requireLine(event, "the type")
            lines += "event: \(event)\n"
        }
        if let id {
            try requireLine(id, "the id")
            guard !id.utf8.contains(0) else {
                throw ContextError.invalidName("the id of a server-sent event has a NUL in it")
            }
            lines += "id: \(id)\n"
        }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.endsLine) {
            lines += "data: \(line)\n"
        }
        try await write(lines + "\n")
    }

    private func requireLine(_ text: String, _ what: String) throws(ContextError) {
        guard !text.contains(where: \.endsLine) else {
            throw .invalidName(
                "\(what) of a server-sent event has a line end in it; only its data may")
        }
    }
}

extension Character {
    /// True for what ends a line of server-sent events; CR and LF together are one character.
    fileprivate var endsLine: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}
