// How much of a frame an effect takes, told without writing it: by the forms in Effect+Coding.

extension Effect {
    /// What it takes in the frame of an outcome, at most.
    package var frameBytesMax: Int {
        switch self {
        case .put(let path, let body): 1 + path.frameBytes + body.frameBytes
        case .merge(let path, let patch, let operations):
            operations.reduce(
                1 + path.frameBytes + patch.frameBytes + operations.count.frameBytes
            ) { $0 + $1.frameBytes }
        case .delete(let path): 1 + path.frameBytes
        case .publish(let publication): 1 + publication.frameBytes
        case .send(let sending): 1 + sending.frameBytesMax
        case .schedule(let declaration): 1 + declaration.frameBytesMax
        case .unschedule(let name): 1 + name.frameBytes
        case .file(let file): 1 + file.frameBytesMax
        }
    }
}

extension MergeOperation {
    fileprivate var frameBytes: Int {
        switch self {
        case .increment(let member, _): 1 + member.frameBytes + 8
        case .append(let member, let values):
            values.reduce(1 + member.frameBytes + values.count.frameBytes) { $0 + $1.frameBytes }
        }
    }
}

extension Publication {
    fileprivate var frameBytes: Int {
        let texts =
            topic.frameBytes + data.frameBytes + optionalBytes(key) + optionalBytes(orderingKey)
        return attributes.reduce(texts + attributes.count.frameBytes) {
            $0 + $1.key.frameBytes + $1.value.frameBytes
        }
    }
}

extension Sending {
    fileprivate var frameBytesMax: Int {
        function.frameBytes + data.frameBytes + numberBytesMax + optionalBytes(key)
    }
}

extension ScheduleDeclaration {
    fileprivate var frameBytesMax: Int {
        let texts = [name, function, zone, missed, overlap, gap, repeated]
        let rest =
            switch pattern {
            case .cron(let text): 1 + text.frameBytes + numberBytesMax
            case .everyMilliseconds: 1 + numberBytesMax * 2
            }
        return texts.reduce(rest) { $0 + $1.frameBytes }
    }
}

extension StagedFile {
    fileprivate var frameBytesMax: Int {
        let texts = bucket.frameBytes + key.frameBytes + name.frameBytes
        return texts + 1 + (mark == nil ? 0 : numberBytesMax * 2 + 8)
    }
}

/// What `append(number:)` and `append(signed:)` take for any number.
private let numberBytesMax = 10

private func optionalBytes(_ text: String?) -> Int { 1 + (text?.frameBytes ?? 0) }

extension Int {
    /// What `append(count:)` takes for it: a byte for each seven bits, and for 0 one too.
    fileprivate var frameBytes: Int { (Int.bitWidth - (self | 1).leadingZeroBitCount + 6) / 7 }
}

extension String {
    fileprivate var frameBytes: Int { utf8.count.frameBytes + utf8.count }
}

extension [UInt8] {
    fileprivate var frameBytes: Int { count.frameBytes + count }
}
