import Synchronization

/// Turns at work that takes much of the machine: a few at once, a few more wait, and whoever comes then is sent away.
public final class Turns: Sendable {
    private struct Queue {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let atOnce: Int
    private let mayWait: Int
    private let queue = Mutex(Queue())

    /// `atOnce` work at the same time, and at most `waiting` wait for them.
    public init(atOnce: Int, waiting: Int) {
        self.atOnce = atOnce
        self.mayWait = waiting
    }

    /// Does `work` when it is its turn, in the order of coming.
    ///
    /// - Throws: ``Overloaded`` at once when too many wait already.
    public func take<Result>(_ work: () async throws -> Result) async throws -> Result {
        try await begin()
        defer { end() }
        return try await work()
    }

    private func begin() async throws(Overloaded) {
        let isFree: Bool? = queue.withLock { queue in
            if queue.running < atOnce {
                queue.running += 1
                return true
            }
            return queue.waiting.count < mayWait ? false : nil
        }
        guard let isFree else { throw Overloaded() }
        guard !isFree else { return }
        await withCheckedContinuation { continuation in
            let isMine: Bool = queue.withLock { queue in
                // Somebody may have finished since.
                if queue.running < atOnce {
                    queue.running += 1
                    return true
                }
                queue.waiting.append(continuation)
                return false
            }
            if isMine { continuation.resume() }
        }
    }

    /// Hands the turn to whoever has waited longest.
    private func end() {
        let next: CheckedContinuation<Void, Never>? = queue.withLock { queue in
            if queue.waiting.isEmpty {
                queue.running -= 1
                return nil
            }
            return queue.waiting.removeFirst()
        }
        next?.resume()
    }
}
