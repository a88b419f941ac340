/// Why a project is funded or not, and how far it was from being funded.
public struct Explanation: Sendable, Equatable {
    /// The project.
    public var project: String
    /// Whether it receives money, all it costs or a part.
    public var isFunded: Bool
    /// The steps of the count that are about it, in order; the last one decides.
    public var steps: [Step]
    /// How many further votes would have got it funded.
    public var votesMissing: VotesMissing?
}

/// A number of further ballots naming only one project that would have got it funded. Each is worth one point; where
/// ballots are grades, it gives the project the best grade and every other one the worst.
public struct VotesMissing: Sendable, Hashable {
    /// How many.
    public var votes: Int64
    /// Whether fewer would certainly not have been enough. True for the greedy rules, where more votes never hurt;
    /// for the others the number was found by searching and is enough, but a smaller one may exist.
    public var isLeast: Bool
}

/// What a search for the votes missing found.
public enum VotesMissingSearch: Sendable, Hashable {
    /// The project is funded: none are missing.
    case funded
    /// So many are enough.
    case found(VotesMissing)
    /// No number would have helped: it was withdrawn, costs more than there is, or more votes cannot bring it further.
    case never
    /// No number up to this one was enough, and far more were not tried.
    case notUpTo(Int64)
    /// The search was stopped by its bound; no number tried so far, the largest of which is given, was enough.
    case stopped(tried: Int64)
}

extension Outcome {
    /// The steps about one project.
    public func explanation(of project: String, votesMissing: VotesMissing? = nil) -> Explanation {
        let steps = steps.filter { $0.project == project }
        return Explanation(
            project: project, isFunded: winners.contains(project), steps: steps, votesMissing: votesMissing)
    }
}

extension Election {
    /// How many further votes would have got a project funded under the same rule, parameters and tie order.
    ///
    /// `nil` if it is funded, or if no number of votes would have helped, as far as the search goes.
    public func votesMissing(
        for project: String, rule: Rule, tie: TieOrder, parameters: Parameters = Parameters()
    ) throws(TallyError) -> VotesMissing? {
        switch try searchVotesMissing(for: project, rule: rule, tie: tie, parameters: parameters) {
        case .found(let missing): missing
        case .funded, .never, .notUpTo, .stopped: nil
        }
    }

    /// The same, saying why when there is no number.
    ///
    /// - Parameter mayGoOn: asked before every recount; false stops the search. A count itself is never cut short, so
    ///   the outcome of a search that ran to its end does not depend on the machine.
    public func searchVotesMissing(
        for project: String, rule: Rule, tie: TieOrder, parameters: Parameters = Parameters(),
        mayGoOn: () -> Bool = { true }
    ) throws(TallyError) -> VotesMissingSearch {
        guard rule.reads(ballotType) else { throw .unsuitedBallots(rule: rule, ballots: ballotType) }
        guard let index = projects.firstIndex(where: { $0.id == project }) else { throw .unknownProject(project) }
        let isGreedy = [.greedyVotes, .greedyNoSkip, .greedyThreshold, .greedyPerCost].contains(rule)
        func isFunded(with votes: Int64) throws(TallyError) -> Bool {
            let more = isGreedy ? adding(votes, to: index) : try recounting(votes, for: index)
            var count = try Count(more, rule: rule, tie: tie, parameters: parameters)
            try count.run()
            return count.order.contains(index)
        }

        guard mayGoOn() else { return .stopped(tried: 0) }
        if try isFunded(with: 0) { return .funded }
        if projects[index].isWithdrawn || isBeyondReach(index, parameters) { return .never }
        // Twice as many until it is enough; beyond every other project's support more cannot help a greedy rule.
        let ceiling = isGreedy ? Limits.voters : Swift.max(16, 4 * voters)
        var (short, enough): (Int64, Int64) = (0, 1)
        while true {
            guard mayGoOn() else { return .stopped(tried: short) }
            if try isFunded(with: enough) { break }
            short = enough
            enough *= 2
            if enough > ceiling { return isGreedy ? .never : .notUpTo(short) }
        }
        while enough - short > 1 {
            guard mayGoOn() else { return .found(VotesMissing(votes: enough, isLeast: false)) }
            let middle = short + (enough - short) / 2
            if try isFunded(with: middle) { enough = middle } else { short = middle }
        }
        // A threshold that is a share of the ballots rises with them and can push other projects out, so that the
        // answer is not monotone: only then is every smaller number tried.
        if isGreedy, case .share = parameters.threshold {
            for votes in stride(from: Int64(1), to: enough, by: 1) {
                guard mayGoOn() else { return .found(VotesMissing(votes: enough, isLeast: false)) }
                if try isFunded(with: votes) { return .found(VotesMissing(votes: votes, isLeast: true)) }
            }
        }
        return .found(VotesMissing(votes: enough, isLeast: isGreedy))
    }

    /// Whether the project costs more than its envelope can ever hold, so that no vote buys it.
    private func isBeyondReach(_ project: Int, _ parameters: Parameters) -> Bool {
        guard !parameters.fundsOneInPart else { return false }
        let own = projects[project].district.flatMap { parameters.envelopes[$0] }
        let passedOn = parameters.leftoversToCity && own == nil ? parameters.envelopes.values.reduce(0, +) : 0
        return projects[project].cost > (own ?? budget) + passedOn
    }

    /// The totals with further votes, for rules that look at nothing else.
    private func adding(_ further: Int64, to project: Int) -> Election {
        var (support, votes, profile) = (support, votes, profile)
        support[project] += further
        votes[project] += further
        profile.voters += further
        return Election(
            budget: budget, projects: projects, ballotType: ballotType, profile: profile, support: support,
            votes: votes)
    }

    /// The ballots with further votes.
    private func recounting(_ votes: Int64, for project: Int) throws(TallyError) -> Election {
        var profile = profile
        var score: Int32 = 1
        if case .grades(let scale) = ballotType { score = Int32(scale - 1) }
        if votes > 0 { profile.appendBallot(project: Int32(project), score: score, times: votes) }
        return try Election(budget: budget, projects: projects, ballotType: ballotType, profile: profile)
    }
}
