/// The path of a file within its bucket, and which of them are spoken of.
package enum FileKey {
    /// What a key may weigh.
    package static let bytesMax = 1_024
    /// What a file system takes of one name.
    package static let partBytesMax = 255
    /// The directory of a bucket in which files are staged; nobody watches it.
    package static let stagingFolder = ".roost"

    /// True for a path that a request may name: parts apart by "/", none empty, too long for a file
    /// system or with a dot in front, and no NUL, at which C would take the path to end.
    package static func isKey(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return (1...bytesMax).contains(path.utf8.count) && !path.utf8.contains(0)
            && parts.allSatisfy {
                (1...partBytesMax).contains($0.count) && $0.first != UInt8(ascii: ".")
            }
    }

    /// False for names that programs give to what they have not finished, too.
    package static func isAnnounced(_ path: String) -> Bool {
        isKey(path) && !temporaryEndings.contains { path.hasSuffix($0) }
    }

    private static let temporaryEndings = [".part", ".tmp", ".crdownload", "~"]
}
