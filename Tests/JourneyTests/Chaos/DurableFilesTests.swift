import Foundation
import Testing

@Suite("Files that a power cut leaves")
struct DurableFilesTests {
    private var files = DurableFiles()
    private var position: UInt64 = 0

    private mutating func take(_ what: DiskJournal.What) {
        files.take(DiskJournal.Entry(position: position, what: what))
        position += 1
    }

    private mutating func syncAll() {
        take(.synced(file: 1, began: position))
        take(.directorySynced("/d", began: position))
    }

    @Test("are those that were synced")
    mutating func synced() throws {
        take(.created("/d/a", file: 1))
        take(.changed(file: 1, .write(at: 0, bytes: [1, 2, 3])))
        syncAll()
        take(.changed(file: 1, .write(at: 2, bytes: [9, 9])))

        #expect(files.bytes(of: "/d/a") == [1, 2, 3])
    }

    @Test("have no name that its directory was not synced for")
    mutating func names() {
        take(.created("/d/a", file: 1))
        take(.changed(file: 1, .write(at: 0, bytes: [1])))
        take(.synced(file: 1, began: position))
        #expect(files.bytes(of: "/d/a") == nil)

        take(.directorySynced("/d", began: position))
        take(.renamed("/d/a", "/d/b", file: 1))
        #expect(files.bytes(of: "/d/a") == [1] && files.bytes(of: "/d/b") == nil)

        take(.directorySynced("/d", began: position))
        take(.removed("/d/b"))
        #expect(files.bytes(of: "/d/a") == nil && files.bytes(of: "/d/b") == [1])
    }

    @Test("lack for good what a sync failed to keep, also where a later one succeeds")
    mutating func failed() {
        take(.created("/d/a", file: 1))
        syncAll()
        take(.changed(file: 1, .write(at: 0, bytes: [1, 1])))
        take(.syncFailed(file: 1, began: position))
        take(.changed(file: 1, .write(at: 2, bytes: [2])))
        syncAll()

        #expect(files.bytes(of: "/d/a") == [0, 0, 2])
    }

    @Test("keep nothing of a later file that has the number of one whose name is not gone yet")
    mutating func reused() {
        take(.created("/d/a", file: 1))
        take(.directorySynced("/d", began: position))
        take(.removed("/d/a"))
        take(.created("/d/b", file: 1))
        take(.changed(file: 1, .write(at: 0, bytes: [9])))
        take(.synced(file: 1, began: position))

        #expect(files.bytes(of: "/d/a") == [])
    }

    @Test("are not kept by a sync that began before they were written")
    mutating func began() {
        take(.created("/d/a", file: 1))
        syncAll()
        let began = position
        take(.changed(file: 1, .write(at: 0, bytes: [1])))
        take(.synced(file: 1, began: began))

        #expect(files.bytes(of: "/d/a") == [])
    }

    @Test("have, cut by cut, some of what was not synced and never anything else")
    mutating func cut() throws {
        take(.created("/d/a", file: 1))
        syncAll()
        take(.changed(file: 1, .write(at: 0, bytes: [1])))
        take(.changed(file: 1, .write(at: 1, bytes: [2])))
        var found: Set<[UInt8]> = []
        for seed in 0..<64 {
            var cut = files
            var chance = SeededChance(state: UInt64(seed))
            cut.cut(&chance)
            found.insert(try #require(cut.bytes(of: "/d/a")))
        }

        #expect(found == [[], [1], [0, 2], [1, 2]])
    }
}

@Suite("A disk's journal")
struct DiskJournalTests {
    /// As `disk.c` writes it.
    private func entry(_ kind: Character, _ path: String, file: UInt64, _ data: [UInt8]) -> [UInt8]
    {
        func word<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
        return Array("journal!".utf8) + word(UInt32(kind.asciiValue ?? 0))
            + word(UInt32(path.utf8.count)) + word(file) + word(UInt64(0))
            + word(UInt64(data.count)) + Array(path.utf8) + data
    }

    @Test(
        "is read over an entry whose writer was killed",
        arguments: [4, 20, 39, 41, 500, 1039, 1040]
    )
    func torn(keptBytes: Int) throws {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "roost-journal-\(UUID().uuidString)"
        ).path
        defer {
            // A file that is left behind does no harm.
            try? FileManager.default.removeItem(atPath: path)
        }
        let long = entry("W", "", file: 2, Array(repeating: 7, count: 1000))
        let bytes =
            entry("C", "/d/a", file: 1, []) + long.prefix(keptBytes)
            + entry("R", "/d/a", file: 1, Array("/d/b".utf8)) + long.prefix(30)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var read: [DiskJournal.What] = []

        try DiskJournal.read(path) { read.append($0.what) }

        let whole: [DiskJournal.What] =
            keptBytes == long.count
            ? [.changed(file: 2, .write(at: 0, bytes: Array(repeating: 7, count: 1000)))] : []
        #expect(read == [.created("/d/a", file: 1)] + whole + [.renamed("/d/a", "/d/b", file: 1)])
    }
}
