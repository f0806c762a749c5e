/// Something that happened in a watched tree: a reason to look at a path, not a promise of what
/// will be found there.
///
/// Paths are relative to the root, without a leading "/", as the kernel named them: they are
/// compared byte by byte, for Swift takes two spellings of "é" for one and the disk does not.
/// Anything may have happened since: a fact can come twice, or be past when it is told.
package enum TreeFact: Sendable, Equatable {
    /// A file was closed by one that had it open for writing; another may still be writing it.
    case written(String)
    /// A file, or what else is no directory, came by a rename, from outside or from another name.
    case movedIn(String)
    /// A name came to be. A hard link or a file without a name that got one says no more than
    /// this; one that is being written says `written` later.
    case appeared(String)
    /// Times, owner, mode or the number of links changed, and the content did not: programs that
    /// keep a file's time set it after they have closed it.
    case touched(String)
    /// A file was renamed to elsewhere, in the tree or out of it.
    case movedAway(String)
    /// A name was removed.
    case deleted(String)

    /// All that lies below must be looked at: the directory was made or moved here, or can be
    /// watched again. Its watches stand, so that whatever is closed from now on is told.
    /// The empty path is the root, told once after the start.
    case directoryAppeared(String)
    /// The directory was removed, or moved to elsewhere; nothing below it is there any more.
    case directoryWent(String)
    /// Facts were lost. Everything must be looked at; the watches stand again.
    case overflowed
    /// The directory and all below it are not watched and must be polled, until it is told as
    /// appeared or gone. Told once for each such stretch.
    case unwatched(String, LoopError)
    /// So many names are no UTF-8 and were left alone, whatever they are; `example` is one of
    /// them with replacement characters.
    case unreadableNames(directory: String, count: Int, example: String)
    /// The tree as a whole is no longer watched. Nothing is told after this.
    case rootLost(RootLoss)

    /// Why a tree can't be watched any more.
    package enum RootLoss: Sendable, Equatable {
        case deleted
        case movedAway
        case unmounted
        /// Another directory has taken its place.
        case replaced
        /// It was never there, or can't be opened any more.
        case refused(LoopError)
    }
}
