import Contract
import Invocations

extension MemoryState {
    func page(_ query: Query) -> Page {
        switch query {
        case .invocation(let id): .invocation(detail(id))
        case .invocations(let filter): list(filter)
        case .event(let id): .event(event(id))
        case .events(let filter): list(filter)
        case .status: .status(status)
        case .document(let path): .documents([found(path)])
        case .documents(let collection, let after, let limit):
            .documents(list(collection, after, limit))
        case .documentsWhere(let query): find(query)
        case .response(let keyHash): .response(responses[keyHash])
        case .files(let bucket, let after, let limit):
            .files(files(in: bucket, after: after ?? "", limit: limit))
        case .filesAt(let bucket, let keys): .files(files(in: bucket, keys: keys))
        case .placements(let after, let limit):
            .placements(
                Array(placements.map(\.placement).filter { $0.number > after }.prefix(limit)))
        case .schedule(let name):
            .schedules([schedules[Array(name.utf8)]?.row].compactMap(\.self))
        case .schedules(let after, let limit): .schedules(schedules(after: after, limit: limit))
        case .firings(let schedule, let limit): .firings(firings(of: schedule, limit: limit))
        }
    }

    /// The rows of an event, in the order of its record.
    func rows(ofEvent number: Int64) -> [Row] {
        (0..<Int64(owedCounts[number] ?? 0)).compactMap {
            invocations[number << InvocationNumber.ordinalBits | $0]
        }
    }

    private func detail(_ id: EventID) -> InvocationDetail? {
        guard let number = number(ofInvocation: id), let row = invocations[number] else {
            return nil
        }
        let summary = summary(row)
        guard summary.id == id else { return nil }
        return InvocationDetail(summary: summary, history: row.history)
    }

    private func event(_ id: EventID) -> EventDetail? {
        guard let number = number(of: id), let event = events[number] else { return nil }
        return EventDetail(event: event, invocations: rows(ofEvent: number).map(summary))
    }

    func number(ofInvocation id: EventID) -> Int64? {
        switch id.tag {
        case .invocation: id.number
        case .callInvocation:
            number(of: id.tagged(.call)).map { $0 << InvocationNumber.ordinalBits }
        case .event, .call, nil: nil
        }
    }

    private func number(of id: EventID) -> Int64? { events.first { $0.value.id == id }?.key }

    private func summary(_ row: Row) -> InvocationSummary {
        let event = events[row.number >> InvocationNumber.ordinalBits]!
        let waits = row.state == .scheduled || row.state == .retrying
        let runs = row.earlierRuns + row.runs
        return InvocationSummary(
            id: event.id.tag == .call
                ? event.id.tagged(.callInvocation)
                : EventID(.invocation, number: row.number, at: event.acceptedAt),
            number: InvocationNumber(row.number), event: event.id, function: row.function,
            state: row.state,
            charged: row.charged, runs: runs, acceptedAt: event.acceptedAt,
            dueAt: waits ? row.dueAt : nil, startedAt: runs > 0 ? row.beganAt : nil,
            finishedAt: row.state.isOwed ? nil : row.finishedAt, error: row.error)
    }

    private func list(_ filter: InvocationFilter) -> Page {
        let event = filter.event.map { number(of: $0) ?? -1 }
        let found = invocations.values.filter { row in
            (filter.state == nil || row.state == filter.state)
                && (filter.function == nil || row.function == filter.function)
                && (event == nil || row.number >> InvocationNumber.ordinalBits == event)
                && row.number < filter.before?.rawValue ?? .max
        }.sorted { $0.number > $1.number }
        let page = found.prefix(filter.limit)
        let next = found.count > filter.limit ? page.last.map { InvocationNumber($0.number) } : nil
        return .invocations(page.map(summary), next: next)
    }

    private func list(_ filter: EventFilter) -> Page {
        let found = events.filter { number, event in
            number < filter.before?.rawValue ?? .max
                && filter.admits(kind: event.kind, subject: event.subject)
        }.sorted { $0.key > $1.key }
        let page = found.prefix(filter.limit).map { number, event in
            EventSummary(
                id: event.id, number: EventNumber(number), kind: event.kind,
                subject: event.subject, acceptedAt: event.acceptedAt, cause: event.cause)
        }
        return .events(page, next: found.count > filter.limit ? page.last?.number : nil)
    }

    private var status: StoreStatus {
        var status = StoreStatus(
            recorded: recorded, pruned: pruned, counts: StoreStatus.Counts(), functions: [:])
        // By function and state: the simulation asks often, and dictionaries are slow.
        let states = InvocationState.allCases.count
        var counts = Array(repeating: 0, count: functions.count * states)
        for row in invocations.values {
            counts[(Int(row.function.rawValue) - 1) * states + row.state.rawValue] += 1
        }
        for index in functions.indices {
            var function = StoreStatus.Counts()
            for state in InvocationState.allCases {
                let count = counts[index * states + state.rawValue]
                guard count > 0 else { continue }
                function[state] = count
                status.counts[state] += count
            }
            status.functions[FunctionNumber(Int64(index) + 1)] = function
        }
        return status
    }

    // MARK: documents

    private func found(_ path: String) -> HostReply.Found {
        let document = documents[Array(path.utf8)]
        return HostReply.Found(
            path: path, version: document?.version ?? 0, body: document?.body ?? [])
    }

    private func find(_ query: DocumentQuery) -> Page {
        var found: [(place: SortPlace, document: HostReply.Found)] = []
        let after = query.sort == nil ? query.after : nil
        let all = list(query.collection, after, query.scannedMax + 1)
        for (place, document) in all.enumerated() {
            guard place < query.scannedMax else {
                return .scanned(query.scannedMax, isIndexed: false)
            }
            let id = String(document.path.dropFirst(query.collection.utf8.count + 1))
            // What is no JSON fits nothing.
            let key = try? document.body.withJSON { body -> IndexKey? in
                guard query.matches(body) else { return nil }
                return query.sort.map { $0.key(of: body) } ?? IndexKey(stored: [])
            }
            guard let key = key ?? nil else { continue }
            found.append((SortPlace(key: key, id: id), document))
            if query.sort == nil, found.count == query.limit { break }
        }
        if let sort = query.sort {
            found.sort { sort.isBefore($0.place, $1.place) }
            if let last = query.place { found.removeAll { !sort.isBefore(last, $0.place) } }
        }
        return .documents(found.prefix(query.limit).map(\.document))
    }

    private func list(_ collection: String, _ after: String?, _ limit: Int) -> [HostReply.Found] {
        let folder = Array(collection.utf8) + [UInt8(ascii: "/")]
        let start = folder + Array((after ?? "").utf8)
        let paths = documents.keys.filter { path in
            path.starts(with: folder) && !path.dropFirst(folder.count).contains(UInt8(ascii: "/"))
                && start.lexicographicallyPrecedes(path)
        }.sorted { $0.lexicographicallyPrecedes($1) }
        return paths.prefix(limit).map { path in
            let document = documents[path]!
            return HostReply.Found(
                path: String(decoding: path, as: UTF8.self), version: document.version,
                body: document.body)
        }
    }
}
