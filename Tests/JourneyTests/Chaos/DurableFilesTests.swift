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
