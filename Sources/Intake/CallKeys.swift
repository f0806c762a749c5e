import Contract
import Crypto
import EventLoop
import HTTPServer

/// The hashes by which calls with an idempotency key are told apart.
package struct CallHashes: Sendable, Equatable {
    /// Of scope and key.
    package var key: [UInt8]
    /// Of method, target, content type and body.
    package var fingerprint: [UInt8]

    /// - Parameter scope: the trigger's `keyScope`.
    package init(scope: String, key: String, request: Fingerprint) {
        var keyHash = SHA256()
        keyHash.update(data: Array(scope.utf8))
        keyHash.update(data: [0])
        keyHash.update(data: Array(key.utf8))
        self.key = Array(keyHash.finalize())
        fingerprint = request.hash()
    }

    /// The text that a handler sends on as its own key: the same for every repetition of the call.
    package var onceKey: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = key.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

/// What makes two requests the same one.
package struct Fingerprint: Sendable {
    var method: String
    var target: String
    var contentType: String
    var body: [UInt8]

    /// Takes the parts as they were sent; no content type is the same as an empty one.
    package init(method: String, target: String, contentType: String?, body: [UInt8]) {
        self.method = method
        self.target = target
        self.contentType = contentType ?? ""
        self.body = body
    }

    @LoopActor
    init(_ exchange: HTTPExchange) {
        self.init(
            method: exchange.head.method.rawValue, target: exchange.head.target,
            contentType: exchange.head["content-type"], body: exchange.body)
    }

    /// SHA-256 over the parts with a zero byte between them, which none but the body can hold.
    func hash() -> [UInt8] {
        var hash = SHA256()
        for part in [method, target, contentType] {
            hash.update(data: Array(part.utf8))
            hash.update(data: [0])
        }
        hash.update(data: body)
        return Array(hash.finalize())
    }
}

/// Bodies above this are hashed off the loop.
let hashedOnLoopBytesMax = 64 * 1024
