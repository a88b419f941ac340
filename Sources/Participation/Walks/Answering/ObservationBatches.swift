public import Foundation
public import Postgres

/// An act of an agent on one observation or on many.
public struct ObservationBatch: Sendable {
    /// What was done.
    public enum Kind: String, Sendable, CaseIterable {
        case publish
        case setAside = "set_aside"
        case theme, give, join
    }

    /// Its identity, by which it is undone.
    public let id: ID<ObservationBatch>
    /// What was done, when, by whom; the name is empty once the account is closed, and where the operator did.
    public let kind: Kind, at: Date, name: String
    /// How many observations it concerned, and how many of these have been undone.
    public let count: Int, undone: Int
}

/// What an act on many observations did.
public struct ObservationOutcome: Sendable {
    /// What it can be undone by.
    public let batch: ID<ObservationBatch>
    /// How many it was done to; the others that were chosen were passed over.
    public let count: Int
}

/// The acts on the observations of a walk, and their undoing, which restores each as it was.
public struct ObservationBatches: Sendable {
    private let pool: Pool

    /// The acts kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The latest acts of a walk, the latest first.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func list(of walk: ID<Walk>, limit: Int = 20, by actor: Actor) async throws -> [ObservationBatch] {
        try await Walks.require(walk, by: actor, in: pool)
        return try await pool.query(
            "observation_batch.list",
            """
            SELECT observation_batch.id, observation_batch.act, observation_batch.done_at,
                   coalesce(account.name, '') AS name, lines.count, lines.undone
            FROM observation_batch LEFT JOIN account ON account.id = observation_batch.done_by
            CROSS JOIN LATERAL (
                SELECT count(*) AS count, count(undone_at) AS undone FROM observation_batch_line
                WHERE batch_id = observation_batch.id
            ) AS lines
            WHERE observation_batch.walk_id = \(walk) ORDER BY observation_batch.id DESC LIMIT \(limit)
            """
        ).map { row in
            ObservationBatch(
                // The schema's check leaves no other word.
                id: ID(try row.get("id")), kind: ObservationBatch.Kind(rawValue: try row.get("act"))!,
                at: try row.get("done_at"), name: try row.get("name"),
                count: Int(try row.get("count", as: Int64.self)), undone: Int(try row.get("undone", as: Int64.self)))
        }
    }

    /// Undoes an act, for one of its observations or for all: each is again what it was before. What has gone on since
    /// is left as it is: an observation that was answered, or one to which a later act of its kind was done, which is
    /// undone first. Publishing, setting aside and joining are of one kind; themes and services are of their own.
    ///
    /// - Returns: for how many it was undone.
    /// - Throws: `ObservationRefusal.undone` when nothing is left to undo, `.later` when only later acts are in the way;
    ///   `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func undo(
        _ batch: ID<ObservationBatch>, only one: ID<Observation>? = nil, of walk: ID<Walk>, by actor: Actor
    ) async throws -> Int {
        try await pool.transaction("observation_batch.undo") { transaction in
            // The walk is held: no act comes in between.
            _ = try await Walks.lock(walk, by: actor, in: transaction)
            let rows: [Row] = try await transaction.query(
                "observation_batch.lines",
                """
                SELECT observation_batch.act, line.observation_id, EXISTS (
                    SELECT FROM observation_batch_line AS later
                    JOIN observation_batch AS act ON act.id = later.batch_id
                    WHERE later.observation_id = line.observation_id AND later.place > line.place
                      AND later.undone_at IS NULL
                      AND CASE WHEN observation_batch.act IN ('theme', 'give') THEN act.act = observation_batch.act
                               ELSE act.act NOT IN ('theme', 'give') END) AS is_buried
                FROM observation_batch JOIN observation_batch_line AS line ON line.batch_id = observation_batch.id
                WHERE observation_batch.id = \(batch) AND observation_batch.walk_id = \(walk) AND line.undone_at IS NULL
                  AND (\(one)::uuid IS NULL OR line.observation_id = \(one))
                """)
            guard let kind = try rows.first.flatMap({ ObservationBatch.Kind(rawValue: try $0.get("act")) }) else {
                throw ObservationRefusal.undone
            }
            let open: [Row] = try rows.filter { try !$0.get("is_buried", as: Bool.self) }
            guard !open.isEmpty else { throw ObservationRefusal.later }
            let ids: [ID<Observation>] = try open.map { ID(try $0.get("observation_id")) }
            _ = try await ObservationFiles.lock(ids, of: walk, in: transaction)
            let done: [ID<Observation>] = try await transaction.query(
                "observation_batch.restore", Self.restoring(kind, batch, ids)
            ).map { ID(try $0.get("id")) }
            guard !done.isEmpty else { throw ObservationRefusal.undone }
            _ = try await transaction.pipeline([
                (
                    "observation_batch.undone",
                    """
                    UPDATE observation_batch_line SET undone_at = clock_timestamp(), undone_by = \(actor.account)
                    WHERE batch_id = \(batch) AND observation_id = ANY (\(done))
                    """
                ),
                (
                    // The service that had it before this act has it again.
                    "observation_batch.given_back",
                    """
                    UPDATE observation_assignment SET withdrawn_at = NULL, withdrawn_for = NULL
                    WHERE withdrawn_for = \(batch) AND observation_id = ANY (\(done))
                    """
                ),
            ])
            try await Acts.recordEach(
                "observation_act_undone", by: actor, on: "observation", done, detail: ["act": kind.rawValue],
                in: transaction)
            return done.count
        }
    }

    /// The statement that makes each what it was, and names those that could be.
    private static func restoring(
        _ kind: ObservationBatch.Kind, _ batch: ID<ObservationBatch>, _ ids: [ID<Observation>]
    ) -> SQL {
        let lines: SQL = """
            FROM observation_batch_line AS line
            WHERE line.batch_id = \(batch) AND line.observation_id = observation.id AND observation.id = ANY (\(ids))
            """
        return switch kind {
        case .publish:
            // Its number stays with it: it may have been quoted, and nothing else gets it. So does the moment it was
            // published, which whatever is undone after this needs.
            """
            UPDATE observation SET state = line.state_before, set_aside_reason = line.reason_before \(sql: lines)
              AND observation.state = 'published' AND observation.follow_up IS NULL
              AND NOT EXISTS (SELECT FROM observation_assignment WHERE observation_id = observation.id
                              AND withdrawn_at IS NULL)
            RETURNING observation.id
            """
        case .setAside:
            """
            UPDATE observation SET state = line.state_before, set_aside_reason = line.reason_before \(sql: lines)
              AND observation.state = 'set_aside'
            RETURNING observation.id
            """
        case .theme:
            """
            UPDATE observation SET theme_id = line.theme_before \(sql: lines)
              AND observation.theme_id IS NOT DISTINCT FROM line.theme_after
            RETURNING observation.id
            """
        case .give:
            """
            UPDATE observation_assignment SET withdrawn_at = clock_timestamp()
            WHERE batch_id = \(batch) AND observation_id = ANY (\(ids)) AND withdrawn_at IS NULL
              AND NOT EXISTS (SELECT FROM observation_answer
                              WHERE observation_answer.observation_id = observation_assignment.observation_id
                                AND observation_answer.service_id = observation_assignment.service_id
                                AND observation_answer.given_at >= observation_assignment.assigned_at)
            RETURNING observation_id AS id
            """
        case .join:
            """
            UPDATE observation SET state = line.state_before, joined_into = NULL \(sql: lines)
              AND observation.state = 'joined'
            RETURNING observation.id
            """
        }
    }

    /// Writes down an act and what it finds, in the transaction that does it.
    static func open(
        _ kind: ObservationBatch.Kind, on observations: [Observation], of walk: ID<Walk>,
        into target: ID<Observation>? = nil, theme: ID<WalkTheme>? = nil, by actor: Actor, in transaction: some Executor
    ) async throws -> ID<ObservationBatch> {
        let id = ID<ObservationBatch>()
        _ = try await transaction.pipeline([
            (
                "observation_batch.insert",
                """
                INSERT INTO observation_batch (id, walk_id, act, joined_into, done_by)
                VALUES (\(id), \(walk), \(kind.rawValue), \(target), \(actor.account))
                """
            ),
            (
                "observation_batch.lines",
                """
                INSERT INTO observation_batch_line (batch_id, observation_id, state_before, reason_before, theme_before,
                                                    theme_after)
                SELECT \(id), observation.id, observation.state, observation.set_aside_reason, observation.theme_id,
                       \(theme)::uuid
                FROM observation WHERE observation.id = ANY (\(observations.map(\.id)))
                """
            ),
        ])
        return id
    }
}
