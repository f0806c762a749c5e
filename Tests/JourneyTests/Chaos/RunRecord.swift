import Contract
import Foundation

/// What the handlers of the chaos app wrote down: when they began and when they ended.
struct RunRecord {
    struct Run: Hashable {
        let function: String
        let invocation: String
        let event: Int64
        let attempt: Int
        let key: String
        /// The number of the line in which it began, and of that in which it ended, if it did.
        let began: Int
        var ended: Int?
    }

    private(set) var runs: [Run] = []

    init(_ text: String) {
        var open: [String: Int] = [:]
        for (number, line) in text.split(separator: "\n").enumerated() {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            let place = parts[1..<5].joined(separator: " ")
            if parts[0] == "begin" {
                open[place] = runs.count
                runs.append(
                    Run(
                        function: parts[1], invocation: parts[2],
                        event: EventID(parts[3])?.number ?? -1, attempt: Int(parts[4]) ?? -1,
                        key: parts[5], began: number))
            } else if let run = open.removeValue(forKey: place) {
                runs[run].ended = number
            }
        }
    }

    /// What the runs must not show, whatever was killed.
    var mistakes: [String] { repeated + disordered }

    /// An attempt is handed out once. A call of the short way is only recorded when it ends, so its
    /// number begins anew with the host.
    private var repeated: [String] {
        var seen: Set<String> = []
        return runs.filter { $0.function != "enter" }.compactMap { run in
            guard !seen.insert("\(run.invocation) \(run.attempt)").inserted else { return nil }
            return "\(run.function) \(run.invocation) ran attempt \(run.attempt) twice"
        }
    }

    /// The runs of one function with one key begin in the order of their events, and one at a time.
    private var disordered: [String] {
        let lanes = Dictionary(grouping: runs.filter { !$0.key.isEmpty }) {
            "\($0.function) \($0.key)"
        }
        return lanes.sorted { $0.key < $1.key }.flatMap { lane, runs in
            zip(runs, runs.dropFirst()).compactMap { earlier, later -> String? in
                if later.event < earlier.event {
                    return "\(lane): event \(later.event) began after event \(earlier.event)"
                }
                if let end = earlier.ended, end > later.began {
                    return "\(lane): event \(later.event) began while \(earlier.event) still ran"
                }
                return nil
            }
        }
    }
}
