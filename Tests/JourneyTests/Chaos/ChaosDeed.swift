/// One thing that the chaos tests ask of the host, and what has to come of it.
struct ChaosDeed: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        /// A request that writes a document, publishes, and sends two commands.
        case entry
        /// A request that is recorded and run later.
        case later
        /// A message that is published from outside.
        case message
        /// A document that is made and then changed from outside.
        case document
        /// A file that is sent through the API.
        case file
        /// A file that another program leaves in the bucket.
        case drop
        case command
        /// A command whose function always throws.
        case flaky
        /// A command whose function takes its worker with it.
        case strike

        /// How many of forty deeds are of this kind.
        var share: Int {
            switch self {
            case .entry: 12
            case .later, .message, .document, .command: 6
            case .file, .drop: 1
            case .flaky, .strike: 1
            }
        }
    }

    static let kinds = Kind.allCases.flatMap { Array(repeating: $0, count: $0.share) }
    private static let lanes = 6

    let kind: Kind
    let number: Int

    var id: String { "\(kind.rawValue)-\(number)" }
    /// What the order of its messages and the sum it is counted in hang on.
    var lane: String { "lane-\(number % Self.lanes)" }
    var work: String { #"{"id":"\#(id)","lane":"\#(lane)"}"# }

    /// What its tally has to say once all is done. A range, where the caller could not know whether
    /// a file that was sent had come, and sent it again.
    ///
    /// - Parameter comingsMax: how often it may have come.
    func expected(comingsMax: Int) -> [String: ClosedRange<Int>] {
        switch kind {
        case .entry:
            ["entered": 1...1, "heard": 1...1, "audited": 1...1, "added": 1...1, "called": 1...1]
        case .later: ["later": 1...1]
        case .message: ["heard": 1...1]
        case .document: ["audited": 2...2]
        case .file: ["ingested": 1...comingsMax, "noted": 1...comingsMax]
        case .drop: ["ingested": 1...1, "noted": 1...1]
        case .command: ["added": 1...1]
        case .flaky, .strike: [:]
        }
    }

    var isAdded: Bool { kind == .entry || kind == .command }
}
