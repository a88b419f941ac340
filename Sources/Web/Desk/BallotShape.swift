import PublicRecord

/// The types of ballot as agents know them. Several of them are one type of the definition with other limits.
enum BallotShape: String, CaseIterable {
    /// Any of the projects, up to a number.
    case approval
    /// One project.
    case chooseOne = "choose_one"
    /// Projects whose costs together stay within a sum.
    case knapsack
    /// A number of points to share out.
    case cumulative
    /// Points for each project, without a sum.
    case scoring
    /// Projects in order.
    case ranking
    /// A grade for each project.
    case grades

    /// The shape that the limits of a vote have.
    init(_ rules: BallotRules) {
        switch rules.type {
        case .approval:
            self = rules.budgetLimit != nil ? .knapsack : rules.maximum == 1 ? .chooseOne : .approval
        case .points:
            self = rules.pointsInTotal >= Self.total(rules.pointsPerProject, rules.maximum) ? .scoring : .cumulative
        case .ranking: self = .ranking
        case .grades: self = .grades
        }
    }

    /// The type in the definition.
    var kind: BallotKind {
        switch self {
        case .approval, .chooseOne, .knapsack: .approval
        case .cumulative, .scoring: .points
        case .ranking: .ranking
        case .grades: .grades
        }
    }

    /// The sum of points that never binds.
    static func total(_ perProject: Int, _ projects: Int) -> Int {
        let (product, over) = perProject.multipliedReportingOverflow(by: projects)
        return over ? 999_999 : min(999_999, product)
    }
}
