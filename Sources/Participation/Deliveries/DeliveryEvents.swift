public import Foundation
import Postgres

/// Something that happened to a delivery, as a feed tells it.
public struct DeliveryEvent: Sendable {
    /// What happened.
    public enum Kind: Sendable {
        case update(title: Texts, words: Texts)
        case milestone(title: Texts, evidence: Texts)
        /// Another status or another end, and why.
        case change(Delivery.Status, before: Day?, after: Day?, reason: Texts)
    }

    /// Its identity.
    public let id: ID<DeliveryEvent>
    /// The handle and the title of the delivery.
    public let handle: String, delivery: Texts
    /// When it was made public.
    public let at: Date
    /// What happened.
    public let kind: Kind

    init(row: Row) throws {
        id = ID(try row.get("id"))
        handle = try row.get("handle")
        delivery = try Texts(json: row.get("delivery"))
        at = try row.get("at")
        let title = try Texts(json: row.get("title"))
        let words = try Texts(json: row.get("words"))
        // The query gives a status to a change alone, and the schema's check leaves no other word.
        if let status: String = try row.get("status") {
            kind = .change(
                Delivery.Status(rawValue: status)!, before: try row.day("due_before"), after: try row.day("due_after"),
                reason: words)
        } else if try row.get("is_update") {
            kind = .update(title: title, words: words)
        } else {
            kind = .milestone(title: title, evidence: words)
        }
    }
}

extension Deliveries {
    /// The latest fifty events of the deliveries of a process, the latest first.
    public func events(of process: ID<Process>) async throws -> [DeliveryEvent] {
        try await events(where: "delivery.process_id = \(process)")
    }

    /// The latest fifty events of a delivery, the latest first.
    public func events(of id: ID<Delivery>) async throws -> [DeliveryEvent] {
        try await events(where: "delivery.id = \(id)")
    }

    private func events(where condition: SQL) async throws -> [DeliveryEvent] {
        try await pool.query(
            "delivery.events",
            """
            SELECT delivery.handle, delivery.title::text AS delivery, event.id, event.at, event.title, event.words,
                   event.status, event.is_update, event.due_before, event.due_after
            FROM delivery CROSS JOIN LATERAL (
                SELECT id, published_at AS at, title::text AS title, words::text AS words, NULL AS status,
                       true AS is_update, NULL AS due_before, NULL AS due_after
                FROM delivery_update WHERE delivery_id = delivery.id
                UNION ALL
                SELECT id, noted_at, title::text, evidence::text, NULL, false, NULL, NULL
                FROM delivery_milestone WHERE delivery_id = delivery.id AND reached_on IS NOT NULL
                UNION ALL
                SELECT id, changed_at, '{}', reason::text, status, false, due_before::text, due_after::text
                FROM delivery_change WHERE delivery_id = delivery.id AND milestone_id IS NULL
            ) AS event
            WHERE \(sql: condition)
            ORDER BY event.at DESC, event.id DESC LIMIT 50
            """
        ).map(DeliveryEvent.init(row:))
    }
}
