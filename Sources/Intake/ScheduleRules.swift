import Contract
import Cron

/// The rules of schedules, one for all that have the same pattern, zone and choices: to compile a
/// pattern costs more than all else that is done to follow a schedule.
struct ScheduleRules {
    private struct Times: Hashable {
        let pattern: ScheduleDeclaration.Pattern
        let zone: String
        let gap: String
        let repeated: String
        let missed: String

        init(_ declaration: ScheduleDeclaration) {
            pattern = declaration.pattern
            zone = declaration.zone
            gap = declaration.gap
            repeated = declaration.repeated
            missed = declaration.missed
        }
    }

    private var known: [Times: ScheduleRule] = [:]

    /// Where each schedule has a pattern of its own, sharing spares nothing: then all are forgotten.
    private static let rulesMax = 1_000

    /// What is decided of the instants of a schedule.
    mutating func rule(
        of declaration: ScheduleDeclaration, zone: (String) throws -> Zone
    ) throws(ScheduleMistake) -> ScheduleRule {
        let times = Times(declaration)
        if let rule = known[times] { return rule }
        let rule = try declaration.rule(zone: zone)
        if known.count >= Self.rulesMax { known.removeAll(keepingCapacity: true) }
        known[times] = rule
        return rule
    }
}
