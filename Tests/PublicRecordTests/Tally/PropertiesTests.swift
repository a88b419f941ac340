import BigInt
import Testing

@testable import PublicRecord

@Suite("What must hold for every election")
struct PropertiesTests {
    private static let rules = Rule.allCases.filter { $0 != .majorityJudgment }

    private func elections(_ count: Int, seed: UInt64, costsFrom: Int64 = 0) throws -> [Election] {
        var dice = Dice(seed)
        return try (0..<count).map { try .random(&dice, points: $0 % 3 == 0, costsFrom: costsFrom) }
    }

    @Test("The money is never exceeded, and the steps account for every cent")
    func budget() throws {
        for election in try elections(150, seed: 1) {
            for rule in Self.rules where rule.reads(election.ballotType) {
                let outcome = try tally(election, rule: rule, tie: .lexico)
                #expect(outcome.cost <= election.budget)
                #expect(outcome.left == election.budget - outcome.cost)
                let costs = Dictionary(uniqueKeysWithValues: election.projects.map { ($0.id, $0.cost) })
                #expect(outcome.cost == outcome.order.reduce(0) { $0 + costs[$1, default: 0] })
                #expect(Set(outcome.steps.map(\.project)).count == election.projects.count)
                #expect(outcome.steps.count == election.projects.count)
                var left = election.budget
                for step in outcome.steps {
                    #expect(step.moneyBefore == left)
                    if step.decision == .selected { left -= step.cost }
                    #expect(step.moneyAfter == left)
                }
                #expect(outcome.steps.enumerated().allSatisfy { $0.offset + 1 == $0.element.round })
            }
        }
    }

    @Test("The order of ballots changes nothing, and neither does grouping them")
    func permutation() throws {
        var dice = Dice(2)
        for _ in 0..<60 {
            let projects = (0..<6).map { Project(id: "\($0)", cost: Int64.random(in: 0...6, using: &dice) * 100) }
            let ballots = (0..<20).map { _ in
                Choices.approval(projects.map(\.id).filter { _ in Bool.random(using: &dice) })
            }
            func outcomes(_ ballots: [Choices]) throws -> [Outcome] {
                let election = try Election(
                    budget: 1_500, projects: projects, ballotType: .approval, ballots: ballots)
                return try Self.rules.map { try tally(election, rule: $0, tie: .maxVotes) }
            }
            let shuffled = ballots.shuffled(using: &dice).map { ballot -> Choices in
                guard case .approval(let ids) = ballot else { return ballot }
                return .approval(ids.shuffled(using: &dice))
            }
            #expect(try outcomes(ballots) == outcomes(shuffled))
        }
    }

    @Test("The order of ballots with points, ranks or grades changes nothing either")
    func permutationOfOtherTypes() throws {
        var dice = Dice(7)
        let projects = (0..<6).map { Project(id: "\($0)", cost: Int64($0 % 4 + 1) * 100) }
        let types: [BallotType] = [.points, .ranking, .grades(scale: 4)]
        for type in types {
            for _ in 0..<20 {
                let ballots: [Choices] = (0..<20).map { _ in choices(type, projects.map(\.id), &dice) }
                let (one, other) = (ballots, ballots.shuffled(using: &dice))
                for rule in Rule.allCases where rule.reads(type) {
                    let outcomes = try [one, other].map { ballots in
                        try tally(
                            Election(budget: 600, projects: projects, ballotType: type, ballots: ballots), rule: rule,
                            tie: .minCost)
                    }
                    #expect(outcomes[0] == outcomes[1], "\(rule.name)")
                }
            }
        }
    }

    private func choices(_ type: BallotType, _ projects: [String], _ dice: inout Dice) -> Choices {
        let named = projects.shuffled(using: &dice).prefix(Int.random(in: 0...4, using: &dice))
        switch type {
        case .approval: return .approval(Array(named))
        case .points:
            return .points(Dictionary(uniqueKeysWithValues: named.map { ($0, Int64.random(in: 0...5, using: &dice)) }))
        case .ranking: return .ranking(Array(named))
        case .grades(let scale):
            return .grades(
                Dictionary(uniqueKeysWithValues: named.map { ($0, Int.random(in: 0..<scale, using: &dice)) }))
        }
    }

