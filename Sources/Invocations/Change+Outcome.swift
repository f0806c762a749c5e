extension Change {
    /// True for the end of something that ran or was to run: a store that has no room for now keeps
    /// it until it has, and refuses all else.
    package var isOutcome: Bool {
        switch self {
        case .conclude, .settle, .release: true
        case .record, .claim, .retry, .cancel, .pause, .register, .plan, .announce, .write, .prune,
            .stepBack, .index:
            false
        }
    }
}
