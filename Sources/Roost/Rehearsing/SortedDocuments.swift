import Contract

extension [HostReply.Found] {
    /// Those after a place, in the order of a sort; as they are without one.
    func sorted(
        by sort: String?, in collection: String, after: String?
    ) -> [HostReply.Found] {
        // It was read once before it was asked.
        guard let sort = sort.flatMap({ try? DocumentSort($0) }) else { return self }
        let last = after.flatMap { SortPlace($0) }
        return compactMap { document in
            let name = document.path.utf8.dropFirst(collection.utf8.count + 1)
            let id = String(decoding: name, as: UTF8.self)
            return sort.place(of: document.body, id: id).map { (place: $0, document: document) }
        }
        .filter { found in last.map { sort.isBefore($0, found.place) } ?? true }
        .sorted { sort.isBefore($0.place, $1.place) }.map(\.document)
    }
}
