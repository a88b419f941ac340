import Foundation
import Postgres

/// Publishing a consultation, and taking it back.
extension Consultations {
    /// Shows the consultation to everybody.
    ///
    /// - Throws: `ConsultationRefusal.published`, `.notReady`; `NotAllowed` unless the actor is an agent of its process.
    public func publish(_ id: ID<Consultation>, by actor: Actor) async throws {
        try await pool.transaction("consultation.publish") { transaction in
            let consultation: Consultation = try await Self.lock(id, by: actor, in: transaction)
            guard consultation.publishedAt == nil else { throw ConsultationRefusal.published }
            let now: Date = try await Self.now(in: transaction)
            // What residents take part in may still come: no questionnaire is needed to announce one.
            let missing: [ConsultationReadiness.Point] =
                ConsultationReadiness(consultation, parts: 0, now: now).missing
            guard missing.isEmpty else { throw ConsultationRefusal.notReady(missing) }
            try await transaction.execute(
                "consultation.published",
                "UPDATE consultation SET published_at = now(), revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "consultation_published", by: actor, on: "consultation", id,
                detail: ["consultation": consultation.handle], in: transaction)
        }
    }

    /// Takes a published consultation back while nobody has taken part.
    ///
    /// - Throws: `ConsultationRefusal.notPublished`, `.hasContributions`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func withdraw(_ id: ID<Consultation>, by actor: Actor) async throws {
        try await pool.transaction("consultation.withdraw") { transaction in
            let consultation: Consultation = try await Self.lock(id, by: actor, in: transaction)
            guard consultation.publishedAt != nil else { throw ConsultationRefusal.notPublished }
            guard try await !Self.isUsed(id, in: transaction) else { throw ConsultationRefusal.hasContributions }
            try await transaction.execute(
                "consultation.withdrawn",
                "UPDATE consultation SET published_at = NULL, revision = revision + 1 WHERE id = \(id)")
            try await Acts.record(
                "consultation_withdrawn", by: actor, on: "consultation", id,
                detail: ["consultation": consultation.handle], in: transaction)
        }
    }

    /// Whether somebody has answered, annotated or argued. Its questionnaires are held: an answer that is on its way is
    /// waited for and seen.
    static func isUsed(_ id: ID<Consultation>, in transaction: some Executor) async throws -> Bool {
        try await transaction.execute(
            "consultation.hold_questionnaires",
            "SELECT 1 FROM questionnaire WHERE consultation_id = \(id) ORDER BY id FOR UPDATE")
        let row: Row? = try await transaction.one(
            "consultation.in_use",
            """
            WITH asked AS (SELECT id FROM questionnaire WHERE consultation_id = \(id)),
            laid_out AS (SELECT id FROM consultation_text WHERE consultation_id = \(id))
            SELECT EXISTS (SELECT FROM response JOIN asked ON asked.id = response.questionnaire_id)
                OR EXISTS (SELECT FROM incoming_response JOIN asked ON asked.id = incoming_response.questionnaire_id)
                OR EXISTS (SELECT FROM comment JOIN text_paragraph ON text_paragraph.thread_id = comment.thread_id
                           JOIN laid_out ON laid_out.id = text_paragraph.text_id)
                OR EXISTS (SELECT FROM text_suggestion JOIN laid_out ON laid_out.id = text_suggestion.text_id)
                OR EXISTS (SELECT FROM argument JOIN debate ON debate.id = argument.debate_id
                           WHERE debate.consultation_id = \(id)) AS used
            """)
        return try row?.get("used") ?? false
    }
}
