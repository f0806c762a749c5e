import Roost

/// Streams server-sent events: GET /watch?events=10&milliseconds=1000.
///
/// The events are made while they are sent, so a caller that reads slowly slows the loop down, and
/// one that goes away ends it.
let watchDesk = Function("watch-desk") { (request: WebRequest, _) in
    let events = try number(request, "events", default: 10, in: 1...1_000_000)
    let pause = try number(request, "milliseconds", default: 1000, in: 0...60_000)
    return .stream(headers: [.contentType: "text/event-stream", .cacheControl: "no-store"]) {
        writer in
        for event in 1...events {
            try await writer.write(event: "tick", id: "\(event)", data: "\(event) of \(events)")
            if pause > 0, event < events { try await Task.sleep(for: .milliseconds(pause)) }
        }
    }
}

private func number(
    _ request: WebRequest, _ name: String, default usual: Int, in range: ClosedRange<Int>
) throws -> Int {
    guard let text = request.query[name] else { return usual }
    guard let number = Int(text), range.contains(number) else {
        let expected = "\(range.lowerBound) to \(range.upperBound)"
        throw Rejection(
            status: .badRequest, "the query's \"\(name)\" is \"\(text)\", expected \(expected)")
    }
    return number
}
