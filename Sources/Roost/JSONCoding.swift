import FoundationEssentials

/// JSON as Roost writes and reads it: dates are RFC 3339 in UTC, keys are as the types name them.
enum JSONCoding {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RFC3339.text(of: date))
        }
        return encoder
    }()

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            if let date = RFC3339.date(of: text) { return date }
            throw DecodingError.typeMismatch(
                Date.self, .init(codingPath: decoder.codingPath, debugDescription: "not RFC 3339"))
        }
        return decoder
    }()

    static func encode(_ value: some Encodable) throws -> [UInt8] { Array(try encoder.encode(value)) }

    /// Throws an `UnreadableValue` that names the field.
    ///
    /// - Parameter root: what the path of a field begins with, such as "data" or "body".
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], named root: String
    ) throws -> Value {
        do {
            return try bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return try decoder.decode(type, from: Data()) }
                // because the decoder lets go of the data before it returns, and never writes there
                let data = Data(
                    bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
                    deallocator: .none)
                return try decoder.decode(type, from: data)
            }
        } catch let error as DecodingError {
            throw UnreadableValue(error, in: bytes, named: root)
        }
    }
}

/// Moments as texts, such as "2026-11-23T09:30:00.000Z".
enum RFC3339 {
    static func text(of date: Date) -> String {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date)
    }

    static func date(of text: String) -> Date? {
        let whole = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // What neither reads is no moment, and the caller says so.
        return (try? whole.parse(text)) ?? (try? fractional.parse(text))
    }
}
