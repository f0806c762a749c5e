/// Why a store could not be opened or copied.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    case noDirectory(path: String)
    case readOnly(path: String, reason: String)
    case notAStore(path: String, found: String)
    case corrupt(path: String, found: String)
    case newerSchema(path: String, found: Int, known: Int)
    case locked(path: String)
    case migration(path: String, name: String, reason: String)
    case unusable(path: String, reason: String)
    case backupExists(path: String)
    case backup(path: String, reason: String)

    package var description: String {
        switch self {
        case .noDirectory(let path):
            unopened(path, "its directory does not exist; make it, or name another with --data")
        case .readOnly(let path, let reason):
            unopened(
                path,
                "\(reason), where it has to be writable; give the host's user the right to "
                    + "write it, or name another directory with --data")
        case .notAStore(let path, let found):
            unopened(
                path,
                "found \(found), expected a store that Roost made; move the file away, or "
                    + "name another directory with --data")
        case .corrupt(let path, let found):
            unopened(
                path,
                "the file is damaged (\(found)); put a backup in its place, or save what can "
                    + "be read with sqlite3's .recover")
        case .newerSchema(let path, let found, let known):
            unopened(
                path,
                "its schema is version \(found), expected at most \(known); run the newer "
                    + "roost that wrote it, or put a backup in its place")
        case .locked(let path):
            unopened(path, "another process holds its lock; stop that process")
        case .migration(let path, let name, let reason):
            "could not bring the store \"\(path)\" to the schema \"\(name)\": \(reason); "
                + "nothing was changed, and a copy lies beside the file"
        case .unusable(let path, let reason): unopened(path, reason)
        case .backupExists(let path):
            "could not write the backup \"\(path)\": a file of that name exists; name another, "
                + "or remove it"
        case .backup(let path, let reason): "could not write the backup \"\(path)\": \(reason)"
        }
    }

    private func unopened(_ path: String, _ reason: String) -> String {
        "could not open the store \"\(path)\": \(reason)"
    }
}
