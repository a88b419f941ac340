import Postgres

/// What a set of observations comes to. Joined observations count with the ones they were joined to, each with its own
/// feeling.
public struct ObservationTally: Sendable, Hashable, Codable {
    /// How many of each kind.
    public var strengths = 0, problems = 0, ideas = 0
    /// How many feel so, from very bad to very good.
    public var feelings = [0, 0, 0, 0, 0]
    /// How many have an answer.
    public var answered = 0

    /// How many there are.
    public var count: Int { strengths + problems + ideas }
    /// How many say how the place feels.
    public var felt: Int { feelings.reduce(0, +) }
    /// How many feel bad or very bad there.
    public var uneasy: Int { feelings[0] + feelings[1] }

    /// Fewer than this say little: a person more or less would change every share.
    public static let few = 10
    /// Whether there are so few that shares would deceive.
    public var isFew: Bool { count < Self.few }

    /// How many of a kind.
    public func count(of kind: Observation.Kind) -> Int {
        switch kind {
        case .strength: strengths
        case .problem: problems
        case .idea: ideas
        }
    }

    /// Nothing yet.
    public init() {}
}

/// What observations come to by theme, by stop, by light and by whom they concern.
public struct ObservationAnalysis: Sendable {
    /// All of them.
    public var all = ObservationTally()
    /// By the key of the theme, by the number of the stop (0 elsewhere on the way), by light, by who is concerned. What
    /// names several groups counts in each of them.
    public var themes: [String: ObservationTally] = [:], stops: [Int: ObservationTally] = [:]
    /// By light, and by who is concerned.
    public var lights: [Walk.Light: ObservationTally] = [:], concerned: [Concerned: ObservationTally] = [:]
    /// What has no theme, and what names nobody.
    public var themeless = ObservationTally(), unconcerned = ObservationTally()

    /// Nothing yet.
    public init() {}
}

extension ObservationLists {
    /// What a search comes to.
    public func analysis(_ search: ObservationSearch) async throws -> ObservationAnalysis {
        try await Self.analyses(where: search.condition(), by: "NULL::uuid", in: pool)[nil] ?? ObservationAnalysis()
    }

    /// What the published observations of each of these walks come to.
    public func analyses(of walks: [ID<Walk>]) async throws -> [ID<Walk>: ObservationAnalysis] {
        let found: [ID<Walk>?: ObservationAnalysis] = try await Self.analyses(
            where: "observation.state = 'published' AND observation.walk_id = ANY (\(walks))",
            by: "observation.walk_id",
            in: pool)
        return Dictionary(uniqueKeysWithValues: walks.map { ($0, found[$0] ?? ObservationAnalysis()) })
    }

    /// One pass over what is counted, then a line for each value of each facet.
    static func analyses(
        where condition: SQL, by group: SQL, in executor: some Executor
    ) async throws -> [ID<Walk>?: ObservationAnalysis] {
        let sums: SQL = """
            count(*) FILTER (WHERE kind = 'strength') AS strengths, count(*) FILTER (WHERE kind = 'problem') AS problems,
            count(*) FILTER (WHERE kind = 'idea') AS ideas, count(*) FILTER (WHERE is_answered) AS answered,
            ARRAY[count(*) FILTER (WHERE feeling = -2), count(*) FILTER (WHERE feeling = -1),
                  count(*) FILTER (WHERE feeling = 0), count(*) FILTER (WHERE feeling = 1),
                  count(*) FILTER (WHERE feeling = 2)] AS feelings
            """
        let rows: [Row] = try await executor.query(
            "observation.analysis",
            """
            WITH found AS MATERIALIZED (
                SELECT \(sql: group) AS walk, observation.kind, counted.feeling, walk_theme.key AS theme,
                       coalesce(stop.number, 0)::text AS stop, walk.light,
                       CASE WHEN counted.concerned = '{}' THEN ARRAY[NULL::text] ELSE counted.concerned END AS concerned,
                       observation.follow_up IS NOT NULL AS is_answered
                FROM \(sql: ObservationSearch.counted) WHERE \(sql: condition))
            SELECT walk, 'all' AS facet, NULL AS value, \(sql: sums) FROM found GROUP BY walk
            UNION ALL SELECT walk, 'theme', theme, \(sql: sums) FROM found GROUP BY walk, theme
            UNION ALL SELECT walk, 'stop', stop, \(sql: sums) FROM found GROUP BY walk, stop
            UNION ALL SELECT walk, 'light', light, \(sql: sums) FROM found GROUP BY walk, light
            UNION ALL SELECT walk, 'concerned', one, \(sql: sums)
                FROM found CROSS JOIN LATERAL unnest(concerned) AS told (one) GROUP BY walk, one
            """)
        var analyses: [ID<Walk>?: ObservationAnalysis] = [:]
        for row in rows {
            let walk: ID<Walk>? = try row.get("walk")
            let value: String? = try row.get("value")
            let tally = try ObservationTally(row: row)
            var analysis: ObservationAnalysis = analyses[walk] ?? ObservationAnalysis()
            switch (try row.get("facet", as: String.self), value) {
            case ("theme", let key?): analysis.themes[key] = tally
            case ("theme", nil): analysis.themeless = tally
            case ("stop", let number?): Int(number).map { analysis.stops[$0] = tally }
            case ("light", let light?): Walk.Light(rawValue: light).map { analysis.lights[$0] = tally }
            case ("concerned", let group?): Concerned(rawValue: group).map { analysis.concerned[$0] = tally }
            case ("concerned", nil): analysis.unconcerned = tally
            default: analysis.all = tally
            }
            analyses[walk] = analysis
        }
        return analyses
    }
}

extension ObservationTally {
    init(row: Row) throws {
        strengths = Int(try row.get("strengths", as: Int64.self))
        problems = Int(try row.get("problems", as: Int64.self))
        ideas = Int(try row.get("ideas", as: Int64.self))
        answered = Int(try row.get("answered", as: Int64.self))
        feelings = try row.get("feelings", as: [Int64].self).map(Int.init)
    }
}
