import Foundation

/// Too much work of one kind waits already; whoever asks should come back in a moment.
public struct Overloaded: Error, Equatable {
    /// Overload is a refusal like any other: the word for it is found in Web.
    public init() {}
}

/// A few threads for work that takes long or blocks, with a queue that has an end.
final class BoundedThreads: Sendable {
    private let queue: Queue

    /// Starts `threads` threads; at most `waiting` jobs wait for one.
    init(name: String, threads: Int, waiting: Int) {
        let queue = Queue(waiting: waiting)
        self.queue = queue
        for number in 1...threads {
            let thread = Thread {
                while let job = queue.next() { job() }
            }
            thread.name = "\(name)-\(number)"
            thread.start()
        }
    }

    deinit {
        queue.end()
    }

    /// Runs `work` on one of the threads and returns what it gives. Throws `Overloaded` at once when the queue is full.
    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = queue.add { continuation.resume(with: Result { try work() }) }
            if !accepted { continuation.resume(throwing: Overloaded()) }
        }
    }

    /// The jobs that wait. A thread that has nothing to do sleeps on the condition.
    private final class Queue: @unchecked Sendable {
        // Unchecked: every access to the two variables is made while the condition is locked.
        private let condition = NSCondition()
        private var jobs: [@Sendable () -> Void] = []
        private var ended = false
        private let waiting: Int

        init(waiting: Int) {
            self.waiting = waiting
        }

        func add(_ job: @escaping @Sendable () -> Void) -> Bool {
            condition.withLock {
                guard jobs.count < waiting else { return false }
                jobs.append(job)
                condition.signal()
                return true
            }
        }

        func next() -> (@Sendable () -> Void)? {
            condition.withLock {
                while jobs.isEmpty && !ended { condition.wait() }
                return jobs.isEmpty ? nil : jobs.removeFirst()
            }
        }

        func end() {
            condition.withLock {
                ended = true
                condition.broadcast()
            }
        }
    }
}
