import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// Accepted proposals on the ballot of a vote, from the draft to the published result.
@Suite struct NominationTests {
    /// A draft vote of the hall's process on one other project.
    private static func draft(_ hall: Hall) async throws -> Vote {
        let votes = Votes(pool: hall.pool)
        try await votes.create(
            Self.settings, projects: [Polls.projects[0]], in: hall.process, by: .operator)
        return try #require(try await votes.find("square"))
    }

    private static let settings: VoteSettings = {
        var settings: VoteSettings = Polls.settings
        settings.budget = 1_000_000
        settings.ballot = BallotRules(type: .approval, maximum: 2, budgetLimit: 1_000_000)
        return settings
    }()

    private static func choice(_ proposal: Proposal, cost: Int64 = 400_000) -> Nominations.Choice {
        Nominations.Choice(number: proposal.number, title: Texts(["fr": proposal.title]), cost: cost)
    }

    @Test func `a proposal becomes the next project, stays linked when the draft is edited, and can be taken off`()
        async throws
    {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let proposal: Proposal = try await hall.answered(.accepted, by: ada)
            let vote: Vote = try await Self.draft(hall)
            let offer: [Nominations.Line] = try await hall.nominations.offer(to: vote, by: hall.agent)
            #expect(offer.map(\.number) == [proposal.number])
            #expect(offer[0].project.number == 2 && offer[0].project.cost == 400_000 && offer[0].conflicts.isEmpty)
            try await hall.nominations.nominate([Self.choice(proposal)], for: vote.id, by: hall.agent)
            #expect(try await hall.square.now(proposal).status == .onBallot)
            let votes = Votes(pool: hall.pool)
            let full: Vote = try #require(try await votes.find("square"))
            #expect(full.projects.map(\.number) == [1, 2])
            #expect(try await hall.nominations.links(of: vote.id).map(\.proposal) == [proposal.number])
            #expect(try await hall.nominations.candidacies(of: proposal.id).map(\.isOpened) == [false])
            // Editing writes the projects anew; the link stays with the key.
            try await votes.edit(vote.id, full.settings, projects: full.projects, by: hall.agent)
            #expect(try await hall.nominations.links(of: vote.id).map(\.project) == [2])
            // Without its project it is an accepted proposal again, however the project went.
            try await votes.edit(vote.id, full.settings, projects: [Polls.projects[0]], by: hall.agent)
            #expect(try await hall.square.now(proposal).status == .accepted)
            try await hall.nominations.nominate([Self.choice(proposal)], for: vote.id, by: hall.agent)
            try await hall.nominations.withdraw(proposal.number, from: vote.id, by: hall.agent)
            #expect(try await hall.square.now(proposal).status == .accepted)
            #expect(try await votes.find("square")?.projects.map(\.number) == [1])
            await #expect(throws: NotAllowed.self) {
                try await hall.nominations.withdraw(proposal.number, from: vote.id, by: hall.agent)
            }
        }
    }

    @Test func `every conflict is named before anything is done`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let costless: Proposal = try await hall.answered(.accepted, "Un puits", cost: nil, by: ada)
            let refused: Proposal = try await hall.answered(.refused, "Un stade", by: ada)
            let good: Proposal = try await hall.answered(.accepted, "Un banc", by: ada)
            let vote: Vote = try await Self.draft(hall)
            let long = Nominations.Choice(
                number: good.number, title: Texts(["fr": String(repeating: "x", count: 101)]), cost: 2_000_000)
            let refusal = await #expect(throws: NominationRefusal.self) {
                try await hall.nominations.nominate(
                    [Self.choice(costless, cost: 0), Self.choice(refused), long], for: vote.id, by: hall.agent)
            }
            #expect(
                refusal?.conflicts == [
                    costless.number: [.costless], refused.number: [.notAccepted],
                    good.number: [.overBudget, .longTitle],
                ])
            #expect(try await hall.nominations.links(of: vote.id).isEmpty)
            #expect(try await hall.square.now(good).status == .accepted)
            try await hall.nominations.nominate([Self.choice(good)], for: vote.id, by: hall.agent)
            let again = await #expect(throws: NominationRefusal.self) {
                try await hall.nominations.nominate([Self.choice(good)], for: vote.id, by: hall.agent)
            }
            #expect(again?.conflicts == [good.number: [.notAccepted, .present]])
        }
    }

    @Test func `the published result is written on the proposals, and everybody hears of both once`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let well: Proposal = try await hall.answered(.accepted, "Un puits", by: ada)
            let tree: Proposal = try await hall.answered(.accepted, "Un arbre", cost: 800_000, by: ada)
            let polls = Polls(pool: hall.pool)
            let draft: Vote = try await Self.draft(hall)
            try await hall.nominations.nominate(
                [Self.choice(well), Self.choice(tree, cost: 800_000)], for: draft.id, by: hall.agent)
            let notices = BallotNotices(
                pool: hall.pool, logger: TestCluster.logger, correspondent: PlainStaffLetters())
            #expect(try await notices.tell() == 0)
            let (vote, key) = try await polls.open(try await polls.vote())
            #expect(try await notices.tell() == 2)
            await #expect(throws: VoteRefusal.alreadyOpened) {
                try await hall.nominations.withdraw(well.number, from: vote.id, by: hall.agent)
            }
            for _ in 0..<4 { try await polls.cast(["p\(well.number)"], try await polls.person(), vote) }
            try await polls.pass(deadlineOf: vote)
            try await polls.openings.close(vote.id, by: .operator)
            try await polls.counts.count(
                vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            #expect(try await hall.square.now(well).status == .onBallot)
            try await polls.counts.publish(vote.id, by: .operator)
            #expect(try await hall.square.now(well).status == .selected)
            #expect(try await hall.square.now(tree).status == .notSelected)
            #expect(try await notices.tell() == 2)
            #expect(try await notices.tell() == 0)
            let kinds: [String] = try await hall.square.letters(to: "Ada")
            #expect(kinds.count(where: { $0 == "proposal_on_ballot" }) == 2)
            #expect(kinds.suffix(2).sorted() == ["proposal_not_selected", "proposal_selected"])
        }
    }

    @Test func `only whoever prepares the vote nominates`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let proposal: Proposal = try await hall.answered(.accepted, by: ada)
            let vote: Vote = try await Self.draft(hall)
            for actor in [ada, hall.rosa, .visitor] {
                await #expect(throws: NotAllowed.self) {
                    try await hall.nominations.nominate([Self.choice(proposal)], for: vote.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.nominations.offer(to: vote, by: actor)
                }
            }
        }
    }
}
