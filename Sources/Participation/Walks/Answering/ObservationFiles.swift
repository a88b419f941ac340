import Foundation
public import Postgres

/// The observations of a walk as its agents read them, whatever became of them.
public struct ObservationFiles: Sendable {
    let pool: Pool
    let zone: String

    /// The observations kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// A place in the list: the number of a stop, 100 for none, and an observation there.
    public struct Place: Sendable, Hashable {
        let stop: Int
        let id: ID<Observation>

        /// The place of an observation at a stop.
        public init(stop: Int, id: ID<Observation>) {
            self.stop = stop
            self.id = id
        }

        /// The place of a line.
        public init(_ line: ObservationLine) {
            self.init(stop: line.stopNumber ?? 100, id: line.observation.id)
        }

        /// As it stands in an address.
        public var text: String { "\(stop).\(id)" }

        /// The place that an address names.
        public init?(_ text: String) {
            let parts: [Substring] = text.split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let stop = Int(parts[0]), (0...100).contains(stop),
                let id = ID<Observation>(String(parts[1]))
            else { return nil }
            self.init(stop: stop, id: id)
        }
    }

    /// Observations in the order of the stops, and then of their random identities: not of arrival.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func list(
        _ filter: ObservationFilter, of walk: ID<Walk>, after last: Place? = nil, limit: Int = 50, by actor: Actor
    ) async throws -> [ObservationLine] {
        try await require(walk, by: actor)
        return try await pool.query(
            "observation.list",
            """
            SELECT \(sql: ObservationLine.columns) FROM \(sql: ObservationLine.tables(zone: zone))
            WHERE observation.walk_id = \(walk) AND \(sql: filter.condition)
              AND (\(last?.id)::uuid IS NULL
                   OR (coalesce(stop.number, 100), observation.id) > (\(last?.stop)::integer, \(last?.id)::uuid))
            ORDER BY coalesce(stop.number, 100), observation.id LIMIT \(limit)
            """
        ).map(ObservationLine.init(row:))
    }

    /// The chosen observations of a walk, for the preview of an act.
    ///
    /// - Throws: `NotAllowed` as ``list(_:of:after:limit:by:)``.
    public func lines(_ ids: [ID<Observation>], of walk: ID<Walk>, by actor: Actor) async throws -> [ObservationLine] {
        try await require(walk, by: actor)
        return try await lines(ids, of: walk)
    }

    private func lines(_ ids: [ID<Observation>], of walk: ID<Walk>) async throws -> [ObservationLine] {
        try await pool.query(
            "observation.lines",
            """
            SELECT \(sql: ObservationLine.columns) FROM \(sql: ObservationLine.tables(zone: zone))
            WHERE observation.walk_id = \(walk) AND observation.id = ANY (\(ids))
            ORDER BY coalesce(stop.number, 100), observation.id
            """
        ).map(ObservationLine.init(row:))
    }

    /// How many observations of a walk are in each state, and how many wait for something.
    public struct Counts: Sendable {
        /// By state.
        public let states: [Observation.State: Int]
        /// Published without an answer; with a photo that nobody has cleared.
        public let unanswered: Int, uncleared: Int
    }

    /// The counts of a walk.
    ///
    /// - Throws: `NotAllowed` as ``list(_:of:after:limit:by:)``.
    public func counts(of walk: ID<Walk>, by actor: Actor) async throws -> Counts {
        try await require(walk, by: actor)
        let rows: [Row] = try await pool.query(
            "observation.counts",
            """
            SELECT observation.state, count(*) AS count,
                   count(*) FILTER (WHERE observation.state = 'published' AND observation.follow_up IS NULL)
                       AS unanswered,
                   count(*) FILTER (WHERE EXISTS (
                       SELECT FROM observation_photo WHERE observation_photo.observation_id = observation.id
                       AND observation_photo.cleared_at IS NULL)) AS uncleared
            FROM observation WHERE observation.walk_id = \(walk) GROUP BY observation.state
            """)
        func sum(_ column: String) throws -> Int {
            try rows.reduce(0) { $0 + Int(try $1.get(column, as: Int64.self)) }
        }
        return Counts(
            states: Dictionary(
                uniqueKeysWithValues: try rows.map { row in
                    // The schema's check leaves no other word.
                    (Observation.State(rawValue: try row.get("state"))!, Int(try row.get("count", as: Int64.self)))
                }),
            unanswered: try sum("unanswered"), uncleared: try sum("uncleared"))
    }

    /// One observation with everything that happened to it; nil when the walk has none like it.
    ///
    /// - Throws: `NotAllowed` as ``list(_:of:after:limit:by:)``.
    public func open(_ id: ID<Observation>, of walk: ID<Walk>, by actor: Actor) async throws -> ObservationFile? {
        try await require(walk, by: actor)
        guard let line = try await lines([id], of: walk).first else { return nil }
        let answers: [[Row]] = try await pool.pipeline([
            (
                "observation.more",
                """
                SELECT observation.set_aside_reason, observation.due_on::text AS due_on,
                       (SELECT service_id FROM observation_assignment
                        WHERE observation_id = observation.id AND withdrawn_at IS NULL) AS service_id
                FROM observation WHERE observation.id = \(id)
                """
            ),
            (
                "observation.photos",
                """
                SELECT \(sql: WalkPhoto.columns) FROM \(sql: WalkPhoto.tables)
                WHERE observation_photo.observation_id = \(id) ORDER BY observation_photo.position
                """
            ),
            (
                "observation.origins",
                """
                SELECT \(sql: Observation.columns), (
                    SELECT line.batch_id FROM observation_batch_line AS line
                    JOIN observation_batch ON observation_batch.id = line.batch_id
                    WHERE line.observation_id = observation.id AND line.undone_at IS NULL
                      AND observation_batch.joined_into = \(id)
                    ORDER BY observation_batch.id DESC LIMIT 1) AS batch_id
                FROM observation WHERE observation.joined_into = \(id) ORDER BY observation.id
                """
            ),
            ("observation.answers", ServiceAnswer.selection(where: "observation_answer.observation_id = \(id)")),
            ("observation.turns", FollowUpTurn.selection(where: "observation_turn.observation_id = \(id)")),
        ])
        let more: Row? = answers[0].first
        return ObservationFile(
            line: line,
            setAsideReason: try more?.get("set_aside_reason", as: String?.self).flatMap(SetAsideReason.init),
            photos: try answers[1].map(WalkPhoto.init(row:)),
            origins: try answers[2].map { row in
                (try Observation(row: row), try row.get("batch_id", as: UUID?.self).map { ID($0) })
            },
            answers: try answers[3].map(ServiceAnswer.init(row:)), turns: try answers[4].map(FollowUpTurn.init(row:)),
            service: try more?.get("service_id", as: UUID?.self).map { ID($0) }, dueOn: try more?.day("due_on"),
            acts: try await Acts.history(of: "observation", id, in: pool))
    }

    private func require(_ walk: ID<Walk>, by actor: Actor) async throws {
        try await Walks.require(walk, by: actor, in: pool)
    }

    /// Observations of a walk, held by this transaction until its end, in one order.
    static func lock(
        _ ids: [ID<Observation>], of walk: ID<Walk>, in transaction: some Executor
    ) async throws -> [Observation] {
        try await transaction.query(
            "observation.lock",
            """
            SELECT \(sql: Observation.columns) FROM observation
            WHERE observation.walk_id = \(walk) AND observation.id = ANY (\(ids))
            ORDER BY observation.id FOR UPDATE
            """
        ).map(Observation.init(row:))
    }
}
