import Contract
import Dispatching
import Invocations

/// What sources do: send, publish, write, drop files, call; and people at the controls.
extension World {
    nonisolated(nonsending) func act(_ action: Plan.Action) async throws(Violation) {
        guard let host else { return sendAgain(action, after: 3_000) }
        switch action {
        case .send(let number, let role, let key, let after):
            let event = event(.command, role.name, number)
            let start: Owed.Start = after > 0 ? .at(now + .milliseconds(after)) : .whenClaimed
            record(
                Record(
                    event: event, key: self.key(key, "command/\(role.name)"),
                    owed: [Owed(function: FunctionNumber(Int64(role.rawValue) + 1), start: start)]),
                action, number, host)
        case .publish(let number, let orderingKey, let key):
            let message = NewMessage(
                topic: number % 9 == 0 ? "old.things" : "news.\(number % 3)",
                data: data(number), orderingKey: orderingKey)
            record(
                message.record(
                    Origin(now: now), key: self.key(key, "topic/\(message.topic)"),
                    host.dispatcher.registry.triggers), action, number, host)
        case .write(let number, let path):
            write(.put(path: path, body: Array("{\"n\":\(number % 50)}".utf8)), host)
        case .delete(let path): write(.delete(path: path), host)
        case .drop(let number, let key):
            bucket[key] = FileMark(
                size: Int64(number), modifiedNanoseconds: Int64(number), inode: UInt64(number))
            later(30, .find([key]))
        case .remove(let key):
            bucket[key] = nil
            later(30, .find([key]))
        case .call(let number, let key): try await call(number, key, action, host)
        case .pause(let role, let isPaused): setPaused(role, isPaused)
        case .cancel(let number): cancelOne(number, host)
        case .retryDead(let role):
            let function = FunctionNumber(Int64(role.rawValue) + 1)
            host.dispatcher.retry(.matching(function: function, state: nil, max: 5)) { _ in }
        case .pauseSchedule(let name, let isPaused): pauseSchedule(name, isPaused)
        }
    }

    func data(_ number: Int) -> [UInt8] { Array("{\"number\":\(number)}".utf8) }

    private func event(_ kind: InputKind, _ subject: String, _ number: Int) -> NewEvent {
        NewEvent(kind: kind, subject: subject, acceptedAt: now, data: data(number))
    }

    private func key(_ key: String?, _ trigger: String) -> Record.Key? {
        key.map { Record.Key(trigger: trigger, key: $0, expiresAt: now + limits.keysKept) }
    }

    private func record(
        _ record: Record, _ action: Plan.Action, _ number: Int, _ host: SimulatedHost
    ) {
        unanswered[number] = action
        host.dispatcher.record(record) { [unowned self] answer in
            unanswered[number] = nil
            switch answer {
            case .recorded(let recorded):
                accepted.insert(recorded.event)
                guard record.key != nil else { return }
                recentKeyed = recentKeyed.suffix(5) + [action]
            default: sendAgain(action, after: 7_000)
            }
        }
    }

    /// Who has a key sends again until there is an answer; who has none knows no better.
    func sendAgain(_ action: Plan.Action, after milliseconds: Int64) {
        guard uptime + milliseconds < plan.spanMilliseconds else { return }
        switch action {
        case .send(let number, _, _?, _), .publish(let number, _, _?), .call(let number, _?):
            resends[number, default: 0] += 1
            guard resends[number]! < Self.resendsMax else { return }
            outside(milliseconds, .act(action))
        case .drop, .remove: outside(milliseconds, .act(action))
        case .send, .publish, .call, .write, .delete, .pause, .cancel, .retryDead, .pauseSchedule:
            break
        }
    }

    /// A call that fails fails again, for it draws the same.
    private static let resendsMax = 6

    private func write(_ write: DocumentWrite, _ host: SimulatedHost) {
        host.dispatcher.write(
            Writing([ConditionalWrite(write)], origin: Origin(now: now))
        ) { _ in }
    }

    func setPaused(_ role: Role, _ isPaused: Bool) {
        guard let host else { return }
        let function = host.dispatcher.registry.functions[role.rawValue]
        host.dispatcher.setPaused(isPaused, function: function) { _ in }
    }

    private func cancelOne(_ number: Int, _ host: SimulatedHost) {
        guard !model.owed.isEmpty else { return }
        let one = model.owed[chance.below(model.owed.count, .detail, UInt64(number))]
        host.dispatcher.cancel(.one(InvocationNumber(one))) { _ in }
    }

    // MARK: calls

    /// What the intake of a real host does with a request that has a key, or none.
    private nonisolated(nonsending) func call(
        _ number: Int, _ key: String?, _ action: Plan.Action, _ host: SimulatedHost
    ) async throws(Violation) {
        let hash = Array((key ?? "").utf8)
        if key != nil {
            guard !host.keysInFlight.contains(hash) else { return sendAgain(action, after: 1_000) }
            if case .response(let stored?) = try await read(.response(keyHash: hash)),
                stored.expiresAt > now
            {
                return try checkReplay(stored)
            }
            host.keysInFlight.insert(hash)
        }
        var event = event(.request, Script.served, number)
        event.callID = EventID(callAt: now, random: chance.number(.detail, UInt64(number), draws))
        draws += 1
        let callKey = key.map { _ in
            Call.Key(
                hash: hash, fingerprint: hash, expiresAt: now + limits.keysKept,
                responseBytesMax: limits.storedResponseBytesMax)
        }
        unanswered[number] = action
        host.dispatcher.call(
            Call(
                function: FunctionNumber(Int64(Role.serve.rawValue) + 1), event: event,
                onceKey: key, key: callKey, mayRunAgain: key != nil
            ) { [unowned self] answer in
                host.keysInFlight.remove(hash)
                unanswered[number] = nil
                answered(answer, event, hasKey: key != nil, action)
            })
    }

    private func answered(
        _ answer: Call.Answer, _ event: NewEvent, hasKey: Bool, _ action: Plan.Action
    ) {
        let id = event.callID!.tagged(.callInvocation)
        switch answer {
        case .response(let response, _):
            if hasKey { recentKeyed = recentKeyed.suffix(5) + [action] }
            guard response.status == 200, case .whole(let body) = response.body else { return }
            let isHis = body == Array("\(id)".utf8)
            if !isHis { broken = Violation(invariant: 1, text: "a call had another's answer") }
            if hasKey, !model.responses.values.contains(where: { $0.body == body }) {
                broken = Violation(invariant: 1, text: "a call was answered and not committed")
            }
            let isCounted = model.documents[Script.counter(of: id)] != nil
            if isCounted != Script.servesWithEffects(event.data) {
                broken = Violation(
                    invariant: 6,
                    text: "a call was answered, its effects are \(isCounted ? "there" : "missing")")
            }
        case .replay(let stored):
            if model.responses[stored.keyHash] != stored {
                broken = Violation(invariant: 2, text: "a call had an answer that nobody stored")
            }
        case .failed, .noSlot, .refused: sendAgain(action, after: 7_000)
        }
    }

    private func checkReplay(_ stored: StoredResponse) throws(Violation) {
        try require(
            model.responses[stored.keyHash] == stored, 2,
            "a call is answered with what was not stored")
    }
}
