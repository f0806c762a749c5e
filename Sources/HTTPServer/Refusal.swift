/// Why the listener itself answers a request, and no handler.
enum Refusal: Equatable {
    case malformed(String)
    case requestLineTooLong(bytesMax: Int)
    case headTooLarge(bytesMax: Int)
    case tooManyFields(fieldsMax: Int)
    case bodyTooLarge(bytesMax: Int)
    case chunkFramingTooLarge(bytesMax: Int)
    case trailersTooLarge(bytesMax: Int)
    case unknownExpectation
    case unknownMethod
    case tunnelRefused
    case unknownCoding(String)
    case unknownVersion
    case tooSlow(String)
    case overBudget

    var status: Int {
        switch self {
        case .malformed: 400
        case .requestLineTooLong: 414
        case .headTooLarge, .tooManyFields, .trailersTooLarge: 431
        case .bodyTooLarge, .chunkFramingTooLarge: 413
        case .unknownExpectation: 417
        case .unknownMethod, .tunnelRefused, .unknownCoding: 501
        case .unknownVersion: 505
        case .tooSlow: 408
        case .overBudget: 503
        }
    }

    var detail: String {
        switch self {
        case .malformed(let why):
            "the request could not be read: \(why); send it as RFC 9112 says"
        case .requestLineTooLong(let max):
            "the request line is longer than \(max) bytes; shorten the target"
        case .headTooLarge(let max):
            "the header fields are longer than \(max) bytes; send less of them"
        case .tooManyFields(let max):
            "the request has more than \(max) header fields; send fewer"
        case .bodyTooLarge(let max):
            "the body is longer than \(max) bytes; send it in smaller parts"
        case .chunkFramingTooLarge(let max):
            "the chunk extensions are longer than \(max) bytes; send none"
        case .trailersTooLarge(let max):
            "the trailer fields are longer than \(max) bytes; send less of them"
        case .unknownExpectation:
            "the Expect header asks for something other than 100-continue; leave it out"
        case .unknownMethod:
            "the request method is not known here; use one of RFC 9110"
        case .tunnelRefused:
            "CONNECT asks for a tunnel, and this is no proxy; send the request to its server"
        case .unknownCoding(let found):
            "the transfer coding is \"\(found)\", and only \"chunked\" is known; send that"
        case .unknownVersion:
            "the protocol version is not known here; use HTTP/1.1 or HTTP/1.0"
        case .tooSlow(let what):
            "\(what) came too slowly; send it again"
        case .overBudget:
            "too many request bodies are being received; send it again later"
        }
    }

    var problem: Problem { Problem(status: status, detail: detail) }
}
