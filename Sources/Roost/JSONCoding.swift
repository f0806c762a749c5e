import Contract
import FoundationEssentials

/// JSON as Roost writes and reads it: dates are RFC 3339 in UTC, keys are as the types name them.
package enum JSONCoding {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
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

    /// Throws where a value can't be written.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        Array(try encoder.encode(value))
    }

    /// Throws an `UnreadableValue` that names the field.
    ///
    /// - Parameter root: what the path of a field begins with, such as "data" or "body".
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], named root: String
    ) throws -> Value {
        do {
            return try decode(type, bytes)
        } catch let error as DecodingError {
            if let misfit = misfit(type, bytes, error) {
                let fault = "expected a whole number in its range, found \(misfit.number)"
                throw UnreadableValue(path: root + misfit.path, fault: fault)
            }
            throw UnreadableValue(error, in: bytes, named: root)
        }
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8]
    ) throws -> Value {
        try bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else {
                return try decoder.decode(type, from: Data())
            }
            // because the decoder lets go of the data before it returns, and never writes there
            let data = Data(
                bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
                deallocator: .none)
            return try decoder.decode(type, from: data)
        }
    }

    /// The number that fits no type, for the decoder does not say which it was: the one without
    /// which the text would fail otherwise, or not at all.
    private static func misfit<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], _ error: DecodingError
    ) -> (path: String, number: String)? {
        guard error.isAboutTheWhole, bytes.count <= misfitBytesMax else { return nil }
        // A text that is no JSON has no numbers; the caller says what is wrong with it.
        let numbers = (try? bytes.withJSON { $0.numbers(max: misfitsMax) }) ?? []
        return numbers.first { number in
            var changed = bytes
            changed.replaceSubrange(
                number.range,
                with: [UInt8(ascii: "0")]
                    + [UInt8](repeating: UInt8(ascii: " "), count: number.range.count - 1))
            do {
                _ = try decode(type, changed)
                return true
            } catch {
                return !((error as? DecodingError)?.isAboutTheWhole ?? false)
            }
        }.map { ($0.path, String(decoding: bytes[$0.range], as: UTF8.self)) }
    }

    private static let misfitsMax = 100
    /// Each number that is tried costs a decode of all, so a longer text is not searched.
    private static let misfitBytesMax = 64 * 1024
}

extension DecodingError {
    fileprivate var isAboutTheWhole: Bool {
        if case .dataCorrupted(let context) = self { context.codingPath.isEmpty } else { false }
    }
}

extension JSONValue {
    /// Where the first numbers in it lie, and their paths: ".items[2].price".
    fileprivate func numbers(max: Int, path: String = "") -> [(range: Range<Int>, path: String)] {
        if kind == .number { return [(range, path)] }
        var found: [(range: Range<Int>, path: String)] = []
        if let members {
            for member in members where found.count < max {
                let below = "\(path).\(member.key.string)"
                found += member.value.numbers(max: max - found.count, path: below)
            }
        } else if let elements {
            for (index, element) in elements.enumerated() where found.count < max {
                found += element.numbers(max: max - found.count, path: "\(path)[\(index)]")
            }
        }
        return found
    }
}

/// Moments as texts, such as "2026-11-23T09:30:00.000Z".
enum RFC3339 {
    private static let whole = Date.ISO8601FormatStyle()
    private static let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func text(of date: Date) -> String { fractional.format(date) }

    /// Nil for a text that is no moment; the caller says so.
    static func date(of text: String) -> Date? {
        try? (text.utf8.contains(UInt8(ascii: ".")) ? fractional : whole).parse(text)
    }
}
