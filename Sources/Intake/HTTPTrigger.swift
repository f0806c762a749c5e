package import Contract
package import Dispatching

/// One route of the app, and how its requests become events.
package final class HTTPTrigger {
    /// The function that its requests run.
    package let function: Registry.Function
    /// Its method and the paths that it takes.
    package let route: RouteTable.Route
    /// When the caller is answered.
    package let mode: Mode
    /// What becomes of the header `Idempotency-Key`.
    package let idempotency: Idempotency
    /// The longest body; past it 413. The trigger's own bound, or else the host's.
    package let bodyBytesMax: Int
    /// The subject of its events and the scope of its keys: "POST /orders".
    package let name: String

    /// Nil for what is no HTTP trigger, or names a function that the registry lacks.
    package init?(_ declaration: TriggerDeclaration, registry: Registry, limits: Limits) {
        guard
            case .http(let method, let path, let mode, let idempotency, let bound) = declaration
                .rule,
            let function = registry[declaration.function], let pattern = try? PathPattern(path)
        else {
            // The worker checked its patterns before it said hello; what is broken here is not served.
            return nil
        }
        self.function = function
        route = RouteTable.Route(method: method, pattern: pattern)
        self.mode = mode
        self.idempotency = idempotency
        bodyBytesMax = bound ?? limits.bodyBytesMax
        name = "\(method) \(path)"
    }

    /// Within which an idempotency key means one call.
    package var keyScope: String { "\(function.name)\u{0}\(name)" }

    /// True when its method may be sent twice with the effect of once (RFC 9110, section 9.2.2).
    package var isIdempotentMethod: Bool {
        ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(route.method)
    }
}
