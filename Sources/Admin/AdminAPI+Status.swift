import Contract
import Dispatching
import EventLoop
import Invocations

/// `GET /v1/status`: everything that a person wants to know at first.
extension AdminAPI {
    func status() async throws(AdminError) -> AdminReply {
        let store = try await storeStatus()
        let checks = parts.readiness()
        let addresses = parts.addresses()
        let now = parts.clock()
        return .object { object in
            object.members(of: parts.facts, now: now)
            object.member("listen", addresses.listen.map { "http://\($0)" })
            object.member("admin", addresses.admin.map { "http://\($0)" })
            object.member("ready", checks.allSatisfy(\.isGood))
            object.array("checks") { array in
                for check in checks { array.object { $0.members(of: check) } }
            }
            object.member("workers", parts.workers().count)
            object.member("running", parts.dispatcher.running)
            object.object("invocations") { $0.members(of: store) }
            object.array("gone") { $0.elements(ofGone: parts.dispatcher.registry, store) }
            object.object("store") { object in
                object.member("fileBytes", store.fileBytes)
                object.member("walBytes", store.walBytes)
            }
        }
    }

    func storeStatus() async throws(AdminError) -> StoreStatus {
        guard case .status(let status) = try await read(.status) else {
            preconditionFailure("a question about the status has a status for an answer")
        }
        return status
    }
}

extension JSONWriter {
    fileprivate mutating func members(of facts: HostFacts, now: Instant) {
        member("version", facts.version)
        member("app", facts.app)
        member("pid", Int(facts.pid))
        member("startedAt", facts.startedAt)
        member("uptimeSeconds", (now - facts.startedAt).seconds)
    }

    fileprivate mutating func members(of store: StoreStatus) {
        member("recorded", store.recorded)
        members(of: store.counts)
        member("pruned", store.pruned)
    }

    /// One member for each state.
    mutating func members(
        of counts: StoreStatus.Counts, among states: [InvocationState] = InvocationState.allCases
    ) {
        for state in states { member(state.name, counts[state]) }
    }

    /// The functions that the app no longer has, and what is owed to them.
    fileprivate mutating func elements(ofGone registry: Registry, _ store: StoreStatus) {
        for (number, name) in registry.goneNames.sorted(by: { $0.value < $1.value }) {
            let counts = store.functions[number] ?? .init()
            object { item in
                item.member("name", name)
                item.member("owed", counts.owed)
            }
        }
    }
}

extension StoreStatus.Counts {
    /// What is still to be run.
    var owed: Int { InvocationState.allCases.reduce(0) { $1.isOwed ? $0 + self[$1] : $0 } }
}
