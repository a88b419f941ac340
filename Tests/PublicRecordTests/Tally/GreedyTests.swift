import Testing

@testable import PublicRecord

@Suite("Greedy rules, limits and their reasons")
struct GreedyTests {
    /// Ballots that give each project so many votes.
    private func election(
        _ projects: [(id: String, cost: Int64, votes: Int)], budget: Int64, districts: [String: String] = [:]
    ) throws -> Election {
        try Election(
            budget: budget,
            projects: projects.map { Project(id: $0.id, cost: $0.cost, district: districts[$0.id]) },
            ballotType: .approval,
            ballots: projects.flatMap { project in
                [Choices](repeating: .approval([project.id]), count: project.votes)
            })
    }

    private func decisions(_ outcome: Outcome) -> [String: Step.Decision] {
        Dictionary(outcome.steps.map { ($0.project, $0.decision) }) { _, last in last }
    }

    @Test("What does not fit is skipped, what costs more than there is is told apart")
    func skips() throws {
        let outcome = try tally(
            election([("a", 60, 5), ("b", 50, 4), ("c", 40, 3), ("d", 500, 2)], budget: 100), rule: .greedyVotes,
            tie: .lexico)
        #expect(outcome.order == ["a", "c"])
        #expect(outcome.steps.map(\.project) == ["a", "b", "c", "d"])
        #expect(decisions(outcome)["b"] == .refused(.doesNotFit))
        #expect(decisions(outcome)["d"] == .refused(.tooExpensive))
        #expect(outcome.steps.map(\.moneyBefore) == [100, 40, 40, 0])
        #expect(outcome.steps.map(\.moneyAfter) == [40, 40, 0, 0])
        #expect(outcome.cost == 100 && outcome.left == 0)
    }

    @Test("No-skip stops at the first that does not fit and says where")
    func noSkip() throws {
        let outcome = try tally(
            election([("a", 60, 5), ("b", 50, 4), ("c", 40, 3)], budget: 100), rule: .greedyNoSkip, tie: .lexico)
        #expect(outcome.order == ["a"])
        #expect(decisions(outcome)["b"] == .refused(.doesNotFit))
        #expect(decisions(outcome)["c"] == .refused(.afterStop(at: "b")))
    }

    @Test("A withdrawn project is passed over, also by no-skip")
    func withdrawn() throws {
        var projects = [Project(id: "a", cost: 10), Project(id: "b", cost: 10), Project(id: "c", cost: 10)]
        projects[0].isWithdrawn = true
        let election = try Election(
            budget: 100, projects: projects, ballotType: .approval,
            ballots: [.approval(["a", "b"]), .approval(["a"]), .approval(["b"])])
        for rule in Rule.allCases where rule.reads(.approval) {
            let outcome = try tally(election, rule: rule, tie: .lexico)
            #expect(!outcome.winners.contains("a"), "\(rule.name)")
            #expect(decisions(outcome)["a"] == .refused(.withdrawn), "\(rule.name)")
            #expect(outcome.winners.contains("b"), "\(rule.name)")
        }
    }

    @Test("The threshold counts for the rules that have one", arguments: [Rule.greedyThreshold, .greedyNoSkip])
    func threshold(rule: Rule) throws {
        let election = try election([("a", 10, 5), ("b", 10, 4), ("c", 10, 3)], budget: 100)
        let outcome = try tally(
            election, rule: rule, tie: .lexico, parameters: Parameters(threshold: .support(4)))
        #expect(outcome.order == ["a", "b"])
        #expect(decisions(outcome)["c"] == .refused(.belowThreshold(4)))
        // 12 ballots: a third of them is 4, and a little more than a third rounds up to 5.
        let third = Parameters(threshold: .share(1, of: 3))
        #expect(try tally(election, rule: rule, tie: .lexico, parameters: third).order == ["a", "b"])
        let more = Parameters(threshold: .share(34, of: 100))
        #expect(try tally(election, rule: rule, tie: .lexico, parameters: more).order == ["a"])
        #expect(try tally(election, rule: .greedyVotes, tie: .lexico, parameters: more).order.count == 3)
    }

    @Test("Per cost: cross-multiplied, free projects with support first, without support last")
    func perCost() throws {
        let outcome = try tally(
            election([("a", 3, 1), ("b", 9, 3), ("c", 10, 4), ("d", 0, 1), ("e", 0, 0), ("f", 5, 0)], budget: 100),
            rule: .greedyPerCost, tie: .lexico)
        #expect(outcome.order == ["d", "c", "a", "b", "e", "f"])
        #expect(outcome.steps[2].tie == Tie(with: ["b"], brokenBy: "lexico"))
    }

    @Test("At most k of a group")
    func quotas() throws {
        let districts = ["a": "north", "b": "north", "c": "north", "d": "south"]
        let election = try election(
            [("a", 10, 5), ("b", 10, 4), ("c", 10, 3), ("d", 10, 2)], budget: 100, districts: districts)
        for rule in [Rule.greedyVotes, .equalSharesCostRaisedCompleted, .equalSharesCard, .phragmen] {
            let outcome = try tally(
                election, rule: rule, tie: .lexico,
                parameters: Parameters(quotas: Quota.perDistrict(2, of: election.projects)))
            #expect(Set(outcome.winners) == ["a", "b", "d"], "\(rule.name)")
            #expect(decisions(outcome)["c"] == .refused(.quota(name: "north", most: 2)), "\(rule.name)")
        }
    }

