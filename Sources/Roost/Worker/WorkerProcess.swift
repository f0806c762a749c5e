import Contract
import EventLoop
import Glibc

/// The life of a process that an app's executable runs in: a worker of a host.
enum WorkerProcess {
    private static let channel: Int32 = 3
    private static let lastWords: Int32 = 4

    /// True where descriptor 3 is a socket: only a host starts an app so.
    static var isWorker: Bool {
        var status = stat()
        return fstat(channel, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Says to a person who started the app by hand how it is meant, and exits with status 2.
    static func explain(app: String) -> Never {
        let path = CommandLine.arguments.first ?? app
        let name = path.split(separator: "/").last.map(String.init) ?? app
        say("\(name) is a Roost app; the host starts it: roost serve --app \(path)")
        exit(2)
    }

    /// Works for the host until it goes, then ends the process.
    static func run(_ declarations: Declarations) async -> Never {
        settle()
        let mistakes = declarations.mistakes
        guard mistakes.isEmpty else { refuse(mistakes) }
        await serve(declarations)
        // Nobody resumes it: the process ends with its host.
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        preconditionFailure("a worker ends with its host")
    }

    @LoopActor
    private static func serve(_ declarations: Declarations) {
        let wake = LoopWake()
        let host = WorkerHost(registrations: declarations.functions, outbox: Outbox(wake: wake))
        do {
            let loop = try WorkerLoop(descriptor: channel, host: host) { fault in
                if let fault { say(fault) }
                _exit(fault == nil ? 0 : 1)
            }
            // It holds the worker as long as the process lives.
            wake.onWake = { loop.emptyOutbox() }
            loop.start(hello: Hello(manifest: declarations.encodedManifest))
        } catch {
            say("the worker could not start: \(error)")
            _exit(1)
        }
    }

    /// Makes the process one that lives and dies for its host.
    private static func settle() {
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { Glibc.signal(signal, SIG_IGN) }
        for descriptor in [channel, lastWords] {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        // What a handler prints goes to the host's log line by line, not when a buffer is full.
        bufferOutputByLine()
        endProcessWithParent()
        volunteerForOutOfMemory()
        LastBreath.prepare()
        ThreadCensus.prepare()
    }

    /// Lets the kernel take workers before it takes the host. Failing is harmless: then it chooses
    /// by size alone.
    private static func volunteerForOutOfMemory() {
        let file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        write(file, "500", 3)
        close(file)
    }

    private static func refuse(_ mistakes: [String]) -> Never {
        var frame: [UInt8] = []
        let text = mistakes.joined(separator: "\n").prefixed(bytes: Frame.bodyBytesMax)
        frame.append(.refusal, id: 0) { $0.append(contentsOf: text.utf8) }
        var rest = frame[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { write(channel, $0.baseAddress, $0.count) }
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        exit(1)
    }

    static func say(_ text: String) {
        let line = text + "\n"
        write(STDERR_FILENO, line, line.utf8.count)
    }
}
