import Glibc

/// The Date line of answers, as RFC 9110 writes it; made anew by the sweep.
struct DateLine {
    private(set) var bytes: [UInt8] = []
    private var second = Int.min

    init() { refresh() }

    /// Looks at the wall clock and rewrites the line where the second has changed.
    mutating func refresh() {
        let now = time(nil)
        guard now != second else { return }
        second = now
        bytes = Self.line(secondsSince1970: now)
    }

    static func line(secondsSince1970 second: Int) -> [UInt8] {
        var instant = second
        var parts = tm()
        gmtime_r(&instant, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = days[Int(parts.tm_wday)]
        let month = months[Int(parts.tm_mon)]
        let date = "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year + 1900)"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return Array("Date: \(date) \(clock) GMT\r\n".utf8)
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
