/// Names and values under each other.
enum FactList {
    /// One line for each fact that has a value.
    static func lines(_ facts: [(name: String, value: String?)]) -> [String] {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.compactMap { name, value in
            value.map {
                name + String(repeating: " ", count: width - name.count + 2) + Words.onLines($0)
            }
        }
    }
}
