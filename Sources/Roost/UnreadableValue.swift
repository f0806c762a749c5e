import Contract

/// JSON that is not what a type wants: which field, what was expected and what was found.
struct UnreadableValue: Error, CustomStringConvertible {
    /// Such as "data.items[2].price".
    let path: String
    /// Such as "expected a number, found a text".
    let fault: String

    var description: String { "\(path): \(fault)" }

    init(path: String, fault: String) {
        self.path = path
        self.fault = fault
    }

    init(_ error: DecodingError, in bytes: [UInt8], named root: String) {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            path = Self.path(root, context.codingPath)
            let found = bytes.jsonKind(at: context.codingPath)?.rawValue
            fault = "expected \(Self.word(for: type)), found \(found ?? "nothing")"
        case .keyNotFound(let key, let context):
            path = Self.path(root, context.codingPath + [key])
            fault = "is missing"
        case .dataCorrupted(let context):
            path = Self.path(root, context.codingPath)
            fault = Self.corruption(context, bytes)
        @unknown default:
            path = root
            fault = "can't be decoded"
        }
    }

    private static func corruption(_ context: DecodingError.Context, _ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "is empty, expected JSON" }
        do {
            _ = try bytes.checkedJSONKind()
            guard context.codingPath.isEmpty else { return context.debugDescription }
            return "holds a value that does not fit its type; the decoder says: "
                + context.debugDescription
        } catch {
            return "is not JSON: \(error)"
        }
    }

    private static func path(_ root: String, _ keys: [any CodingKey]) -> String {
        keys.reduce(into: root) { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += ".\(key.stringValue)"
            }
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        default: otherWord(for: "\(type)")
        }
    }

    private static func otherWord(for type: String) -> String {
        if type.hasPrefix("Array<") { return "an array" }
        if type.hasPrefix("Dictionary<") { return "an object" }
        return switch type {
        case "Date": "a moment like \"2026-11-23T09:30:00Z\""
        case "Decimal": "a number"
        default: "a value of \(type)"
        }
    }
}

extension [UInt8] {
    /// What the value at `path` is; nil where there is none, or where the bytes are no JSON.
    fileprivate func jsonKind(at path: [any CodingKey]) -> JSONKind? {
        // A text that can't be read has no kinds, which is the answer.
        try? withJSON { value in
            var place: JSONValue? = value
            for key in path {
                guard let container = place else { break }
                if let index = key.intValue {
                    place = container.elements?.dropFirst(index).first { _ in true }
                } else {
                    place = container[key.stringValue]
                }
            }
            return place?.kind
        }
    }
}
