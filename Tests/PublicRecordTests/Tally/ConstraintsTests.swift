import Testing

@testable import PublicRecord

/// Every figure here was worked out by hand; the comments say how.
@Suite("Constraints of the count, rule by rule")
struct ConstraintsTests {
    private func election(
        budget: Int64, _ projects: [(id: String, cost: Int64, district: String?)], _ ballots: [[String]]
    ) throws -> Election {
        try Election(
            budget: budget,
            projects: projects.map { Project(id: $0.id, cost: $0.cost, district: $0.district) },
            ballotType: .approval, ballots: ballots.map { .approval($0) })
    }

    private func graded(
        budget: Int64, _ projects: [(id: String, cost: Int64, district: String?)],
        _ ballots: [[String: Int]]
    ) throws -> Election {
        try Election(
            budget: budget,
            projects: projects.map { Project(id: $0.id, cost: $0.cost, district: $0.district) },
            ballotType: .grades(scale: 3), ballots: ballots.map { .grades($0) })
    }

    private func decisions(_ outcome: Outcome) -> [String: Step.Decision] {
        Dictionary(outcome.steps.map { ($0.project, $0.decision) }) { _, last in last }
    }

    @Test(
        "Envelopes under equal shares: a district's money is shared by those who support a project of it"
    )
    func envelopesOfShares() throws {
        let election = try election(
            budget: 60,
            [("north1", 20, "north"), ("north2", 30, "north"), ("city1", 30, nil), ("city2", 40, nil)],
            [["north1", "city1"], ["north1", "city1"], ["north2", "city1"], ["city2"]])
        let outcome = try tally(
            election, rule: .equalSharesCost, tie: .lexico,
            parameters: Parameters(envelopes: ["north": 40]))
        // North: three ballots share 40, 13⅓ each. north1 costs 10 each of its two; north2 has one ballot with 13⅓.
        // City: four ballots share 60, 15 each. city1 costs 10 each of its three; city2 has one ballot with 15.
        #expect(outcome.order == ["north1", "city1"])
        #expect(outcome.shares.map(\.perVoter) == ["40/3", "15"])
        #expect(decisions(outcome)["north2"] == .refused(.supportersShort(held: 13)))
        #expect(decisions(outcome)["city2"] == .refused(.supportersShort(held: 15)))
        #expect(outcome.cost == 50 && outcome.left == 50)
        #expect(outcome.steps[0].payment == Payment(payers: 2, spent: 0, price: 10))
    }

