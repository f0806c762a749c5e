import Cron
import Foundation

/// A zone with the instants at which its clock changed, found by asking what it shows.
struct ChangingZone {
    static let years = UnixTime(seconds: 0)...UnixTime(seconds: 2_145_916_800)
    private static let stepSeconds: Int64 = 6 * 3600

    let zone: Zone
    /// From 1970 to 2037, in order.
    let changes: [UnixTime]

    init(name: String) throws {
        let file = URL(filePath: "/usr/share/zoneinfo/\(name)")
        let zone = try Zone(name: name, tzif: Array(Data(contentsOf: file)))
        self.zone = zone
        var changes: [UnixTime] = []
        var seconds = Self.years.lowerBound.seconds
        while seconds < Self.years.upperBound.seconds {
            let next = seconds + Self.stepSeconds
            if zone.offset(at: seconds) != zone.offset(at: next) {
                changes.append(Self.change(of: zone, after: seconds, notAfter: next))
            }
            seconds = next
        }
        self.changes = changes
    }

    private static func change(of zone: Zone, after early: Int64, notAfter late: Int64) -> UnixTime
    {
        var (early, late) = (early, late)
        let before = zone.offset(at: early)
        while late - early > 1 {
            let middle = (early + late) / 2
            if zone.offset(at: middle) == before { early = middle } else { late = middle }
        }
        return UnixTime(seconds: late)
    }

    /// The hour that the clock showed before a change.
    func hour(before change: UnixTime) -> Int {
        let local = Int(change.seconds) - 1 + zone.offset(at: change.seconds - 1)
        return ((local % 86_400 + 86_400) % 86_400) / 3600
    }
}

extension Zone {
    fileprivate func offset(at seconds: Int64) -> Int {
        offsetSeconds(at: UnixTime(seconds: seconds))
    }
}

extension ChangingZone {
    /// Zones of all parts of the world, and those whose clocks do what few do.
    static let names = [
        // No change at all, and offsets that are no hours.
        "UTC", "Etc/GMT+12", "Etc/GMT-14", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo",
        "Pacific/Marquesas", "Australia/Eucla", "Asia/Pyongyang", "America/Caracas",
        // The usual rules of summer time.
        "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Athens", "Europe/Kyiv",
        "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
        "America/Halifax", "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland",
        // By half an hour, by two, from a winter below the standard, and at odd times of day.
        "Australia/Lord_Howe", "Antarctica/Troll", "Europe/Dublin", "America/St_Johns",
        "Pacific/Chatham", "America/Godthab", "America/Scoresbysund", "Atlantic/Azores",
        "America/Havana", "America/Sao_Paulo", "America/Santiago", "America/Asuncion",
        "America/Mexico_City", "Pacific/Easter", "Africa/Cairo", "Asia/Beirut", "Asia/Amman",
        "Asia/Gaza", "Asia/Jerusalem", "Asia/Tehran", "Asia/Dhaka", "Asia/Colombo",
        // By the moon, and over the date line.
        "Africa/Casablanca", "Africa/El_Aaiun", "Pacific/Apia", "Pacific/Fakaofo",
        "Pacific/Kwajalein", "Pacific/Kiritimati", "Pacific/Enderbury", "Pacific/Tongatapu",
        // Often changed by law, by hours at once, or by parts of a minute.
        "Europe/Moscow", "Europe/Samara", "Europe/Volgograd", "Europe/Istanbul", "Asia/Almaty",
        "Asia/Novosibirsk", "Asia/Vladivostok", "Asia/Magadan", "Antarctica/Casey",
        "Antarctica/Vostok", "Antarctica/Macquarie", "Antarctica/Palmer", "Africa/Monrovia",
        "Africa/Tripoli", "Africa/Juba", "Africa/Windhoek", "Africa/Sao_Tome", "America/Anchorage",
        "America/Adak", "America/Metlakatla", "America/Danmarkshavn", "America/Montevideo",
        "America/Guyana", "Asia/Kabul", "Asia/Riyadh", "Asia/Yangon", "Pacific/Norfolk",
        "Pacific/Bougainville", "Pacific/Nauru", "Pacific/Guam",
    ]
}
