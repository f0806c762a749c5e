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

    /// Sends one server-sent event, whose data may have several lines.
    public func write(event: String? = nil, id: String? = nil, data: String) async throws {
        var lines = ""
        if let event { lines += "event: \(event)\n" }
        if let id { lines += "id: \(id)\n" }
        for line in data.split(separator: "\n", omittingEmptySubsequences: false) {
            lines += "data: \(line)\n"
        }
        try await write(lines + "\n")
    }
}
