import CUV
import Glibc

/// A child process with a socket pair on descriptor 3 and a pipe on descriptor 4.
///
/// Its standard input is empty; its standard output and error arrive here as streams. Whoever
/// starts it closes it. The process handle lives on until the child has ended, whoever lets go
/// of this object before: a child that nobody waits for would stay in the process table.
@LoopActor
package final class ChildProcess {
    /// How a process ended.
    package enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(status: Int)
        case killed(signal: Int32)

        package var description: String {
            switch self {
            case .exited(let status): "exited with status \(status)"
            case .killed(let signal): "was ended by signal \(signal)"
            }
        }
    }

    private let handle = LoopHandle<uv_process_t>()
    private var ended: (@LoopActor (End) -> Void)?
    private var isClosed = false
    private var heldUntilEnd: ChildProcess?
    /// Nil until the child has ended.
    package private(set) var end: End?
    /// Descriptor 3 of the child: both directions.
    package let channel: ByteStream
    /// Descriptor 4 of the child: what it writes when it dies.
    package let lastWords: ByteStream
    /// Descriptor 1 of the child; nothing can be written here.
    package let standardOutput: ByteStream
    /// Descriptor 2 of the child; nothing can be written here.
    package let standardError: ByteStream
    /// The process identifier.
    package private(set) var pid: Int32 = 0

    /// Starts `executable`; `ended` is called once when it has ended, unless `close` came first.
    ///
    /// The streams may still hold what the child wrote before its end: each says itself when it
    /// was read to its end, which comes later where the child left descendants behind.
    ///
    /// - Parameters:
    ///   - arguments: without the executable's own name.
    ///   - environment: all of it; nothing is inherited.
    /// - Throws: what the system refused, such as a file that is not executable.
    package init(
        executable: String, arguments: [String] = [], environment: [String: String],
        ended: @escaping @LoopActor (End) -> Void
    ) throws(LoopError) {
        self.ended = ended
        channel = ByteStream(unconnectedPipe: ())
        lastWords = ByteStream(unconnectedPipe: ())
        standardOutput = ByteStream(unconnectedPipe: ())
        standardError = ByteStream(unconnectedPipe: ())
        let code = spawn(executable, [executable] + arguments, environment)
        handle.opened(by: self)
        if code < 0 {
            end = .exited(status: 127)
            close()
        }
        try throwing(code, "start \"\(executable)\"")
        pid = handle.pointer.pointee.pid
    }

    /// Sends a signal; a child that has ended gets none.
    package func kill(_ signal: Int32) {
        guard handle.isOpen, end == nil else { return }
        uv_process_kill(handle.pointer, signal)
    }

    /// Closes the streams, and kills a child that still runs. A second call does nothing.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        ended = nil
        kill(SIGKILL)
        for stream in [channel, lastWords, standardOutput, standardError] { stream.close() }
        if end == nil {
            heldUntilEnd = self
        } else {
            handle.close(holding: self)
        }
    }

    private func exited(_ end: End) {
        self.end = end
        heldUntilEnd = nil
        let ended = ended
        self.ended = nil
        ended?(end)
        if isClosed { handle.close(holding: self) }
    }

    isolated deinit { assert(isClosed, "a child process is closed before it is dropped") }
}

extension ChildProcess {
    private func spawn(
        _ file: String, _ arguments: [String], _ environment: [String: String]
    ) -> Int32 {
        var options = uv_process_options_t()
        options.exit_cb = { process, status, signal in
            let me = owner(ChildProcess.self, of: process!.pointee.data)
            let end = signal == 0 ? End.exited(status: Int(status)) : .killed(signal: signal)
            LoopActor.assumeIsolated { me.exited(end) }
        }
        var containers = [uv_stdio_container_t](repeating: uv_stdio_container_t(), count: 5)
        containers[0].flags = UV_IGNORE
        containers[1] = container(standardOutput, childReads: false)
        containers[2] = container(standardError, childReads: false)
        containers[3] = container(channel, childReads: true)
        containers[4] = container(lastWords, childReads: false)
        return withCStrings(arguments) { arguments in
            withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                containers.withUnsafeMutableBufferPointer { containers in
                    options.file = UnsafePointer(arguments[0])
                    options.args = arguments.baseAddress
                    options.env = environment.baseAddress
                    options.stdio = containers.baseAddress
                    options.stdio_count = Int32(containers.count)
                    handle.pointer.initialize(to: uv_process_t())
                    return uv_spawn(LoopActor.executor.loop, handle.pointer, &options)
                }
            }
        }
    }

    private func container(_ stream: ByteStream, childReads: Bool) -> uv_stdio_container_t {
        var container = uv_stdio_container_t()
        let directions =
            UV_CREATE_PIPE.rawValue | UV_WRITABLE_PIPE.rawValue
            | (childReads ? UV_READABLE_PIPE.rawValue : 0)
        container.flags = uv_stdio_flags(rawValue: directions)
        container.data.stream = stream.stream
        return container
    }
}

/// Lends `texts` as a list of C strings that ends in null.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = texts.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0) }
}
