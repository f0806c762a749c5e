import EventLoop
import HTTPServer
import HTTPTypes

/// Who may ask: keeps out pages of other sites, names that were made to point here, and whoever
/// does not know the token.
struct AdminGuard: Sendable {
    private let token: [UInt8]?
    /// The Host that was found to be ours last, for most requests name the same.
    private var known: [UInt8] = []

    init(token: String?) {
        self.token = token.map { Array($0.utf8) }
    }

    /// Throws for a host that this is not and for a write that a page of another site makes.
    ///
    /// A name that an attacker's DNS points at this machine would make a browser take us for his
    /// site. An address can't be made to, so a listener on all addresses takes any address.
    mutating func checkOrigin(
        _ head: RequestHead, boundTo address: SocketAddress?
    ) throws(AdminError) {
        if !head.hostBytes.isEmpty, !head.hostBytes.elementsEqual(known) {
            let host = head.host
            guard Self.isOurs(host, boundTo: address) else { throw .unknownHost(host) }
            known = Array(head.hostBytes)
        }
        guard head.method.writes else { return }
        if let site = head["sec-fetch-site"], site != "same-origin", site != "none" {
            throw .crossSite(origin: head["origin"] ?? site)
        }
        guard let origin = head["origin"] else { return }
        guard origin == "http://\(head.host)" || origin == "https://\(head.host)" else {
            throw .crossSite(origin: origin)
        }
    }

    /// Throws where a token is asked for and this one is not shown.
    func checkToken(_ head: RequestHead) throws(AdminError) {
        guard let token else { return }
        guard let shown = head.first("authorization") else { throw .noToken(isWrong: false) }
        guard Self.isSame(shown, token) else { throw .noToken(isWrong: true) }
    }

    /// Looks at every byte whatever the first ones are, so that time tells nothing.
    private static func isSame(_ shown: ArraySlice<UInt8>, _ token: [UInt8]) -> Bool {
        let scheme = shown.prefix(7)
        guard scheme.elementsEqual("bearer ".utf8, by: { $0 | 0x20 == $1 }) else { return false }
        let secret = shown.dropFirst(7)
        guard secret.count == token.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(secret, token) { difference |= one ^ other }
        return difference == 0
    }

    private static func isOurs(_ host: String, boundTo address: SocketAddress?) -> Bool {
        let name = withoutPort(host)
        switch name {
        case "localhost", "127.0.0.1", "[::1]": return true
        default: break
        }
        guard let address else { return false }
        if name == (address.host.contains(":") ? "[\(address.host)]" : address.host) { return true }
        let isEverywhere = address.host == "0.0.0.0" || address.host == "::"
        return isEverywhere && isAddress(name)
    }

    private static func withoutPort(_ host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
        return host.firstIndex(of: ":").map { String(host[..<$0]) } ?? host
    }

    private static func isAddress(_ name: String) -> Bool {
        if name.hasPrefix("["), name.hasSuffix("]") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension HTTPRequest.Method {
    /// False for the methods that only ask.
    var writes: Bool { self != .get && self != .head && self != .options }
}
