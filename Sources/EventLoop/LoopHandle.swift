import CUV

/// One libuv handle: opened with its owner, closed once, freed in the close callback.
///
/// The C structure points back to the owner without holding it. From `close` until libuv lets go,
/// the owner is held, so that no callback meets freed memory.
@LoopActor
final class LoopHandle<Structure> {
    // because the memory belongs to libuv until the close callback, which is the only one to free it
    nonisolated(unsafe) let pointer: UnsafeMutablePointer<Structure>
    private(set) var isOpen = false

    init() {
        pointer = .allocate(capacity: 1)
    }

    /// Called when libuv has taken the structure over.
    func opened(by owner: AnyObject) {
        assert(!isOpen, "a handle opens once")
        generic.pointee.data = Unmanaged.passUnretained(owner).toOpaque()
        isOpen = true
        LoopActor.openHandles += 1
    }

    var generic: UnsafeMutablePointer<uv_handle_t> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: uv_handle_t.self)
    }

    /// Ends the handle; `then` runs when libuv has let go of it. A second call does nothing.
    func close(holding owner: AnyObject, then: (@LoopActor () -> Void)? = nil) {
        guard isOpen else { return }
        isOpen = false
        let closing = ClosingHandle(owner: owner, memory: UnsafeMutableRawPointer(pointer), then: then)
        generic.pointee.data = Unmanaged.passRetained(closing).toOpaque()
        uv_close(generic) { handle in
            let closing = Unmanaged<ClosingHandle>.fromOpaque(handle!.pointee.data).takeRetainedValue()
            LoopActor.assumeIsolated { closing.ended() }
        }
    }
}

/// Holds a handle's owner and memory until libuv has let go of them.
@LoopActor
private final class ClosingHandle {
    private let owner: AnyObject
    private let memory: UnsafeMutableRawPointer
    private let then: (@LoopActor () -> Void)?

    init(owner: AnyObject, memory: UnsafeMutableRawPointer, then: (@LoopActor () -> Void)?) {
        self.owner = owner
        self.memory = memory
        self.then = then
    }

    func ended() {
        LoopActor.openHandles -= 1
        memory.deallocate()
        then?()
    }
}

/// The owner that a libuv callback belongs to.
func owner<Owner: AnyObject>(_ type: Owner.Type, of data: UnsafeMutableRawPointer?) -> Owner {
    Unmanaged<Owner>.fromOpaque(data!).takeUnretainedValue()
}
