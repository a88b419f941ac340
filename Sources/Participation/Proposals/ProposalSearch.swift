import Postgres

/// What a reader looks for among the proposals of a process.
public struct ProposalSearch: Sendable, Hashable {
    /// The orders of a list. Each has its greatest key first.
    public enum Order: Sendable, Hashable {
        /// The one that fits the words best; without words, the newest.
        case bestMatch
        /// The one published last.
        case newest
        /// The one with the most supporters; the newest while counts are hidden.
        case mostSupported
        /// An order that is the same for the same seed, so that nobody's list jumps and no proposal is always first.
        case shuffled(seed: Int64)
    }

    /// Words, fragments of words or misspelt words; everything when empty.
    public var words: String
    /// What became of it; when empty, everything but what was withdrawn or joined to another.
    public var statuses: Set<Proposal.Status>
    /// Its theme, its district by code, its cost.
    public var theme: ID<Theme>?, district: String?, cost: CostBand?
    /// In which order.
    public var order: Order

    /// A search; everything in the order of its publication unless more is said.
    public init(
        words: String = "", statuses: Set<Proposal.Status> = [], theme: ID<Theme>? = nil, district: String? = nil,
        cost: CostBand? = nil, order: Order = .newest
    ) {
        self.words = words
        self.statuses = statuses
        self.theme = theme
        self.district = district
        self.cost = cost
        self.order = order
    }

    /// Whether some proposals may be left out.
    public var isFilter: Bool {
        !words.isEmpty || !statuses.isEmpty || theme != nil || district != nil || cost != nil
    }
}

/// What a proposal may cost, roughly.
public enum CostBand: String, Sendable, CaseIterable {
    case small, medium, large, huge, unknown

    /// The least it may cost, in cents; nil for a cost that nobody said.
    public var least: Int64? {
        switch self {
        case .small: 0
        case .medium: 10_000_00
        case .large: 50_000_00
        case .huge: 200_000_00
        case .unknown: nil
        }
    }

    /// The band of the column `proposal.cost`.
    static let column: SQL = """
        CASE WHEN proposal.cost IS NULL THEN 'unknown' WHEN proposal.cost < 1000000 THEN 'small'
             WHEN proposal.cost < 5000000 THEN 'medium' WHEN proposal.cost < 20000000 THEN 'large' ELSE 'huge' END
        """
}

/// How closely words are taken.
enum SearchMatch {
    /// Whole words and their beginnings, in title, place, group and text.
    case exact
    /// Titles that have something written like the words, by the query that `near_query` makes of them: what is left
    /// when nothing was found.
    case near(String)

    /// Whether a proposal has the words.
    func condition(_ words: String) -> SQL {
        guard !words.isEmpty else { return "true" }
        return switch self {
        case .exact: "proposal.search @@ search_query(\(words))"
        case .near(let query): "proposal.title_words @@ \(query)::tsquery"
        }
    }

    /// How well it has them, as a whole number.
    func rank(_ words: String) -> SQL {
        switch self {
        case .exact: "(ts_rank(proposal.search, search_query(\(words))) * 1000000)::bigint"
        case .near: "(word_similarity(folded(\(words)), proposal.folded_title) * 1000000)::bigint"
        }
    }
}

extension ProposalSearch {
    /// The statuses that are looked for.
    var wanted: [String] {
        let all: Set<Proposal.Status> = Set(Proposal.Status.allCases).subtracting([.draft, .withdrawn, .joined])
        return (statuses.isEmpty ? all : statuses).map(\.rawValue).sorted()
    }

    /// What the list is sorted by, as a whole number.
    func key(_ match: SearchMatch, hidesCounts: Bool) -> SQL {
        switch order {
        case .bestMatch where !words.isEmpty: match.rank(words)
        case .mostSupported where !hidesCounts: "proposal.support_count::bigint"
        case .shuffled(let seed): "hashint8extended(proposal.number, \(seed))"
        case .bestMatch, .mostSupported, .newest:
            "(extract(epoch FROM proposal.published_at) * 1000000)::bigint"
        }
    }
}
