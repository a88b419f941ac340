import Foundation
public import Postgres

/// A document or picture of a consultation: what one should have seen before answering.
public struct ConsultationDocument: Sendable {
    /// What it is called.
    public let title: Texts
    /// The file itself.
    public let medium: Medium
}

/// The documents of consultations, brought and taken away by agents.
public struct ConsultationDocuments: Sendable {
    /// Documents that one consultation may have.
    public static let limit = 30

    private let pool: Pool

    /// The documents kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The documents of a consultation, in the order in which they were brought.
    public func list(of consultation: ID<Consultation>) async throws -> [ConsultationDocument] {
        try await pool.query(
            "consultation_document.list",
            """
            SELECT consultation_document.title::text AS title, \(sql: Medium.columns)
            FROM consultation_document JOIN medium ON medium.id = consultation_document.medium_id
                 \(sql: Medium.renditions)
            WHERE consultation_document.consultation_id = \(consultation) ORDER BY consultation_document.position
            """
        ).map { row in
            ConsultationDocument(title: try Texts(json: row.get("title")), medium: try Medium(row: row))
        }
    }

    /// Adds a document behind those that are there.
    ///
    /// - Throws: `ConsultationRefusal.documentUntitled`; `MediaRefusal.tooMany`; `NotAllowed` unless the actor is an agent
    ///   of its process.
    @discardableResult
    public func add(
        _ medium: PreparedMedium, called title: Texts, to consultation: ID<Consultation>, by actor: Actor
    ) async throws -> ID<Medium> {
        guard !title.isEmpty else { throw ConsultationRefusal.documentUntitled }
        return try await pool.transaction("consultation_document.add") { transaction in
            let owner: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "consultation_document.last",
                """
                SELECT count(*) AS count, coalesce(max(position), 0) AS last
                FROM consultation_document WHERE consultation_id = \(consultation)
                """)
            guard let row, try row.get("count", as: Int.self) < Self.limit else {
                throw MediaRefusal.tooMany(limit: Self.limit)
            }
            let id: ID<Medium> = try await medium.store(by: actor, in: transaction)
            try await transaction.execute(
                "consultation_document.insert",
                """
                INSERT INTO consultation_document (consultation_id, medium_id, position, title)
                VALUES (\(consultation), \(id), \(row.get("last", as: Int32.self) + 1), \(title.json)::jsonb)
                """)
            try await Acts.record(
                "consultation_document_added", by: actor, on: "consultation", consultation,
                detail: ["consultation": owner.handle], in: transaction)
            return id
        }
    }

    /// Takes a document away for good.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of its process.
    public func remove(_ medium: ID<Medium>, of consultation: ID<Consultation>, by actor: Actor) async throws {
        try await pool.transaction("consultation_document.remove") { transaction in
            let owner: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            let count: Int = try await transaction.execute(
                "consultation_document.delete",
                """
                DELETE FROM consultation_document
                WHERE consultation_id = \(consultation) AND medium_id = \(medium)
                """)
            guard count > 0 else { return }
            try await Acts.record(
                "consultation_document_removed", by: actor, on: "consultation", consultation,
                detail: ["consultation": owner.handle], in: transaction)
        }
    }
}

extension ConsultationDocuments: MediaUse {
    /// A consultation may be taken back, and its documents with it.
    static let isLasting = false

    static let isPublic: SQL = """
        EXISTS (SELECT FROM consultation_document
                JOIN consultation ON consultation.id = consultation_document.consultation_id
                WHERE consultation_document.medium_id = medium.id AND consultation.published_at IS NOT NULL)
        """

    /// Agents see those of what they prepare.
    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM consultation_document
                JOIN consultation ON consultation.id = consultation_document.consultation_id
                JOIN role_grant ON role_grant.role = 'participation_agent' AND role_grant.account_id = \(account)
                WHERE consultation_document.medium_id = medium.id AND role_grant.revoked_at IS NULL
                  AND role_grant.vote_id IS NULL
                  AND (role_grant.process_id IS NULL OR role_grant.process_id = consultation.process_id))
        """
    }
}
