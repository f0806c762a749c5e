import Glibc

/// The terminal that a person looks at, if there is one.
enum Terminal {
    /// The columns of the terminal on standard output; nil where output goes elsewhere.
    static var width: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whether a question on standard error would find somebody to answer it.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Writes lines to standard error; what a handler said in them steers no terminal.
    static func writeError(_ text: String) { write(errorLines(text), to: STDERR_FILENO) }

    static func errorLines(_ text: String) -> String { Words.onLines(text) + "\n" }

    /// Writes bytes to standard output and ends the line, where they do not end it themselves.
    static func writeLine(_ bytes: [UInt8]) {
        fflush(nil)
        write(
            bytes.last == UInt8(ascii: "\n") ? bytes : bytes + [UInt8(ascii: "\n")],
            to: STDOUT_FILENO)
    }

    /// Asks on standard error; true for an answer that begins with y.
    static func asks(_ question: String) -> Bool {
        write("\(question) [y/N] ", to: STDERR_FILENO)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }

    private static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8), to: descriptor)
    }

    /// What can't be written has no reader any more.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress!, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
