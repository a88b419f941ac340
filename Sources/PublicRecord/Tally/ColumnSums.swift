/// What each project has in a part of the ballots, such as the papers: parts add up to the support in the result.
public struct ColumnSums: Sendable, Hashable {
    /// How many ballots name the project, and the points they give it, counted as the rules count them.
    public private(set) var ballots: [String: Int64] = [:], support: [String: Int64] = [:]

    /// Nothing added yet.
    public init() {}

    /// Adds a ballot.
    ///
    /// - Parameter scale: how many grades there are.
    public mutating func add(_ ballot: Ballot, scale: Int) {
        switch ballot {
        case .approval(let projects): for project in projects { add(project, 1) }
        case .points(let scores): for score in scores { add(score.project, Int64(score.value)) }
        case .ranking(let projects):
            for (position, project) in projects.enumerated() { add(project, Int64(projects.count - position)) }
        case .grades(let scores):
            // The worst grade and none at all are the same.
            for score in scores where score.value < scale - 1 { add(score.project, Int64(scale - 1 - score.value)) }
        }
    }

    private mutating func add(_ project: String, _ points: Int64) {
        ballots[project, default: 0] += 1
        support[project, default: 0] += points
    }
}
