/// What a listener grants its clients: sizes, counts and times, each with a name.
///
/// Times are kept by one sweep over all connections, so each is rounded up to a whole `sweep` and
/// may last one `sweep` longer.
package struct HTTPLimits: Sendable, Equatable {
    /// The first line without its line end; past it 414.
    package var requestLineBytesMax = 8 * 1024
    /// All header lines with their line ends; past it 431.
    package var headerBytesMax = 64 * 1024
    /// Header lines; past it 431.
    package var headerFieldsMax = 100
    /// A body that the handler states no other bound for; past it 413.
    package var bodyBytesMax = 8 * 1024 * 1024
    /// What the framing of a chunked body may cost beyond plain chunk sizes; past it 413.
    package var chunkExtensionBytesMax = 4 * 1024
    /// The lines after a chunked body; past it 431.
    package var trailerBytesMax = 8 * 1024
    /// A body that nobody wants is read up to here to keep the connection.
    package var discardedBodyBytesMax = 64 * 1024

    /// Open connections; those past it wait in the kernel's queue.
    package var connectionsMax = 10_000
    /// Requests of one connection that are not answered yet; past it the connection is not read.
    package var pipelinedMax = 64
    /// What an answer that waits for earlier ones may hold before its writer finds it full.
    package var waitingAnswerBytesMax = 64 * 1024

    /// From the first byte of a request to the end of its header lines; past it 408.
    package var headerTimeout: Duration = .seconds(10)
    /// Without a request; then the connection is closed.
    package var idleTimeout: Duration = .seconds(75)
    /// The least that a body must bring, over each `bodyRateWindow`; below it 408.
    package var bodyBytesPerSecondMin = 240
    /// How long a body's rate is measured before it is judged.
    package var bodyRateWindow: Duration = .seconds(10)
    /// How long a client may take nothing of its answer before the connection is closed.
    package var writeTimeout: Duration = .seconds(30)

    /// How long a connection that was ended waits for its client to close too.
    package var lingerTimeout: Duration = .seconds(2)
    /// What is read and dropped meanwhile.
    package var lingerBytesMax = 1024 * 1024
    /// How often the times above are looked at.
    package var sweep: Duration = .seconds(1)

    /// The defaults; the owner changes single members.
    package init() {}
}
