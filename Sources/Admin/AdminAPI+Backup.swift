import Contract

/// `POST /v1/backup`: a consistent copy while serving.
extension AdminAPI {
    func backup(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        var file: String?
        let expected = "the absolute path of a file that does not exist yet"
        try request.eachMember(among: ["file"]) { (_, value) throws(AdminError) in
            file = try value.text(of: "file", expected: expected)
        }
        guard let file else { throw .badMember("file", found: "missing", expected: expected) }
        guard file.hasPrefix("/") else {
            throw .badMember("file", found: "\"\(file)\"", expected: expected)
        }
        let bytes: Int
        do {
            bytes = try await parts.backup(file)
        } catch {
            throw .backupFailed("\(error)")
        }
        return .object { object in
            object.member("file", file)
            object.member("bytes", bytes)
        }
    }
}
