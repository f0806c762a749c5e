import Contract
import EventLoop
import HTTPClient
import HTTPTypes

/// The way to a running host's admin API.
struct HostConnection {
    private let address: HostAddress
    private let client: HTTPClient

    /// What the host said: any status below 400.
    struct Answer {
        var status: Int
        var body: [UInt8]

        /// Hands on the body as JSON.
        func read<Result>(_ body: (JSONValue) throws -> Result) throws -> Result {
            do {
                return try self.body.withJSON(body)
            } catch let error as JSONError {
                throw CommandFailure.notAnAnswer("\(error)")
            }
        }

        /// Prints the JSON as it came.
        func show() { Terminal.writeLine(body) }
    }

    /// Answers come when they come: an attempt that is waited for may run for hours, and a backup
    /// takes as long as the disk does. So times are bounded by the host, and here only by a day.
    private static var limits: HTTPClientLimits {
        var limits = HTTPClientLimits()
        limits.whole = .hours(24)
        limits.stalled = .hours(24)
        limits.bodyBytesMax = 256 << 20
        return limits
    }

    init(_ options: any HostNaming) throws(CommandFailure) {
        address = try options.found(variables: Variables.all)
        client = HTTPClient(limits: Self.limits)
    }

    /// Opens a connection, hands it to `body` and closes it whatever happens.
    static func with<Result>(
        _ options: any HostNaming, _ body: (HostConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try HostConnection(options)
        do {
            let result = try await body(connection)
            await connection.client.close()
            return result
        } catch {
            await connection.client.close()
            throw error
        }
    }

    func get(_ path: String) async throws(CommandFailure) -> Answer { try await send(.get, path) }

    func post(
        _ path: String, body: [UInt8] = [], prefer: String? = nil
    ) async throws(CommandFailure) -> Answer {
        try await send(.post, path, body: body, prefer: prefer)
    }

    func put(_ path: String, body: [UInt8]) async throws(CommandFailure) -> Answer {
        try await send(.put, path, body: body)
    }

    func delete(_ path: String) async throws(CommandFailure) -> Answer {
        try await send(.delete, path)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], prefer: String? = nil
    ) async throws(CommandFailure) -> Answer {
        var fields: HTTPFields = [.accept: "application/json"]
        if !body.isEmpty { fields[.contentType] = "application/json" }
        if let token = address.token { fields[.authorization] = "Bearer \(token)" }
        if let prefer, let name = HTTPField.Name("Prefer") { fields[name] = prefer }
        let request = HTTPClientRequest(
            method: method, url: address.url + path, fields: fields, body: body)
        let response: HTTPClientResponse
        do throws(HTTPClientError) {
            response = try await client.send(request)
        } catch {
            throw failure(error)
        }
        guard response.status.code < 400 else {
            throw .refused(status: response.status.code, detail: Self.detail(response))
        }
        return Answer(status: response.status.code, body: response.body)
    }

    private func failure(_ error: HTTPClientError) -> CommandFailure {
        switch error {
        case .noConnection(_, let why):
            .hostIsSilent(address: address.url, file: address.file, pid: address.pid, why: why)
        case .noConnectionInTime:
            .hostIsSilent(
                address: address.url, file: address.file, pid: address.pid,
                why: "no connection in time")
        case .badAddress: .badAddress(address.url)
        case .untrusted, .noAnswerInTime, .stalled, .broken, .headTooLarge, .bodyTooLarge,
            .otherScheme,
            .tooManyRedirects, .tooManyCalls, .cancelled, .closed:
            .notDone("\(error)")
        }
    }

    /// A problem's own words, or the status where it is none.
    private static func detail(_ response: HTTPClientResponse) -> String {
        let detail = try? response.body.withJSON { $0.text("detail") ?? $0.text("title") }
        // An answer that is no problem document has no words to show.
        return (detail ?? nil) ?? "the host answered \(response.status.code) and did not say why"
    }
}

/// Parts of a target, percent-encoded.
enum URLPart {
    /// One part of a path, or a value in a query.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// A path with a query of what has a value.
    static func target(_ path: String, _ items: [(name: String, value: String?)]) -> String {
        let query = items.compactMap { item in item.value.map { "\(item.name)=\(encoded($0))" } }
        return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }
}
