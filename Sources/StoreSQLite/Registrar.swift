import Contract
import GRDB
import Invocations

/// Makes a starting host's functions known and frees what an earlier host left running.
final class Registrar {
    private let ledger: Ledger
    private let invocations: InvocationRows
    private let settler: Settler
    private let runsMax: Int
    private let retire: PreparedStatement
    private let declare: PreparedStatement
    private let select: PreparedStatement
    private let running: PreparedStatement

    init(
        _ db: Database, _ ledger: Ledger, _ invocations: InvocationRows, _ settler: Settler,
        runsMax: Int
    ) throws {
        self.ledger = ledger
        self.invocations = invocations
        self.settler = settler
        self.runsMax = runsMax
        retire = try PreparedStatement("UPDATE functions SET declared = 0", db)
        declare = try PreparedStatement(
            """
            INSERT INTO functions (tenant, name, declared, paused, first_seen_at) VALUES (?, ?,
            1, 0, ?)
            ON CONFLICT (tenant, name) DO UPDATE SET declared = 1
            """, db)
        select = try PreparedStatement(
            "SELECT number, name, declared FROM functions ORDER BY number", db)
        running = try PreparedStatement(
            "SELECT number FROM invocations INDEXED BY running WHERE state = 30", db)
    }

    func register(_ registration: Registration) throws -> Answer {
        try retire.run()
        for function in registration.functions {
            declare.bind(1, Event.defaultTenant)
            declare.bind(2, function.name)
            declare.bind(3, registration.now.milliseconds)
            try declare.run()
        }
        var names: [(number: Int64, name: String, isDeclared: Bool)] = []
        while try select.next() {
            names.append((select.int64(0), select.text(1), select.int(2) == 1))
            ledger.addFunction(select.int(0))
        }
        let declarations = Dictionary(registration.functions.map { ($0.name, $0) }) { first, _ in
            first
        }
        var policies: [Int64: Policies] = [:]
        for function in names { policies[function.number] = declarations[function.name]?.policies }
        settler.triggers = TriggerTable(registration.triggers, functions: registration.functions) {
            name in
            names.first { $0.name == name }.map { FunctionNumber($0.number) }
        }
        let (recovered, charged) = try recover(policies, now: registration.now)
        return .registered(
            Registered(
                functions: names.map { function(Int($0.number), $0.name, $0.isDeclared) },
                recovered: recovered, charged: charged))
    }

    private func function(_ number: Int, _ name: String, _ isDeclared: Bool) -> Registered.Function
    {
        let tally = ledger.entries.functions[number]
        let owed = tally.counts[0] + tally.counts[1] + tally.counts[2] + tally.counts[3]
        return Registered.Function(
            number: FunctionNumber(Int64(number)), name: name, isPaused: tally.isPaused,
            isDeclared: isDeclared, owed: Int(owed))
    }

    /// Ends the attempts of an earlier host; those of this one have later leases.
    private func recover(_ policies: [Int64: Policies], now: Instant) throws -> (
        all: Int, charged: Int
    ) {
        var numbers: [Int64] = []
        while try running.next() { numbers.append(running.int64(0)) }
        var recovered = 0
        var charged = 0
        for number in numbers {
            guard let row = try invocations.row(number), row.lease <= ledger.leaseAtStart else {
                continue
            }
            let ending = ending(of: row, policies[row.function], now)
            _ = try settler.end(row, ending, droppedKeys: [])
            recovered += 1
            if ending.outcome.isCharged { charged += 1 }
        }
        return (recovered, charged)
    }

    /// What ran alone when the host ended is charged with it, unless its function is gone.
    private func ending(of row: InvocationRow, _ policies: Policies?, _ now: Instant) -> Ending {
        let isBlamed = row.suspicion.runsAlone && policies != nil
        let outcome: Outcome =
            isBlamed ? .crashed(error: "the host ended while it ran alone") : .interrupted(.host)
        let soFar = AttemptSoFar(
            charged: row.charged, runs: row.runs, firstRunAt: Instant(milliseconds: row.firstRunAt),
            chance: 0.5)
        let settlement = Invocations.settle(
            outcome, soFar, policies ?? Policies(), runsMax: runsMax, now: now)
        return Ending(
            outcome: outcome, settlement: settlement, beganAt: Instant(milliseconds: row.beganAt),
            endedAt: now)
    }
}