    @Test("A further vote for a winner of a greedy rule keeps it a winner")
    func monotone() throws {
        for election in try elections(80, seed: 3) {
            for rule in [Rule.greedyVotes, .greedyNoSkip, .greedyThreshold, .greedyPerCost] {
                let parameters = Parameters(threshold: .support(2))
                let outcome = try tally(election, rule: rule, tie: .lexico, parameters: parameters)
                for winner in outcome.winners {
                    let more = try with(election, votes: 1, for: winner)
                    let again = try tally(more, rule: rule, tie: .lexico, parameters: parameters)
                    #expect(again.winners.contains(winner))
                }
            }
        }
    }

    /// The same election with further ballots that name one project.
    private func with(_ election: Election, votes: Int64, for project: String) throws -> Election {
        let index = try #require(election.projects.firstIndex { $0.id == project })
        var profile = election.profile
        if votes > 0 { profile.appendBallot(project: Int32(index), times: votes) }
        return try Election(
            budget: election.budget, projects: election.projects, ballotType: election.ballotType, profile: profile)
    }

    @Test("Votes missing: that many are enough, one fewer is not")
    func votesMissing() throws {
        for election in try elections(60, seed: 4) {
            for rule in [Rule.greedyVotes, .greedyNoSkip, .greedyThreshold, .greedyPerCost] {
                for tie in [TieOrder.lexico, .maxVotes] {
                    for parameters in [Parameters(threshold: .support(3)), Parameters(threshold: .share(1, of: 4))] {
                        try checkVotesMissing(election, rule, tie, parameters)
                    }
                }
            }
        }
    }

    private func checkVotesMissing(
        _ election: Election, _ rule: Rule, _ tie: TieOrder, _ parameters: Parameters
    ) throws {
        let outcome = try tally(election, rule: rule, tie: tie, parameters: parameters)
        for project in election.projects {
            let missing = try election.votesMissing(
                for: project.id, rule: rule, tie: tie, parameters: parameters)
            func wins(_ votes: Int64) throws -> Bool {
                try tally(
                    with(election, votes: votes, for: project.id), rule: rule, tie: tie, parameters: parameters
                ).winners.contains(project.id)
            }
            if let missing {
                #expect(missing.isLeast)
                #expect(!outcome.winners.contains(project.id))
                for fewer in 0..<missing.votes { #expect(try !wins(fewer)) }
                #expect(try wins(missing.votes))
            } else {
                #expect(try outcome.winners.contains(project.id) || !wins(10_000))
            }
        }
    }

    @Test("Votes missing under equal shares are found by searching and are enough")
    func votesMissingSearched() throws {
        let file = try Fixtures.file("Netherlands_Assen_2024")
        let election = try file.election()
        let missing = try #require(
            try election.votesMissing(for: "8", rule: .equalSharesCost, tie: .lexico))
        #expect(!missing.isLeast)
        let more = try with(election, votes: missing.votes, for: "8")
        #expect(try tally(more, rule: .equalSharesCost, tie: .lexico).winners.contains("8"))
    }

    @Test("Exact arithmetic throughout gives the same outcome as the floating-point filter")
    func filter() throws {
        for election in try elections(150, seed: 5) {
            for rule in Self.rules where rule.reads(election.ballotType) {
                for tie in [TieOrder.lexico, .minCost] {
                    try checkFilter(election, rule, tie)
                }
            }
        }
        for city in ["Netherlands_Assen_2024", "Switzerland_Zurich_D5", "Poland_Gdynia_2020_Babie_Doly__small"] {
            let election = try Fixtures.file(city).election()
            for rule in [Rule.equalSharesCost, .equalSharesCardCompleted, .phragmen]
            where rule.reads(election.ballotType) {
                try checkFilter(election, rule, .lexico)
            }
        }
    }

    private func checkFilter(_ election: Election, _ rule: Rule, _ tie: TieOrder) throws {
        var exact = try Count(election, rule: rule, tie: tie, parameters: Parameters(), isFiltered: false)
        try exact.run()
        #expect(try tally(election, rule: rule, tie: tie) == exact.outcome(), "\(rule.name)")
    }

    @Test("Equal shares: nobody pays more than their share, and the outcome is priceable")
    func priceable() throws {
        for election in try elections(120, seed: 6, costsFrom: 1) where election.voters > 0 {
            for rule in [
                Rule.equalSharesCost, .equalSharesCard, .equalSharesCostRaised, .equalSharesCardRaised,
                .equalSharesCity,
            ] {
                let outcome = try tally(election, rule: rule, tie: .natural)
                let isByCard = rule == .equalSharesCard || rule == .equalSharesCardRaised
                try checkPrices(election, outcome, isByCost: !isByCard)
            }
        }
    }

