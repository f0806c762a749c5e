/// The field that a query's documents are sorted by; those that have no value there are left out.
package struct DocumentSort: Sendable, Equatable {
    /// The names on the way to the value.
    package let field: [String]
    /// True for the largest first.
    package let isDescending: Bool

    /// Reads the text form: a field, perhaps with dots in it, and "-" before it for the largest
    /// first.
    package init(_ text: String) throws(DocumentSortError) {
        isDescending = text.hasPrefix("-")
        let parts = text.dropFirst(isDescending ? 1 : 0).split(
            separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= DocumentFilter.textBytesMax, !parts.contains(where: \.isEmpty)
        else { throw DocumentSortError(text: String(text.prefix(40))) }
        field = parts.map(String.init)
    }

    /// Its text form.
    package var text: String { (isDescending ? "-" : "") + field.joined(separator: ".") }

    /// What the document is sorted by; nil where it is left out.
    package func key(of document: JSONValue) -> IndexKey? { IndexKey(of: document, at: field) }

    /// Where a document comes in the list; nil where it is left out.
    package func place(of body: [UInt8], id: String) -> SortPlace? {
        // What is stored was checked; what is no JSON has no place.
        guard let key = (try? body.withJSON { key(of: $0) }) ?? nil else { return nil }
        return SortPlace(key: key, id: id)
    }

    /// True where the left one comes first.
    package func isBefore(_ left: SortPlace, _ right: SortPlace) -> Bool {
        if left.key != right.key {
            return isDescending ? right.key < left.key : left.key < right.key
        }
        return isDescending
            ? right.id.utf8.lexicographicallyPrecedes(left.id.utf8)
            : left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
    }
}

/// A document's place in a sorted list; its text is the `after` of the next page.
package struct SortPlace: Sendable, Equatable {
    /// What it is sorted by.
    package var key: IndexKey
    /// The last part of its path.
    package var id: String

    /// The place of a document.
    package init(key: IndexKey, id: String) {
        self.key = key
        self.id = id
    }

    /// Reads what `text` wrote; nil for all else.
    package init?(_ text: String) {
        guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")),
            let bytes = [UInt8](hex: text.utf8[..<dot])
        else { return nil }
        key = IndexKey(stored: bytes)
        id = String(decoding: text.utf8[dot...].dropFirst(), as: UTF8.self)
    }

    /// The key in hexadecimal digits and the identifier, with a dot between them.
    package var text: String { key.bytes.hex + "." + id }
}

/// Why a text is no sort.
package struct DocumentSortError: Error, Equatable, CustomStringConvertible {
    let text: String

    /// Says what was found, and what is expected.
    package var description: String {
        "sort \"\(text)\" has no field or an empty part; expected a name such as total or "
            + "address.city, with \"-\" before it for the largest first"
    }
}

extension [UInt8] {
    fileprivate var hex: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        return String(
            decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    fileprivate init?(hex: Substring.UTF8View) {
        let digits = hex.compactMap(\.hexadecimalValue)
        guard digits.count % 2 == 0, digits.count == hex.count else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
