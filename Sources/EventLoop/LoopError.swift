import CUV

/// What the operating system refused.
package struct LoopError: Error, Equatable, CustomStringConvertible {
    /// What was attempted, in words: "listen on 127.0.0.1:8080".
    package let action: String
    /// libuv's error number, negative.
    package let code: Int32
    /// What to do about it, in words, where that is known.
    package let cure: String?

    /// Made where libuv or the system refused.
    package init(action: String, code: Int32, cure: String? = nil) {
        self.action = action
        self.code = code
        self.cure = cure
    }

    /// The symbolic name, such as "EADDRINUSE".
    package var name: String { String(cString: uv_err_name(code)) }

    /// True where no file is: nothing, a directory on the way that is none, or a symbolic link.
    package var isAbsence: Bool { SystemRefusal(code: -code).isAbsence }

    package var description: String {
        let fact = "could not \(action): \(String(cString: uv_strerror(code))) (\(name))"
        return cure.map { "\(fact); \($0)" } ?? fact
    }

    /// Somebody else listens there.
    package static let addressInUse = UV_EADDRINUSE.rawValue
    /// The other side ended its stream, which is no error to most readers.
    package static let endOfFile = UV_EOF.rawValue
    /// There is no such file or directory.
    package static let notFound = UV_ENOENT.rawValue
}

/// Traps on the failure of a call that fails for no reason but a bug or no memory at all.
func check(_ code: Int32, _ call: StaticString) {
    precondition(code == 0, "\(call) failed: \(String(cString: uv_strerror(code)))")
}

/// Throws what libuv refused.
func throwing(_ code: Int32, _ action: @autoclosure () -> String) throws(LoopError) {
    if code < 0 { throw LoopError(action: action(), code: code) }
}
