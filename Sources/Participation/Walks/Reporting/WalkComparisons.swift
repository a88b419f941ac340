import Foundation
public import Postgres

/// A walk beside those before it on the same route.
public struct WalkComparison: Sendable {
    /// One of the walks.
    public struct Side: Sendable {
        /// The walk.
        public let walk: Walk
        /// What its observations come to.
        public let analysis: ObservationAnalysis
        /// What was seen, by number.
        public let observations: [PublishedObservation]
        /// Whether not everything that was seen stands here.
        public let isCut: Bool
    }

    /// The way of all of them.
    public let route: Route
    /// The walks, the last one first; two at least.
    public let sides: [Side]
    /// The themes of all of them by key, in the order of the last walk; a theme that only an earlier one had comes after.
    public let themes: [WalkTheme]
}

/// Walks that followed one route at different times.
public struct WalkComparisons: Sendable {
    private let pool: Pool

    /// The walks kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The most walks that stand side by side, and the most observations of all of them together.
    public static let mostWalks = 4, mostObservations = 1000

    /// The walk beside those before it, as far as they are published; nil where there is none before.
    public func compare(_ walk: Walk) async throws -> WalkComparison? {
        guard walk.previous != nil else { return nil }
        let chain: [ID<Walk>] = try await pool.query(
            "walk.chain",
            """
            WITH RECURSIVE chain AS (
                SELECT walk.id, walk.previous_id, 1 AS place FROM walk WHERE walk.id = \(walk.id)
                UNION ALL
                SELECT walk.id, walk.previous_id, chain.place + 1
                FROM chain JOIN walk ON walk.id = chain.previous_id WHERE chain.place < 20)
            SELECT chain.id FROM chain JOIN walk ON walk.id = chain.id
            WHERE walk.published_at IS NOT NULL ORDER BY chain.place LIMIT \(Self.mostWalks)
            """
        ).map { try $0.get("id") }
        guard chain.count > 1, let route = try await Walks.route(walk.route, in: pool) else { return nil }
        let walks: [Walk] = try await Walks.load(where: "walk.id = ANY (\(chain))", in: pool)
        let lists = ObservationLists(pool: pool)
        let analyses: [ID<Walk>: ObservationAnalysis] = try await lists.analyses(of: chain)
        let observations: [PublishedObservation] = try await lists.piece(
            ObservationSearch(in: .walks(chain)), after: nil, limit: Self.mostObservations
        ).observations
        let rows: [Row] = try await pool.query(
            "walk.compared_themes",
            """
            SELECT \(sql: WalkTheme.columns), walk_theme.walk_id FROM walk_theme
            WHERE walk_theme.walk_id = ANY (\(chain))
            ORDER BY array_position(\(chain), walk_theme.walk_id), walk_theme.position, walk_theme.key
            """)
        var keys: Set<String> = []
        let themes: [WalkTheme] = try rows.map(WalkTheme.init(row:)).filter { keys.insert($0.key).inserted }
        return WalkComparison(
            route: route,
            sides: chain.compactMap { id in
                guard let walk = walks.first(where: { $0.id == id }) else { return nil }
                let analysis: ObservationAnalysis = analyses[id] ?? ObservationAnalysis()
                let own: [PublishedObservation] = observations.filter { $0.walkID == id }
                return WalkComparison.Side(
                    walk: walk, analysis: analysis, observations: own,
                    isCut: own.reduce(0) { $0 + 1 + $1.others } < analysis.all.count)
            }, themes: themes)
    }
}
