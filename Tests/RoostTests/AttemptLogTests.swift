import Logging
import Testing

@testable import Roost

@Suite("The metadata of a handler's log line")
struct AttemptLogTests {
    @Test("is what the handler gave, where that has bounds")
    func small() {
        #expect(
            AttemptLog.bounded(["order": "o-1", "total": "12"]) == ["order": "o-1", "total": "12"])
    }

    @Test("is cut to what a frame has room for: in number, in names and in values")
    func large() {
        let long = String(repeating: "v", count: AttemptLog.messageBytesMax + 1)
        var metadata: Logger.Metadata = ["a": .string(long)]
        for number in 100_000..<100_200 { metadata["b\(number)"] = "1" }
        metadata["a" + long] = "1"

        let bounded = AttemptLog.bounded(metadata)

        #expect(bounded.count == AttemptLog.valuesMax)
        #expect(bounded["a"] == long.dropLast() + "…")
        #expect(bounded.keys.allSatisfy { $0.utf8.count <= AttemptLog.keyBytesMax + 3 })
        #expect(bounded["b100000"] == "1" && bounded["b100199"] == nil)
    }
}
