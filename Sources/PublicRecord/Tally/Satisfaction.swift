/// What voters get from an outcome, in figures by which rules can be compared.
public struct Satisfaction: Sendable, Hashable {
    /// Ballots with at least one funded project among those they support.
    public var represented: Int64
    /// Funded projects that ballots support, summed over all ballots.
    public var fundedChoices: Int64
    /// Ballots that support anything.
    public var ballots: Int64
}

extension Election {
    /// What the ballots get from the funded projects. A grade counts as support when it is better than the worst.
    public func satisfaction(with winners: [String]) -> Satisfaction {
        let funded = Set(winners)
        let isFunded = projects.map { funded.contains($0.id) }
        var sum = Satisfaction(represented: 0, fundedChoices: 0, ballots: 0)
        for ballot in profile.weights.indices {
            var (supported, received): (Int64, Int64) = (0, 0)
            for entry in profile.entries(of: ballot) where profile.score(entry) > 0 {
                supported += 1
                if isFunded[Int(profile.projects[entry])] { received += 1 }
            }
            let weight = profile.weights[ballot]
            if supported > 0 { sum.ballots += weight }
            if received > 0 { sum.represented += weight }
            sum.fundedChoices += received * weight
        }
        return sum
    }
}
