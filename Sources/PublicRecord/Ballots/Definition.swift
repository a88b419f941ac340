/// What a vote is: everything that is frozen when it opens and that an outsider needs to check and recount it.
///
/// Its canonical JSON is published as `definition.json`; the entry `vote.opened` carries the SHA-256 of those bytes.
/// Nothing in it changes afterwards.
public struct Definition: Sendable, Equatable {
    /// A project as it stands on every ballot, on every channel.
    public struct Project: Sendable, Equatable {
        /// The number printed on ballots and shown on screens, from 1.
        public var number: Int
        /// The identifier used in choices, in the tally and in Pabulib files; never empty.
        public var id: String
        /// The title in one or more languages, by language code.
        public var title: [String: String]
        /// The cost in cents of the definition's currency, zero or more.
        public var cost: Int64
        /// The district, or nil for a project of the whole city.
        public var district: String?

        /// A project with its printed number, identifier, titles by language, cost in cents and district.
        public init(number: Int, id: String, title: [String: String], cost: Int64, district: String?) {
            self.number = number
            self.id = id
            self.title = title
            self.cost = cost
            self.district = district
        }
    }

    /// How the projects are chosen from the ballots.
    public struct Counting: Sendable, Equatable {
        /// The name of the rule, one of those listed in `Documentation/Counting.md`.
        public var rule: String
        /// The name of the tie order, a total order of the projects.
        public var tie: String
        /// The least support a project needs under `greedy_threshold` and `greedy_noskip`; nil for none.
        public var threshold: Int64?
        /// The step of the add-one rules in cents; nil for the rule's own.
        public var step: Int64?
        /// What is asked beside the rule.
        public var constraints: Constraints

        /// A rule and a tie order by their names, with the rule's parameters.
        public init(
            rule: String, tie: String, threshold: Int64? = nil, step: Int64? = nil,
            constraints: Constraints = Constraints()
        ) {
            self.rule = rule
            self.tie = tie
            self.threshold = threshold
            self.step = step
            self.constraints = constraints
        }
    }

    /// Where the record is published, without a scheme: `<host>/votes/<slug>/record`. Also the name of the log's key.
    public var origin: String
    /// The title of the vote by language code.
    public var title: [String: String]
    /// The languages in which the vote is held, the first being the reference.
    public var languages: [String]
    /// The money to spend, in cents, the districts' envelopes included.
    public var budget: Int64
    /// The ISO 4217 code of the currency.
    public var currency: String
    /// The projects in the order of their printed numbers.
    public var projects: [Project]
    /// What a ballot may contain.
    public var ballot: BallotRules
    /// How the ballots are counted.
    public var counting: Counting
    /// How a person shows that they may vote: `account`, `code`, `declaration`, `desk`, `roll`; sorted.
    public var eligibility: [String]
    /// By what a person is found on the roll; sorted, and empty for a vote without one.
    public var rollFields: [String]
    /// The ways to cast a ballot: `online`, `kiosk`, `paper`; sorted.
    public var channels: [String]
    /// What happens when one person is found in two channels: `first_stands`, `paper_prevails` or `online_prevails`.
    public var policy: String
    /// Whether an online ballot may be replaced until the vote closes.
    public var revote: Bool
    /// The least age in years, zero for none.
    public var minimumAge: Int
    /// When the vote opens and closes, in seconds since 1970 (UTC).
    public var opens: Int64, closes: Int64
    /// The least number of ballots a published group may have.
    public var smallCell: Int

    /// The reasons for which a ballot is invalid at the count, as codes, sorted: those of the rules, those of papers,
    /// and that of an envelope which could not be opened.
    public static let invalidReasons: [String] =
        (Invalidity.codes + PaperFault.allCases.map(\.rawValue) + [BallotCount.unreadable]).sorted()
    /// The reasons for which a mark may be annulled, as codes.
    public static let annulmentReasons: [String] = ["error", "other_channel", "withdrawn"]

    /// A definition from all its parts; see the properties.
    public init(
        origin: String, title: [String: String], languages: [String], budget: Int64, currency: String,
        projects: [Project], ballot: BallotRules, counting: Counting, eligibility: [String],
        rollFields: [String] = [], channels: [String], policy: String, revote: Bool, minimumAge: Int, opens: Int64,
        closes: Int64, smallCell: Int
    ) {
        self.origin = origin
        self.title = title
        self.languages = languages
        self.budget = budget
        self.currency = currency
        self.projects = projects
        self.ballot = ballot
        self.counting = counting
        self.eligibility = eligibility.sorted()
        self.rollFields = rollFields.sorted()
        self.channels = channels.sorted()
        self.policy = policy
        self.revote = revote
        self.minimumAge = minimumAge
        self.opens = opens
        self.closes = closes
        self.smallCell = smallCell
    }

    /// The project with the identifier, or nil.
    public func project(_ id: String) -> Project? {
        projects.first { $0.id == id }
    }
}

/// The type of a ballot, by the name it has in `definition.json`; how a rule counts it is `BallotType`.
public enum BallotKind: String, Sendable, CaseIterable {
    /// Projects chosen or not.
    case approval
    /// Points given to projects.
    case points
    /// Projects put in order, best first.
    case ranking
    /// A grade for each project, for majority judgment.
    case grades
}

/// The limits of a valid ballot. Blank is always valid, whatever the least number of projects.
public struct BallotRules: Sendable, Equatable {
    /// The type of the ballot.
    public var type: BallotKind
    /// The least and the greatest number of projects on a ballot that is not blank.
    public var minimum: Int, maximum: Int
    /// The greatest sum of costs of the chosen projects in cents (a knapsack ballot), or nil for no such limit.
    public var budgetLimit: Int64?
    /// For `points`: the most points for one project, and on the whole ballot.
    public var pointsPerProject: Int, pointsInTotal: Int
    /// For `grades`: the labels, best first.
    public var grades: [String]

    /// Limits of a ballot; those that do not concern its type keep their defaults.
    public init(
        type: BallotKind, minimum: Int = 1, maximum: Int, budgetLimit: Int64? = nil, pointsPerProject: Int = 0,
        pointsInTotal: Int = 0, grades: [String] = []
    ) {
        self.type = type
        self.minimum = minimum
        self.maximum = maximum
        self.budgetLimit = budgetLimit
        self.pointsPerProject = pointsPerProject
        self.pointsInTotal = pointsInTotal
        self.grades = grades
    }
}
