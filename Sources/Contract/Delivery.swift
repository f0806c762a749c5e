/// One attempt on its way to a worker.
public struct Delivery: Sendable {
    /// The function's place in the manifest.
    package var function: Int
    /// Counts every run of the invocation, from 1.
    package var attempt: Int
    /// How long the handler may run, from when it begins.
    package var timeout: Duration
    /// What happened.
    package var event: Event
    /// What the attempt belongs to, as handlers and people see it.
    package var invocation: EventID
    /// For a call with an idempotency key; else the invocation's identifier serves.
    package var onceKey: String?
    /// What the captures of the triggers stand for whose patterns fit a changed document; the
    /// worker that runs it knows.
    package var captures: [DocumentCaptures] = []
    /// Where the bucket of a file lies; the worker that runs it knows.
    package var directory: String?

    /// Captures and directory stay empty: the worker fills them in.
    package init(
        function: Int, attempt: Int, timeout: Duration, event: Event, invocation: EventID,
        onceKey: String? = nil
    ) {
        self.function = function
        self.attempt = attempt
        self.timeout = timeout
        self.event = event
        self.invocation = invocation
        self.onceKey = onceKey
    }

    /// Appends all but data that is too long for one frame, which follows as body frames.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(count: function)
        bytes.append(count: attempt)
        bytes.append(signed: timeout.milliseconds)
        bytes.append(id: invocation)
        bytes.append(optional: onceKey)
        event.append(attributesTo: &bytes)
        bytes.append(count: event.data.count)
        if event.data.count <= Frame.bodyBytesMax { bytes.append(contentsOf: event.data) }
    }

    /// A delivery as read, and how much of its data is still to come.
    package static func read(
        _ payload: UnsafeRawBufferPointer, dataBytesMax: Int
    ) throws(FrameError) -> (delivery: Delivery, missingBytes: Int) {
        var reader = ByteReader(payload)
        let function = Int(clamping: try reader.number("function"))
        let attempt = Int(clamping: try reader.number("attempt"))
        let timeout = Duration.milliseconds(try reader.signed("timeout"))
        let invocation = try reader.id("invocation")
        let onceKey = try reader.optionalText("once key")
        let (event, missing) = try Event.read(&reader, dataBytesMax: dataBytesMax)
        let delivery = Delivery(
            function: function, attempt: attempt, timeout: timeout, event: event,
            invocation: invocation, onceKey: onceKey)
        return (delivery, missing)
    }
}

/// What the captures of one trigger's pattern stand for, and the kinds of change that it wants.
package struct DocumentCaptures: Sendable, Equatable {
    /// Such as "created".
    package let kinds: [String]
    /// By the captures' names.
    package let values: [String: String]

    /// Those of one trigger.
    package init(kinds: [String], values: [String: String]) {
        self.kinds = kinds
        self.values = values
    }
}

extension Event {
    /// The same event with other data.
    package func with(data: [UInt8]) -> Event {
        Event(
            id: id, kind: kind, subject: subject, acceptedAt: acceptedAt, data: data,
            dataContentType: dataContentType, tenant: tenant, attributes: attributes, trace: trace,
            traceState: traceState, cause: cause, depth: depth)
    }

    fileprivate func append(attributesTo bytes: inout [UInt8]) {
        bytes.append(id: id)
        bytes.append(kind.code)
        bytes.append(text: subject)
        bytes.append(signed: acceptedAt.milliseconds)
        bytes.append(optional: dataContentType)
        bytes.append(text: tenant)
        bytes.append(fields: attributes.map { RequestData.Field($0.key, $0.value) })
        bytes.append(fixed: trace.traceHigh)
        bytes.append(fixed: trace.traceLow)
        bytes.append(fixed: trace.parent)
        bytes.append(trace.flags)
        bytes.append(optional: traceState)
        bytes.append(cause == nil ? 0 : 1)
        if let cause { bytes.append(id: cause) }
        bytes.append(count: depth)
    }

    /// An event and how much of its data is not in the frame.
    fileprivate static func read(
        _ reader: inout ByteReader, dataBytesMax: Int
    ) throws(FrameError) -> (event: Event, missingBytes: Int) {
        let id = try reader.id("event")
        guard let kind = InputKind(code: try reader.byte("kind")) else {
            throw .malformed(what: "kind")
        }
        let subject = try reader.text("subject")
        let acceptedAt = try reader.instant("time")
        let dataContentType = try reader.optionalText("content type")
        let tenant = try reader.text("tenant")
        let attributes = try reader.fields("attributes")
        let traceHigh = try reader.fixed("trace")
        let traceLow = try reader.fixed("trace")
        let parent = try reader.fixed("trace")
        let trace = TraceParent(
            traceHigh: traceHigh, traceLow: traceLow, parent: parent,
            flags: try reader.byte("trace"))
        let traceState = try reader.optionalText("trace state")
        let cause = try reader.flag("cause") ? try reader.id("cause") : nil
        let depth = Int(clamping: try reader.number("depth"))
        let length = try reader.number("length of the data")
        guard length <= UInt64(dataBytesMax) else {
            throw .oversize(found: Int(clamping: length), max: dataBytesMax)
        }
        let isInline = length <= UInt64(Frame.bodyBytesMax)
        guard reader.remaining == (isInline ? Int(length) : 0) else {
            throw .truncated(what: "data")
        }
        let event = Event(
            id: id, kind: kind, subject: subject, acceptedAt: acceptedAt,
            data: isInline ? Array(reader.rest()) : [], dataContentType: dataContentType,
            tenant: tenant,
            attributes: attributes.isEmpty
                ? [:] : Dictionary(attributes.map { ($0.name, $0.value) }) { _, last in last },
            trace: trace, traceState: traceState, cause: cause, depth: depth)
        return (event, isInline ? 0 : Int(length))
    }
}