    /// Follows the order of purchase with the definition of the rule in plain fractions: every purchase is the cheapest
    /// affordable one, its supporters pay its cost exactly, nobody goes below zero, and in the end no supporters of
    /// another project hold its cost.
    private func checkPrices(_ election: Election, _ outcome: Outcome, isByCost: Bool) throws {
        let share = try #require(outcome.shares.first.flatMap { Ratio($0.perVoter) })
        if outcome.rule == .equalSharesCost || outcome.rule == .equalSharesCard {
            #expect(share == Ratio(BigInt(election.budget), BigInt(election.voters)))
        }
        let profile = election.profile
        var money = [Ratio](repeating: share, count: profile.weights.count)
        var open = Set(election.projects.indices.filter { election.support[$0] > 0 })

        func supporters(_ project: Int) -> [(ballot: Int, score: Int64)] {
            profile.weights.indices.compactMap { ballot in
                profile.entries(of: ballot).first { Int(profile.projects[$0]) == project && profile.score($0) > 0 }
                    .map { (ballot, profile.score($0)) }
            }
        }
        /// The price per point, by trying every number of supporters that pay all they have.
        func price(_ project: Int) -> Ratio? {
            let cost = Ratio(BigInt(election.projects[project].cost), 1)
            let sorted = supporters(project).sorted {
                money[$0.ballot] / Ratio(BigInt($0.score), 1) < money[$1.ballot] / Ratio(BigInt($1.score), 1)
            }
            var rest = cost
            var points = sorted.reduce(BigInt(0)) { $0 + BigInt($1.score * profile.weights[$1.ballot]) }
            for (ballot, score) in sorted {
                let price = rest / Ratio(points, 1)
                if !(money[ballot] < price * Ratio(BigInt(score), 1)) { return price }
                rest = rest - money[ballot] * Ratio(BigInt(profile.weights[ballot]), 1)
                points -= BigInt(score * profile.weights[ballot])
            }
            return nil
        }
        func rate(_ project: Int) -> Ratio? {
            price(project).map { isByCost ? $0 / Ratio(BigInt(election.projects[project].cost), 1) : $0 }
        }

        for id in outcome.order {
            let project = try #require(election.projects.firstIndex { $0.id == id })
            let best = try #require(rate(project))
            for other in open { if let rate = rate(other) { #expect(!(rate < best)) } }
            let price = try #require(price(project))
            var paid = Ratio(0, 1)
            for (ballot, score) in supporters(project) {
                let payment = min(money[ballot], price * Ratio(BigInt(score), 1))
                money[ballot] = money[ballot] - payment
                paid = paid + payment * Ratio(BigInt(profile.weights[ballot]), 1)
                #expect(!(money[ballot] < Ratio(0, 1)))
            }
            #expect(paid == Ratio(BigInt(election.projects[project].cost), 1))
            open.remove(project)
        }
        for project in open {
            let held = supporters(project).reduce(Ratio(0, 1)) { sum, supporter in
                sum + money[supporter.ballot] * Ratio(BigInt(profile.weights[supporter.ballot]), 1)
            }
            #expect(held < Ratio(BigInt(election.projects[project].cost), 1))
            let step = try #require(outcome.steps.first { $0.project == election.projects[project].id })
            guard case .refused(.supportersShort(let cents)) = step.decision else {
                Issue.record("\(step.decision)")
                continue
            }
            #expect(BigInt(cents) == held.numerator / held.denominator)
        }
    }
}

/// A fraction, for checking by definition.
private struct Ratio: Comparable {
    var numerator: BigInt
    var denominator: BigInt

    init(_ numerator: BigInt, _ denominator: BigInt) {
        let divisor = max(1, numerator.greatestCommonDivisor(with: denominator))
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// The fraction in a text such as `3/4` or `2`.
    init?(_ text: String) {
        let parts = text.split(separator: "/").compactMap { BigInt(String($0)) }
        guard let numerator = parts.first, parts.count <= 2 else { return nil }
        self.init(numerator, parts.count == 2 ? parts[1] : 1)
    }

    static func < (a: Ratio, b: Ratio) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }
    static func + (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
    }
    static func - (a: Ratio, b: Ratio) -> Ratio {
        Ratio(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator)
    }
    static func * (a: Ratio, b: Ratio) -> Ratio { Ratio(a.numerator * b.numerator, a.denominator * b.denominator) }
    static func / (a: Ratio, b: Ratio) -> Ratio { Ratio(a.numerator * b.denominator, a.denominator * b.numerator) }
}
