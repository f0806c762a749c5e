import Contract
import Foundation
import Testing

@Suite("What crosses the socket pair")
struct RoundTripTests {
    @Test("reads back as the same delivery", arguments: [Samples.event, Samples.plainEvent])
    func delivery(event: Event) throws {
        var sent = Samples.delivery
        sent.event = event

        let read = try sent.bytes.withUnsafeBytes { try Delivery.read($0, dataBytesMax: 3) }

        #expect(read.missingBytes == 0)
        #expect(read.delivery.event == event)
        #expect(read.delivery.function == 3)
        #expect(read.delivery.attempt == 2)
        #expect(read.delivery.timeout == .milliseconds(1_500))
        #expect(read.delivery.invocation == Samples.invocation)
        #expect(read.delivery.onceKey == "once")
    }

    @Test("has data within the delivery up to 64 KiB, and after it beyond")
    func longData() throws {
        for (count, missing) in [
            (Frame.bodyBytesMax, 0), (Frame.bodyBytesMax + 1, Frame.bodyBytesMax + 1),
        ] {
            var sent = Samples.delivery
            sent.event = sent.event.with(data: [UInt8](repeating: 1, count: count))

            let read = try sent.bytes.withUnsafeBytes {
                try Delivery.read($0, dataBytesMax: 1 << 20)
            }

            #expect(read.missingBytes == missing)
            #expect(read.delivery.event.data.count == count - missing)
        }
    }

    @Test("may have absurd numbers, which are held to what can be counted")
    func absurdNumbers() throws {
        var bytes: [UInt8] = []
        bytes.append(number: .max)
        bytes.append(number: .max)
        bytes.append(contentsOf: Samples.delivery.bytes.dropFirst(2))

        let read = try bytes.withUnsafeBytes { try Delivery.read($0, dataBytesMax: 3) }

        #expect(read.delivery.function == .max)
        #expect(read.delivery.attempt == .max)
    }

