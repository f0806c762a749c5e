package import Contract

/// A call that was run before anything of it was recorded.
package struct Conclusion: Sendable {
    /// The call.
    package var event: NewEvent
    /// The function that was called.
    package var function: FunctionNumber
    /// All its runs, conflicts included.
    package var runs: Int
    /// How its last run ended.
    package var ending: Ending
    /// What it wants written, in the same commit.
    package var effects: Effects
    /// What a repeated call is to be answered with.
    package var response: StoredResponse?

    /// A call whose answer is not kept, unless there is a response.
    package init(
        event: NewEvent, function: FunctionNumber, runs: Int, ending: Ending, effects: Effects,
        response: StoredResponse? = nil
    ) {
        self.event = event
        self.function = function
        self.runs = runs
        self.ending = ending
        self.effects = effects
        self.response = response
    }
}

/// The answer to a call with an idempotency key.
package struct StoredResponse: Sendable, Equatable {
    /// The hash of scope and key.
    package var keyHash: [UInt8]
    /// The hash of method, target, content type and body.
    package var fingerprint: [UInt8]
    /// From 200 to 599.
    package var status: Int
    /// The header fields, in order.
    package var fields: [RequestData.Field]
    /// The whole body; responses that stream are not kept.
    package var body: [UInt8]
    /// From then on a call with the key is a new one.
    package var expiresAt: Instant

    /// What a caller was told, or will be once this is committed.
    package init(
        keyHash: [UInt8], fingerprint: [UInt8], status: Int, fields: [RequestData.Field],
        body: [UInt8],
        expiresAt: Instant
    ) {
        self.keyHash = keyHash
        self.fingerprint = fingerprint
        self.status = status
        self.fields = fields
        self.body = body
        self.expiresAt = expiresAt
    }
}