    @Test("What a district leaves raises the city's shares")
    func leftoversOfShares() throws {
        let election = try election(
            budget: 60, [("north1", 20, "north"), ("city1", 30, nil), ("city2", 40, nil)],
            [["north1", "city1"], ["north1", "city1"], ["city2"], ["city2"]])
        var parameters = Parameters(envelopes: ["north": 40])
        // Four ballots share 60: 15 each, 30 for each project's two. city1 takes its 30; city2 lacks 10.
        #expect(
            try tally(election, rule: .equalSharesCost, tie: .lexico, parameters: parameters).winners == [
                "city1", "north1",
            ])
        // With the 20 that the north leaves they share 80: 20 each, and 40 is enough for city2, which is worth more.
        parameters.leftoversToCity = true
        let outcome = try tally(election, rule: .equalSharesCost, tie: .lexico, parameters: parameters)
        #expect(outcome.winners == ["city1", "city2", "north1"])
        #expect(outcome.shares.map(\.perVoter) == ["20", "20"])
        #expect(outcome.left == 10)
    }

    @Test(
        "A project that another excludes costs its supporters nothing",
        arguments: [
            Rule.equalSharesCost, .equalSharesCard, .equalSharesCostRaisedCompleted, .equalSharesCity,
        ])
    func exclusiveShares(rule: Rule) throws {
        let everything = ["a", "b", "c"]
        let election = try election(
            budget: 9000, [("a", 3000, nil), ("b", 3000, nil), ("c", 3000, nil)],
            [everything, everything, everything])
        // Everybody has 30; a costs 10 each. b is excluded by a, so c is next, and 10 each are left.
        let outcome = try tally(
            election, rule: rule, tie: .lexico, parameters: Parameters(exclusive: [["a", "b"]]))
        #expect(outcome.order == ["a", "c"])
        #expect(decisions(outcome)["b"] == .refused(.exclusive(with: "a")))
        #expect(outcome.left == 3000)
        #expect(try tally(election, rule: rule, tie: .lexico).order == everything)
    }

    @Test("Phragmén: an excluded project is passed over and does not end the count")
    func exclusivePhragmen() throws {
        let election = try election(
            budget: 60, [("a", 20, nil), ("b", 30, nil), ("c", 30, nil)],
            [["a", "b"], ["a", "b"], ["c"]])
        // At time 10 a's two ballots hold 20: a. They start again from nothing; b would be bought at time 25, before
        // c at time 30, but a excludes it.
        let outcome = try tally(
            election, rule: .phragmen, tie: .lexico, parameters: Parameters(exclusive: [["a", "b"]]))
        #expect(outcome.order == ["a", "c"])
        #expect(try tally(election, rule: .phragmen, tie: .lexico).order == ["a", "b"])
    }

    @Test("The comparison with greedy holds both outcomes to the same limits")
    func compared() throws {
        let election = try election(
            budget: 40_000, [("a", 20_000, "north"), ("b", 20_000, "north"), ("c", 20_000, "south")],
            [["a", "b"], ["a", "b"], ["a", "b"], ["c"]])
        // 100 units each. With one project a district both rules fund a and c, so nobody prefers greedy.
        let outcome = try tally(
            election, rule: .equalSharesCityCompared, tie: .lexico,
            parameters: Parameters(quotas: Quota.perDistrict(1, of: election.projects)))
        #expect(outcome.winners.contains("a") && !outcome.winners.contains("b"))
        #expect(outcome.comparisons.count == 1)
        #expect(!outcome.comparisons[0].rejected.contains("b"))
    }

    @Test("Majority judgment: a district's limit, exclusion, an envelope, and one project in part")
    func judgment() throws {
        // Grades 0 (best) to 2. Medians: a and b best, c middle, d worst.
        let election = try graded(
            budget: 100,
            [("a", 40, "north"), ("b", 40, "north"), ("c", 50, "south"), ("d", 30, "south")],
            [["a": 0, "b": 0, "c": 1], ["a": 0, "b": 0, "c": 1], ["a": 0, "b": 1, "c": 1]])
        let rule = Rule.majorityJudgment
        #expect(try tally(election, rule: rule, tie: .lexico).order == ["a", "b"])
        let one = Parameters(quotas: Quota.perDistrict(1, of: election.projects))
        let limited = try tally(election, rule: rule, tie: .lexico, parameters: one)
        #expect(limited.order == ["a", "c"])
        #expect(decisions(limited)["b"] == .refused(.quota(name: "north", most: 1)))
        #expect(decisions(limited)["d"] == .refused(.quota(name: "south", most: 1)))
        let exclusive = Parameters(exclusive: [["a", "b"]])
        #expect(
            try tally(election, rule: rule, tie: .lexico, parameters: exclusive).order == ["a", "c"])
        // The south has 50 of its own: c takes all of it.
        let south = Parameters(envelopes: ["south": 50])
        #expect(
            try tally(election, rule: rule, tie: .lexico, parameters: south).order == ["c", "a", "b"])
        // 20 are left after a and b: c, which comes next, receives them.
        let part = try tally(
            election, rule: rule, tie: .lexico, parameters: Parameters(fundsOneInPart: true))
        #expect(part.order == ["a", "b", "c"])
        #expect(part.steps.last?.decision == .selectedInPart(20))
        #expect(part.left == 0)
    }

    @Test("Equal shares with completion: what is left goes to the best supported that lacked money")
    func completedInPart() throws {
        let election = try election(budget: 100, [("p", 80, nil), ("q", 40, nil)], [["p"], ["q"]])
        // 50 each: q is bought for 40. In the completion p costs 80 of the 60 left, and receives these.
        let outcome = try tally(
            election, rule: .equalSharesCostCompleted, tie: .lexico,
            parameters: Parameters(fundsOneInPart: true))
        #expect(outcome.order == ["q", "p"])
        #expect(outcome.steps.last?.decision == .selectedInPart(60))
        #expect(outcome.cost == 100)
    }

    @Test("No-skip in part: the project at which the count stopped receives what is left")
    func noSkipInPart() throws {
        let election = try election(
            budget: 100, [("a", 60, nil), ("b", 50, nil), ("c", 40, nil)],
            [["a", "b", "c"], ["a", "b"], ["a"]])
        let outcome = try tally(
            election, rule: .greedyNoSkip, tie: .lexico, parameters: Parameters(fundsOneInPart: true))
        #expect(outcome.order == ["a", "b"])
        #expect(decisions(outcome)["b"] == .selectedInPart(40))
    }

    @Test("Votes missing with constraints, and for grades")
    func missing() throws {
        let election = try election(
            budget: 100, [("a", 40, "north"), ("b", 40, "north"), ("c", 50, nil)],
            [["a", "c"], ["a"], ["a", "b"]])
        let quota = Parameters(quotas: Quota.perDistrict(1, of: election.projects))
        // b has one vote and must pass a, which has three and comes first in a tie: three more.
        #expect(
            try election.votesMissing(for: "b", rule: .greedyVotes, tie: .lexico, parameters: quota)
                == VotesMissing(votes: 3, isLeast: true))
        // The north's own envelope is too small for either, whatever the votes.
        let small = Parameters(envelopes: ["north": 39])
        #expect(
            try election.searchVotesMissing(for: "b", rule: .greedyVotes, tie: .lexico, parameters: small)
                == .never)
        #expect(try election.searchVotesMissing(for: "a", rule: .greedyVotes, tie: .lexico) == .funded)

        let grades = try graded(
            budget: 50, [("a", 50, nil), ("b", 50, nil)],
            [["a": 0, "b": 1], ["a": 0, "b": 1], ["a": 0, "b": 1]])
        // Each ballot added gives b the best grade and a the worst. With three, both have three best grades; the
        // lower medians of 0 0 0 2 2 2 and 0 0 0 1 1 1 are 2 and 1.
        let found = try #require(
            try grades.votesMissing(for: "b", rule: .majorityJudgment, tie: .lexico))
        #expect(found == VotesMissing(votes: 3, isLeast: false))
    }

    @Test("A search that may not go on says how far it came")
    func stopped() throws {
        let election = try election(
            budget: 50, [("a", 50, nil), ("b", 50, nil)], [[String]](repeating: ["a"], count: 40))
        var counts = 0
        let search = try election.searchVotesMissing(
            for: "b", rule: .equalSharesCost, tie: .lexico,
            mayGoOn: {
                counts += 1
                return counts <= 4
            })
        // Asked before 0, 1, 2, 4 and 8 further votes; the fifth time the answer is no.
        #expect(search == .stopped(tried: 4))
        #expect(
            try election.searchVotesMissing(
                for: "b", rule: .equalSharesCost, tie: .lexico, mayGoOn: { false })
                == .stopped(tried: 0))
    }

    @Test("What ballots get from an outcome")
    func satisfaction() throws {
        let election = try election(
            budget: 10, [("a", 1, nil), ("b", 1, nil)], [["a", "b"], ["a"], ["b"], ["b"], []])
        #expect(
            election.satisfaction(with: ["a"])
                == Satisfaction(represented: 2, fundedChoices: 2, ballots: 4))
        #expect(
            election.satisfaction(with: ["a", "b"])
                == Satisfaction(represented: 4, fundedChoices: 5, ballots: 4))
    }
}
