import Foundation
import Postgres

/// What came of an event: minutes, how many came, documents.
extension Events {
    /// Writes the minutes (Markdown), as long as they are not published, and later too: what everybody reads may have
    /// to be mended, and the register says that it was.
    ///
    /// - Throws: `Refused<EventRefusal>`: `.changedMeanwhile`, `.minutesMissing` where published ones would be left
    ///   empty; `NotAllowed` unless the actor is an agent of its process.
    public func write(_ minutes: Texts, of id: ID<Event>, revision: Int, by actor: Actor) async throws {
        try await preparing("event.write_minutes", id, revision: revision, by: actor) { event, transaction in
            if minutes.isEmpty, event.minutesPublishedAt != nil { throw Refused(EventRefusal.minutesMissing) }
            try await transaction.execute(
                "event.save_minutes", "UPDATE event SET minutes = \(minutes.json)::jsonb WHERE id = \(id)")
            try await Acts.record("event_minutes_written", by: actor, on: "event", id, in: transaction)
        }
    }

    /// Publishes the minutes: who came or meant to, and who follows the consultation, is told, once.
    ///
    /// - Throws: `Refused<EventRefusal>`: `.notPublished`, `.calledOff`, `.minutesTooEarly`, `.minutesMissing`,
    ///   `.minutesPublished`; `NotAllowed` unless the actor is an agent of its process.
    public func publishMinutes(of id: ID<Event>, by actor: Actor) async throws {
        try await pool.transaction("event.publish_minutes") { transaction in
            let event: Event = try await Self.lock(id, by: actor, in: transaction)
            if event.publishedAt == nil { throw Refused(EventRefusal.notPublished) }
            if event.gathering.cancelledAt != nil { throw Refused(EventRefusal.calledOff) }
            if event.minutesPublishedAt != nil { throw Refused(EventRefusal.minutesPublished) }
            if event.minutes.isEmpty { throw Refused(EventRefusal.minutesMissing) }
            guard event.gathering.startsAt <= (try await Gatherings.now(in: transaction)) else {
                throw Refused(EventRefusal.minutesTooEarly)
            }
            try await transaction.execute(
                "event.minutes_published",
                """
                UPDATE event SET minutes_published_at = clock_timestamp(), revision = revision + 1 WHERE id = \(id)
                """)
            try await Acts.record("event_minutes_published", by: actor, on: "event", id, in: transaction)
            try await notices.tell(.minutes(event), to: Self.audience(of: event), in: transaction)
        }
    }

    /// Who had places, unless they are known not to have come, and who follows the consultation.
    private static func audience(of event: Event) -> SQL {
        """
        SELECT coalesce(account.email, registration.email) AS email, coalesce(account.name, registration.name) AS name,
               coalesce(account.language, registration.language) AS language
        FROM registration LEFT JOIN account ON account.id = registration.account_id
        WHERE registration.gathering_id = \(event.gathering.id) AND registration.state = 'registered'
          AND registration.came IS DISTINCT FROM 0 AND registration.erased_at IS NULL
        UNION ALL
        \(sql: OutcomeNotices.followers(of: event.consultation))
        """
    }

    // MARK: Heads

    /// How many came, by category; a category that nobody counted is not there. For everybody once it is published.
    public func heads(of event: ID<Event>) async throws -> [HeadCategory: Int] {
        let rows: [Row] = try await pool.query(
            "event.heads", "SELECT category, people FROM event_head_count WHERE event_id = \(event)")
        var counts: [HeadCategory: Int] = [:]
        for row in rows {
            guard let category = HeadCategory(rawValue: try row.get("category")) else { continue }
            counts[category] = Int(try row.get("people", as: Int32.self))
        }
        return counts
    }

    /// Writes how many came, over what was counted before; a category that is not in it is counted no more.
    ///
    /// - Throws: `Refused<HeadCounts.OutOfRange>`; `NotAllowed` unless the actor is an agent of its process.
    public func count(_ heads: [HeadCategory: Int], at id: ID<Event>, by actor: Actor) async throws {
        let wrong: [HeadCounts.OutOfRange] =
            HeadCategory.allCases
            .filter { !(0...HeadCounts.most).contains(heads[$0] ?? 0) }
            .map(HeadCounts.OutOfRange.init(category:))
        if !wrong.isEmpty { throw Refused(reasons: wrong) }
        let categories: [String] = heads.keys.map(\.rawValue)
        let people: [Int] = heads.values.map(\.self)
        try await pool.transaction("event.count") { transaction in
            _ = try await Self.lock(id, by: actor, in: transaction)
            try await transaction.execute("event.clear_heads", "DELETE FROM event_head_count WHERE event_id = \(id)")
            try await transaction.execute(
                "event.insert_heads",
                """
                INSERT INTO event_head_count (event_id, category, people)
                SELECT \(id), counted.category, counted.people
                FROM unnest(\(categories), \(people)) AS counted (category, people)
                """)
            try await Acts.record(
                "event_heads_counted", by: actor, on: "event", id,
                detail: Dictionary(uniqueKeysWithValues: heads.map { ($0.key.rawValue, String($0.value)) }),
                in: transaction)
        }
    }
}
