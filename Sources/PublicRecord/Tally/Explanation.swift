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

/// A number of further ballots naming only one project, each worth one point, that would have got it funded.
public struct VotesMissing: Sendable, Hashable {
    /// How many.
    public var votes: Int64
    /// Whether fewer would certainly not have been enough. True for the greedy rules, where more votes never hurt;
    /// for the others the number was found by searching and is enough, but a smaller one may exist.
    public var isLeast: Bool
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
    /// `nil` if it is funded, or if no number of votes would have helped (it was withdrawn or costs more than there
    /// is). Further votes are single-project ballots of one point; where the rule counts ballots, they count too.
    public func votesMissing(
        for project: String, rule: Rule, tie: TieOrder, parameters: Parameters = Parameters()
    ) throws(TallyError) -> VotesMissing? {
        guard rule.reads(ballotType) else { throw .unsuitedBallots(rule: rule, ballots: ballotType) }
        guard let index = projects.firstIndex(where: { $0.id == project }) else { throw .unknownProject(project) }
        if case .grades = ballotType { return nil }
        let isGreedy = [.greedyVotes, .greedyNoSkip, .greedyThreshold, .greedyPerCost].contains(rule)
        func isFunded(with votes: Int64) throws(TallyError) -> Bool {
            let more = isGreedy ? adding(votes, to: index) : try recounting(votes, for: index)
            var count = try Count(more, rule: rule, tie: tie, parameters: parameters)
            try count.run()
            return count.order.contains(index)
        }

        if try isFunded(with: 0) || projects[index].isWithdrawn { return nil }
        // Twice as many until it is enough; beyond every other project's support more cannot help a greedy rule.
        let ceiling = isGreedy ? Limits.voters : Swift.max(16, 4 * voters)
        var (short, enough): (Int64, Int64) = (0, 1)
        while try !isFunded(with: enough) {
            short = enough
            enough *= 2
            if enough > ceiling { return nil }
        }
        while enough - short > 1 {
            let middle = short + (enough - short) / 2
            if try isFunded(with: middle) { enough = middle } else { short = middle }
        }
        // A threshold that is a share of the ballots rises with them and can push other projects out, so that the
        // answer is not monotone: only then is every smaller number tried.
        if isGreedy, case .share = parameters.threshold {
            for votes in stride(from: Int64(1), to: enough, by: 1) where try isFunded(with: votes) {
                return VotesMissing(votes: votes, isLeast: true)
            }
        }
        return VotesMissing(votes: enough, isLeast: isGreedy)
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
        if votes > 0 { profile.appendBallot(project: Int32(project), times: votes) }
        return try Election(budget: budget, projects: projects, ballotType: ballotType, profile: profile)
    }
}
