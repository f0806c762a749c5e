package import Contract
package import Invocations

/// Why an effect can't be committed, though the worker let it pass.
package enum EffectError: Error, Equatable, CustomStringConvertible {
    case unknownFunction(String, nearest: String?)
    case notACommand(function: String, takes: InputKind)
    case noTick(function: String, takes: InputKind)
    case name(String)
    case dataBytes(found: Int, max: Int)
    case documentBytes(path: String, found: Int, max: Int)
    case notObject(path: String, found: String)
    case responseBytes(max: Int)
    case effectsBytes(found: Int, max: Int)

    package var description: String {
        switch self {
        case .unknownFunction(let name, let nearest):
            "a command names function \"\(name)\", which the app does not have"
                + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
        case .notACommand(let function, let takes):
            "a command names function \"\(function)\", which takes a \(takes.rawValue)"
        case .noTick(let function, let takes):
            "a schedule names function \"\(function)\", which takes a \(takes.rawValue)"
        case .name(let text): text
        case .dataBytes(let found, let max):
            "an effect carries \(found) bytes of data, where \(max) is the most"
        case .documentBytes(let path, let found, let max):
            "document \"\(path)\" has \(found) bytes, where \(max) is the most"
        case .notObject(let path, let found):
            "document \"\(path)\" is no JSON object: found \(found)"
        case .responseBytes(let max):
            "the response is over \(max) bytes, which is the most for a call with an idempotency key"
        case .effectsBytes(let found, let max):
            "the effects of the attempt have \(found) bytes together, where \(max) is the most"
        }
    }
}

