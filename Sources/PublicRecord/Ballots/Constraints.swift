extension Definition {
    /// What the definition asks of the count beside the rule: who competes for which money, and which projects cannot
    /// be funded together. `Documentation/Counting.md` says how each combines with each rule.
    public struct Constraints: Sendable, Equatable {
        /// The least support as a share of all ballots, blank ones too, in hundredths of a per cent, rounded up to
        /// whole votes or points; nil for none.
        public var thresholdShare: Int?
        /// The most projects of any one district; nil for no limit.
        public var perDistrict: Int?
        /// Groups of projects of which at most one is funded, by identifier.
        public var exclusive: [[String]]
        /// Money set aside by district, in cents, out of the budget. The rest is the city-wide envelope.
        public var envelopes: [String: Int64]
        /// Whether what the districts leave is added to the city-wide envelope.
        public var leftoversToCity: Bool
        /// Whether the best-placed project that only lacked money receives what is left.
        public var fundsOneInPart: Bool

        /// Constraints; those left out have no effect.
        public init(
            thresholdShare: Int? = nil, perDistrict: Int? = nil, exclusive: [[String]] = [],
            envelopes: [String: Int64] = [:], leftoversToCity: Bool = false, fundsOneInPart: Bool = false
        ) {
            self.thresholdShare = thresholdShare
            self.perDistrict = perDistrict
            self.exclusive = exclusive
            self.envelopes = envelopes
            self.leftoversToCity = leftoversToCity
            self.fundsOneInPart = fundsOneInPart
        }

        /// Whether nothing is asked. Such constraints do not stand in `definition.json`.
        public var isEmpty: Bool { self == Constraints() }
    }

    /// The money of the city-wide envelope, in cents: what the districts' envelopes leave of the budget.
    public var cityBudget: Int64 {
        counting.constraints.envelopes.values.reduce(budget) { $0 - $1 }
    }

    /// The projects as the counting rules see them.
    public var competitors: [PublicRecord.Project] {
        projects.map { PublicRecord.Project(id: $0.id, cost: $0.cost, district: $0.district) }
    }

    /// Everything that the definition freezes together with the rule.
    public var parameters: Parameters {
        let constraints: Constraints = counting.constraints
        var parameters = Parameters(
            threshold: counting.threshold.map { .support($0) }, exclusive: constraints.exclusive,
            envelopes: constraints.envelopes, leftoversToCity: constraints.leftoversToCity,
            fundsOneInPart: constraints.fundsOneInPart)
        if let share = constraints.thresholdShare {
            parameters.threshold = .share(Int64(share), of: Constraints.wholeShare)
        }
        if let step = counting.step { parameters.step = step }
        if let most = constraints.perDistrict { parameters.quotas = Quota.perDistrict(most, of: competitors) }
        return parameters
    }
}

extension Definition.Constraints {
    /// What a share of a hundred per cent is.
    public static let wholeShare: Int64 = 10_000

    /// The constraints as they stand in `definition.json`.
    public var json: CanonicalJSON {
        [
            "threshold_share": thresholdShare.map { .integer(Int64($0)) } ?? .null,
            "per_district": perDistrict.map { .integer(Int64($0)) } ?? .null,
            "exclusive": .array(exclusive.map { .array($0.map(CanonicalJSON.string)) }),
            "envelopes": .object(envelopes.map { .init($0.key, .integer($0.value)) }),
            "leftovers_to_city": .bool(leftoversToCity),
            "one_in_part": .bool(fundsOneInPart),
        ]
    }

    /// The constraints of a definition, or of a draft.
    public init(json: CanonicalJSON) throws(JSONError) {
        var fields = try CanonicalJSON.Fields(json)
        thresholdShare = try fields.countOrNull("threshold_share")
        perDistrict = try fields.countOrNull("per_district")
        exclusive = []
        for group in try fields.array("exclusive") {
            guard case .array(let items) = group else { throw JSONError(.wrongType("exclusive")) }
            var ids: [String] = []
            for item in items {
                guard case .string(let id) = item else { throw JSONError(.wrongType("exclusive")) }
                ids.append(id)
            }
            exclusive.append(ids)
        }
        envelopes = [:]
        for member in try fields.members("envelopes") {
            guard case .integer(let money) = member.value, money >= 0 else { throw JSONError(.wrongType("envelopes")) }
            envelopes[member.name] = money
        }
        leftoversToCity = try fields.bool("leftovers_to_city")
        fundsOneInPart = try fields.bool("one_in_part")
        try fields.end()
    }
}

extension CanonicalJSON.Fields {
    fileprivate mutating func countOrNull(_ name: String) throws(JSONError) -> Int? {
        switch try value(name) {
        case .null: nil
        case .integer(let number) where number >= 0: Int(number)
        default: throw JSONError(.wrongType(name))
        }
    }
}

