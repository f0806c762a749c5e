import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// `/v1/documents/{path}`: one document by its path, or the documents of a collection.
extension AdminAPI {
    func document(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let path = request.capture("path")
        if NameRule.collectionPath.error(for: path) == nil { return try await list(path, request) }
        if let error = NameRule.documentPath.error(for: path) { throw .badName("\(error)") }
        if let strange = request.query.first { throw .unknownParameter(strange.name, known: []) }
        let page = try await read(.document(path: path))
        guard case .documents(let found) = page, let document = found.first, document.version > 0
        else {
            throw .unknownDocument(path)
        }
        let tag = "\"\(document.version)\""
        if let known = request.exchange.head["if-none-match"], Self.matches(known, tag) {
            return AdminReply(status: 304, fields: ["ETag": tag])
        }
        return AdminReply(
            fields: ["Content-Type": "application/json", "Cache-Control": "no-cache", "ETag": tag],
            body: document.body)
    }

    func putDocument(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let path = try documentPath(request)
        guard request.body.count <= parts.limits.documentBytesMax else {
            throw .documentTooLarge(
                path: path, found: request.body.count, max: parts.limits.documentBytesMax)
        }
        try checkObject(request.body)
        let condition = try condition(request.exchange.head)
        return written(
            path, try await write(.put(path: path, body: request.body), condition, request))
    }

    /// Changes the members that the body names (RFC 7396).
    func patchDocument(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let path = try documentPath(request)
        try checkObject(request.body)
        let merge = DocumentWrite.merge(path: path, patch: request.body, operations: [])
        return written(path, try await write(merge, try condition(request.exchange.head), request))
    }

    func deleteDocument(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let path = try documentPath(request)
        _ = try await write(.delete(path: path), try condition(request.exchange.head), request)
        return AdminReply(status: 204, fields: .init())
    }

    private func checkObject(_ body: [UInt8]) throws(AdminError) {
        let kind: JSONKind
        do throws(JSONError) {
            kind = try body.checkedJSONKind()
        } catch {
            throw .malformedJSON(error)
        }
        guard kind == .object else { throw .notObject(found: kind.rawValue) }
    }

    private func written(_ path: String, _ written: Written) -> AdminReply {
        let version = written.versions[0]
        var reply = AdminReply.object(status: written.isNew[0] ? 201 : 200) { object in
            object.member("path", path)
            object.member("version", version)
        }
        reply.fields = ["Content-Type": "application/json", "ETag": "\"\(version)\""]
        return reply
    }

    private func list(_ collection: String, _ request: AdminRequest) async throws(AdminError)
        -> AdminReply
    {
        let limit = try request.count("limit", in: 1...Self.pageMax, standard: 50)
        let after = request.parameter("after")
        // One more than asked for tells whether another page follows.
        let filters = try filters(request)
        let sort = try sort(request)
        if sort != nil, let after, SortPlace(after) == nil {
            throw .badParameter("after", found: after, expected: "`next` of the page before")
        }
        let query = DocumentQuery(
            collection: collection, filters: filters, sort: sort, after: after, limit: limit + 1)
        let found: [HostReply.Found]
        switch try await read(
            filters.isEmpty && sort == nil
                ? .documents(collection: collection, after: after, limit: limit + 1)
                : .documentsWhere(query))
        {
        case .documents(let documents): found = documents
        case .scanned(_, let isIndexed):
            throw .badQuery(query.scannedText(isIndexed: isIndexed))
        default: preconditionFailure("a question about documents has documents for an answer")
        }
        let next = found.count > limit ? query.place(of: found[limit - 1]) : nil
        return .list(next: next) { items in
            for document in found.prefix(limit) {
                items.object { item in
                    item.member("id", Self.identifier(of: document.path))
                    item.member("path", document.path)
                    item.member("version", document.version)
                    item.member("data", raw: document.body)
                }
            }
        }
    }

    private func write(
        _ write: DocumentWrite, _ condition: Int64?, _ request: AdminRequest
    ) async throws(AdminError) -> Written {
        guard parts.dispatcher.isAccepting else { throw .refused(.diskFull, recorded: 0) }
        let writing = Writing(
            [ConditionalWrite(write, ifVersion: condition)],
            origin: Origin(now: parts.clock(), tracedBy: request.exchange.head),
            triggers: try triggers(request))
        let answer = await withCheckedContinuation { continuation in
            parts.dispatcher.write(writing) { continuation.resume(returning: $0) }
        }
        switch answer {
        case .written(let written): return written
        case .refused(let refusal): throw .refused(refusal, recorded: 0)
        default: preconditionFailure("a write is written or refused")
        }
    }

    /// All that `where` asks; it may be given several times.
    private func filters(_ request: AdminRequest) throws(AdminError) -> [DocumentFilter] {
        var filters: [DocumentFilter] = []
        for item in request.query where item.name == "where" {
            do throws(DocumentFilterError) {
                filters.append(try DocumentFilter(item.value))
            } catch {
                throw .badName("\(error)")
            }
        }
        return filters
    }

    private func sort(_ request: AdminRequest) throws(AdminError) -> DocumentSort? {
        guard let text = request.parameter("sort") else { return nil }
        do throws(DocumentSortError) {
            return try DocumentSort(text)
        } catch {
            throw .badName("\(error)")
        }
    }

    /// False where the query says `triggers=off`, for an import that shall run nothing.
    private func triggers(_ request: AdminRequest) throws(AdminError) -> Bool {
        switch request.parameter("triggers") {
        case nil, "on": return true
        case "off": return false
        case let other?: throw .badParameter("triggers", found: other, expected: "on or off")
        }
    }

    private func documentPath(_ request: AdminRequest) throws(AdminError) -> String {
        let path = request.capture("path")
        if let error = NameRule.documentPath.error(for: path) { throw .badName("\(error)") }
        return path
    }

    /// The version that `If-Match` asks for, 0 for `If-None-Match: *`, nil where nothing is asked.
    private func condition(_ head: RequestHead) throws(AdminError) -> Int64? {
        if let text = head["if-match"] {
            let digits = text.dropFirst().dropLast()
            guard text.first == "\"", text.last == "\"", let version = Int64(digits), version > 0
            else {
                throw .badHeader("If-Match", expected: "one version in quotes, as ETag shows it")
            }
            return version
        }
        guard let text = head["if-none-match"] else { return nil }
        guard text == "*" else { throw .badHeader("If-None-Match", expected: "* for a write") }
        return 0
    }

    private static func matches(_ known: String, _ tag: String) -> Bool {
        known == "*"
            || known.split(separator: ",").contains { item in
                let item = item.filter { $0 != " " }
                return item == tag || item == "W/\(tag)"
            }
    }

    private static func identifier(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
