import HTTPServer

/// What the header `Prefer` asks (RFC 7240): `respond-async`, and `wait` in seconds.
///
/// What is not known is ignored, as the standard wants it.
struct Preference: Sendable, Equatable {
    var isAsynchronous = false
    var wait: Duration?

    init(_ head: RequestHead) {
        guard head.first("prefer") != nil else { return }
        for value in head.values("prefer") { read(value) }
    }

    init(_ value: String) { read(value) }

    private mutating func read(_ value: String) {
        if value == "respond-async" {
            isAsynchronous = true
            return
        }
        for item in value.split(separator: ",") {
            let parts = item.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard let name = parts.first?.filter({ !$0.isWhitespace }).lowercased() else {
                continue
            }
            let said = parts.dropFirst().first?.filter { !$0.isWhitespace && $0 != "\"" }
            switch name {
            case "respond-async": isAsynchronous = true
            case "wait": wait = said.flatMap { UInt32($0) }.map { .seconds(Int64($0)) }
            default: break
            }
        }
    }
}
