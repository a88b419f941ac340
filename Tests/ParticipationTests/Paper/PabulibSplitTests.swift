import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Kraków, Czyżyny 2022: 1,267 ballots of the file came by internet and 151 on paper. Cast and entered that way, the
/// total is the city's.
@Suite struct PabulibSplitTests {
    @Test func `an election split by its channels has the totals of its file`() async throws {
        let file = try #require(PabulibFile.parse(try fixture("pabulib/Poland_Krakow_2022_Czyzyny.pb")).file)
        // The printed numbers differ from the identifiers of the file on purpose.
        let projects = file.projects.enumerated().map { index, project in
            VoteProject(
                number: index + 101, key: project.id, title: Texts(["fr": project.name ?? project.id]),
                description: Texts([:]), cost: project.cost, district: nil, category: nil)
        }
        let numbers = Dictionary(projects.map { ($0.key, $0.number) }) { first, _ in first }
        var settings = Counters.settings
        settings.budget = file.budget
        settings.ballot = BallotRules(type: .ranking, minimum: 3, maximum: 3)
        settings.counting = Definition.Counting(rule: "greedy_votes", tie: "lexico")
        let online = file.votes.filter { $0.method == "internet" }
        let paper = file.votes.filter { $0.method == "paper" }
        try #require(online.count == 1267 && paper.count == 151)
        try await withCounters(settings, projects: projects) { desk in
            try await desk.cast(online.map { .ranking($0.choices) }, by: try await desk.voters(online.count))
            try await desk.mark(paper.count, at: "ecole")
            // Two piles in one file, as a city that types them all in a spreadsheet hands them in.
            let piles = ["krakow-1": Array(paper.prefix(76)), "krakow-2": Array(paper.dropFirst(76))]
            for (handle, pile) in piles { try await desk.declare(handle, pile.count) }
            try await desk.close()
            let rows = piles.flatMap { handle, pile in
                pile.enumerated().map { index, ballot in
                    "\(handle);\(index + 1);\(ballot.choices.map { String(numbers[$0]!) }.joined(separator: ">"))"
                }
            }
            try await desk.load(
                "batch;paper;choices\n" + rows.joined(separator: "\n"), .a, of: nil, by: "ana")
            try await desk.load(
                "batch;paper;choices\n" + rows.reversed().joined(separator: "\n"), .b, of: nil, by: "bob")
            for handle in piles.keys {
                try await desk.settlements.settle(try await desk.batch(handle).id, by: desk.actor("carol"))
            }
            try await desk.count()
            try await desk.polls.counts.publish(desk.vote.id, by: desk.actor("officer"))
            let vote = try await desk.now()
            let result = try #require(try await Results(pool: desk.pool).find(vote))
            for project in file.projects {
                #expect(result.votes[project.id] == project.votes, "votes of \(project.id)")
                #expect(result.support[project.id] == project.score, "score of \(project.id)")
            }
            // The order that pabutools finds for greedy_votes with ties by identifier.
            #expect(result.order == ["1", "6", "15", "10", "32", "23", "22", "25", "12", "5", "24"])
            let columns = try #require(try await Results(pool: desk.pool).columns(vote))
            for project in file.projects {
                let sum = (columns.paper.support[project.id] ?? 0) + (columns.sealed.support[project.id] ?? 0)
                #expect(sum == project.score, "columns of \(project.id)")
            }
            #expect(columns.paper.ballots.values.reduce(0, +) == 3 * 151)
            #expect(try verify(try await desk.record()).holds)
        }
    }
}
