public import Postgres

/// Observations that say the same, joined to one of them so that nothing is counted twice, and taken apart again by
/// ``ObservationBatches/undo(_:only:of:by:)``.
///
/// Nothing is moved: an origin keeps its words, its photos and its number; everybody reads it on the page of the one it
/// is joined to.
public struct ObservationJoins: Sendable {
    private let pool: Pool

    /// The observations kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Joins observations of a walk to another one of it.
    ///
    /// - Throws: `ObservationRefusal`: `.nothingChosen`; `.joinedToItself`; `.noTarget` for one that is joined or set
    ///   aside; `.hasOrigins`; `.settled` for what a service has or has answered; `NotAllowed` unless the actor is an
    ///   agent of the process.
    @discardableResult
    public func join(
        _ origins: [ID<Observation>], into target: ID<Observation>, of walk: ID<Walk>, by actor: Actor
    ) async throws -> ObservationOutcome {
        guard !origins.contains(target) else { throw ObservationRefusal.joinedToItself }
        return try await pool.transaction("observation.join") { transaction in
            // The walk is held: two agents who join A to B and B to A at once make no circle.
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let members: [Observation] = try await ObservationFiles.lock(origins + [target], of: walk, in: transaction)
            let open: [Observation] = members.filter { [.received, .published].contains($0.state) }
            guard open.contains(where: { $0.id == target }) else { throw ObservationRefusal.noTarget }
            let chosen: [Observation] = open.filter { $0.id != target }
            guard !chosen.isEmpty else { throw ObservationRefusal.nothingChosen }
            let ids: [ID<Observation>] = chosen.map(\.id)
            guard try await Publications.atWork(ids, in: transaction).isEmpty else { throw ObservationRefusal.settled }
            let below: Row? = try await transaction.one(
                "observation.below", "SELECT 1 AS found FROM observation WHERE joined_into = ANY (\(ids)) LIMIT 1")
            guard below == nil else { throw ObservationRefusal.hasOrigins }
            let batch: ID<ObservationBatch> = try await ObservationBatches.open(
                .join, on: chosen, of: walk, into: target, by: actor, in: transaction)
            try await transaction.execute(
                "observation.joined",
                "UPDATE observation SET state = 'joined', joined_into = \(target) WHERE id = ANY (\(ids))")
            try await Acts.recordEach(
                "observation_joined", by: actor, on: "observation", ids,
                detail: ["batch": batch.description, "into": target.description], in: transaction)
            return ObservationOutcome(batch: batch, count: chosen.count)
        }
    }

    /// Two observations that may say the same.
    public struct Likeness: Sendable {
        /// The one that was looked at, and the one like it.
        public let first: Observation, second: Observation
        /// How alike they are, from 0 to 1.
        public let score: Double
    }

    /// What may say the same as one observation: near it, or at the same stop, in like words; the likest first.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func like(
        _ observation: Observation, limit: Int = 5, by actor: Actor
    ) async throws -> [Likeness] {
        try await Walks.require(observation.walk, by: actor, in: pool)
        return try await pool.query(
            "observation.like",
            """
            SELECT \(sql: Observation.columns), \(sql: Self.score) AS score
            FROM observation AS one JOIN observation ON \(sql: Self.near)
            WHERE one.id = \(observation.id) AND observation.id <> one.id AND \(sql: Self.score) >= \(Self.least)
            ORDER BY score DESC, observation.id LIMIT \(limit)
            """
        ).map { row in
            Likeness(first: observation, second: try Observation(row: row), score: try row.get("score"))
        }
    }

    /// Pairs of a walk that may say the same, the likest first. What waits is looked at first, two hundred at most:
    /// once they are read, the next ones come.
    ///
    /// - Throws: as ``like(_:limit:by:)``.
    public func pairs(of walk: ID<Walk>, limit: Int = 30, by actor: Actor) async throws -> [Likeness] {
        try await Walks.require(walk, by: actor, in: pool)
        let rows: [Row] = try await pool.query(
            "observation.pairs",
            """
            SELECT one.id AS first_id, observation.id AS second_id, \(sql: Self.score) AS score
            FROM (SELECT id, walk_id, state, stop_id, theme_id, kind, words, latitude, longitude FROM observation
                  WHERE walk_id = \(walk) AND state IN ('received', 'published')
                  ORDER BY state DESC, id LIMIT 200) AS one
            JOIN observation ON \(sql: Self.near)
            WHERE (observation.state = 'published' AND one.state = 'received' OR observation.id > one.id
                   AND observation.state = one.state)
              AND \(sql: Self.score) >= \(Self.least)
            ORDER BY score DESC, one.id, observation.id LIMIT \(limit)
            """)
        let pairs: [(ID<Observation>, ID<Observation>, Double)] = try rows.map { row in
            (ID(try row.get("first_id")), ID(try row.get("second_id")), try row.get("score"))
        }
        let ids: [ID<Observation>] = Array(Set(pairs.flatMap { [$0.0, $0.1] }))
        let found: [Observation] = try await pool.query(
            "observation.of_pairs",
            "SELECT \(sql: Observation.columns) FROM observation WHERE observation.id = ANY (\(ids))"
        ).map(Observation.init(row:))
        let known: [ID<Observation>: Observation] = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        return pairs.compactMap { first, second, score in
            guard let first = known[first], let second = known[second] else { return nil }
            return Likeness(first: first, second: second, score: score)
        }
    }

    /// From where on two observations are worth a look.
    static let least = 0.45

    /// Of one walk, open, at one stop or less than 100 metres apart, or somewhere that only words tell.
    private static let near: SQL = """
        observation.walk_id = one.walk_id AND observation.state IN ('received', 'published')
        AND (observation.stop_id = one.stop_id OR \(sql: metres) < 100
             OR one.stop_id IS NULL AND one.latitude IS NULL)
        """

    /// One degree of latitude is 111,320 metres long, and one of longitude shorter by the cosine of the latitude.
    private static let metres: SQL = """
        111320 * sqrt((observation.latitude - one.latitude) ^ 2
            + ((observation.longitude - one.longitude) * cos(radians(one.latitude))) ^ 2)
        """

    /// Like words weigh most (`pg_trgm`); one theme, one kind and a place close by make up for other words.
    private static let score: SQL = """
        (0.6 * similarity(observation.words, one.words)
         + CASE WHEN observation.theme_id = one.theme_id THEN 0.15 ELSE 0 END
         + CASE WHEN observation.kind = one.kind THEN 0.05 ELSE 0 END
         + CASE WHEN observation.stop_id = one.stop_id THEN 0.1 ELSE 0 END
         + CASE WHEN \(sql: metres) < 100 THEN 0.1 * (1 - \(sql: metres) / 100) ELSE 0 END)::double precision
        """
}
