import Roost

struct DailyReport: Codable, Sendable, Equatable, Identifiable {
    /// The day before which the orders were counted: "2026-11-24".
    var id: String
    var orders = 0
    var reserved = 0
}

let dailyReports = DocumentCollection<DailyReport>("daily-reports")

/// Counts the orders every night. A tick carries the planned time, so a late one counts the same day.
let nightlyReport = Function("nightly-report") { (tick: Tick, context) in
    var report = DailyReport(id: tick.scheduledFor.formatted(.iso8601.year().month().day()))
    var after: String?
    repeat {
        let page = try await context[orders].list(after: after, limit: 100)
        report.orders += page.items.count
        report.reserved += page.items.count { $0.document.state == .reserved }
        after = page.next
    } while after != nil
    try context[dailyReports].put(report)
    context.logger.info("orders counted", metadata: ["orders": "\(report.orders)"])
}
