extension Effect {
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .put(let path, let body):
            bytes.append(0)
            bytes.append(text: path)
            bytes.append(block: body)
        case .merge(let path, let patch, let operations):
            bytes.append(1)
            bytes.append(text: path)
            bytes.append(block: patch)
            bytes.append(count: operations.count)
            for operation in operations { operation.append(to: &bytes) }
        case .delete(let path):
            bytes.append(2)
            bytes.append(text: path)
        case .publish(let publication):
            bytes.append(3)
            publication.append(to: &bytes)
        case .send(let sending):
            bytes.append(4)
            sending.append(to: &bytes)
        case .schedule(let declaration):
            bytes.append(5)
            declaration.append(to: &bytes)
        case .unschedule(let name):
            bytes.append(6)
            bytes.append(text: name)
        case .file(let file):
            bytes.append(7)
            file.append(to: &bytes)
        }
    }

    init(from reader: inout ByteReader) throws(FrameError) {
        switch try reader.byte("effect") {
        case 0:
            let path = try reader.text("path")
            self = .put(path: path, body: try reader.block("document"))
        case 1:
            let path = try reader.text("path")
            let patch = try reader.block("patch")
            var operations: [MergeOperation] = []
            for _ in 0..<(try reader.count("operations", bytesEach: 2)) {
                operations.append(try MergeOperation(from: &reader))
            }
            self = .merge(path: path, patch: patch, operations: operations)
        case 2: self = .delete(path: try reader.text("path"))
        case 3: self = .publish(try Publication(from: &reader))
        case 4: self = .send(try Sending(from: &reader))
        case 5: self = .schedule(try ScheduleDeclaration(from: &reader))
        case 6: self = .unschedule(name: try reader.text("schedule"))
        case 7: self = .file(try StagedFile(from: &reader))
        default: throw .malformed(what: "effect")
        }
    }
}

extension MergeOperation {
    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .increment(let member, let amount):
            bytes.append(0)
            bytes.append(text: member)
            bytes.append(fixed: amount.bitPattern)
        case .append(let member, let values):
            bytes.append(1)
            bytes.append(text: member)
            bytes.append(count: values.count)
            for value in values { bytes.append(block: value) }
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(FrameError) {
        switch try reader.byte("operation") {
        case 0:
            let member = try reader.text("member")
            let amount = Double(bitPattern: try reader.fixed("amount"))
            guard amount.isFinite else { throw .malformed(what: "amount") }
            self = .increment(member: member, by: amount)
        case 1:
            let member = try reader.text("member")
            var values: [[UInt8]] = []
            for _ in 0..<(try reader.count("values")) { values.append(try reader.block("value")) }
            self = .append(member: member, values: values)
        default: throw .malformed(what: "operation")
        }
    }
}

extension Publication {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(text: topic)
        bytes.append(block: data)
        bytes.append(optional: key)
        bytes.append(optional: orderingKey)
        bytes.append(count: attributes.count)
        for (name, value) in attributes {
            bytes.append(text: name)
            bytes.append(text: value)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(FrameError) {
        topic = try reader.text("topic")
        data = try reader.block("message")
        key = try reader.optionalText("key")
        orderingKey = try reader.optionalText("ordering key")
        attributes = [:]
        for _ in 0..<(try reader.count("attributes", bytesEach: 2)) {
            let name = try reader.text("attribute")
            attributes[name] = try reader.text("attribute")
        }
    }
}

extension Sending {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(text: function)
        bytes.append(block: data)
        bytes.append(signed: after.milliseconds)
        bytes.append(optional: key)
    }

    fileprivate init(from reader: inout ByteReader) throws(FrameError) {
        function = try reader.text("function")
        data = try reader.block("command")
        let delay = try reader.signed("delay")
        guard delay >= 0 else { throw .malformed(what: "delay") }
        after = .milliseconds(delay)
        key = try reader.optionalText("key")
    }
}
