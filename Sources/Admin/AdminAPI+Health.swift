import Contract

/// Whether the process lives, whether it can accept, and who works for it.
extension AdminAPI {
    /// It answers, so it lives.
    func health() -> AdminReply { .object { $0.member("status", "alive") } }

    /// 200 where every check is good, else 503.
    func readiness() -> AdminReply {
        let checks = parts.readiness()
        let isReady = checks.allSatisfy(\.isGood)
        return .object(status: isReady ? 200 : 503) { object in
            object.member("ready", isReady)
            object.array("checks") { array in
                for check in checks { array.object { $0.members(of: check) } }
            }
        }
    }

    func workers() -> AdminReply {
        .list { items in
            for worker in parts.workers() {
                items.object { item in
                    item.member("pid", Int(worker.pid))
                    item.member("state", worker.state.rawValue)
                    item.member("apart", worker.isApart)
                    item.member("running", worker.inside)
                    item.member("runs", worker.runs)
                    item.member("startedAt", worker.startedAt)
                    item.member("residentBytes", worker.residentBytes)
                }
            }
        }
    }
}

extension JSONWriter {
    mutating func members(of check: ReadinessCheck) {
        member("name", check.name)
        member("ok", check.isGood)
        member("detail", check.detail)
    }
}
