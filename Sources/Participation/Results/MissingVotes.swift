import Dispatch
import Foundation
public import PublicRecord
import Synchronization

/// How many votes a project lacked, searched once for each project of a published vote and then kept.
///
/// A search counts the vote again, often many times. Searches wait for one another on a thread of their own and each
/// has a bound, so that readers can ask for every project of every vote without slowing the pages down.
public final class MissingVotes: Sendable {
    /// What is known now.
    public enum Answer: Sendable {
        /// The search is under way.
        case searching
        /// The search has ended.
        case ended(VotesMissingSearch)
    }

    private struct Key: Hashable {
        let vote: ID<Vote>
        let project: String
    }

    private struct Book {
        var answers: [Key: Answer] = [:]
        /// The election counted last: a reader often asks for several projects of one vote.
        var latest: (vote: ID<Vote>, election: Election)?
    }

    /// After so many seconds a search stops with what it has.
    public static let bound: Int = 10

    private let results: Results
    private let book = Mutex(Book())
    private let queue = DispatchQueue(label: "tilleul.missing-votes", qos: .utility)

    /// Searches in the published results.
    public init(results: Results) {
        self.results = results
    }

    /// What is known of a project that was not funded. The first reader's question begins the search; the answer waits
    /// for it a moment, so that small votes are answered at once.
    public func answer(for project: String, of vote: Vote, _ result: VoteResult) async throws -> Answer {
        let key = Key(vote: vote.id, project: project)
        let isFirst: Bool = book.withLock { book in
            if book.answers.count > 20_000 { book.answers.removeAll() }
            if book.answers[key] != nil { return false }
            book.answers[key] = .searching
            return true
        }
        if isFirst { Task { await search(key, vote, result) } }
        for _ in 0..<20 {
            if case .ended(let search) = book.withLock({ $0.answers[key] }) { return .ended(search) }
            try await Task.sleep(for: .milliseconds(50))
        }
        return book.withLock { $0.answers[key] } ?? .searching
    }

    private func search(_ key: Key, _ vote: Vote, _ result: VoteResult) async {
        do {
            guard let definition = vote.opening?.definition, let rule = Rule(name: definition.counting.rule),
                let tie = TieOrder(name: definition.counting.tie),
                let election = try await election(vote, result)
            else { return forget(key) }
            let found: VotesMissingSearch = try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    let end = ContinuousClock.now + .seconds(Self.bound)
                    continuation.resume(
                        with: Result {
                            try election.searchVotesMissing(
                                for: key.project, rule: rule, tie: tie, parameters: definition.parameters,
                                mayGoOn: { ContinuousClock.now < end })
                        })
                }
            }
            book.withLock { $0.answers[key] = .ended(found) }
        } catch {
            // The next reader's question begins anew.
            forget(key)
        }
    }

    private func forget(_ key: Key) { book.withLock { $0.answers[key] = nil } }

    private func election(_ vote: Vote, _ result: VoteResult) async throws -> Election? {
        if let latest = book.withLock({ $0.latest }), latest.vote == vote.id { return latest.election }
        guard let election = try await results.election(vote, result) else { return nil }
        book.withLock { $0.latest = (vote.id, election) }
        return election
    }
}
