import Contract
import Testing

@Suite("A reply to a handler") struct HostReplyTests {
    private func found(_ count: Int) -> [HostReply.Found] {
        let body = [UInt8](repeating: 1, count: 1 << 20)
        return (0..<count).map { HostReply.Found(path: "orders/\($0)", version: .max, body: body) }
    }

    @Test("has the documents that were found, up to what a frame holds")
    func holds() {
        let reply = HostReply(documents: found(7))

        #expect(reply == .documents(found(7)))
        #expect(reply.bytes(number: .max).count <= Frame.payloadBytesMax)
    }

    @Test("says what was found and how to ask where that is more")
    func refuses() {
        #expect(
            HostReply(documents: found(8))
                == .failed(
                    "the 8 documents found have 8388832 bytes, where 8388544 are the most; "
                        + "ask with a smaller limit"))
    }
}
