public import Contract

/// What one function is told to do: sent by another, or through the API.
public struct Command<Value: Codable & Sendable>: FunctionInput {
    /// What it is to be done with.
    public let payload: Value

    /// Makes a command for a unit test.
    public init(_ payload: Value) { self.payload = payload }

    /// Commands cause it.
    public static var kind: InputKind { .command }

    /// Decodes the payload from JSON; throws where it is no `Value`.
    public init(_ delivery: Delivery) throws {
        payload = try JSONCoding.decode(Value.self, from: delivery.event.data, named: "data")
    }
}
