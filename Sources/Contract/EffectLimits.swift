/// What the effects of an attempt may weigh, as a worker is told it: a write past it throws at its
/// call, and the host looks again.
package struct EffectLimits: Sendable, Equatable {
    /// The data of one message or command.
    package var dataBytesMax: Int
    /// The body of one document.
    package var documentBytesMax: Int
    /// All effects of an attempt together, as a frame carries them.
    package var effectsBytesMax: Int

    /// Those of `limits`, or the defaults.
    package init(_ limits: Limits = Limits()) {
        dataBytesMax = limits.dataBytesMax
        documentBytesMax = limits.documentBytesMax
        effectsBytesMax = limits.effectsBytesMax
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(count: dataBytesMax)
        bytes.append(count: documentBytesMax)
        bytes.append(count: effectsBytesMax)
    }

    init(from reader: inout ByteReader) throws(FrameError) {
        dataBytesMax = Int(clamping: try reader.number("bound of data"))
        documentBytesMax = Int(clamping: try reader.number("bound of documents"))
        effectsBytesMax = Int(clamping: try reader.number("bound of effects"))
    }
}
