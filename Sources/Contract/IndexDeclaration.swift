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
        let (wanted, found) = (
            self.collection.split(separator: "/"), collection.split(separator: "/")
        )
        return wanted.count == found.count
            && zip(wanted, found).allSatisfy { $0 == "*" || $0 == $1 }
    }

    /// Every mistake in it, each with its cure.
    package var mistakes: [String] {
        var mistakes: [String] = []
        for (place, name) in collection.split(separator: "/", omittingEmptySubsequences: false)
            .enumerated() where place % 2 == 0
        {
            if let error = NameRule.collection.error(for: String(name)) {
                mistakes.append("\(error)")
            }
        }
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
}
