import CUV

/// One libuv handle: opened with its owner, closed once, freed in the close callback.
///
/// The C structure points back to the owner without holding it. From `close` until libuv lets go,
/// the owner is held, so that no callback meets freed memory.
@LoopActor
final class LoopHandle<Structure> {
    private let memory: UnsafeMutablePointer<Structure>
    private(set) var isOpen = false

    init() {
        memory = .allocate(capacity: 1)
    }

    /// What libuv knows the handle by; touching it from another thread traps in debug builds.
    var pointer: UnsafeMutablePointer<Structure> {
        assert(LoopActor.executor.isCurrentThread, "a handle is touched on the loop's thread only")
        return memory
    }

    /// Called when libuv has taken the structure over.
    func opened(by owner: AnyObject) {
        assert(!isOpen, "a handle opens once")
        generic.pointee.data = Unmanaged.passUnretained(owner).toOpaque()
        isOpen = true
        LoopActor.openHandles += 1
    }

    /// Frees the memory of a handle that libuv refused to take over.
    func discard() {
        assert(!isOpen, "an open handle is closed")
        memory.deallocate()
    }

    /// The same structure seen as the one it begins with.
    func cast<Start>(to type: Start.Type) -> UnsafeMutablePointer<Start> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: type)
    }

    private var generic: UnsafeMutablePointer<uv_handle_t> { cast(to: uv_handle_t.self) }

    /// Ends the handle, whose owner lives until libuv has let go of it. A second call does nothing.
    func close(holding owner: AnyObject) {
        guard isOpen else { return }
        isOpen = false
        let closing = ClosingHandle(owner: owner, memory: UnsafeMutableRawPointer(pointer))
        generic.pointee.data = Unmanaged.passRetained(closing).toOpaque()
        uv_close(generic) { handle in
            let data = handle!.pointee.data!
            let closing = Unmanaged<ClosingHandle>.fromOpaque(data).takeRetainedValue()
            LoopActor.assumeIsolated { closing.ended() }
        }
    }
}

/// Holds a handle's owner and memory until libuv has let go of them.
@LoopActor
private final class ClosingHandle {
    private let owner: AnyObject
    private let memory: UnsafeMutableRawPointer

    init(owner: AnyObject, memory: UnsafeMutableRawPointer) {
        self.owner = owner
        self.memory = memory
    }

    func ended() {
        LoopActor.openHandles -= 1
        memory.deallocate()
    }
}

/// The owner that a libuv callback belongs to.
func owner<Owner: AnyObject>(_ type: Owner.Type, of data: UnsafeMutableRawPointer?) -> Owner {
    Unmanaged<Owner>.fromOpaque(data!).takeUnretainedValue()
}
