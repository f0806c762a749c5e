/// An event to which more others led than a function allows: a function that triggers itself ends so.
///
/// Who made it knows its depth; which functions led to it is found by the store, along the causes.
package struct TooDeep: Sendable, Equatable {
    /// The function that is not run, for people.
    package var function: String
    /// How many events led to this one.
    package var depth: Int
    /// How many the function allows.
    package var depthMax: Int
    /// What sent the event, for people: `command "send-receipt"`.
    package var sender: String

    package init(function: String, depth: Int, depthMax: Int, sender: String) {
        self.function = function
        self.depth = depth
        self.depthMax = depthMax
        self.sender = sender
    }

    /// How many causes a store walks back. More tell nobody anything new.
    package static let chainMax = 40

    /// Why the function is not run, with the cure.
    ///
    /// - Parameter chain: the functions that led to the event, the last one first; at most
    ///   `chainMax`, fewer where the history of the first ones is gone.
    package func reason(chain: [String]) -> String {
        var steps = chain.reversed() + [function]
        if chain.count < depth { steps.insert("…", at: 0) }
        return
            "depth \(depth) is over the \(depthMax) that \"\(function)\" allows, sent by \(sender): "
            + steps.joined(separator: " → ")
            + "; if it continues itself on purpose, say depthMax: in its declaration"
    }
}
