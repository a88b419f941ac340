/// What a count decides, and how: a pure function of the projects, the multiset of ballots, the rule, the tie order
/// and the parameters. Integers and text only, so that the same count always gives the same bytes.
public struct Outcome: Sendable, Equatable {
    /// The rule that was applied.
    public var rule: Rule
    /// The tie order that was applied.
    public var tie: TieOrder
    /// Funded projects, sorted as text.
    public var winners: [String]
    /// Funded projects in the order in which the rule took them.
    public var order: [String]
    /// What they receive, in cents.
    public var cost: Int64
    /// What is left of the money, in cents.
    public var left: Int64
    /// Counted ballots, blank ones too.
    public var voters: Int64
    /// Points per project: votes for approvals, points for points, (length - position) for rankings.
    public var support: [String: Int64]
    /// Ballots that name the project.
    public var votes: [String: Int64]
    /// Every selection in the order of the rule, and every refusal with its reason: one step per project.
    public var steps: [Step]
    /// For equal shares: how the shares of each envelope ended.
    public var shares: [Share]
    /// For `mes_cost_add1_int_comparison`: how the two outcomes of each envelope compared.
    public var comparisons: [Comparison]
    /// For majority judgment: the majority gauge of each project.
    public var gauges: [String: Gauge]
}

/// The decision about one project.
public struct Step: Sendable, Hashable {
    /// Which part of a rule decided.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        /// The rule itself.
        case rule
        /// The completion by support that follows equal shares.
        case completion
        /// Funding of one more project in part.
        case part
    }

    /// What was decided.
    public enum Decision: Sendable, Hashable {
        /// Funded.
        case selected
        /// Funded with so many cents, less than its cost.
        case selectedInPart(Int64)
        /// Not funded.
        case refused(Refusal)
    }

    /// Counts from 1.
    public var round: Int
    /// Which part of the rule.
    public var phase: Phase
    /// The project's id.
    public var project: String
    /// Its points.
    public var support: Int64
    /// Its cost in cents.
    public var cost: Int64
    /// The district of the envelope it competed for, `nil` for the city-wide one.
    public var envelope: String?
    /// Money left in the envelope before this step, in cents.
    public var moneyBefore: Int64
    /// Money left in the envelope after it, in cents.
    public var moneyAfter: Int64
    /// What was decided.
    public var decision: Decision
    /// The projects it was level with at this step, if any.
    public var tie: Tie?
    /// For equal shares: who paid.
    public var payment: Payment?
}

/// Why a project is not funded.
public enum Refusal: Sendable, Hashable {
    /// It costs more than what is left.
    case doesNotFit
    /// It costs more than there ever was in its envelope.
    case tooExpensive
    /// Its support is below the threshold, which is given.
    case belowThreshold(Int64)
    /// The rule had stopped at that project, which did not fit.
    case afterStop(at: String)
    /// No ballot supports it, and the rule funds supported projects only.
    case noSupport
    /// Its supporters together hold so many cents (rounded down) and it costs more.
    case supportersShort(held: Int64)
    /// So many projects of the named group are already funded.
    case quota(name: String, most: Int)
    /// A project that excludes it is already funded.
    case exclusive(with: String)
    /// It was withdrawn.
    case withdrawn

    /// A stable name for records and translations.
    public var code: String {
        switch self {
        case .doesNotFit: "does_not_fit"
        case .tooExpensive: "too_expensive"
        case .belowThreshold: "below_threshold"
        case .afterStop: "after_stop"
        case .noSupport: "no_support"
        case .supportersShort: "supporters_short"
        case .quota: "quota"
        case .exclusive: "exclusive"
        case .withdrawn: "withdrawn"
        }
    }
}

/// A tie the tie order had to break.
public struct Tie: Sendable, Hashable {
    /// The other projects that were level, in tie order.
    public var with: [String]
    /// The name of the tie order.
    public var brokenBy: String
}

/// Who paid for a project under equal shares.
public struct Payment: Sendable, Hashable {
    /// Ballots that paid something.
    public var payers: Int64
    /// Those among them that paid all they had left.
    public var spent: Int64
    /// The price of one point (of one vote, for approvals), in cents, rounded down. Who had less left paid that.
    public var price: Int64
}

/// The shares of an equal-shares count.
public struct Share: Sendable, Hashable {
    /// Why the shares were not raised further.
    public enum Stop: String, Sendable, Hashable, CaseIterable {
        /// The rule does not raise shares.
        case once
        /// Nothing that voters support fits any more.
        case exhaustive
        /// The next raise would have overspent.
        case overspending
        /// Every supported project is funded.
        case complete
    }

    /// The district of the envelope, `nil` for the city-wide one.
    public var envelope: String?
    /// Cents per ballot in the run that stands, as a reduced fraction `n/d` or a whole number.
    public var perVoter: String
    /// How many runs were made.
    public var runs: Int
    /// Why the last run was the last.
    public var stop: Stop
}

/// How equal shares and the plain greedy count compared.
public struct Comparison: Sendable, Hashable {
    /// The district of the envelope, `nil` for the city-wide one.
    public var envelope: String?
    /// Ballots with more of their projects in the equal-shares outcome.
    public var preferShares: Int64
    /// Ballots with more of their projects in the greedy outcome.
    public var preferGreedy: Int64
    /// Whether the greedy outcome stands.
    public var keptGreedy: Bool
    /// The projects of the outcome that does not stand, sorted as text.
    public var rejected: [String]
}

/// A project's majority gauge.
public struct Gauge: Sendable, Hashable {
    /// Position of the majority grade in the scale, 0 the best.
    public var grade: Int
    /// Ballots with a better grade.
    public var above: Int64
    /// Ballots with a worse grade.
    public var below: Int64
    /// `+` if more are above than below, else `-`.
    public var sign: String
    /// Ballots per grade, the best first.
    public var counts: [Int64]
}