    @Test("Of projects that exclude one another only one is funded")
    func exclusive() throws {
        let election = try election([("a", 10, 5), ("b", 10, 4), ("c", 10, 3)], budget: 100)
        let outcome = try tally(
            election, rule: .greedyVotes, tie: .lexico, parameters: Parameters(exclusive: [["a", "c"]]))
        #expect(outcome.order == ["a", "b"])
        #expect(decisions(outcome)["c"] == .refused(.exclusive(with: "a")))
        #expect(throws: TallyError.unknownProject("z")) {
            try tally(election, rule: .greedyVotes, tie: .lexico, parameters: Parameters(exclusive: [["a", "z"]]))
        }
    }

    @Test("Envelopes by district, with or without what they leave going to the city")
    func envelopes() throws {
        let districts = ["a": "north", "b": "north", "c": "south"]
        let election = try election(
            [("a", 30, 5), ("b", 30, 4), ("c", 20, 3), ("d", 60, 2)], budget: 50, districts: districts)
        var parameters = Parameters(envelopes: ["north": 40, "south": 20])
        let apart = try tally(election, rule: .greedyVotes, tie: .lexico, parameters: parameters)
        #expect(apart.order == ["a", "c"])
        #expect(apart.cost == 50 && apart.left == 60)
        #expect(apart.steps.map(\.envelope) == ["north", "north", "south", nil])
        parameters.leftoversToCity = true
        let together = try tally(election, rule: .greedyVotes, tie: .lexico, parameters: parameters)
        #expect(together.order == ["a", "c", "d"])
        #expect(together.cost == 110 && together.left == 0)
    }

    @Test("One more project funded in part")
    func part() throws {
        let outcome = try tally(
            election([("a", 60, 5), ("b", 50, 4), ("c", 30, 3), ("d", 500, 2)], budget: 100), rule: .greedyVotes,
            tie: .lexico, parameters: Parameters(fundsOneInPart: true))
        #expect(outcome.order == ["a", "c", "b"])
        #expect(decisions(outcome)["b"] == .selectedInPart(10))
        #expect(outcome.cost == 100 && outcome.left == 0)
    }

    @Test("Projects that cost nothing: funded by the greedy rules even without support, by the others with it")
    func free() throws {
        let election = try election([("a", 10, 2), ("b", 0, 1), ("c", 0, 0)], budget: 10)
        for rule in Rule.allCases where rule.reads(.approval) {
            let outcome = try tally(election, rule: rule, tie: .lexico)
            #expect(outcome.winners.contains("b"), "\(rule.name)")
            let isPure = [
                Rule.equalSharesCost, .equalSharesCard, .equalSharesCostRaised, .equalSharesCardRaised,
                .equalSharesCity, .equalSharesCityCompared,
            ].contains(rule)
            #expect(outcome.winners.contains("c") == !isPure, "\(rule.name)")
            if isPure { #expect(decisions(outcome)["c"] == .refused(.noSupport), "\(rule.name)") }
        }
    }

    @Test("Bad data and unsuited ballots are refused")
    func refusals() throws {
        #expect(throws: TallyError.negativeCost(project: "a")) {
            try Election(budget: 1, projects: [Project(id: "a", cost: -1)], ballotType: .approval, ballots: [])
        }
        #expect(throws: TallyError.duplicateProject("a")) {
            let twice = [Project(id: "a", cost: 1), Project(id: "a", cost: 2)]
            return try Election(budget: 1, projects: twice, ballotType: .approval, ballots: [])
        }
        #expect(throws: TallyError.negativeBudget) {
            try Election(budget: -1, projects: [], ballotType: .approval, ballots: [])
        }
        let one = [Project(id: "a", cost: 1)]
        #expect(throws: TallyError.unknownProject("b")) {
            try Election(budget: 1, projects: one, ballotType: .approval, ballots: [.approval(["b"])])
        }
        #expect(throws: TallyError.repeatedChoice("a")) {
            try Election(budget: 1, projects: one, ballotType: .approval, ballots: [.approval(["a", "a"])])
        }
        #expect(throws: TallyError.wrongBallotType("points")) {
            try Election(budget: 1, projects: one, ballotType: .approval, ballots: [.points(["a": 1])])
        }
        #expect(throws: TallyError.negativePoints("a")) {
            try Election(budget: 1, projects: one, ballotType: .points, ballots: [.points(["a": -1])])
        }
        let points = try Election(budget: 1, projects: one, ballotType: .points, ballots: [.points(["a": 1])])
        #expect(throws: TallyError.unsuitedBallots(rule: .phragmen, ballots: .points)) {
            try tally(points, rule: .phragmen, tie: .lexico)
        }
        #expect(throws: TallyError.unusableParameter("step")) {
            try tally(points, rule: .greedyVotes, tie: .lexico, parameters: Parameters(step: 0))
        }
    }

    @Test("An election without projects or ballots has an empty outcome", arguments: Rule.allCases)
    func empty(rule: Rule) throws {
        let type: BallotType = rule == .majorityJudgment ? .grades(scale: 3) : .approval
        let nothing = try Election(budget: 100, projects: [], ballotType: type, ballots: [])
        #expect(try tally(nothing, rule: rule, tie: .lexico).winners.isEmpty)
        let projects = [Project(id: "a", cost: 200)]
        let silent = try Election(budget: 100, projects: projects, ballotType: type, ballots: [])
        #expect(try tally(silent, rule: rule, tie: .lexico).winners.isEmpty)
    }
}