    @Test("has no more data than the limit")
    func dataLimit() {
        #expect(throws: FrameError.oversize(found: 3, max: 2)) {
            try Samples.delivery.bytes.withUnsafeBytes {
                _ = try Delivery.read($0, dataBytesMax: 2)
            }
        }
    }

    @Test("reads back as the same report", arguments: Samples.reports)
    func report(report: Report) throws {
        #expect(try report.bytes.withUnsafeBytes { try Report(reading: $0) } == report)
    }

    @Test("has nothing after a report")
    func trailing() {
        let bytes = Samples.reports[0].bytes + [0]
        #expect(throws: FrameError.malformed(what: "end")) {
            try bytes.withUnsafeBytes { _ = try Report(reading: $0) }
        }
    }

    @Test("has a status that HTTP knows", arguments: [0, 199, 600, 70_000])
    func statuses(status: Int) {
        var report = Samples.reports[0]
        report.response = ResponseData(status: status)
        let bytes = report.bytes

        #expect(throws: FrameError.malformed(what: "status")) {
            try bytes.withUnsafeBytes { _ = try Report(reading: $0) }
        }
    }

    @Test("has numbers that are numbers, and no delay below zero")
    func numbers() {
        var report = Report(outcome: .succeeded, beganAt: Samples.now, duration: .zero)
        for effect in [
            Effect.merge(path: "a/b", patch: [], operations: [.increment(member: "n", by: .nan)]),
            .send(Sending(function: "f", data: [], after: .seconds(-1))),
        ] {
            report.effects = [effect]
            let bytes = report.bytes
            #expect(throws: FrameError.self) {
                try bytes.withUnsafeBytes { _ = try Report(reading: $0) }
            }
        }
    }

    @Test("reads back as the same request")
    func request() throws {
        #expect(try RequestData(decoding: Samples.request.encoded()) == Samples.request)
    }

    @Test("reads back as the same hello and welcome")
    func greetings() throws {
        #expect(try Samples.hello.bytes.withUnsafeBytes { try Hello(reading: $0) } == Samples.hello)
        #expect(
            try Samples.welcome.bytes.withUnsafeBytes { try Welcome(reading: $0) }
                == Samples.welcome)
    }

    @Test("tells the version of a hello that is otherwise foreign")
    func foreignHello() throws {
        let hello = try ([2, 0xFF, 0xFF] as [UInt8]).withUnsafeBytes { try Hello(reading: $0) }
        #expect(hello == Hello(protocolVersion: 2, manifest: []))
    }

    @Test("reads back as the same questions, replies and log lines")
    func questions() throws {
        for question in Samples.reads {
            let read = try question.bytes(number: 9).withUnsafeBytes { try WorkerRead.read($0) }
            #expect(read.number == 9)
            #expect(read.question == question)
        }
        for reply in Samples.replies {
            let read = try reply.bytes(number: 9).withUnsafeBytes { try HostReply.read($0) }
            #expect(read.number == 9)
            #expect(read.reply == reply)
        }
        #expect(try Samples.log.bytes.withUnsafeBytes { try WorkerLog(reading: $0) } == Samples.log)
    }

    @Test("ends with last words of eight bytes")
    func lastWords() {
        #expect(
            LastWords(reading: [1, 2, 0, 0, 11, 0, 0, 0]) == LastWords(attempt: 513, signal: 11))
        #expect(LastWords(reading: [1, 2, 0, 0, 11, 0, 0]) == nil)
        #expect(
            LastWords(reading: [UInt8](repeating: 0xFF, count: 9))
                == LastWords(attempt: .max, signal: -1))
    }

    @Test("reads back as the same manifest")
    func manifest() throws {
        let rules: [TriggerDeclaration.Rule] = [
            .http(
                method: "POST", path: "/a", mode: .accept, idempotency: .required, bodyBytesMax: 9),
            .http(method: "GET", path: "/a", mode: .respond, idempotency: .off, bodyBytesMax: nil),
            .topic(pattern: "a.*", filter: ["k": "v"]),
            .document(pattern: "a/{b}", kinds: ["created"]),
            .file(bucket: "in", matching: "**", kinds: []),
        ]
        let manifest = Manifest(
            app: "Shop",
            functions: InputKind.allCases.map {
                FunctionDeclaration(
                    name: $0.rawValue, input: $0,
                    policies: Policies(concurrencyMax: 2, priority: .high), secrets: ["S"])
            },
            triggers: rules.map { TriggerDeclaration(function: "f", rule: $0) },
            schedules: [.everyMilliseconds(5), .cron("* * * * *")].map {
                ScheduleDeclaration(
                    name: "s", function: "f", pattern: $0, zone: "UTC", missed: "latest",
                    overlap: "skip",
                    gap: "after", repeated: "first", jitterMilliseconds: 1)
            })

        let json = try JSONEncoder().encode(manifest)

        #expect(try JSONDecoder().decode(Manifest.self, from: json) == manifest)
    }
}

@Suite("An input kind")
struct InputKindTests {
    @Test("has a code that stays", arguments: zip(InputKind.allCases, UInt8(0)...6))
    func codes(kind: InputKind, code: UInt8) {
        #expect(kind.code == code)
        #expect(InputKind(code: code) == kind)
        #expect(InputKind(code: 7) == nil)
    }
}

@Suite("An outcome")
struct OutcomeTests {
    @Test(
        "is charged only where the handler is to blame",
        arguments: [
            (Outcome.succeeded, false), (.rejected(reason: ""), false),
            (.failed(error: "", retryAfter: nil), true),
            (.timedOut, true), (.crashed(error: ""), true), (.conflicted(paths: []), false),
            (.interrupted(.drained), false), (.interrupted(.suspected), false),
        ])
    func charges(outcome: Outcome, isCharged: Bool) {
        #expect(outcome.isCharged == isCharged)
    }

    @Test("says what went wrong")
    func errors() {
        #expect(Outcome.succeeded.error == nil)
        #expect(
            Outcome.conflicted(paths: ["a/1", "b/2"]).error == "changed while it ran: a/1, b/2")
        #expect(Outcome.interrupted(.host).error == "the host ended")
        #expect(Outcome.timedOut.name == "timed out")
    }
}

@Suite("The policies")
struct PoliciesTests {
    @Test("have the defaults that the documentation names")
    func defaults() {
        let policies = Policies()

        #expect(policies.timeout == .seconds(60))
        #expect(policies.maxAge == .hours(24))
        #expect(policies.concurrencyMax == nil)
        #expect(policies.depthMax == 32)
        #expect(policies.retry == .exponential())
        #expect([Priority.low, .normal, .high].map(\.weight) == [1, 2, 4])
    }
}
