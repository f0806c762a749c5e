package import EventLoop

/// One request and its answer.
///
/// It is answered once, by `respond` or by a stream from `beginStream` to `end`, at any time on
/// the loop and in any order among the requests of a connection: answers leave in the order of
/// the requests. Once the client is gone all of these do nothing.
///
///     waiting ──respond──────────────────────────▶ finished
///        └─────beginStream──▶ streaming ──end────────▲
///
/// `isClosed` is beside the stages: a connection that ends early leaves its exchanges where they
/// are.
@LoopActor
package final class HTTPExchange {
    enum Stage {
        case waiting
        case streaming
        case finished
    }

    /// The request line and the header fields, checked.
    package let head: RequestHead
    /// The body, once `HTTPHandler.respond(to:)` is called, if its plan was `whole`; `dropBody`
    /// empties it.
    package internal(set) var body: [UInt8] = []
    /// What the handler wants to find again between its two calls, such as the route.
    package var context: AnyObject?
    /// Receives the pieces of a body whose plan is `chunks`; the bytes are valid during the call.
    package var onBody: (@LoopActor (UnsafeRawBufferPointer) -> Void)?
    /// Called whenever a streamed answer that was full has room again.
    package var onRoom: (@LoopActor () -> Void)?
    /// Called once if the connection ends before the answer is finished.
    package var onClose: (@LoopActor () -> Void)?

    var connection: HTTPConnection?
    var stage = Stage.waiting
    var framing = AnswerFraming.none
    /// True when the connection ends after this answer.
    var closesAfter = false
    /// What of the answer waits for earlier answers.
    var waitingBytes: [UInt8] = []

    // the body that is being received
    var plan = BodyPlan.unwanted
    var bodyBytesReceived = 0
    var bodyBytesTaken = 0
    /// True where `bodyBytesTaken` is given back by the answer, even if the client is gone before.
    private var keepsBudget = false
    /// What to give it back to, once the client is gone.
    private var budget: BodyBudget?
    var isBodyComplete = false
    /// True between `pauseBody` and `resumeBody`.
    package internal(set) var isBodyPaused = false

    init(head: RequestHead, connection: HTTPConnection) {
        self.head = head
        self.connection = connection
    }

    /// True once the answer is finished or the client is gone: nothing more can be sent.
    package var isClosed: Bool { connection == nil }

    /// True once an answer was begun.
    package var isAnswered: Bool { stage != .waiting }

    /// Stops to receive a body whose plan is `chunks`; the client is held up by its own window.
    package func pauseBody() { isBodyPaused = true }

    /// Goes on after `pauseBody`.
    package func resumeBody() {
        guard isBodyPaused else { return }
        isBodyPaused = false
        connection?.goOn()
    }

    /// Keeps what the body holds of the budget until the request is answered, also where its client
    /// is gone before: for a handler that works on the body, or on a copy of it, all the same.
    ///
    /// It then has to call `respond` or `beginStream` in any case.
    package func keepBudget() { keepsBudget = true }

    /// Frees `body`, of which the handler has made what it needs.
    package func dropBody() {
        if bodyBytesTaken > 0 { body = [] }
    }

    /// Gives back what the body holds of the budget, where that was not done yet.
    func giveBackBudget() {
        guard bodyBytesTaken > 0 else { return }
        (budget ?? connection?.listener.budget)?.giveBack(bodyBytesTaken)
        bodyBytesTaken = 0
        budget = nil
    }

    /// Lets go of the connection: the answer is finished, or never will be.
    func leave() {
        if keepsBudget, stage == .waiting {
            budget = connection?.listener.budget
        } else {
            giveBackBudget()
        }
        connection = nil
        onRoom = nil
        onBody = nil
        let closed = onClose
        onClose = nil
        if stage != .finished { closed?() }
    }
}

/// How the end of an answer's body is told.
enum AnswerFraming: Equatable {
    /// No body is sent: HEAD, 204, 304.
    case none
    /// By Content-Length; so many bytes are still to come.
    case counted(Int)
    case chunked
    /// By closing the connection, for HTTP/1.0.
    case closing
}
