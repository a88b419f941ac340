import Foundation
import Synchronization

/// Lets casts that arrive while others are being committed share the next transaction (group commit).
///
/// Nobody waits on purpose: a cast that comes alone goes at once. While two transactions of a vote are under way, one
/// writing and one waiting for the disk, what arrives for that vote waits in the order of arrival and goes into the
/// next one. Votes do not wait for each other.
final class CastQueue: Sendable {
    /// Commits casts of one vote in one transaction, or none of them, and says which marks were made.
    typealias Commit = @Sendable (_ casts: [SealedCast], _ vote: ID<Vote>) async throws -> Set<UUID>

    /// As many transactions of a vote are under way at most.
    private static let transactions = 2
    /// As many casts share a transaction at most: a batch that fails is tried again cast by cast, and those behind wait.
    private static let batch = 64
    /// As many casts wait at most, in all votes together.
    private static let capacity = 1000

    private struct Waiter: Sendable {
        let cast: SealedCast
        let continuation: CheckedContinuation<Bool, any Error>
    }

    /// The casts of one vote that wait, and how many tasks commit them: it is gone when there are none.
    private struct Line {
        var waiting: [Waiter] = []
        var tasks = 0
    }

    private struct State {
        var lines: [ID<Vote>: Line] = [:]
        var waiting = 0
    }

    private let state = Mutex(State())
    private let commit: Commit

    /// A queue in front of `commit`.
    init(commit: @escaping Commit) {
        self.commit = commit
    }

    /// Whether the mark of the cast was made. A caller who is cancelled while they wait leaves the line; once the
    /// transaction is under way they learn what has become of it, and nobody else notices.
    ///
    /// - Throws: `Overloaded` when too many wait; what `commit` throws for this cast.
    func submit(_ cast: SealedCast, in vote: ID<Vote>) async throws -> Bool {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(Waiter(cast: cast, continuation: continuation), vote)
            }
        } onCancel: {
            leave(cast, vote)
        }
    }

    private func enter(_ waiter: Waiter, _ vote: ID<Vote>) {
        enum Answer {
            case waits, leads
            case refused(any Error)
        }
        let answer = state.withLock { state -> Answer in
            // Read under the lock: whoever is cancelled later finds the waiter in the line.
            if Task.isCancelled { return .refused(CancellationError()) }
            guard state.waiting < Self.capacity else { return .refused(Overloaded()) }
            var line: Line = state.lines.removeValue(forKey: vote) ?? Line()
            let leads: Bool = line.tasks < Self.transactions
            line.waiting.append(waiter)
            line.tasks += leads ? 1 : 0
            state.lines[vote] = line
            state.waiting += 1
            return leads ? .leads : .waits
        }
        switch answer {
        case .waits: break
        // A task of its own: the request that happened to come first may be cancelled, the others' casts may not.
        case .leads: Task.detached { await self.serve(vote) }
        case .refused(let error): waiter.continuation.resume(throwing: error)
        }
    }

    private func leave(_ cast: SealedCast, _ vote: ID<Vote>) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.lines[vote]?.waiting.firstIndex(where: { $0.cast.mark == cast.mark }) else {
                return nil
            }
            state.waiting -= 1
            return state.lines[vote]?.waiting.remove(at: place)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// One of the tasks that commit batch after batch until nobody waits.
    private func serve(_ vote: ID<Vote>) async {
        while let batch = next(vote) { await settle(batch, vote) }
    }

    private func next(_ vote: ID<Vote>) -> [Waiter]? {
        state.withLock { state in
            guard var line = state.lines.removeValue(forKey: vote) else { return nil }
            let batch: [Waiter] = Array(line.waiting.prefix(Self.batch))
            line.waiting.removeFirst(batch.count)
            line.tasks -= batch.isEmpty ? 1 : 0
            if line.tasks > 0 { state.lines[vote] = line }
            state.waiting -= batch.count
            return batch.isEmpty ? nil : batch
        }
    }

    /// Commits a batch and answers everybody in it. When the database refuses it, the fault is one cast's: each is then
    /// tried alone, so that the others do not suffer for it.
    private func settle(_ batch: [Waiter], _ vote: ID<Vote>) async {
        do {
            let made: Set<UUID> = try await commit(batch.map(\.cast), vote)
            for waiter in batch { waiter.continuation.resume(returning: made.contains(waiter.cast.mark)) }
        } catch let error where batch.count > 1 && !Outage.explains(error) && !(error is Ballots.Refusal) {
            for waiter in batch { await settle([waiter], vote) }
        } catch {
            for waiter in batch { waiter.continuation.resume(throwing: error) }
        }
    }
}
