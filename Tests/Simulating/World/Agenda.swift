import HeapModule

/// What is still to happen, in the order of its times; at one time, in the order of its coming.
struct Agenda<Item> {
    private struct Entry: Comparable {
        let at: Int64
        let serial: Int
        let item: Item

        static func < (left: Entry, right: Entry) -> Bool {
            (left.at, left.serial) < (right.at, right.serial)
        }

        static func == (left: Entry, right: Entry) -> Bool { left.serial == right.serial }
    }

    private var entries = Heap<Entry>()
    private var serial = 0

    mutating func add(_ item: Item, at time: Int64) {
        serial += 1
        entries.insert(Entry(at: time, serial: serial, item: item))
    }

    mutating func next() -> (at: Int64, item: Item)? {
        entries.popMin().map { ($0.at, $0.item) }
    }
}
