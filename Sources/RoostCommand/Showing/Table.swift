/// Rows for people: columns stand under each other, numbers to the right.
struct Table: Sendable {
    struct Column: Sendable {
        let title: String
        let isNumber: Bool

        init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    private static let gap = "  "

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        precondition(!columns.isEmpty, "a table has columns")
        self.columns = columns
    }

    /// The rows, without the title.
    var count: Int { rows.count }

    /// What stands for an empty cell is a dash, so that columns can be counted.
    mutating func add(_ cells: [String?]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(
            cells.map { cell in cell.flatMap { $0.isEmpty ? nil : Words.onOneLine($0) } ?? "-" })
    }

    /// The title line and the rows; lines over `width` are cut, and not where that is nil.
    func lines(width: Int?) -> [String] {
        let all = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                Self.padded(cell, to: widths[column], columns[column].isNumber)
            }
            return Self.cut(cells.joined(separator: Self.gap).trimmingEnd, to: width)
        }
    }

    func show() {
        for line in lines(width: Terminal.width) { print(line) }
    }

    private static func padded(_ cell: String, to width: Int, _ isNumber: Bool) -> String {
        let blanks = String(repeating: " ", count: width - cell.count)
        return isNumber ? blanks + cell : cell + blanks
    }

    private static func cut(_ line: String, to width: Int?) -> String {
        guard let width, line.count > width else { return line }
        return String(line.prefix(max(0, width - 1))) + "…"
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
