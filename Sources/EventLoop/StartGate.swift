import Glibc

/// Lets one thread wait until another has begun.
final class StartGate: @unchecked Sendable {
    // because a semaphore is made to be shared between threads
    private let semaphore: UnsafeMutablePointer<sem_t> = .allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    func open() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }
}
