import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Suggested wordings, and proposals withdrawn by their authors.
@Suite struct SuggestionTests {
    /// Ada's bench, and Bruno who would word it otherwise.
    private struct Scene {
        let square: Square
        let ada: Actor, bruno: Actor
        let bench: Proposal
        let better = Wording(title: "Un banc à l’ombre", body: "Un banc sous le tilleul.", place: "ici")

        func suggest() async throws -> Suggestion {
            let number: Int = try await square.suggestions.make(
                better, because: "Il fait chaud.", to: bench.id, against: 1, by: bruno)
            return try #require(try await square.suggestions.find(number, to: bench.id))
        }
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            try await body(
                Scene(square: square, ada: ada, bruno: bruno, bench: try await square.proposal("Un banc", by: ada)))
        }
    }

    @Test func `an accepted suggestion becomes a version credited to whoever made it`() async throws {
        try await withScene { scene in
            let suggestion: Suggestion = try await scene.suggest()
            #expect(try await scene.square.letters(to: "Ada") == ["suggestion_made"])
            await #expect(throws: NotAllowed.self) {
                try await scene.square.suggestions.accept(
                    suggestion, as: suggestion.wording, to: scene.bench.id, over: 1, by: scene.bruno)
            }
            try await scene.square.suggestions.accept(
                suggestion, as: suggestion.wording, to: scene.bench.id, over: 1, by: scene.ada)
            #expect(try await scene.square.now(scene.bench).title == "Un banc à l’ombre")
            let row: Row = try #require(
                try await scene.square.pool.one(
                    "test.version", "SELECT number, reason, account_id FROM proposal_version WHERE number = 2"))
            #expect(try row.get("reason", as: String.self) == "suggestion")
            #expect(try row.get("account_id", as: ID<Account>.self) == scene.bruno.account)
            let after: Suggestion = try #require(
                try await scene.square.suggestions.find(suggestion.number, to: scene.bench.id))
            #expect(after.state == .accepted && after.version == 2)
            #expect(try await scene.square.letters(to: "Bruno") == ["suggestion_accepted"])
            await #expect(throws: Refused(SuggestionRefusal.decided)) {
                try await scene.square.suggestions.refuse(
                    suggestion, because: "Trop tard.", to: scene.bench.id, by: scene.ada)
            }
        }
    }

    @Test func `a suggestion against words that have moved on is taken over only by whoever saw the new ones`()
        async throws
    {
        try await withScene { scene in
            let first: Suggestion = try await scene.suggest()
            let other = Wording(title: "Deux bancs", body: "Deux bancs.", place: "ici")
            let number: Int = try await scene.square.suggestions.make(
                other, because: "", to: scene.bench.id, against: 1, by: scene.bruno)
            let second: Suggestion = try #require(try await scene.square.suggestions.find(number, to: scene.bench.id))
            try await scene.square.suggestions.accept(
                first, as: first.wording, to: scene.bench.id, over: 1, by: scene.ada)
            await #expect(throws: Refused(SuggestionRefusal.outdated)) {
                try await scene.square.suggestions.accept(
                    second, as: second.wording, to: scene.bench.id, over: 1, by: scene.ada)
            }
            #expect(try await scene.square.now(scene.bench).title == "Un banc à l’ombre")
            let both = Wording(title: "Deux bancs à l’ombre", body: "Deux bancs.", place: "ici")
            try await scene.square.suggestions.accept(second, as: both, to: scene.bench.id, over: 2, by: scene.ada)
            #expect(try await scene.square.now(scene.bench).title == "Deux bancs à l’ombre")
        }
    }

    @Test func `two authors who accept at once write one version`() async throws {
        try await withScene { scene in
            let suggestion: Suggestion = try await scene.suggest()
            try await scene.square.warm()
            let done: Int = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        (try? await scene.square.suggestions.accept(
                            suggestion, as: suggestion.wording, to: scene.bench.id, over: 1, by: scene.ada)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
            #expect(try await scene.square.suggestions.version(of: scene.bench.id) == 2)
        }
    }

    @Test func `a refusal has a reason, which whoever suggested reads`() async throws {
        try await withScene { scene in
            let suggestion: Suggestion = try await scene.suggest()
            await #expect(throws: Refused(SuggestionRefusal.reasonMissing)) {
                try await scene.square.suggestions.refuse(suggestion, because: "", to: scene.bench.id, by: scene.ada)
            }
            try await scene.square.suggestions.refuse(
                suggestion, because: "L’ombre manque.", to: scene.bench.id, by: scene.ada)
            #expect(try await scene.square.letters(to: "Bruno") == ["suggestion_refused"])
            #expect(try await scene.square.suggestions.find(1, to: scene.bench.id)?.reason == "L’ombre manque.")
            #expect(try await scene.square.suggestions.counts(of: scene.bench.id).pending == 0)
        }
    }

    @Test func `whoever suggested takes it back, and nobody else`() async throws {
        try await withScene { scene in
            let suggestion: Suggestion = try await scene.suggest()
            await #expect(throws: NotAllowed.self) {
                try await scene.square.suggestions.withdraw(suggestion, of: scene.bench.id, by: scene.ada)
            }
            try await scene.square.suggestions.withdraw(suggestion, of: scene.bench.id, by: scene.bruno)
            await #expect(throws: Refused(SuggestionRefusal.decided)) {
                try await scene.square.suggestions.accept(
                    suggestion, as: suggestion.wording, to: scene.bench.id, over: 1, by: scene.ada)
            }
            #expect(try await scene.square.now(scene.bench).title == "Un banc")
        }
    }

    @Test func `what is missing, too long or the same is said all at once`() async throws {
        try await withScene { scene in
            await #expect(throws: Refused(reasons: [SuggestionRefusal.titleMissing, .bodyTooLong(by: 1)])) {
                try await scene.square.suggestions.make(
                    Wording(title: "", body: String(repeating: "x", count: 20_001), place: ""), because: "",
                    to: scene.bench.id, against: 1, by: scene.bruno)
            }
            await #expect(throws: Refused(SuggestionRefusal.unchanged)) {
                try await scene.square.suggestions.make(
                    Wording(title: scene.bench.title, body: scene.bench.body, place: scene.bench.place), because: "",
                    to: scene.bench.id, against: 1, by: scene.bruno)
            }
            try await scene.square.set(.inExamination, scene.bench)
            await #expect(throws: Refused(SuggestionRefusal.closed)) { _ = try await scene.suggest() }
        }
    }

    // MARK: Withdrawal

    @Test func `authors withdraw what is theirs alone, and it stays readable with its supports`() async throws {
        try await withScene { scene in
            try await scene.square.supports.give(to: scene.bench.id, by: scene.bruno)
            await #expect(throws: NotAllowed.self) {
                try await scene.square.withdrawals.withdraw(scene.bench.id, by: scene.bruno)
            }
            let other: Proposal = try await scene.square.proposal("Un siège", by: scene.bruno)
            try await scene.square.joins.join(
                [other.number], into: scene.bench.number, because: "La même idée.", in: scene.square.process,
                by: scene.square.agent)
            await #expect(throws: WithdrawalRefusal.othersJoined) {
                try await scene.square.withdrawals.withdraw(scene.bench.id, by: scene.ada)
            }
            await #expect(throws: WithdrawalRefusal.settled) {
                try await scene.square.withdrawals.withdraw(other.id, by: scene.bruno)
            }
            let join: Join = try #require(try await scene.square.joins.history(of: other.id).first)
            try await scene.square.joins.undo(
                join.id, because: "Erreur.", in: scene.square.process, by: scene.square.agent)
            try await scene.square.withdrawals.withdraw(scene.bench.id, by: scene.ada)
            try await scene.square.withdrawals.withdraw(scene.bench.id, by: scene.ada)
            let after: Proposal = try await scene.square.now(scene.bench)
            #expect(after.status == .withdrawn && after.supports == 1 && after.title == "Un banc")
            await #expect(throws: SupportRefusal.settled) {
                try await scene.square.supports.give(to: scene.bench.id, by: scene.ada)
            }
        }
    }
}
