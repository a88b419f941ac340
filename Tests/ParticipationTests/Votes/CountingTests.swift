import Foundation
import Participation
import Postgres
@testable import PublicRecord
import Testing

/// What a definition asks of the count, from the settings to the published result and what is told about it.
@Suite struct CountingTests {
    @Test func `constraints are frozen, counted, published and verified`() async throws {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.ballot = BallotRules(type: .approval, maximum: 3)
            settings.counting.constraints = Definition.Constraints(
                exclusive: [["bench", "tree"]], envelopes: ["north": 7_000], leftoversToCity: true)
            var projects = Polls.projects
            projects[0].district = "north"
            projects[1].district = "north"
            projects[2].cost = 6_500
            try await polls.votes.create(
                settings, projects: projects, in: try await polls.process(), by: .operator)
            let draft = try await polls.vote()
            #expect(draft.settings.counting == settings.counting)

            let (vote, key) = try await polls.open(draft)
            #expect(vote.opening?.definition.counting.constraints == settings.counting.constraints)
            for choice in [["bench", "lamp"], ["bench", "tree"], ["bench"]] {
                try await polls.cast(choice, try await polls.person(), vote)
            }
            let result = try await published(vote, key, polls)
            // North: bench for 30 €, which excludes the tree. 40 of 70 € are left and join the city's 30: the lamp.
            #expect(result.order == ["bench", "lamp"])
            #expect(result.decisions.map(\.envelope) == ["north", "north", nil])
            #expect(
                result.decisions[1].reason == "exclusive"
                    && result.decisions[1].arguments["with"] == "bench")
            #expect(result.left == 500)
            let files = try await polls.files(of: try await polls.vote())
            let report = try verify(RecordSource(files: files))
            #expect(report[.v12]?.outcome == .ok)

