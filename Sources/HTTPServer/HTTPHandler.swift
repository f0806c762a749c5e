package import EventLoop

/// What a listener asks about each request; both calls are synchronous and on the loop.
///
/// Answers come through `HTTPExchange`, within a call or at any later time on the loop.
@LoopActor
package protocol HTTPHandler: AnyObject {
    /// A request's head has arrived, and says what shall become of its body.
    ///
    /// It may answer at once; then `respond(to:)` is not called.
    func accept(_ exchange: HTTPExchange) -> BodyPlan

    /// The request is complete: its body is in `exchange.body`, or went through `exchange.onBody`.
    func respond(to exchange: HTTPExchange)
}

/// What shall become of a request's body.
package enum BodyPlan: Sendable, Equatable {
    /// Gathered in `exchange.body`; one longer than `bytesMax`, or where that is nil than
    /// `HTTPLimits.bodyBytesMax`, is answered 413 without the handler.
    case whole(bytesMax: Int? = nil)
    /// Handed to `exchange.onBody` as it comes, bounded likewise; `exchange.onClose` tells where
    /// it breaks off.
    case chunks(bytesMax: Int? = nil)
    /// Not wanted: the handler has answered, or will do so without it. A short one is read and
    /// dropped, a long one ends the connection after the answer.
    case unwanted
}
