import Synchronization

/// Whether the store can write.
package enum StoreCondition: Sendable, Equatable {
    case writing
    /// The disk is full: outcomes are kept and tried again, all else is refused.
    case full
    /// Another program holds the file's lock: the same, until it lets go.
    case locked
    /// It writes no more until it is opened again; the text says why.
    case broken(String)

    /// True while outcomes are kept, and all else is refused.
    package var keepsOutcomes: Bool {
        switch self {
        case .full, .locked: true
        case .writing, .broken: false
        }
    }
}

/// The condition, as the store's threads and its askers share it.
final class SharedCondition: Sendable {
    private let value = Mutex(StoreCondition.writing)

    var current: StoreCondition { value.withLock { $0 } }

    /// Sets the condition; a broken store stays broken.
    ///
    /// - Returns: true where that changed something.
    @discardableResult
    func set(_ condition: StoreCondition) -> Bool {
        value.withLock { value in
            if case .broken = value { return false }
            guard value != condition else { return false }
            value = condition
            return true
        }
    }
}
