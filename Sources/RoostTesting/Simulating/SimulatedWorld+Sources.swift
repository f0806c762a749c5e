import Contract
import Dispatching
public import FoundationEssentials
public import HTTPTypes
import Intake
import Invocations
public import Roost

/// What comes from outside: requests, messages, commands, documents, files.
extension SimulatedWorld {
    /// Sends a request and waits for its answer; what it caused and is due is done then.
    ///
    /// - Parameters:
    ///   - path: with its query, if it has one.
    ///   - key: its `Idempotency-Key`, which joins the headers and does what it does on a host.
    /// - Returns: 404 where no trigger has the path, 202 where its trigger accepts and runs later,
    ///   400 where a key is missing or is none, 422 where it came before with another request.
    @discardableResult
    public func request(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        body: [UInt8] = [], key: String? = nil
    ) async throws -> WebClientResponse {
        var headers = headers
        if let key { headers.append(HTTPField(name: .idempotencyKey, value: key)) }
        let table = RouteTable(routes.map(\.route))
        let match = table.match(method: method.rawValue, path: String(path.prefix { $0 != "?" }))
        guard case .route(let place, let parameters) = match else {
            return WebClientResponse(status: .notFound)
        }
        let trigger = routes[place]
        let data = RequestData(
            method: method.rawValue, target: path, parameters: parameters,
            fields: headers.map { RequestData.Field($0.name.rawName, $0.value) }, body: body)
        switch idempotencyKey(in: headers, trigger) {
        case .refused: return WebClientResponse(status: .badRequest)
        case .none: return try await take(data, headers, trigger, key: nil)
        case .key(let key): return try await take(data, headers, trigger, key: key)
        }
    }

    /// Sends a request with a JSON body.
    @discardableResult
    public func request(
        _ method: HTTPRequest.Method, _ path: String, json value: some Encodable & Sendable,
        key: String? = nil
    ) async throws -> WebClientResponse {
        try await request(
            method, path, headers: [.contentType: "application/json"],
            body: try JSONCoding.encode(value), key: key)
    }

    /// Sends a command to a function.
    ///
    /// - Parameter key: the same one sent again within a day is the same command.
    public func send<Value>(
        _ value: Value, to function: Function<Command<Value>>, key: String? = nil
    ) async throws {
        guard let found = dispatcher?.registry[function.name] else {
            throw SimulationError(description: "the app does not list \"\(function.name)\"")
        }
        let event = event(
            .command, function.name, try JSONCoding.encode(value), "application/json")
        try await record(event, key: key, "command/\(function.name)", found.number)
    }

    /// Publishes a message to a topic.
    public func publish<Value>(
        _ value: Value, to topic: Topic<Value>, attributes: [String: String] = [:],
        orderingKey: String? = nil, key: String? = nil
    ) async throws {
        guard let dispatcher else { return }
        let message = NewMessage(
            topic: topic.name, data: try JSONCoding.encode(value), attributes: attributes,
            orderingKey: orderingKey)
        let record = message.record(
            Origin(now: clock), key: recordKey(key, "topic/\(topic.name)"),
            dispatcher.registry.triggers)
        try await self.record(record)
    }

    /// Writes a document, as the API does it; who wants to know of it is told.
    public func put<Document>(
        _ document: Document, id: String, in collection: DocumentCollection<Document>
    ) async throws {
        let body = try JSONCoding.encode(document)
        try await write(.put(path: "\(collection.name)/\(id)", body: body))
    }

    /// Deletes a document, as the API does it.
    public func delete<Document>(
        _ id: String, in collection: DocumentCollection<Document>
    ) async throws {
        try await write(.delete(path: "\(collection.name)/\(id)"))
    }

    /// Brings a file into a bucket.
    public func drop(_ contents: Data, at key: String, in bucket: Bucket) async throws {
        let name = "\(StagedFile.namePrefix)9-\(Int(draw() * 1e12))"
        let mark = try buckets.stage(name, in: bucket.name, Array(contents))
        try buckets.place(StagedFile(bucket: bucket.name, key: key, name: name, mark: mark))
        try await lookNow(at: key, in: bucket.name)
    }

    /// Removes a file from a bucket.
    public func remove(_ key: String, from bucket: Bucket) async throws {
        try buckets.remove(key, from: bucket.name)
        try await lookNow(at: key, in: bucket.name)
    }
}