            // The bench has three votes and comes first in a tie: the tree, with one, needs three more.
            let missing = MissingVotes(results: Results(pool: polls.pool))
            guard
                case .ended(let search) = try await missing.answer(
                    for: "tree", of: try await polls.vote(), result)
            else { throw Polls.Missing() }
            #expect(search == .found(VotesMissing(votes: 3, isLeast: true)))
        }
    }

    @Test func `what is not defined together is refused before anything is stored`() async throws {
        try await withPolls { polls in
            let process = try await polls.process()
            func refused(_ change: (inout VoteSettings) -> Void) async throws -> VoteRefusal? {
                var settings = Polls.settings
                change(&settings)
                do {
                    try await polls.votes.create(
                        settings, projects: Polls.projects, in: process, by: .operator)
                    return nil
                } catch let refusal as VoteRefusal { return refusal }
            }
            #expect(
                try await refused { $0.counting.threshold = 2 } == .unsuitedCounting(.thresholdUnread))
            #expect(
                try await refused { $0.counting.constraints.envelopes = ["north": 1] }
                    == .unsuitedCounting(.unknownDistrict("north")))
            #expect(
                try await refused { $0.counting.constraints.exclusive = [["bench", "9"]] }
                    == .unsuitedCounting(.unknownProject("9")))
            #expect(try await polls.number("SELECT count(*) AS n FROM vote") == 0)
        }
    }

    @Test func `grades go from a file through the count and back into a file`() async throws {
        try await withPolls { polls in
            let bytes = try fixture("demonstration/mentions.pb")
            try await polls.imports.importVote(
                bytes, into: try await polls.process(), options: Imports.Options(slug: "square"),
                by: .operator)
            let imported = try await polls.vote()
            var settings = imported.settings
            settings.ballot = BallotRules(
                type: .grades, maximum: 6,
                grades: ["excellent", "very good", "good", "fair", "passable", "poor", "reject"])
            settings.counting = Definition.Counting(rule: "majority_judgment", tie: "min_cost")
            try await polls.votes.edit(imported.id, settings, projects: imported.projects, by: .operator)
            let (vote, key) = try await polls.open(try await polls.vote())
            let replay = try await polls.imports.replay(bytes, in: vote)
            #expect(replay.cast == 60 && replay.skipped.isEmpty)
            let result = try await published(vote, key, polls)
            #expect(result.voters == 60)
            for gauge in result.gauges.values {
                #expect(gauge.counts.count == 7 && gauge.counts.reduce(0, +) == 60)
                #expect(gauge.counts[..<gauge.grade].reduce(0, +) == gauge.above)
            }

            // The election put together from the record gives the published outcome again.
            let published = try await polls.vote()
            let results = Results(pool: polls.pool)
            let election = try #require(try await results.election(published, result))
            let again = try tally(election, rule: .majorityJudgment, tie: .minCost)
            #expect(again.order == result.order && again.voters == result.voters)

            // And the exported file has the points of the one that was imported.
            let before = try #require(PabulibFile.parse(bytes).file)
            let after = try #require(
                PabulibFile.parse(try await results.pabulib(published, result)).file)
            #expect(after.voteType == .scoring)
            func sums(_ file: PabulibFile) -> [String: Int64] {
                var sums: [String: Int64] = [:]
                for vote in file.votes {
                    for (id, points) in zip(vote.choices, vote.points ?? []) {
                        sums[id, default: 0] += points
                    }
                }
                return sums
            }
            #expect(sums(before) == sums(after))
        }
    }

    @Test func `rules are compared on published ballots alone`() async throws {
        try await withPolls { polls in
            let (vote, key) = try await polls.open(try await polls.draft())
            let comparisons = RuleComparisons(pool: polls.pool)
            for choice in [["bench"], ["tree"], ["bench", "tree"]] {
                try await polls.cast(choice, try await polls.person(), vote)
            }
            func refused(_ source: RuleComparisons.Source, _ rules: [Rule]) async throws
                -> RuleComparisons.Refusal?
            {
                do {
                    _ = try await comparisons.begin(source, rules: rules, tie: "lexico", by: .operator)
                    return nil
                } catch let refusal as RuleComparisons.Refusal { return refusal }
            }
            #expect(try await refused(.vote(vote), [.greedyVotes]) == .notPublished)
            try await polls.openings.close(vote.id, early: true, by: .operator)
            #expect(try await refused(.vote(try await polls.vote()), [.greedyVotes]) == .notPublished)
            try await polls.counts.count(
                vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            #expect(try await refused(.vote(try await polls.vote()), [.greedyVotes]) == .notPublished)
            try await polls.counts.publish(vote.id, by: .operator)
            let published = try await polls.vote()
            #expect(try await refused(.vote(published), [.majorityJudgment]) == .noRules)
            await #expect(throws: NotAllowed.self) {
                _ = try await comparisons.begin(
                    .vote(published), rules: [.greedyVotes], tie: "lexico", by: .visitor)
            }

            let id = try await comparisons.begin(
                .vote(published), rules: [.greedyVotes, .equalSharesCost, .majorityJudgment], tie: "lexico",
                by: .operator)
            let comparison = try await finished(id, comparisons)
            #expect(comparison.rules == ["greedy_votes", "mes_cost"])
            #expect(comparison.voters == 3 && comparison.budget == 10_000)
            // 100 € for 30 and 60: both fit. Equal shares are 33⅓ €; at the same rate the bench comes first and costs its
            // two 15 € each, so that the tree's two hold 51⅔ € together.
            #expect(comparison.outcomes[0].winners == ["bench", "tree"])
            #expect(comparison.outcomes[0].represented == 3 && comparison.outcomes[0].choices == 4)
            #expect(comparison.outcomes[1].winners == ["bench"] && comparison.outcomes[1].represented == 2)

            let file = try await comparisons.begin(
                .file(name: "mentions.pb", bytes: try fixture("demonstration/mentions.pb")),
                rules: [.greedyPerCost],
                tie: "natural", by: .operator)
            #expect(try await finished(file, comparisons).voters == 60)
        }
    }

    private func published(_ vote: Vote, _ key: String, _ polls: Polls) async throws -> VoteResult {
        try await polls.openings.close(vote.id, early: true, by: .operator)
        try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
        try await polls.counts.publish(vote.id, by: .operator)
        return try #require(try await Results(pool: polls.pool).find(try await polls.vote(vote.slug)))
    }

    private func finished(_ id: ID<RuleComparison>, _ comparisons: RuleComparisons) async throws
        -> RuleComparison
    {
        for _ in 0..<200 {
            let found = try #require(try await comparisons.find(id, by: .operator))
            if found.isFinished { return found }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Polls.Missing()
    }
}