/// Turns what a handler asked for into what a store writes.
package struct EffectPlan {
    let registry: Registry
    let limits: Limits
    private let scheduleMistake: (ScheduleDeclaration) -> String?
    private let fileMistake: (StagedFile) -> String?

    /// - Parameters:
    ///   - scheduleMistake: what is wrong with a schedule, as far as the host can tell.
    ///   - fileMistake: what is wrong with a file that goes to a bucket.
    package init(
        registry: Registry, limits: Limits,
        scheduleMistake: @escaping (ScheduleDeclaration) -> String? = { _ in nil },
        fileMistake: @escaping (StagedFile) -> String? = { _ in nil }
    ) {
        self.registry = registry
        self.limits = limits
        self.scheduleMistake = scheduleMistake
        self.fileMistake = fileMistake
    }

    /// The attempt that the effects come from.
    package struct Cause {
        /// The event that the attempt ran for.
        package var event: Event
        /// The invocation, which is the cause of all that comes of it.
        package var invocation: EventID

        /// An attempt that ended and may commit.
        package init(event: Event, invocation: EventID) {
            self.event = event
            self.invocation = invocation
        }

        /// For people: `command "send-receipt"`.
        var sender: String { "\(event.kind.rawValue) \"\(event.subject)\"" }

        /// What events that come of it owe to it.
        func origin(_ now: Instant) -> Origin {
            Origin(
                now: now, tenant: event.tenant, trace: event.trace.continued(by: invocation),
                traceState: event.traceState, cause: invocation, depth: event.depth + 1,
                sender: sender)
        }
    }

    /// Checks every effect again, for a worker may lie, and plans the writes of all.
    package func plan(
        _ effects: [Effect], reads: [DocumentRead], cause: Cause, now: Instant
    ) throws(EffectError) -> Effects {
        let bytes = effects.reduce(0) { $0 + $1.frameBytesMax }
        guard bytes <= limits.effectsBytesMax else {
            throw .effectsBytes(found: bytes, max: limits.effectsBytesMax)
        }
        let origin = cause.origin(now)
        var planned = Effects(reads: reads, origin: origin)
        for effect in effects {
            switch effect {
            case .put(let path, let body):
                try check(path, bytes: body.count)
                try check(body, isObjectAt: path)
                planned.writes.append(.put(path: path, body: body))
            case .merge(let path, let patch, let operations):
                try check(path, bytes: patch.count)
                try check(patch, isObjectAt: path)
                planned.writes.append(.merge(path: path, patch: patch, operations: operations))
            case .delete(let path):
                try check(path, bytes: 0)
                planned.writes.append(.delete(path: path))
            case .publish(let publication):
                planned.records.append(try record(publication, origin))
            case .send(let sending): planned.records.append(try record(sending, origin))
            case .schedule(let declaration):
                try check(declaration)
                planned.plans.append(.set(declaration, now: now))
            case .unschedule(let name):
                if let error = NameRule.schedule.error(for: name) { throw .name("\(error)") }
                planned.plans.append(.remove(name))
            case .file(let file):
                if let mistake = file.mistake ?? fileMistake(file) { throw .name(mistake) }
                planned.files.append(file)
            }
        }
        return planned
    }

    private func check(_ path: String, bytes: Int) throws(EffectError) {
        if let error = NameRule.documentPath.error(for: path) { throw .name("\(error)") }
        guard bytes <= limits.documentBytesMax else {
            throw .documentBytes(path: path, found: bytes, max: limits.documentBytesMax)
        }
    }

    private func check(_ schedule: ScheduleDeclaration) throws(EffectError) {
        if let error = NameRule.schedule.error(for: schedule.name) { throw .name("\(error)") }
        guard let function = registry[schedule.function] else {
            throw .unknownFunction(
                schedule.function, nearest: nearest(to: schedule.function, among: registry.names))
        }
        guard function.declaration.input == .tick else {
            throw .noTick(function: function.name, takes: function.declaration.input)
        }
        if let mistake = scheduleMistake(schedule) { throw .name(mistake) }
    }

    private func check(_ body: [UInt8], isObjectAt path: String) throws(EffectError) {
        let kind: JSONKind
        do throws(JSONError) {
            kind = try body.checkedJSONKind()
        } catch {
            throw .notObject(path: path, found: "\(error)")
        }
        guard kind == .object else { throw .notObject(path: path, found: kind.rawValue) }
    }

    private func record(
        _ sending: Sending, _ origin: Origin
    ) throws(EffectError) -> Record {
        guard let function = registry[sending.function] else {
            throw .unknownFunction(
                sending.function, nearest: nearest(to: sending.function, among: registry.names))
        }
        guard function.declaration.input == .command else {
            throw .notACommand(function: function.name, takes: function.declaration.input)
        }
        try check(data: sending.data)
        let event = origin.event(.command, subject: function.name, data: sending.data)
        let wanted = TriggerTable.Wanted(
            function: function.number, name: function.name, depthMax: function.policies.depthMax)
        let start: Owed.Start =
            sending.after > .zero ? .at(origin.now + sending.after) : .whenClaimed
        let owed = wanted.owed(depth: event.depth, sender: origin.sender, start: start)
        return Record(
            event: event,
            key: try key(sending.key, trigger: "command/\(function.name)", origin.now),
            owed: [owed], comesFromOutside: false)
    }

    private func record(
        _ publication: Publication, _ origin: Origin
    ) throws(EffectError) -> Record {
        if let error = NameRule.topic.error(for: publication.topic) { throw .name("\(error)") }
        if let mistake = Event.mistake(inAttributes: publication.attributes) {
            throw .name(mistake)
        }
        try check(data: publication.data)
        let message = NewMessage(
            topic: publication.topic, data: publication.data, attributes: publication.attributes,
            orderingKey: publication.orderingKey)
        return message.record(
            origin,
            key: try key(publication.key, trigger: "topic/\(publication.topic)", origin.now),
            registry.triggers)
    }

    private func check(data: [UInt8]) throws(EffectError) {
        guard data.count <= limits.dataBytesMax else {
            throw .dataBytes(found: data.count, max: limits.dataBytesMax)
        }
    }

    private func key(
        _ key: String?, trigger: String, _ now: Instant
    ) throws(EffectError) -> Record.Key? {
        guard let key else { return nil }
        do throws(IdempotencyKeyError) {
            try IdempotencyKey.check(key)
        } catch {
            throw .name("\(error)")
        }
        return Record.Key(trigger: trigger, key: key, expiresAt: now + limits.keysKept)
    }
}
