import Contract
import HTTPServer

/// A request whose route is known and whose query was checked.
struct AdminRequest: Sendable {
    let exchange: HTTPExchange
    let captures: [RequestData.Field]
    let query: [(name: String, value: String)]
    let body: [UInt8]

    /// What the capture of the route's path stands for.
    func capture(_ name: String) -> String {
        guard let field = captures.first(where: { $0.name == name }) else {
            preconditionFailure("a route has the capture that its answer asks for")
        }
        return field.value
    }

    /// The last value of a query item; nil where there is none.
    func parameter(_ name: String) -> String? { query.last { $0.name == name }?.value }

    /// A whole number of the query, or `standard` where it is not given.
    func count(
        _ name: String, in range: ClosedRange<Int>, standard: Int
    ) throws(AdminError) -> Int {
        guard let text = parameter(name) else { return standard }
        guard let count = Int(text), range.contains(count) else {
            throw .badParameter(
                name, found: text,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }
}
