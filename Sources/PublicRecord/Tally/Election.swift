/// Something a vote can fund.
public struct Project: Sendable, Hashable {
    /// The identifier on the ballot; text, never interpreted as a number except by the `natural` tie order.
    public var id: String
    /// What it costs, in cents; never negative.
    public var cost: Int64
    /// The part of the city it belongs to; `nil` for the whole city.
    public var district: String?
    /// Withdrawn after the vote began: it keeps its place on the ballots but can no longer be funded.
    public var isWithdrawn: Bool

    /// A project as the counting rules see it.
    public init(id: String, cost: Int64, district: String? = nil, isWithdrawn: Bool = false) {
        self.id = id
        self.cost = cost
        self.district = district
        self.isWithdrawn = isWithdrawn
    }
}

/// What a ballot may say.
public enum BallotType: Sendable, Hashable {
    /// A set of projects.
    case approval
    /// Points per project.
    case points
    /// Projects in order, the best first; position `i` of a ballot of length `L` is worth `L - i` points.
    case ranking
    /// One of `scale` grades per project; a project left out gets the worst.
    case grades(scale: Int)

    /// The name used in files and records.
    public var name: String {
        switch self {
        case .approval: "approval"
        case .points: "points"
        case .ranking: "ranking"
        case .grades: "grades"
        }
    }
}

/// The content of one counted ballot. A blank ballot is an empty one; it counts among the voters.
public enum Choices: Sendable, Hashable {
    /// Approved projects; the order says nothing.
    case approval([String])
    /// Points by project.
    case points([String: Int64])
    /// Projects, the best first.
    case ranking([String])
    /// Position in the scale of grades by project: 0 is the best grade.
    case grades([String: Int])

    var kind: String {
        switch self {
        case .approval: "approval"
        case .points: "points"
        case .ranking: "ranking"
        case .grades: "grades"
        }
    }
}

/// Projects, money and counted ballots: everything a counting rule looks at.
///
/// Equal ballots are kept once with their number, and the order in which ballots come changes no outcome.
/// The order of the projects matters only to the `file` tie order.
public struct Election: Sendable {
    /// The money to spend, in cents. With envelopes this is the city-wide envelope.
    public let budget: Int64
    /// The projects, in the order of the definition.
    public let projects: [Project]
    /// What the ballots are.
    public let ballotType: BallotType
    /// Distinct ballots and how often each was cast.
    let profile: Profile
    /// Points per project (approvals count one each), by index.
    let support: [Int64]
    /// Ballots that name the project, by index.
    let votes: [Int64]

    /// All counted ballots, blank ones too.
    public var voters: Int64 { profile.voters }
    /// How many different ballots were cast.
    public var distinctBallots: Int { profile.weights.count }

    /// An election from single ballots.
    public init(
        budget: Int64, projects: [Project], ballotType: BallotType, ballots: some Sequence<Choices>
    ) throws(TallyError) {
        var builder = try ElectionBuilder(budget: budget, projects: projects, ballotType: ballotType)
        for ballot in ballots { try builder.add(ballot) }
        self = try builder.election()
    }

    init(
        budget: Int64, projects: [Project], ballotType: BallotType, profile: Profile, support: [Int64], votes: [Int64]
    ) {
        self.budget = budget
        self.projects = projects
        self.ballotType = ballotType
        self.profile = profile
        self.support = support
        self.votes = votes
    }

    init(budget: Int64, projects: [Project], ballotType: BallotType, profile: Profile) throws(TallyError) {
        var support = [Int64](repeating: 0, count: projects.count)
        var votes = support
        for ballot in 0..<profile.weights.count {
            let weight = profile.weights[ballot]
            for entry in profile.entries(of: ballot) {
                let project = Int(profile.projects[entry])
                let (points, over) = profile.score(entry).multipliedReportingOverflow(by: weight)
                let (sum, overSum) = support[project].addingReportingOverflow(points)
                if over || overSum || sum.magnitude > Limits.support { throw .tooLarge }
                support[project] = sum
                votes[project] += weight
            }
        }
        self.init(
            budget: budget, projects: projects, ballotType: ballotType, profile: profile, support: support,
            votes: votes)
    }
}

