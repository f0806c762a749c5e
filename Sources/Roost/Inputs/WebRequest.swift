public import Contract

public import struct HTTPTypes.HTTPField
public import struct HTTPTypes.HTTPFields
public import struct HTTPTypes.HTTPRequest

/// An HTTP request whose body has arrived whole.
public struct WebRequest: FunctionInput {
    /// A function of requests answers them.
    public typealias Output = WebResponse

    private let data: RequestData

    /// Makes a request for a unit test.
    ///
    /// - Parameters:
    ///   - path: with its query, if it has one: "/orders?state=open".
    ///   - parameters: what the captures of the route's pattern stand for.
    public init(
        _ method: HTTPRequest.Method = .get, _ path: String = "/",
        parameters: [String: String] = [:],
        headers: HTTPFields = [:], body: [UInt8] = []
    ) {
        data = RequestData(
            method: method.rawValue, target: path,
            parameters: parameters.map { RequestData.Field($0.key, $0.value) },
            fields: headers.map { RequestData.Field($0.name.rawName, $0.value) }, body: body)
    }

    /// Makes a request with a JSON body for a unit test.
    public init(
        _ method: HTTPRequest.Method = .post, _ path: String = "/",
        parameters: [String: String] = [:],
        headers: HTTPFields = [:], json value: some Encodable
    ) throws {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        self.init(
            method, path, parameters: parameters, headers: headers,
            body: try JSONCoding.encode(value))
    }

    /// HTTP requests cause it.
    public static var kind: InputKind { .request }

    /// Reads the request from the event's data.
    public init(_ delivery: Delivery) throws {
        data = try RequestData(decoding: delivery.event.data)
    }

    /// The response, where it can be written.
    public static func answer(_ output: WebResponse) throws -> Answer {
        if case .unencodable(let reason) = output.body { throw UnencodableResponse(reason: reason) }
        return Answer(response: output)
    }
}

extension WebRequest {
    /// The method; `GET` where it was sent as something that is no method.
    public var method: HTTPRequest.Method { HTTPRequest.Method(data.method) ?? .get }

    /// Path and query, exactly as they were sent.
    public var target: String { data.target }

    /// The path, exactly as it was sent.
    public var path: String { String(data.target.prefix { $0 != "?" }) }

    /// What the query says, decoded; of a name that is there twice the first.
    public var query: [String: String] {
        guard let mark = data.target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [:] }
        let query = data.target[data.target.utf8.index(after: mark)...]
        return FormText.pairs(of: query)
    }

    /// What the captures of the route's pattern stand for, decoded.
    public var parameters: [String: String] {
        Dictionary(data.parameters.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// What the capture `name` of the route's pattern stands for; nil where there is none.
    public func parameter(_ name: String) -> String? {
        data.parameters.first { $0.name == name }?.value
    }

    /// The header fields, in the order in which they were sent.
    public var headers: HTTPFields {
        var headers = HTTPFields()
        headers.reserveCapacity(data.fields.count)
        for field in data.fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            headers.append(HTTPField(name: name, value: field.value))
        }
        return headers
    }

    /// The body, which is empty where none was sent.
    public var body: [UInt8] { data.body }

    /// The body as a text; bytes that are no UTF-8 are replaced.
    public var text: String { String(decoding: data.body, as: UTF8.self) }

    /// The body read as JSON, whatever its content type says.
    ///
    /// Where it is not what `type` wants, the caller is answered 400 with the path of the field,
    /// unless the handler catches the error.
    public func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        do {
            return try JSONCoding.decode(type, from: data.body, named: "body")
        } catch let error as UnreadableValue {
            throw UnreadableBody(value: error)
        }
    }
}

/// The body of a request is not what its handler asked for; the caller is answered 400.
struct UnreadableBody: Error, CustomStringConvertible {
    let value: UnreadableValue

    var description: String { value.description }
}

/// A handler's response could not be written as JSON.
struct UnencodableResponse: Error, CustomStringConvertible {
    let reason: String

    var description: String { "the response could not be written as JSON: \(reason)" }
}
