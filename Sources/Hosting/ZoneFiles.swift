import Contract
package import Cron
import Foundation

/// The zones that this machine knows: the files of its tzdata.
package final class ZoneFiles {
    private let directory: String
    private var known: [String: Zone] = ["UTC": .utc]

    /// Where Debian and most others keep them.
    package static let standard = "/usr/share/zoneinfo"

    /// Reads nothing yet.
    package init(directory: String = standard) { self.directory = directory }

    /// The zone of an IANA name, read once.
    ///
    /// - Throws: `ZoneFileError`, where the machine has no such zone or its file can't be read; UTC
    ///   never takes its place.
    package func zone(_ name: String) throws -> Zone {
        if let zone = known[name] { return zone }
        guard FileManager.default.fileExists(atPath: directory) else {
            throw ZoneFileError.noZones(directory: directory)
        }
        guard isName(name), let bytes = FileManager.default.contents(atPath: path(name)) else {
            throw ZoneFileError.unknown(name, nearest: nearest(to: name, among: names()))
        }
        let zone = try Zone(name: name, tzif: Array(bytes))
        known[name] = zone
        return zone
    }

    private func path(_ name: String) -> String { directory + "/" + name }

    /// A name is parts of letters, digits and a few signs: no way out of the directory.
    private func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (1...3).contains(parts.count)
            && parts.allSatisfy { part in
                part.first?.isLetter == true
                    && part.utf8.allSatisfy {
                        $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                            || $0 == UInt8(ascii: "+")
                    }
            }
    }

    /// All names, from the table that tzdata brings with it.
    private func names() -> [String] {
        guard
            let bytes = FileManager.default.contents(atPath: path("tzdata.zi"))
                ?? FileManager.default.contents(atPath: path("zone1970.tab"))
        else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            switch words.first {
            case "Z": return words.dropFirst().first.map(String.init)
            case "L": return words.last.map(String.init)
            default:
                // The columns of the other table stand apart by tabs.
                guard line.contains("\t"), words.count > 2, line.first != "#" else { return nil }
                return String(words[2])
            }
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// Why a zone can't be read.
package enum ZoneFileError: Error, Equatable, CustomStringConvertible {
    case noZones(directory: String)
    case unknown(String, nearest: String?)

    package var description: String {
        switch self {
        case .noZones(let directory):
            "the machine has no zones in \(directory); install tzdata"
        case .unknown(let name, let nearest):
            "the zone \"\(name)\" is not known"
                + (nearest.map { "; did you mean \"\($0)\"?" }
                    ?? "; expected an IANA name such as Europe/Berlin")
        }
    }
}
