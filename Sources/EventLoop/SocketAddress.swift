import CUV
import Glibc

/// A numeric IP address and a port.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric IPv4 or IPv6 address, such as "127.0.0.1" or "::1".
    package let host: String
    /// 0 lets the system pick one.
    package let port: Int

    /// Checks nothing: who binds or connects is told of a host or port that is none.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// True for addresses that only this machine can reach.
    package var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>) -> Result
    ) throws(LoopError) -> Result {
        guard 0...65535 ~= port else {
            throw LoopError(action: "use \(port) as a port", code: UV_EINVAL.rawValue)
        }
        var storage = sockaddr_storage()
        let code = withUnsafeMutablePointer(to: &storage) { storage in
            let raw = UnsafeMutableRawPointer(storage)
            return host.contains(":")
                ? uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
                : uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
        }
        try throwing(code, "use \"\(host)\" as a numeric IP address")
        return withUnsafePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }

    init(reading storage: sockaddr_storage) {
        var storage = storage
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
        port = withUnsafePointer(to: &storage) { storage in
            let raw = UnsafeRawPointer(storage)
            if storage.pointee.ss_family == sa_family_t(AF_INET6) {
                let address = raw.assumingMemoryBound(to: sockaddr_in6.self)
                uv_ip6_name(address, &text, text.count)
                return Int(UInt16(bigEndian: address.pointee.sin6_port))
            }
            let address = raw.assumingMemoryBound(to: sockaddr_in.self)
            uv_ip4_name(address, &text, text.count)
            return Int(UInt16(bigEndian: address.pointee.sin_port))
        }
        host = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
