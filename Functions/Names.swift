import Roost

/// Lets through what may name a document, whoever sent it; a caller's mistake is answered 400 and
/// not tried again.
@discardableResult
func checkedName(_ name: String, as what: String) throws -> String {
    let isName =
        (1...100).contains(name.utf8.count)
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    guard isName else {
        throw Rejection(
            "\(what) is \"\(name)\", expected 1 to 100 letters, digits, '-', '_' and '.'")
    }
    return name
}
