/// A counting rule, named as in the literature's tools and in the `rule` parameter of `tilleul tally`.
/// `Documentation/Counting.md` defines each of them.
public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// By support, highest first; what does not fit is skipped.
    case greedyVotes = "greedy_votes"
    /// By support, stopping at the first that does not fit.
    case greedyNoSkip = "greedy_noskip"
    /// By support among those that reach the threshold.
    case greedyThreshold = "greedy_threshold"
    /// By support per unit of cost.
    case greedyPerCost = "greedy_per_cost"
    /// Equal shares, utility = cost.
    case equalSharesCost = "mes_cost"
    /// Equal shares, utility = 1 per project.
    case equalSharesCard = "mes_card"
    /// `mes_cost`, then by support.
    case equalSharesCostCompleted = "mes_cost_u"
    /// `mes_card`, then by support.
    case equalSharesCardCompleted = "mes_card_u"
    /// `mes_cost` with shares raised step by step.
    case equalSharesCostRaised = "mes_cost_add1"
    /// `mes_card` with shares raised step by step.
    case equalSharesCardRaised = "mes_card_add1"
    /// `mes_cost_add1`, then by support.
    case equalSharesCostRaisedCompleted = "mes_cost_add1u"
    /// `mes_card_add1`, then by support.
    case equalSharesCardRaisedCompleted = "mes_card_add1u"
    /// As Wieliczka, Świecie and Assen counted: whole shares, raised until the next raise would overspend.
    case equalSharesCity = "mes_cost_add1_int"
    /// Whole shares, raised until exhaustive or before overspending, then by support.
    case equalSharesCityCompleted = "mes_cost_add1_int_e_u"
    /// `mes_cost_add1_int` against `greedy_votes`: greedy only if strictly more voters prefer it.
    case equalSharesCityCompared = "mes_cost_add1_int_comparison"
    /// Phragmén's sequential rule; approval ballots only.
    case phragmen
    /// Greedy along the majority ranking; graded ballots only.
    case majorityJudgment = "majority_judgment"

    /// The rule of that name, or `nil`.
    public init?(name: String) { self.init(rawValue: name) }

    /// The name used on the command line, in definitions and in records.
    public var name: String { rawValue }

    /// Whether the rule can read such ballots.
    public func reads(_ ballots: BallotType) -> Bool {
        switch (self, ballots) {
        case (.majorityJudgment, .grades), (.phragmen, .approval): true
        case (.majorityJudgment, _), (.phragmen, _), (_, .grades): false
        default: true
        }
    }
}

/// Numbers that a definition freezes together with the rule.
public struct Parameters: Sendable, Hashable {
    /// By how much the shares of the `add1` rules rise, in cents; one unit of currency unless told.
    public var step: Int64
    /// The least support for `greedy_threshold` and `greedy_noskip`; the other rules do not look at it.
    public var threshold: Threshold?
    /// At most so many projects of a group.
    public var quotas: [Quota]
    /// Groups of projects of which only one can be funded, for instance on one site.
    public var exclusive: [[String]]
    /// Money by district, in cents. A project of such a district competes for that envelope alone, every other
    /// project for the city-wide one, which is the election's budget.
    public var envelopes: [String: Int64]
    /// Whether what the districts leave is added to the city-wide envelope.
    public var leftoversToCity: Bool
    /// Whether the best-placed project that did not fit receives what is left.
    public var fundsOneInPart: Bool

    /// Parameters; those left out have no effect.
    public init(
        step: Int64 = 100, threshold: Threshold? = nil, quotas: [Quota] = [], exclusive: [[String]] = [],
        envelopes: [String: Int64] = [:], leftoversToCity: Bool = false, fundsOneInPart: Bool = false
    ) {
        self.step = step
        self.threshold = threshold
        self.quotas = quotas
        self.exclusive = exclusive
        self.envelopes = envelopes
        self.leftoversToCity = leftoversToCity
        self.fundsOneInPart = fundsOneInPart
    }
}

/// The least support a project needs.
public enum Threshold: Sendable, Hashable {
    /// So many points (votes, for approvals).
    case support(Int64)
    /// A share of all ballots, blank ones too, rounded up: `share(1, of: 10)` is ten per cent.
    case share(Int64, of: Int64)

    /// In points, for an election with so many ballots.
    func points(voters: Int64) throws(TallyError) -> Int64 {
        switch self {
        case .support(let points):
            return points
        case .share(let part, let whole):
            guard whole > 0, part >= 0, part <= whole, whole <= 1_000_000 else {
                throw .unusableParameter("threshold")
            }
            return (voters * part + whole - 1) / whole
        }
    }
}

/// At most `most` of `projects` can be funded.
public struct Quota: Sendable, Hashable {
    /// What residents call the group, for instance the district.
    public var name: String
    /// Ids.
    public var projects: [String]
    /// How many of them at most.
    public var most: Int

    /// A quota on some projects.
    public init(name: String, projects: [String], most: Int) {
        self.name = name
        self.projects = projects
        self.most = most
    }

    /// The same limit for every district.
    public static func perDistrict(_ most: Int, of projects: [Project]) -> [Quota] {
        let districts = Dictionary(grouping: projects.filter { $0.district != nil }) { $0.district ?? "" }
        return districts.keys.sorted(by: precedesAsText).map { district in
            Quota(name: district, projects: districts[district, default: []].map(\.id), most: most)
        }
    }
}
