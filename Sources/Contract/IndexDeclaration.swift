/// A field of a collection's documents by which queries find and sort them.
package struct IndexDeclaration: Sendable, Hashable, Codable {
    /// "orders", or "orders/*/notes" for those of every order.
    package var collection: String
    /// A member's name, or more with dots between them.
    package var field: String

    /// As an app declares it.
    package init(collection: String, field: String) {
        self.collection = collection
        self.field = field
    }

    /// The names on the way to the value.
    package var path: [String] { field.split(separator: ".").map(String.init) }

    /// True where it holds the documents of a collection.
    package func covers(_ collection: String) -> Bool {
        let slash = UInt8(ascii: "/")
        let wanted = self.collection.utf8.split(separator: slash)
        let found = collection.utf8.split(separator: slash)
        return wanted.count == found.count
            && zip(wanted, found).allSatisfy { part, name in
                part.elementsEqual("*".utf8) || part.elementsEqual(name)
            }
    }

    /// Every mistake in it, each with its cure.
    package var mistakes: [String] {
        var mistakes = collectionMistakes
        do throws(DocumentSortError) {
            let sort = try DocumentSort(field)
            if sort.isDescending {
                mistakes.append(
                    "the index \"\(field)\" begins with \"-\"; leave it out: it is walked both ways"
                )
            }
        } catch {
            mistakes.append(
                "the index \"\(field)\" of collection \"\(collection)\" has no field or an empty part; expected a name such as state or address.city"
            )
        }
        return mistakes
    }

    private var collectionMistakes: [String] {
        let parts = collection.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else {
            return [
                "the index \"\(field)\" of collection \"\(collection)\" ends in a document's id; "
                    + "expected a collection such as orders or orders/*/notes"
            ]
        }
        return parts.enumerated().compactMap { place, part -> String? in
            let rule = place % 2 == 0 ? NameRule.collection : .documentID
            return rule.error(for: String(decoding: part, as: UTF8.self)).map { "\($0)" }
        }
    }
}
