/// One answer as a client reads it.
struct TestAnswer: Equatable {
    var status: Int
    var fields: [String: String]
    var body: String

    /// The answers in `bytes`; nil where the last one is not complete. Interim ones are included.
    static func all(_ bytes: [UInt8], isEnded: Bool, toHead: Bool = false) -> [TestAnswer]? {
        var rest = bytes[...]
        var answers: [TestAnswer] = []
        while !rest.isEmpty {
            guard let answer = next(&rest, isEnded: isEnded, toHead: toHead) else { return nil }
            answers.append(answer)
        }
        return answers
    }

    private static func next(
        _ rest: inout ArraySlice<UInt8>, isEnded: Bool, toHead: Bool
    ) -> TestAnswer? {
        guard let headEnd = end(of: "\r\n\r\n", in: rest) else { return nil }
        let head = String(decoding: rest[..<(headEnd - 4)], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        rest = rest[headEnd...]
        var answer = TestAnswer(
            status: Int(lines[0].split(separator: " ")[1])!, fields: [:], body: "")
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":")!
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            answer.fields[line[..<colon].lowercased()] = String(value)
        }
        if toHead || answer.status < 200 || answer.status == 204 || answer.status == 304 {
            return answer
        }
        guard let body = answer.readBody(&rest, isEnded: isEnded) else { return nil }
        answer.body = String(decoding: body, as: UTF8.self)
        return answer
    }

    private func readBody(_ rest: inout ArraySlice<UInt8>, isEnded: Bool) -> [UInt8]? {
        if let length = fields["content-length"].flatMap({ Int($0) }) {
            guard rest.count >= length else { return nil }
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
        guard fields["transfer-encoding"] == "chunked" else {
            defer { rest = [] }
            return isEnded ? Array(rest) : nil
        }
        var body: [UInt8] = []
        while let lineEnd = Self.end(of: "\r\n", in: rest) {
            let size = Int(String(decoding: rest[..<(lineEnd - 2)], as: UTF8.self), radix: 16)!
            guard rest.endIndex >= lineEnd + size + 2 else { return nil }
            body += rest[lineEnd..<(lineEnd + size)]
            rest = rest[(lineEnd + size + 2)...]
            if size == 0 { return body }
        }
        return nil
    }

    private static func end(of mark: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let mark = Array(mark.utf8)
        guard bytes.count >= mark.count else { return nil }
        for start in bytes.startIndex...(bytes.endIndex - mark.count)
        where bytes[start] == mark[0] && Array(bytes[start..<(start + mark.count)]) == mark {
            return start + mark.count
        }
        return nil
    }
}
