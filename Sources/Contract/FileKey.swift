/// The path of a file within its bucket, and which of them are spoken of.
package enum FileKey {
    /// What a key may weigh.
    package static let bytesMax = 1_024
    /// The directory of a bucket in which files are staged; nobody watches it.
    package static let stagingFolder = ".roost"

    /// True for a path that a request may name: parts apart by "/", none empty or with a dot in
    /// front.
    package static func isKey(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return (1...bytesMax).contains(path.utf8.count)
            && !parts.contains { $0.isEmpty || $0.hasPrefix(".") }
    }

    /// False for names that programs give to what they have not finished, too.
    package static func isAnnounced(_ path: String) -> Bool {
        isKey(path) && !temporaryEndings.contains { path.hasSuffix($0) }
    }

    private static let temporaryEndings = [".part", ".tmp", ".crdownload", "~"]
}
