import Roost

struct DailyReport: Codable, Sendable, Equatable, Identifiable {
    /// The day before which the orders were counted: "2026-11-24".
    var id: String
    var orders = 0
    var reserved = 0
    /// The size of its file, once that is in the bucket.
    var fileBytes: Int64?
}

let dailyReports = DocumentCollection<DailyReport>("daily-reports")
let reports = Bucket("reports")

/// Counts the orders every night, and writes a file of them: both or neither. A tick carries the planned time, so a late one counts the same day.
let nightlyReport = Function("nightly-report") { (tick: Tick, context) in
    var report = DailyReport(id: tick.scheduledFor.formatted(.iso8601.year().month().day()))
    var file = "order,customer,state\n"
    var after: String?
    repeat {
        let page = try await context[orders].list(after: after, limit: 100)
        report.orders += page.items.count
        report.reserved += page.items.count { $0.document.state == .reserved }
        for order in page.items.map(\.document) {
            file += "\(order.id),\(order.customer),\(order.state.rawValue)\n"
        }
        after = page.next
    } while after != nil
    try context[dailyReports].put(report)
    try await context.bucket(reports).put(file, at: "\(report.id).csv")
    context.logger.info("orders counted", metadata: ["orders": "\(report.orders)"])
}

/// Notes that a report's file is there.
let noteReport = Function("note-report") { (file: FileEvent, context) in
    let day = String(file.key.prefix { $0 != "." })
    try context[dailyReports].merge(["fileBytes": file.size], id: day)
}
