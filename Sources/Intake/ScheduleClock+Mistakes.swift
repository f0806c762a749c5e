package import Contract
import Dispatching

/// What a schedule is checked for.
extension ScheduleClock {
    /// What is wrong with a schedule that somebody wants to make, or nil.
    package func mistake(in declaration: ScheduleDeclaration) -> String? {
        declaration.mistake(among: dispatcher.registry.functions.map(\.declaration)) {
            try zone($0)
        }
    }
}
