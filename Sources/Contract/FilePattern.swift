/// Which files of a bucket a trigger wants: "**/*.csv".
///
/// `*` stands for anything within one part of a key, `?` for one byte of it, `**` as a whole part
/// for any number of parts, none included. All else is compared byte for byte.
package struct FilePattern: Sendable, Equatable {
    private let parts: [[UInt8]]

    /// Any text is a pattern.
    package init(_ text: String) {
        parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// True where the whole key fits.
    package func matches(_ key: String) -> Bool {
        let pieces = key.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
        ).map(Array.init)
        return Self.fits(parts[...], pieces[...], isEqual: Self.fits)
    }

    private static let anyParts = Array("**".utf8)

    private static func fits(
        _ parts: ArraySlice<[UInt8]>, _ pieces: ArraySlice<[UInt8]>,
        isEqual: ([UInt8], [UInt8]) -> Bool
    ) -> Bool {
        guard let part = parts.first else { return pieces.isEmpty }
        if part == anyParts {
            // A key has few parts, and each `**` may only take some of them.
            return (0...pieces.count).contains { taken in
                fits(parts.dropFirst(), pieces.dropFirst(taken), isEqual: isEqual)
            }
        }
        guard let piece = pieces.first, isEqual(part, piece) else { return false }
        return fits(parts.dropFirst(), pieces.dropFirst(), isEqual: isEqual)
    }

    /// The usual walk with one way back: to the last star, which then takes a byte more.
    private static func fits(_ part: [UInt8], _ piece: [UInt8]) -> Bool {
        var (at, place) = (0, 0)
        var star: (at: Int, place: Int)?
        while place < piece.count {
            if at < part.count, part[at] == UInt8(ascii: "*") {
                star = (at, place)
                at += 1
            } else if at < part.count, part[at] == UInt8(ascii: "?") || part[at] == piece[place] {
                at += 1
                place += 1
            } else if let last = star {
                star = (last.at, last.place + 1)
                at = last.at + 1
                place = last.place + 1
            } else {
                return false
            }
        }
        return part[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
