/// Why a call has no answer.
///
/// Each case begins with the call, method and address without its query.
package enum HTTPClientError: Error, Equatable {
    case badAddress(_ call: String)
    case noConnection(_ call: String, detail: String)
    case noConnectionInTime(_ call: String, limit: Duration)
    case untrusted(_ call: String, detail: String)
    case noAnswerInTime(_ call: String, limit: Duration)
    case stalled(_ call: String, limit: Duration)
    case broken(_ call: String, detail: String)
    case headTooLarge(_ call: String, bytesMax: Int)
    case bodyTooLarge(_ call: String, bytesMax: Int)
    case otherScheme(_ call: String, location: String)
    case tooManyRedirects(_ call: String, max: Int)
    case tooManyCalls(_ call: String, max: Int)
    case cancelled(_ call: String)
    case closed(_ call: String)
}

extension HTTPClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badAddress(let call):
            "\(call): this is no address to call; write \"http://\" or \"https://\", a host and a "
                + "path, with spaces and letters beyond ASCII percent-encoded"
        case .noConnection(let call, let detail):
            "\(call): no connection (\(detail)); check the address and that something listens there"
        case .noConnectionInTime(let call, let limit):
            "\(call): no connection within \(limit.inWords); check the address and what lies "
                + "between, or call again"
        case .untrusted(let call, let detail):
            "\(call): the other side could not be trusted (\(detail)); check its certificate and "
                + "the machine's clock and authorities"
        case .noAnswerInTime(let call, let limit):
            "\(call): no answer within \(limit.inWords); give it a longer timeout, or call again"
        case .stalled(let call, let limit):
            "\(call): not a byte moved for \(limit.inWords); call again when the other side is well"
        case .broken(let call, let detail):
            "\(call): the exchange broke (\(detail)); the other side may have done what it was asked"
        case .headTooLarge(let call, let bytesMax):
            "\(call): the answer's fields are larger than \(bytesMax) bytes, the most that is taken"
        case .bodyTooLarge(let call, let bytesMax):
            "\(call): the answer is larger than \(bytesMax) bytes, the most that is taken; ask for "
                + "it in parts"
        case .otherScheme(let call, let location):
            "\(call): redirected to \"\(location)\", which has another scheme and is not followed; "
                + "call that address itself if it is trusted"
        case .tooManyRedirects(let call, let max):
            "\(call): redirected more than \(max) times; call the address where that ends"
        case .tooManyCalls(let call, let max):
            "\(call): \(max) calls are under way, the most that are allowed; wait for some to end"
        case .cancelled(let call):
            "\(call): cancelled; the other side may have done what it was asked"
        case .closed(let call):
            "\(call): the client is closed, so no answer can come"
        }
    }
}

extension Duration {
    /// "5 s", or "250 ms" where it is no whole number of seconds.
    fileprivate var inWords: String {
        let (seconds, attoseconds) = components
        if attoseconds == 0 { return "\(seconds) s" }
        return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
