import Testing

@testable import PublicRecord

@Suite("Outcomes of real elections, against another implementation")
struct ExpectedOutcomesTests {
    @Test("Votes and points of every project", arguments: Fixtures.cities + Fixtures.ties)
    func support(name: String) throws {
        let election = try Fixtures.file(name).election()
        let outcome = try tally(election, rule: .greedyVotes, tie: .lexico)
        for (project, counts) in try Fixtures.expected(name).support {
            #expect(outcome.votes[project] == counts[0])
            #expect(outcome.support[project] == counts[1])
        }
    }

    @Test("Every rule and tie order", arguments: Fixtures.cities + Fixtures.ties)
    func outcomes(name: String) throws {
        let file = try Fixtures.file(name)
        let election = try file.election()
        let expected = try Fixtures.expected(name)
        for result in expected.results {
            try check(result, election, file.parameters)
        }
        #expect(!expected.results.isEmpty)
    }

    private func check(
        _ expected: Fixtures.Expected.Result, _ election: Election, _ parameters: Parameters
    ) throws {
        let rule = try #require(Rule(name: expected.rule))
        let tie = try #require(TieOrder(name: expected.tie))
        var parameters = parameters
        if let step = expected.step { parameters.step = try #require(Cents.amount(step)) }
        let outcome = try tally(election, rule: rule, tie: tie, parameters: parameters)
        let label: Comment = "\(expected.rule) \(expected.tie)"
        if rule == .phragmen {
            #expect(outcome.winners == expected.order, label)
        } else {
            #expect(outcome.order == expected.order, label)
        }
        #expect(outcome.cost == (try cents(expected.cost)), label)
        #expect(outcome.left == election.budget - outcome.cost, label)
        if let before = expected.before {
            let selected = outcome.steps.filter { $0.phase == .rule && $0.decision == .selected }
            #expect(selected.map(\.project) == before, label)
        }
        if let comparison = outcome.comparisons.first {
            #expect(expected.kept.map { $0 == "greedy" } ?? comparison.keptGreedy == comparison.keptGreedy, label)
            #expect(expected.preferShares ?? comparison.preferShares == comparison.preferShares, label)
            #expect(expected.preferGreedy ?? comparison.preferGreedy == comparison.preferGreedy, label)
        }
        if let perVoter = expected.perVoter, let share = outcome.shares.first {
            #expect(try fraction(share.perVoter) == fraction(perVoter, times: 100), label)
        }
    }

    /// Cents of an amount in units, written as a number or a fraction.
    private func cents(_ text: String) throws -> Int64 {
        let (numerator, denominator) = try fraction(text, times: 100)
        #expect(denominator == 1)
        return numerator
    }

    private func fraction(_ text: String, times factor: Int64 = 1) throws -> (Int64, Int64) {
        let parts = try text.split(separator: "/").map { try #require(Int64($0)) }
        let (numerator, denominator) = (parts[0] * factor, parts.count > 1 ? parts[1] : 1)
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        return a == 0 ? (0, 1) : (numerator / a, denominator / a)
    }

    @Test("Wieliczka 2023 as officially counted: 30 projects for 995,079")
    func wieliczka() throws {
        let file = try Fixtures.file("Poland_Wieliczka_2023_Green_Budget")
        let outcome = try tally(try file.election(), rule: .equalSharesCityCompared, tie: .minCost)
        let official = file.projects.filter { $0.selected == 1 }.map(\.id)
        #expect(Set(outcome.winners) == Set(official))
        #expect(outcome.winners.count == 30)
        #expect(outcome.cost == 99_507_900)
    }

    @Test("Assen 2024 as officially counted")
    func assen() throws {
        let file = try Fixtures.file("Netherlands_Assen_2024")
        let outcome = try tally(try file.election(), rule: .equalSharesCity, tie: .minCost)
        #expect(Set(outcome.winners) == Set(file.projects.filter { $0.selected == 1 }.map(\.id)))
    }

    @Test("Gdynia 2020 as officially counted: by votes, threshold, no skipping")
    func gdynia() throws {
        let file = try Fixtures.file("Poland_Gdynia_2020_Babie_Doly__small")
        let outcome = try tally(
            try file.election(), rule: .greedyNoSkip, tie: .file, parameters: file.parameters)
        #expect(Set(outcome.winners) == Set(file.projects.filter { $0.selected == 1 }.map(\.id)))
    }
}