/// Why a rule and what is asked beside it do not go together. Found while a vote is prepared; nothing that is refused
/// here can be opened.
public enum UnsuitedCounting: Error, Sendable, Hashable {
    /// Only `greedy_threshold` and `greedy_noskip` read a threshold.
    case thresholdUnread
    /// A threshold in votes and one as a share of the ballots.
    case twoThresholds
    /// A share that is not between a hundredth of a per cent and a hundred per cent.
    case shareOutOfBounds
    /// Only rules that raise the shares read a step.
    case stepUnread
    /// A step of nothing.
    case stepOutOfBounds
    /// At most none of a district, or no project has a district.
    case perDistrictOutOfBounds, noDistricts
    /// A group of projects that exclude one another needs two at least.
    case loneExclusive
    /// A group names a project that does not exist, or an envelope a district without projects.
    case unknownProject(String), unknownDistrict(String)
    /// The envelopes hold more than the budget.
    case envelopesTooLarge
    /// Leftovers of envelopes that do not exist.
    case leftoversWithoutEnvelopes
    /// Funding in part is defined for rules that walk through a ranking to its end.
    case partUnread
    /// What is left cannot both fund a project in part and go to the city.
    case partWithLeftovers

    /// The setting that is to be changed.
    public var setting: String {
        switch self {
        case .thresholdUnread: "threshold"
        case .twoThresholds, .shareOutOfBounds: "threshold_share"
        case .stepUnread, .stepOutOfBounds: "step"
        case .perDistrictOutOfBounds, .noDistricts: "per_district"
        case .loneExclusive, .unknownProject: "exclusive"
        case .unknownDistrict, .envelopesTooLarge: "envelopes"
        case .leftoversWithoutEnvelopes: "leftovers"
        case .partUnread, .partWithLeftovers: "in_part"
        }
    }

    /// A stable name for translations.
    public var code: String {
        switch self {
        case .thresholdUnread: "threshold_unread"
        case .twoThresholds: "two_thresholds"
        case .shareOutOfBounds: "share_bounds"
        case .stepUnread: "step_unread"
        case .stepOutOfBounds: "step_bounds"
        case .perDistrictOutOfBounds: "per_district_bounds"
        case .noDistricts: "no_districts"
        case .loneExclusive: "lone_exclusive"
        case .unknownProject: "unknown_project"
        case .unknownDistrict: "unknown_district"
        case .envelopesTooLarge: "envelopes_too_large"
        case .leftoversWithoutEnvelopes: "leftovers_without_envelopes"
        case .partUnread: "part_unread"
        case .partWithLeftovers: "part_with_leftovers"
        }
    }

    /// The project or district that is meant, if one is.
    public var subject: String? {
        switch self {
        case .unknownProject(let name), .unknownDistrict(let name): name
        default: nil
        }
    }
}

extension Rule {
    /// Whether projects below a threshold are left out.
    public var readsThreshold: Bool { self == .greedyThreshold || self == .greedyNoSkip }

    /// Whether the shares are raised step by step.
    public var raisesShares: Bool {
        switch self {
        case .equalSharesCostRaised, .equalSharesCardRaised, .equalSharesCostRaisedCompleted,
            .equalSharesCardRaisedCompleted, .equalSharesCity, .equalSharesCityCompleted, .equalSharesCityCompared:
            true
        default: false
        }
    }

    /// Whether the rule ends with a walk through a ranking, so that "the best placed of those that lacked money" is
    /// one project.
    public var fundsInPart: Bool {
        switch self {
        case .greedyVotes, .greedyNoSkip, .greedyThreshold, .greedyPerCost, .majorityJudgment,
            .equalSharesCostCompleted, .equalSharesCardCompleted, .equalSharesCostRaisedCompleted,
            .equalSharesCardRaisedCompleted, .equalSharesCityCompleted:
            true
        default: false
        }
    }
}

extension Definition.Counting {
    /// Refuses what is not defined: parameters that the rule does not read, constraints that contradict each other,
    /// names that do not exist.
    public func check(
        _ rule: Rule, districts: Set<String>, projects: Set<String>, budget: Int64
    ) throws(UnsuitedCounting) {
        if threshold != nil || constraints.thresholdShare != nil {
            guard rule.readsThreshold else { throw .thresholdUnread }
            guard threshold == nil || constraints.thresholdShare == nil else { throw .twoThresholds }
        }
        if let share = constraints.thresholdShare, !(1...Int(Definition.Constraints.wholeShare)).contains(share) {
            throw .shareOutOfBounds
        }
        if let step {
            guard rule.raisesShares else { throw .stepUnread }
            guard step > 0 else { throw .stepOutOfBounds }
        }
        if let most = constraints.perDistrict {
            guard (1...10_000).contains(most) else { throw .perDistrictOutOfBounds }
            guard !districts.isEmpty else { throw .noDistricts }
        }
        for group in constraints.exclusive {
            guard Set(group).count == group.count, group.count > 1 else { throw .loneExclusive }
            for id in group where !projects.contains(id) { throw .unknownProject(id) }
        }
        for district in constraints.envelopes.keys.sorted(by: precedesAsText) where !districts.contains(district) {
            throw .unknownDistrict(district)
        }
        var rest: Int64 = budget
        for money in constraints.envelopes.values {
            guard money <= rest else { throw .envelopesTooLarge }
            rest -= money
        }
        if constraints.leftoversToCity, constraints.envelopes.isEmpty { throw .leftoversWithoutEnvelopes }
        if constraints.fundsOneInPart {
            guard rule.fundsInPart else { throw .partUnread }
            guard !constraints.leftoversToCity else { throw .partWithLeftovers }
        }
    }
}
