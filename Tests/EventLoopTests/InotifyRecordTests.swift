import Glibc
import Testing

@testable import EventLoop

@Suite("An inotify record")
struct InotifyRecordTests {
    @Test("is read from the kernel's bytes, one after another, without the padding")
    func reading() {
        let bytes =
            record(7, IN_CLOSE_WRITE, name: Array("a.csv".utf8), padding: 11)
            + record(-1, IN_Q_OVERFLOW, name: [], padding: 0)
            + record(2, IN_MOVED_TO | IN_ISDIR, name: [0xFF, 0x41], padding: 14)

        let (records, isWhole) = bytes.withUnsafeBytes { InotifyRecord.all(in: $0) }

        #expect(isWhole)
        #expect(
            records == [
                InotifyRecord(
                    descriptor: 7, kinds: .closedAfterWriting, name: Array("a.csv".utf8)),
                InotifyRecord(descriptor: -1, kinds: .overflow, name: []),
                InotifyRecord(
                    descriptor: 2, kinds: [.movedTo, .directory], name: [0xFF, 0x41]),
            ])
    }

    @Test("of the longest name fits what is called the longest record")
    func longest() {
        let bytes = record(1, IN_DELETE, name: .init(repeating: 0x61, count: 255), padding: 1)

        let (records, isWhole) = bytes.withUnsafeBytes { InotifyRecord.all(in: $0) }

        #expect(bytes.count == InotifyRecord.bytesMax)
        #expect(isWhole)
        #expect(records.first?.name.count == 255)
    }

    @Test("that is cut off counts as lost, and those before it do not", arguments: 1..<32)
    func truncated(missing: Int) {
        let whole = record(1, IN_CREATE, name: Array("a".utf8), padding: 15)

        let (records, isWhole) = (whole + whole).dropLast(missing).withUnsafeBytes {
            InotifyRecord.all(in: $0)
        }

        #expect(!isWhole)
        #expect(records.count == 1)
    }

    @Test("with a length beyond the buffer is refused")
    func absurdLength() {
        var bytes = record(1, IN_CREATE, name: [], padding: 0)
        bytes.replaceSubrange(12..<16, with: [0xFF, 0xFF, 0xFF, 0xFF])

        let (records, isWhole) = bytes.withUnsafeBytes { InotifyRecord.all(in: $0) }

        #expect(records.isEmpty)
        #expect(!isWhole)
    }

    @Test("is none in an empty buffer")
    func empty() {
        let (records, isWhole) = InotifyRecord.all(in: UnsafeRawBufferPointer(start: nil, count: 0))

        #expect(records.isEmpty)
        #expect(isWhole)
    }

    private func record(
        _ descriptor: Int32, _ mask: Int32, name: [UInt8], padding: Int
    ) -> [UInt8] {
        let length = UInt32(name.count + padding)
        var bytes: [UInt8] = []
        for word in [UInt32(bitPattern: descriptor), UInt32(bitPattern: mask), 9, length] {
            withUnsafeBytes(of: word) { bytes += $0 }
        }
        return bytes + name + [UInt8](repeating: 0, count: padding)
    }
}
