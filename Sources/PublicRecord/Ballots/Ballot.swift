/// A valid ballot: what one person chose, in the one normal form that is sealed, opened and counted.
public enum Ballot: Sendable, Hashable {
    /// The chosen projects, sorted as text.
    case approval([String])
    /// Points above zero, sorted by project as text.
    case points([Score])
    /// Projects in order, best first.
    case ranking([String])
    /// The index of the grade (0 is the best) of each graded project, sorted by project as text.
    case grades([Score])

    /// A project with its points or the index of its grade.
    public struct Score: Sendable, Hashable {
        /// The project's identifier.
        public var project: String
        /// Points, or the index of a grade.
        public var value: Int

        /// A project with its points or the index of its grade.
        public init(_ project: String, _ value: Int) {
            self.project = project
            self.value = value
        }
    }

    /// Whether nothing was chosen, which is a valid choice.
    public var isBlank: Bool { projects.isEmpty }

    /// The projects that the ballot names.
    public var projects: [String] {
        switch self {
        case .approval(let projects), .ranking(let projects): projects
        case .points(let scores), .grades(let scores): scores.map(\.project)
        }
    }
}

/// One line of a ballot as it was filled in, before any rule was applied.
public struct BallotLine: Sendable, Hashable {
    /// The project as it was named.
    public var project: String
    /// Points, rank (1 is the best) or the label of a grade; empty for an approval.
    public var value: String

    /// A line naming a project with its points, rank or grade.
    public init(_ project: String, _ value: String = "") {
        self.project = project
        self.value = value
    }
}

/// Why a ballot is not valid. The same reasons hold online, at a kiosk and for paper.
public enum Invalidity: Error, Sendable, Hashable {
    case unknownProject(String)
    case wrongDistrict(String)
    case duplicate(String)
    case tooFew(minimum: Int, found: Int)
    case tooMany(maximum: Int, found: Int)
    case overBudget(limit: Int64, found: Int64)
    case pointsPerProject(String, maximum: Int, found: Int)
    case pointsInTotal(maximum: Int, found: Int)
    case malformedValue(String)
    case repeatedRank(Int)
    case unknownGrade(String)

    /// The reason as it is named in the record.
    public var code: String {
        switch self {
        case .unknownProject: "unknown_project"
        case .wrongDistrict: "wrong_district"
        case .duplicate: "duplicate"
        case .tooFew: "too_few"
        case .tooMany: "too_many"
        case .overBudget: "over_budget"
        case .pointsPerProject: "points_per_project"
        case .pointsInTotal: "points_in_total"
        case .malformedValue: "malformed_value"
        case .repeatedRank: "repeated_rank"
        case .unknownGrade: "unknown_grade"
        }
    }

    /// Every code, sorted.
    public static let codes: [String] = [
        "duplicate", "malformed_value", "over_budget", "points_in_total", "points_per_project", "repeated_rank",
        "too_few", "too_many", "unknown_grade", "unknown_project", "wrong_district",
    ]
}

/// Why a ballot was refused: every reason at once, in the order in which a reader would meet them.
public struct InvalidBallot: Error, Sendable, Hashable {
    /// At least one reason.
    public var reasons: [Invalidity]

    /// A refusal for the reasons given.
    public init(_ reasons: [Invalidity]) { self.reasons = reasons }
}

/// The rules of validity, applied to every ballot of a vote on every channel.
///
/// Made once per definition: looking a project up costs the same however many there are.
public struct BallotChecker: Sendable {
    /// The limits that are applied.
    public let rules: BallotRules
    private let projects: [String: Definition.Project]

    /// A checker for the ballots of a definition.
    public init(_ definition: Definition) {
        rules = definition.ballot
        projects = Dictionary(definition.projects.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The ballot that the lines make.
    ///
    /// - Parameters:
    ///   - lines: what was filled in; none at all is a blank ballot.
    ///   - district: the district in which the person may choose beside the city-wide projects; nil for any.
    /// - Returns: the ballot in its normal form.
    /// - Throws: `InvalidBallot` with every reason.
    public func ballot(_ lines: [BallotLine], district: String? = nil) throws(InvalidBallot) -> Ballot {
        var reasons: [Invalidity] = []
        var seen: Set<String> = []
        var repeated: Set<String> = []
        for line in lines {
            guard let project = projects[line.project] else {
                reasons.append(.unknownProject(line.project))
                continue
            }
            if !seen.insert(line.project).inserted {
                if repeated.insert(line.project).inserted { reasons.append(.duplicate(line.project)) }
            } else if let district, let own = project.district, own != district {
                reasons.append(.wrongDistrict(line.project))
            }
        }
        let ballot: Ballot =
            switch rules.type {
            case .approval: .approval(lines.map(\.project).sorted(by: precedesAsText))
            case .points: points(lines, &reasons)
            case .ranking: ranking(lines, &reasons)
            case .grades: grades(lines, &reasons)
            }
        let chosen: Int = ballot.projects.count
        if chosen > 0, chosen < rules.minimum { reasons.append(.tooFew(minimum: rules.minimum, found: chosen)) }
        if chosen > rules.maximum { reasons.append(.tooMany(maximum: rules.maximum, found: chosen)) }
        if let limit = rules.budgetLimit {
            let sum: Int64 = ballot.projects.reduce(0) { $0 &+ (projects[$1]?.cost ?? 0) }
            if sum > limit { reasons.append(.overBudget(limit: limit, found: sum)) }
        }
        guard reasons.isEmpty else { throw InvalidBallot(reasons) }
        return ballot
    }

    private func points(_ lines: [BallotLine], _ reasons: inout [Invalidity]) -> Ballot {
        var scores: [Ballot.Score] = []
        var total = 0
        for line in lines {
            // At most four digits: no sum of a ballot's points can overflow.
            guard let value = Int(line.value), (0...9999).contains(value) else {
                reasons.append(.malformedValue(line.project))
                continue
            }
            if value > rules.pointsPerProject {
                reasons.append(.pointsPerProject(line.project, maximum: rules.pointsPerProject, found: value))
            }
            total += value
            if value > 0 { scores.append(Ballot.Score(line.project, value)) }
        }
        if total > rules.pointsInTotal {
            reasons.append(.pointsInTotal(maximum: rules.pointsInTotal, found: total))
        }
        return .points(scores.sorted { precedesAsText($0.project, $1.project) })
    }

    private func ranking(_ lines: [BallotLine], _ reasons: inout [Invalidity]) -> Ballot {
        var ranked: [(project: String, rank: Int)] = []
        var ranks: Set<Int> = []
        for line in lines {
            guard let rank = Int(line.value), (1...9999).contains(rank) else {
                reasons.append(.malformedValue(line.project))
                continue
            }
            if !ranks.insert(rank).inserted { reasons.append(.repeatedRank(rank)) }
            ranked.append((line.project, rank))
        }
        return .ranking(ranked.sorted { $0.rank < $1.rank }.map(\.project))
    }

    private func grades(_ lines: [BallotLine], _ reasons: inout [Invalidity]) -> Ballot {
        var scores: [Ballot.Score] = []
        for line in lines {
            guard let grade = rules.grades.firstIndex(of: line.value) else {
                reasons.append(.unknownGrade(line.value))
                continue
            }
            scores.append(Ballot.Score(line.project, grade))
        }
        return .grades(scores.sorted { precedesAsText($0.project, $1.project) })
    }
}
