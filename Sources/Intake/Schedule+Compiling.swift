package import Contract
package import Cron

/// Why a schedule can't be followed.
package struct ScheduleMistake: Error, Equatable, CustomStringConvertible {
    /// Names the schedule, what was found and what was expected.
    package let description: String
}

extension ScheduleDeclaration {
    /// Its planned instants.
    ///
    /// - Parameter zone: the zone of a name; throws a text where the machine has none.
    package func timetable(
        zone: (String) throws -> Zone
    ) throws(ScheduleMistake) -> Timetable {
        do {
            switch pattern {
            case .cron(let text):
                let pattern = try CronPattern(text)
                try pattern.requireDates()
                return .cron(
                    pattern, zone: try zone(self.zone), gap: GapRule(rawValue: gap) ?? .after,
                    repeated: RepeatRule(rawValue: repeated) ?? .first)
            case .everyMilliseconds(let interval):
                return .every(try IntervalPattern(.milliseconds(interval)))
            }
        } catch {
            throw ScheduleMistake(description: "the schedule \"\(name)\": \(error)")
        }
    }

    /// What is decided of its instants.
    package func rule(zone: (String) throws -> Zone) throws(ScheduleMistake) -> ScheduleRule {
        let timetable = try timetable(zone: zone)
        guard let missed = ScheduleRule.Missed(missed) else {
            throw ScheduleMistake(
                description: "the schedule \"\(name)\": missed is \"\(missed)\", "
                    + "expected skip, latest, or all: with the most that run, 1 to "
                    + "\(ScheduleDeclaration.missedMax), such as all:100")
        }
        return ScheduleRule(timetable: timetable, missed: missed)
    }

    /// What is wrong with it, as far as a host can tell that has these functions; nil for nothing.
    package func mistake(
        among functions: [FunctionDeclaration], zone: (String) throws -> Zone
    ) -> String? {
        do throws(ScheduleMistake) {
            _ = try rule(zone: zone)
        } catch {
            return error.description
        }
        guard let function = functions.first(where: { $0.name == self.function }) else {
            let near = nearest(to: self.function, among: functions.map(\.name))
            return "the schedule \"\(name)\" runs \"\(self.function)\", which the app does not have"
                + (near.map { "; did you mean \"\($0)\"?" } ?? "")
        }
        guard function.input == .tick else {
            return "the schedule \"\(name)\" runs \"\(function.name)\", which takes a "
                + "\(function.input.rawValue) and no tick"
        }
        return nil
    }
}
