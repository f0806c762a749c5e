/// How far watches and walks go into a tree.
package enum TreeBounds {
    /// Directories that lie deeper below the root are left out, and said to be.
    package static let depthMax = 64
    /// Directories whose path below the root is longer are left out, and said to be: what is
    /// opened by its whole path may have 4,096 bytes, root and name included.
    package static let pathBytesMax = 3_000
}
