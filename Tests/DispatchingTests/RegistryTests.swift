import Dispatching
import Invocations
import Testing

@Suite("The registry")
struct RegistryTests {
    private let registry = Desk.registry([
        Desk.function("send-receipt"), Desk.function("create-order"),
    ])

    @Test("knows a function by its name, its row and its place in the manifest")
    func known() {
        #expect(registry["create-order"]?.number == FunctionNumber(2))
        #expect(registry["create-order"]?.index == 1)
        #expect(registry[FunctionNumber(1)]?.name == "send-receipt")
        #expect(registry.names == ["send-receipt", "create-order"])
    }

    @Test("knows of a function that is gone only its name")
    func gone() {
        #expect(registry[FunctionNumber(99)] == nil)
        #expect(registry["old"] == nil)
        #expect(registry.name(of: FunctionNumber(99)) == "old")
        #expect(registry.goneNames == [FunctionNumber(99): "old"])
    }

    @Test("names a row that it never saw by its number")
    func unknown() {
        #expect(registry.name(of: FunctionNumber(1)) == "send-receipt")
        #expect(registry.name(of: FunctionNumber(55)) == "function 55")
    }
}
