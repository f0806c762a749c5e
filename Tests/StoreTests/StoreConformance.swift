import Contract
import Foundation
import Invocations
import RoostTesting
import StoreSQLite
import Testing

// StoreConformance: the suites named "Every store, …" state the whole contract of the port `Store`,
// in sentences, and run over every store of this list. A store that comes later is added here and
// passes them unchanged. Each of their tests ends with the sum of all that was recorded.

/// The stores that the suites run over.
let storeMakers = [StoreMaker.memory, StoreMaker.sqlite]

/// How to make one kind of store for a test.
struct StoreMaker: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (Limits) throws -> StoreUnderTest

    static let memory = StoreMaker(testDescription: "in memory") { limits in
        MemoryUnderTest(MemoryStore(limits: limits))
    }

    static let sqlite = StoreMaker(testDescription: "on SQLite") { limits in
        try SQLiteUnderTest(limits: limits)
    }

    /// Runs `body` with a store that has the functions "one", "two" and "three"; whatever it did,
    /// nothing that was recorded is missing in the end.
    func callAsFunction(
        limits: Limits = Limits(), _ body: (StoreUnderTest) async throws -> Void
    ) async throws {
        let store = try make(limits)
        defer { store.end() }
        await store.register()
        try await body(store)
        try await store.expectTheSum()
    }
}

/// A store, and how a host on it comes to its end.
class StoreUnderTest: @unchecked Sendable {
    // because one test has it, and awaits one call at a time.
    fileprivate(set) var store: any Store

    init(_ store: any Store) { self.store = store }

    /// Ends the host as a kill would, and starts the next one on what is kept.
    func restart() throws {}

    /// Lets everything go.
    func end() {}
}

private final class MemoryUnderTest: StoreUnderTest, @unchecked Sendable {
    override func restart() {
        guard let memory = store as? MemoryStore else { preconditionFailure("it is in memory") }
        store = memory.reopened()
    }
}

private final class SQLiteUnderTest: StoreUnderTest, @unchecked Sendable {
    private let folder: Folder
    private let options: StoreOptions

    init(limits: Limits) throws {
        folder = try Folder()
        options = StoreOptions(limits: limits)
        super.init(try SQLiteStore(at: folder.path("roost.db"), options: options))
    }

    override func restart() throws {
        (store as? SQLiteStore)?.close()
        store = try SQLiteStore(at: folder.path("roost.db"), options: options)
    }

    override func end() {
        (store as? SQLiteStore)?.close()
        folder.remove()
    }
}

/// A folder of a test's own.
struct Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "roost-store-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func remove() {
        // What is left in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: url)
    }
}
