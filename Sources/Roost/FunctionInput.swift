public import Contract

/// What a function takes; it decides what the function gives back.
///
/// The kinds of input are Roost's own: nobody else can read a `Delivery`.
public protocol FunctionInput: Sendable {
    /// `WebResponse` for `WebRequest`, nothing for all others.
    associatedtype Output: Sendable = Void

    /// What causes events of this kind.
    static var kind: InputKind { get }

    /// Reads the event's data; throws where they are not what the function takes.
    init(_ delivery: Delivery) throws

    /// What goes back to the host; throws where the output can't be encoded.
    static func answer(_ output: Output) throws -> Answer
}

extension FunctionInput where Output == Void {
    /// An answer that says nothing but that the handler returned.
    public static func answer(_ output: Void) -> Answer { Answer() }
}

/// What a handler gave back.
public struct Answer: Sendable {
    /// Nil for all but an HTTP function.
    package var response: WebResponse?

    /// Only an HTTP function has a response to give.
    package init(response: WebResponse? = nil) { self.response = response }
}
