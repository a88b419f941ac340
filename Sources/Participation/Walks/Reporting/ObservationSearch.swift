import Postgres

/// What a reader looks for among the published observations of a walk, or of all walks of a process.
public struct ObservationSearch: Sendable, Hashable {
    /// Where is looked.
    public enum Scope: Sendable, Hashable {
        /// On one walk.
        case walk(ID<Walk>)
        /// On the published walks of a process.
        case process(ID<Process>)
        /// On each of these walks.
        case walks([ID<Walk>])
    }

    /// What lists can be narrowed by.
    public enum Facet: String, Sendable, CaseIterable {
        case theme, kind, feeling, stop, concerned, answer, walk, light
    }

    /// The value of ``Facet/stop`` for what was seen elsewhere on the way.
    public static let elsewhere = "0"
    /// The values of ``Facet/answer`` for what has an answer, whichever, and for what has none.
    public static let answered = "any", unanswered = "none"

    /// Where is looked.
    public var scope: Scope
    /// Words, or beginnings of words; everything when empty.
    public var words: String
    /// What is chosen, as ``ObservationList/facets`` names it: the key of a theme, a kind, the number of a feeling, the
    /// number of a stop, who is concerned, what came of it, the handle of a walk, its light.
    public var chosen: [Facet: String]

    /// A search; everything unless more is said.
    public init(in scope: Scope, words: String = "", chosen: [Facet: String] = [:]) {
        self.scope = scope
        self.words = words
        self.chosen = chosen.filter { !$0.value.isEmpty }
    }

    /// Whether some observations may be left out.
    public var isFilter: Bool { !words.isEmpty || !chosen.isEmpty }
}

extension ObservationSearch {
    /// The published observations with what they are found by.
    static let tables: SQL = """
        observation
        JOIN walk ON walk.id = observation.walk_id AND walk.published_at IS NOT NULL
        LEFT JOIN walk_theme ON walk_theme.id = observation.theme_id
        LEFT JOIN stop ON stop.id = observation.stop_id
        """

    /// Every observation that counts, once: a joined one counts where the one stands that it was joined to, which is
    /// `observation`; what it says itself, such as the feeling, is in `counted`.
    static let counted: SQL = """
        observation AS counted JOIN (\(sql: tables))
            ON observation.id = coalesce(counted.joined_into, counted.id) AND counted.state IN ('published', 'joined')
        """

    /// The walks on which is looked, as a condition on `walk`.
    var walks: SQL {
        switch scope {
        case .walk(let walk): "walk.id = \(walk)"
        case .process(let process): "walk.process_id = \(process)"
        case .walks(let walks): "walk.id = ANY (\(walks))"
        }
    }

    /// Published, in the place and with the words that are looked for.
    var found: SQL {
        let named: SQL = words.isEmpty ? "true" : "observation.search @@ search_query(\(words))"
        return "observation.state = 'published' AND \(sql: walks) AND \(sql: named)"
    }

    /// The same, with all that is chosen; `except` leaves one facet open.
    func condition(except open: Facet? = nil) -> SQL {
        ([found] + Facet.allCases.filter { $0 != open }.compactMap(condition(of:))).joined(separator: " AND ")
    }

    /// What is chosen in one facet, as a condition; nil where nothing is.
    func condition(of facet: Facet) -> SQL? {
        guard let value = chosen[facet] else { return nil }
        return switch facet {
        case .concerned: "\(value) = ANY (observation.concerned)"
        case .answer where value == Self.answered: "observation.follow_up IS NOT NULL"
        default: "\(sql: facet.column) = \(value)"
        }
    }
}

extension ObservationSearch.Facet {
    /// What the facet calls an observation, as text; null where the facet says nothing of it. ``concerned`` has several.
    var column: SQL {
        switch self {
        case .theme: "walk_theme.key"
        case .kind: "observation.kind"
        case .feeling: "observation.feeling::text"
        case .stop: "coalesce(stop.number, 0)::text"
        case .concerned: "observation.concerned"
        case .answer: "coalesce(observation.follow_up, 'none')"
        case .walk: "walk.handle"
        case .light: "walk.light"
        }
    }
}
