public import Contract

/// A named handler with one kind of input.
///
/// ```swift
/// let createOrder = Function("create-order") { (request: WebRequest, context) in
///     let order = try request.json(Order.self)
///     try context[orders].put(order)
///     return .json(order, status: .created)
/// }
/// ```
public struct Function<Input: FunctionInput>: Registered {
    /// What runs: a closure, a free function or a method.
    public typealias Handler = @Sendable (Input, Context) async throws -> Input.Output

    /// Unique in the app: 1 to 63 of `a` to `z`, `0` to `9` and `-`.
    public let name: String
    private let policies: Policies
    private let secrets: [String]
    private let handler: Handler

    /// Declares a function; it runs once an app lists it and something causes an event for it.
    ///
    /// - Parameters:
    ///   - name: 1 to 63 of `a` to `z`, `0` to `9` and `-`, unique in the app.
    ///   - timeout: how long one attempt may take, up to 24 hours. The task is cancelled then; 5 s
    ///     later it has failed.
    ///   - retry: when a failed attempt is followed by another: 20 attempts over 6 hours.
    ///   - maxAge: no attempt follows once the first one began this long ago.
    ///   - concurrency: how many invocations may run at once; nil for as many as there is room for.
    ///   - priority: how often its turn comes when several functions have work.
    ///   - secrets: the names of the secrets that `context.secret(_:)` may read.
    ///   - depthMax: how many events may lead to one another before it is taken for a loop.
    ///   - handler: runs once for each attempt; what it throws fails the attempt.
    public init(
        _ name: String, timeout: Duration = .seconds(60), retry: Retry = .exponential(),
        maxAge: Duration = .hours(24), concurrency: Int? = nil, priority: Priority = .normal,
        secrets: [String] = [], depthMax: Int = 32, run handler: @escaping Handler
    ) {
        self.name = name
        policies = Policies(
            timeout: timeout, retry: retry, maxAge: maxAge, concurrencyMax: concurrency,
            priority: priority, depthMax: depthMax)
        self.secrets = secrets
        self.handler = handler
    }

    /// Runs the handler here and now: the way a unit test calls it, with a `Rehearsal`'s context.
    /// There what the handler wrote is committed when it returns, and dropped when it throws.
    @discardableResult
    public func callAsFunction(_ input: Input, _ context: Context) async throws -> Input.Output {
        guard let rehearsal = context.running.host as? RehearsalHost else {
            return try await handler(input, context)
        }
        return try await rehearsal.performing(context.running) {
            try await handler(input, context)
        }
    }

    /// What the worker needs of it.
    public var registration: Registration {
        let handler = handler
        let declaration = FunctionDeclaration(
            name: name, input: Input.kind, policies: policies, secrets: secrets)
        return Registration(declaration: declaration) { delivery, context in
            let input: Input
            do {
                input = try Input(delivery)
            } catch {
                throw UnreadableInput(reason: "\(error)")
            }
            return try Input.answer(try await handler(input, context))
        }
    }
}

/// A function of any kind of input, as an app lists it.
public protocol Registered: Sendable {
    /// Unique in the app.
    var name: String { get }

    /// What the worker needs of it.
    var registration: Registration { get }
}

/// A function's declaration and how an attempt of it is run.
public struct Registration: Sendable {
    /// What the manifest says of it.
    package let declaration: FunctionDeclaration
    /// Reads the input, runs the handler and checks its output.
    package let run: @Sendable (Delivery, Context) async throws -> Answer
    /// The triggers by which it sees documents change.
    package var watches: [DocumentWatch] = []

    /// What the captures of each trigger stand for that fits `path`.
    func captures(in path: String) -> [DocumentCaptures] {
        watches.compactMap { watch in
            watch.pattern.captures(in: path).map {
                DocumentCaptures(kinds: watch.kinds, values: $0)
            }
        }
    }

    /// `run` throws where the event's data is not what the function takes.
    package init(
        declaration: FunctionDeclaration,
        run: @escaping @Sendable (Delivery, Context) async throws -> Answer
    ) {
        self.declaration = declaration
        self.run = run
    }
}

/// A trigger on documents that change.
package struct DocumentWatch: Sendable {
    /// The paths that it wants.
    package let pattern: DocumentPattern
    /// Such as "created".
    package let kinds: [String]
}

/// The event's data are not what the function takes.
struct UnreadableInput: Error {
    let reason: String
}
