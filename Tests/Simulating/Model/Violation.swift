/// A rule that does not hold.
package struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which of the ten invariants; they are listed in ARCHITECTURE.md.
    package let invariant: Int
    package let text: String

    package var description: String { "invariant \(invariant): \(text)" }
}

/// Throws where a rule does not hold.
func require(
    _ holds: Bool, _ invariant: Int, _ text: @autoclosure () -> String
) throws(Violation) {
    if !holds { throw Violation(invariant: invariant, text: text()) }
}
