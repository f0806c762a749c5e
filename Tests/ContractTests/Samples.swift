import Contract

/// One value of each kind that travels in a frame, with every field in use.
enum Samples {
    static let now = Instant(milliseconds: 1_795_426_200_123)
    static let invocation = EventID(.invocation, number: 12, at: now)
    static let fields = [
        RequestData.Field("Accept", "*/*"), RequestData.Field("x-é", ""),
        RequestData.Field("x-é", "2"),
    ]

    static let event = Event(
        id: EventID(.event, number: 11, at: now), kind: .message, subject: "orders.placed",
        acceptedAt: now,
        data: [0, 255, 10], dataContentType: "application/json", tenant: "acme",
        attributes: ["region": "eu", "é": ""],
        trace: TraceParent(traceHigh: 1, traceLow: 2, parent: 3, flags: 3),
        traceState: "a=1", cause: EventID(.invocation, number: 4, at: now), depth: 5)

    static let plainEvent = Event(
        id: EventID(.call, number: 1, at: now), kind: .request, subject: "", acceptedAt: now,
        data: [])

    static let delivery = Delivery(
        function: 3, attempt: 2, timeout: .milliseconds(1_500), event: event,
        invocation: invocation,
        onceKey: "once")

    static let effects: [Effect] = [
        .put(path: "orders/1", body: "{}".bytes),
        .merge(
            path: "orders/2", patch: "{\"a\":null}".bytes,
            operations: [
                .increment(member: "n", by: -0.5), .append(member: "l", values: [[49], [50]]),
            ]),
        .delete(path: "orders/3"),
        .publish(
            Publication(
                topic: "t", data: [1], key: "k", orderingKey: "o",
                attributes: ["a": "1", "b": ""])),
        .publish(Publication(topic: "t", data: [])),
        .send(Sending(function: "f", data: [2], after: .seconds(30), key: "k")),
        .send(Sending(function: "f", data: [])),
        .file(
            StagedFile(
                bucket: "b", key: "k/é", name: "effect-1",
                mark: FileMark(size: 1 << 40, modifiedNanoseconds: -1, inode: .max))),
        .file(StagedFile(bucket: "b", key: "k", name: "effect-2", mark: nil)),
    ]

    static let responses: [ResponseData?] = [
        nil, ResponseData(status: 204),
        ResponseData(status: 200, fields: fields, body: .whole([1, 2])),
        ResponseData(status: 599, body: .long(bytes: 70_000)),
        ResponseData(status: 200, body: .streamed),
    ]

    static let outcomes: [Outcome] = [
        .succeeded, .rejected(reason: "no"), .failed(error: "é", retryAfter: nil),
        .failed(error: "", retryAfter: .seconds(2)), .timedOut, .interrupted(.drained),
        .interrupted(.cancelled),
    ]

    static let reports = outcomes.flatMap { outcome in
        responses.map { response in
            Report(
                outcome: outcome, beganAt: now, duration: .microseconds(1_234_567),
                reads: [
                    DocumentRead(path: "orders/1", version: 7),
                    DocumentRead(path: "b/2", version: 0),
                ],
                effects: effects, response: response)
        }
    }

    static let request = RequestData(
        method: "POST", target: "/orders?x=1", parameters: [RequestData.Field("id", "1")],
        fields: fields,
        body: [9, 8])

    static let hello = Hello(manifest: "{}".bytes)
    static let welcome = Welcome(
        secrets: ["A": "1", "B": ""], environment: "test", grace: .seconds(5),
        deliveryBytesMax: 1 << 20, responseBytesMax: 1 << 10, effects: effectLimits)

    static let effectLimits: EffectLimits = {
        var limits = Limits()
        limits.dataBytesMax = 1
        limits.documentBytesMax = 2
        limits.effectsBytesMax = 3
        return EffectLimits(limits)
    }()

    static let reads: [WorkerRead] = [
        .document(path: "orders/1"), .list(collection: "orders", after: nil, limit: 10),
        .list(collection: "orders", after: "7", limit: 1),
    ]

    static let replies: [HostReply] = [
        .documents([]), .failed("busy"),
        .documents([
            HostReply.Found(path: "orders/1", version: 3, body: "{}".bytes),
            HostReply.Found(path: "orders/2", version: 0, body: []),
        ]),
    ]

    static let log = WorkerLog(level: "info", message: "é\n", metadata: ["a": "1"])
}
