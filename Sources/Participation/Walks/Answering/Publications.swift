public import Postgres

/// Observations that agents have read: published, set aside, or put under another theme; one by one or many at once.
public struct Publications: Sendable {
    private let pool: Pool

    /// The observations kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Whether an agent can publish what stands there: it waits, or was set aside.
    public static func canPublish(_ observation: Observation) -> Bool {
        [.received, .setAside].contains(observation.state)
    }

    /// Publishes observations. Those that have none get a number, in the order of the stops and then of their random
    /// identities: a number does not tell who sent what after what.
    ///
    /// - Throws: `ObservationRefusal.nothingChosen`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func publish(
        _ ids: [ID<Observation>], of walk: ID<Walk>, by actor: Actor
    ) async throws -> ObservationOutcome {
        try await pool.transaction("observation.publish") { transaction in
            // The walk is held, so that two agents give different numbers.
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let chosen: [Observation] = try await ObservationFiles.lock(ids, of: walk, in: transaction)
                .filter(Self.canPublish)
            guard !chosen.isEmpty else { throw ObservationRefusal.nothingChosen }
            let batch: ID<ObservationBatch> = try await ObservationBatches.open(
                .publish, on: chosen, of: walk, by: actor, in: transaction)
            try await transaction.execute(
                "observation.published",
                """
                WITH fresh AS (
                    SELECT observation.id, row_number() OVER (ORDER BY stop.number NULLS LAST, observation.id) AS place
                    FROM observation LEFT JOIN stop ON stop.id = observation.stop_id
                    WHERE observation.id = ANY (\(chosen.map(\.id))) AND observation.number IS NULL
                ), last AS (
                    SELECT coalesce(max(number), 0) AS number FROM observation WHERE walk_id = \(walk)
                ), given AS (
                    SELECT observation.id, coalesce(observation.number, last.number + fresh.place)::integer AS number
                    FROM observation CROSS JOIN last LEFT JOIN fresh ON fresh.id = observation.id
                    WHERE observation.id = ANY (\(chosen.map(\.id)))
                )
                UPDATE observation
                SET state = 'published', published_at = clock_timestamp(), set_aside_reason = NULL,
                    number = given.number
                FROM given WHERE given.id = observation.id
                """)
            try await Acts.recordEach(
                "observation_published", by: actor, on: "observation", chosen.map(\.id),
                detail: ["batch": batch.description], in: transaction)
            return ObservationOutcome(batch: batch, count: chosen.count)
        }
    }

    /// Sets observations aside: kept, with the reason, and read by nobody else. What a service has is passed over.
    ///
    /// - Throws: as ``publish(_:of:by:)``.
    @discardableResult
    public func setAside(
        _ ids: [ID<Observation>], because reason: SetAsideReason, of walk: ID<Walk>, by actor: Actor
    ) async throws -> ObservationOutcome {
        try await pool.transaction("observation.set_aside") { transaction in
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let taken: Set<ID<Observation>> = try await Self.atWork(ids, in: transaction)
            let chosen: [Observation] = try await ObservationFiles.lock(ids, of: walk, in: transaction)
                .filter { [.received, .published].contains($0.state) && !taken.contains($0.id) }
            guard !chosen.isEmpty else { throw ObservationRefusal.nothingChosen }
            let batch: ID<ObservationBatch> = try await ObservationBatches.open(
                .setAside, on: chosen, of: walk, by: actor, in: transaction)
            try await transaction.execute(
                "observation.aside",
                """
                UPDATE observation SET state = 'set_aside', set_aside_reason = \(reason.rawValue)
                WHERE id = ANY (\(chosen.map(\.id)))
                """)
            try await Acts.recordEach(
                "observation_set_aside", by: actor, on: "observation", chosen.map(\.id),
                detail: ["batch": batch.description, "reason": reason.rawValue], in: transaction)
            return ObservationOutcome(batch: batch, count: chosen.count)
        }
    }

    /// Puts observations under a theme of the walk.
    ///
    /// - Parameter key: the theme's name in the walk; empty for none.
    /// - Throws: as ``publish(_:of:by:)``; `ObservationRefusal.unknownTheme`.
    @discardableResult
    public func give(
        theme key: String, to ids: [ID<Observation>], of walk: ID<Walk>, by actor: Actor
    ) async throws -> ObservationOutcome {
        try await pool.transaction("observation.theme") { transaction in
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let theme: ID<WalkTheme>? = try await Self.theme(key, of: walk, in: transaction)
            let chosen: [Observation] = try await ObservationFiles.lock(ids, of: walk, in: transaction)
                .filter { $0.theme != theme }
            guard !chosen.isEmpty else { throw ObservationRefusal.nothingChosen }
            let batch: ID<ObservationBatch> = try await ObservationBatches.open(
                .theme, on: chosen, of: walk, theme: theme, by: actor, in: transaction)
            try await transaction.execute(
                "observation.themed",
                "UPDATE observation SET theme_id = \(theme) WHERE id = ANY (\(chosen.map(\.id)))")
            try await Acts.recordEach(
                "observation_themed", by: actor, on: "observation", chosen.map(\.id),
                detail: ["batch": batch.description, "theme": key], in: transaction)
            return ObservationOutcome(batch: batch, count: chosen.count)
        }
    }

    /// The theme of that key in the walk; nil for none.
    static func theme(
        _ key: String, of walk: ID<Walk>, in transaction: some Executor
    ) async throws -> ID<WalkTheme>? {
        guard !key.isEmpty else { return nil }
        let row: Row? = try await transaction.one(
            "walk_theme.find", "SELECT id FROM walk_theme WHERE walk_id = \(walk) AND key = \(key)")
        guard let row else { throw ObservationRefusal.unknownTheme }
        return try row.get("id")
    }

    /// Those of them that a service has, or has answered.
    static func atWork(_ ids: [ID<Observation>], in transaction: some Executor) async throws -> Set<ID<Observation>> {
        Set(
            try await transaction.query(
                "observation.at_work",
                """
                SELECT id FROM observation
                WHERE id = ANY (\(ids)) AND (follow_up IS NOT NULL OR EXISTS (
                    SELECT FROM observation_assignment WHERE observation_id = observation.id AND withdrawn_at IS NULL))
                """
            ).map { ID(try $0.get("id")) })
    }
}
