import Foundation
public import Postgres

/// Documents and photos beside the minutes of an event, added and taken away by its agents; everybody sees them once the
/// minutes are published.
public struct EventMedia: Sendable {
    /// Documents and photos that one event may have; a constraint says the same.
    public static let limit = 20

    private let pool: Pool

    /// The media of the events kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The media of an event, in the order in which they came.
    public func list(of event: ID<Event>) async throws -> [Medium] {
        try await pool.query(
            "event_medium.list",
            """
            SELECT \(sql: Medium.columns)
            FROM event_medium JOIN medium ON medium.id = event_medium.medium_id \(sql: Medium.renditions)
            WHERE event_medium.event_id = \(event) ORDER BY event_medium.position
            """
        ).map(Medium.init(row:))
    }

    /// Adds a document or photo.
    ///
    /// - Throws: `MediaRefusal.tooMany`; `NotAllowed` unless the actor is an agent of the event's process.
    @discardableResult
    public func add(_ medium: PreparedMedium, to event: ID<Event>, by actor: Actor) async throws -> ID<Medium> {
        try await pool.transaction("event_medium.add") { transaction in
            _ = try await Events.lock(event, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "event_medium.last",
                """
                SELECT count(*) AS count, coalesce(max(position), 0) AS last FROM event_medium
                WHERE event_id = \(event)
                """)
            let last: Int32 = try row?.get("last") ?? 0
            guard let row, try row.get("count", as: Int.self) < Self.limit, last < 20 else {
                throw MediaRefusal.tooMany(limit: Self.limit)
            }
            let id: ID<Medium> = try await medium.store(by: actor, in: transaction)
            try await transaction.execute(
                "event_medium.insert",
                "INSERT INTO event_medium (event_id, medium_id, position) VALUES (\(event), \(id), \(last + 1))")
            try await Acts.record(
                "event_medium_added", by: actor, on: "event", event, detail: ["kind": medium.kind.rawValue],
                in: transaction)
            return id
        }
    }

    /// Takes a document or photo away; nothing happens when it is not there.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the event's process.
    public func remove(_ medium: ID<Medium>, of event: ID<Event>, by actor: Actor) async throws {
        try await pool.transaction("event_medium.remove") { transaction in
            _ = try await Events.lock(event, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "event_medium.delete",
                "DELETE FROM event_medium WHERE event_id = \(event) AND medium_id = \(medium)")
            guard count == 1 else { return }
            try await transaction.execute(
                "event_medium.close_up",
                """
                UPDATE event_medium SET position = ranked.place
                FROM (SELECT medium_id, row_number() OVER (ORDER BY position) AS place
                      FROM event_medium WHERE event_id = \(event)) AS ranked
                WHERE event_medium.event_id = \(event) AND event_medium.medium_id = ranked.medium_id
                """)
            try await Acts.record("event_medium_removed", by: actor, on: "event", event, in: transaction)
        }
    }
}

extension EventMedia: MediaUse {
    /// An agent may take a document away again.
    static let isLasting = false

    static let isPublic: SQL = """
        EXISTS (SELECT FROM event_medium JOIN event ON event.id = event_medium.event_id
                WHERE event_medium.medium_id = medium.id AND event.published_at IS NOT NULL
                  AND event.minutes_published_at IS NOT NULL)
        """

    /// Agents see those of what they prepare.
    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM event_medium JOIN event ON event.id = event_medium.event_id
                JOIN role_grant ON role_grant.role = 'participation_agent' AND role_grant.account_id = \(account)
                WHERE event_medium.medium_id = medium.id AND role_grant.revoked_at IS NULL
                  AND role_grant.vote_id IS NULL
                  AND (role_grant.process_id IS NULL OR role_grant.process_id = event.process_id))
        """
    }
}
