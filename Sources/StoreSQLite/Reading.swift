import Contract
import GRDB
import Glibc
import Invocations

/// Answers questions on a reading connection, on the thread that reads the rows.
struct Reading {
    let db: Database
    let path: String

    init(_ db: Database, path: String) throws {
        self.db = db
        self.path = path
    }

    func page(_ query: Query) throws -> Page {
        switch query {
        case .invocation(let id): .invocation(try InvocationReading(db).detail(id))
        case .invocations(let filter): try InvocationListing(db).page(filter)
        case .event(let id): .event(try InvocationReading(db).event(id))
        case .events(let filter): try EventListing(db).page(filter)
        case .status: .status(try status())
        case .document(let path): .documents([try document(path)])
        case .documents(let collection, let after, let limit):
            .documents(try documents(collection, after: after, limit: limit))
        case .documentsWhere(let query): try DocumentFinding(db: db, query: query).page()
        case .response(let keyHash): .response(try response(keyHash))
        case .files(let bucket, let after, let limit):
            .files(try FileReading(db: db).files(in: bucket, after: after, limit: limit))
        case .filesAt(let bucket, let keys):
            .files(try FileReading(db: db).files(in: bucket, keys: keys))
        case .placements(let after, let limit):
            .placements(try PlacementReading(db: db).placements(after: after, limit: limit))
        case .schedule(let name): .schedules(try ScheduleReading(db).schedule(name))
        case .schedules(let after, let limit):
            .schedules(try ScheduleReading(db).schedules(after: after, limit: limit))
        case .firings(let schedule, let limit):
            .firings(try ScheduleReading(db).firings(of: schedule, limit: limit))
        }
    }

    private func statement(_ sql: String) throws -> PreparedStatement {
        try PreparedStatement(cached: sql, db)
    }

    private func document(_ path: String) throws -> HostReply.Found {
        let select = try statement(
            "SELECT version, body FROM documents WHERE tenant = ? AND collection = ? AND id = ?")
        select.bind(DocumentPath(path))
        guard try select.next() else { return HostReply.Found(path: path, version: 0, body: []) }
        defer { select.reset() }
        return HostReply.Found(path: path, version: select.int64(0), body: select.bytes(1))
    }

    private func documents(_ collection: String, after: String?, limit: Int) throws -> [HostReply
        .Found]
    {
        let select = try statement(
            """
            SELECT id, version, body FROM documents
            WHERE tenant = ? AND collection = ? AND id > ? ORDER BY id LIMIT ?
            """)
        select.bind(1, Event.defaultTenant)
        select.bind(2, collection)
        select.bind(3, after ?? "")
        select.bind(4, limit)
        var found: [HostReply.Found] = []
        while try select.next() {
            found.append(
                HostReply.Found(
                    path: "\(collection)/\(select.text(0))", version: select.int64(1),
                    body: select.bytes(2)))
        }
        return found
    }

    private func response(_ keyHash: [UInt8]) throws -> StoredResponse? {
        let select = try statement(ResponseColumns.select)
        select.bind(1, keyHash)
        guard try select.next() else { return nil }
        defer { select.reset() }
        return ResponseColumns.response(select)
    }

    private func status() throws -> StoreStatus {
        let ledger = try statement("SELECT recorded, pruned FROM ledger")
        guard try ledger.next() else {
            throw StoreFailure(code: 11, message: "the ledger has no row")
        }
        var status = StoreStatus(
            recorded: ledger.int(0), pruned: ledger.int(1), counts: StoreStatus.Counts(),
            functions: [:])
        ledger.reset()
        let functions = try statement(
            """
            SELECT number, scheduled, ready, running, retrying, succeeded, cancelled, dead
            FROM functions
            """)
        while try functions.next() {
            var counts = StoreStatus.Counts()
            for state in InvocationState.allCases {
                let count = functions.int(Int32(state.rawValue) + 1)
                guard count > 0 else { continue }
                counts[state] = count
                status.counts[state] += count
            }
            status.functions[FunctionNumber(functions.int64(0))] = counts
        }
        status.fileBytes = Self.bytes(of: path)
        status.walBytes = Self.bytes(of: path + "-wal")
        return status
    }

    private static func bytes(of path: String) -> Int {
        var file = stat()
        return stat(path, &file) == 0 ? Int(file.st_size) : 0
    }
}
