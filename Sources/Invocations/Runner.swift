package import Contract

/// What runs attempts: the port that the worker pool implements, and a script in tests.
///
/// It belongs to its owner's isolation, is called there, and calls `ended` there.
package protocol Runner: AnyObject {
    /// Runs one attempt; its end is told once, whatever happens to the worker.
    ///
    /// The caller keeps to the slots; one too many waits for a worker.
    func run(_ assignment: Assignment)

    /// Asks the handler to stop; the attempt still ends as it ends.
    func cancel(_ attempt: AttemptNumber)

    /// Takes back what has not begun, for it waits for a worker, and is wanted back: nothing is told
    /// of it any more.
    func takeBack(_ isWanted: (AttemptNumber) -> Bool) -> [AttemptNumber]

    /// Lets go of the body of a response that nobody will be sent.
    func dropBody(of attempt: AttemptNumber)
}

extension Runner {
    /// With a runner that begins everything at once nothing waits.
    package func takeBack(_ isWanted: (AttemptNumber) -> Bool) -> [AttemptNumber] { [] }

    /// A runner that hands no bodies on has nothing to let go of.
    package func dropBody(of attempt: AttemptNumber) {}
}

/// An attempt, numbered by whoever hands it out; never used twice while the host lives.
package struct AttemptNumber: Sendable, Hashable {
    /// The number in the frames of the attempt; 0 stands for none.
    package let rawValue: UInt32

    /// Whoever hands attempts out counts them.
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// One attempt to run.
package struct Assignment: Sendable {
    /// What its end is told under.
    package var attempt: AttemptNumber
    /// What the worker is sent.
    package var delivery: Delivery
    /// True for what runs in quarantine.
    package var runsAlone: Bool
    /// What becomes of a body that is not in the response's own frame.
    package var body: BodyUse

    /// What becomes of a body that is too long for the frame of its response, or streams.
    package enum BodyUse: Sendable, Equatable {
        /// Nobody wants it.
        case dropped
        /// The runner gathers it, and fails the attempt where it is longer.
        case gathered(bytesMax: Int)
        /// The caller takes it from the runner when the outcome is committed.
        case handedOn
    }

    /// An attempt whose long body nobody wants, unless it says otherwise.
    package init(
        attempt: AttemptNumber, delivery: Delivery, runsAlone: Bool, body: BodyUse = .dropped
    ) {
        self.attempt = attempt
        self.delivery = delivery
        self.runsAlone = runsAlone
        self.body = body
    }
}

/// What a runner tells at the end of an attempt.
package struct AttemptEnd: Sendable {
    /// The attempt as it was handed out.
    package var attempt: AttemptNumber
    /// What the worker told, or what the runner found out in its place.
    package var report: Report
    /// The worker's process identifier.
    package var worker: Int32

    /// Made once for each attempt.
    package init(attempt: AttemptNumber, report: Report, worker: Int32) {
        self.attempt = attempt
        self.report = report
        self.worker = worker
    }
}