/// Bounds far beyond any city that keep every product of a count inside 128 bits.
enum Limits {
    /// Cents.
    static let money: Int64 = 1 << 52
    /// Points one ballot gives one project.
    static let score: Int64 = 1 << 30
    /// Points of all ballots together.
    static let support: UInt64 = 1 << 52
    /// Ballots.
    static let voters: Int64 = 1 << 40
}

/// Collects ballots one at a time, for callers that read them from a stream.
public struct ElectionBuilder {
    private let budget: Int64
    private let projects: [Project]
    private let ballotType: BallotType
    private let indices: [String: Int32]
    private var profile: ProfileBuilder
    private var line: [(project: Int32, score: Int64)] = []

    /// Starts an election; refuses negative money and repeated project ids.
    public init(budget: Int64, projects: [Project], ballotType: BallotType) throws(TallyError) {
        guard budget >= 0 else { throw .negativeBudget }
        guard budget <= Limits.money else { throw .tooLarge }
        var indices: [String: Int32] = [:]
        indices.reserveCapacity(projects.count)
        for (index, project) in projects.enumerated() {
            guard project.cost >= 0 else { throw .negativeCost(project: project.id) }
            guard project.cost <= Limits.money else { throw .tooLarge }
            guard indices.updateValue(Int32(index), forKey: project.id) == nil else {
                throw .duplicateProject(project.id)
            }
        }
        if case .grades(let scale) = ballotType, scale < 2 { throw .unusableScale }
        self.budget = budget
        self.projects = projects
        self.ballotType = ballotType
        self.indices = indices
        self.profile = ProfileBuilder()
    }

    /// Adds a ballot, `times` times.
    public mutating func add(_ choices: Choices, times: Int64 = 1) throws(TallyError) {
        guard choices.kind == ballotType.name else { throw .wrongBallotType(choices.kind) }
        line.removeAll(keepingCapacity: true)
        switch choices {
        case .approval(let ids):
            for id in ids { line.append((try index(of: id), 1)) }
        case .ranking(let ids):
            for (position, id) in ids.enumerated() { line.append((try index(of: id), Int64(ids.count - position))) }
        case .points(let points):
            for (id, score) in points {
                guard 0...Limits.score ~= score else { throw score < 0 ? .negativePoints(id) : .tooLarge }
                line.append((try index(of: id), score))
            }
        case .grades(let grades):
            guard case .grades(let scale) = ballotType else { throw .wrongBallotType(choices.kind) }
            for (id, position) in grades {
                guard 0..<scale ~= position else { throw .unknownGrade(position) }
                // Stored from the worst up, so that "not graded" and "worst grade" are the same ballot.
                if position < scale - 1 { line.append((try index(of: id), Int64(scale - 1 - position))) }
            }
        }
        line.sort { $0.project < $1.project }
        for pair in line.indices.dropFirst() where line[pair].project == line[pair - 1].project {
            throw .repeatedChoice(projects[Int(line[pair].project)].id)
        }
        try profile.add(line, times: times)
    }

    /// The election with everything added so far.
    public func election() throws(TallyError) -> Election {
        try Election(budget: budget, projects: projects, ballotType: ballotType, profile: profile.profile)
    }

    private func index(of id: String) throws(TallyError) -> Int32 {
        guard let index = indices[id] else { throw .unknownProject(id) }
        return index
    }
}

/// Why an election cannot be counted. Data errors, found before any rule runs.
public enum TallyError: Error, Sendable, Hashable {
    /// The budget is below zero.
    case negativeBudget
    /// A cost is below zero.
    case negativeCost(project: String)
    /// Two projects have one id.
    case duplicateProject(String)
    /// A ballot or a parameter names a project that does not exist.
    case unknownProject(String)
    /// A ballot names a project twice.
    case repeatedChoice(String)
    /// A ballot is of another type than the vote.
    case wrongBallotType(String)
    /// A ballot gives a project less than nothing.
    case negativePoints(String)
    /// A grade outside the scale.
    case unknownGrade(Int)
    /// A scale needs at least two grades.
    case unusableScale
    /// The rule cannot read these ballots (Phragmén needs approvals, majority judgment grades).
    case unsuitedBallots(rule: Rule, ballots: BallotType)
    /// A parameter has no meaning: a step or a quota below one, an envelope below zero.
    case unusableParameter(String)
    /// Money, points or ballots beyond any real vote; refused so that no sum can overflow.
    case tooLarge
}
