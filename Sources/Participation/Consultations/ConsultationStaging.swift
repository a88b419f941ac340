import Foundation
import Postgres

/// Consultations of the demonstration, which are held although nobody waits for their weeks.
extension Consultations {
    /// Gives a consultation of a demonstration another timetable, as if it had been planned for it; what was published
    /// of it was published on the days on which it was due. No consultation of a real process is ever moved like this:
    /// people have read its dates.
    ///
    /// - Throws: what `ConsultationTimetable` refuses; `NotAllowed` unless the actor is the operator and the process is
    ///   a demonstration.
    public func stage(_ id: ID<Consultation>, _ timetable: ConsultationTimetable, by actor: Actor) async throws {
        try timetable.check()
        try await pool.transaction("consultation.stage") { transaction in
            let consultation: Consultation = try await Self.lock(id, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "consultation.is_demonstration",
                "SELECT demonstration FROM process WHERE id = \(consultation.process)")
            guard case .operator = actor, try row?.get("demonstration") == true else {
                throw NotAllowed(roles: Self.planners)
            }
            let (synthesis, answer): (String, String) = (
                timetable.synthesisDue.description, timetable.answerDue.description
            )
            try await transaction.execute(
                "consultation.staged",
                """
                UPDATE consultation
                SET collects_from = \(timetable.collectsFrom), collects_until = \(timetable.collectsUntil),
                    synthesis_due = \(synthesis)::date, answer_due = \(answer)::date,
                    -- LEAST passes over what is null, and would publish what is not.
                    published_at = LEAST(published_at, \(timetable.collectsFrom)::timestamptz - interval '14 days'),
                    synthesised_at = CASE WHEN synthesised_at IS NOT NULL
                        THEN LEAST(synthesised_at, \(synthesis)::date + interval '12 hours') END,
                    answered_at = CASE WHEN answered_at IS NOT NULL
                        THEN LEAST(answered_at, \(answer)::date + interval '12 hours') END
                WHERE id = \(id)
                """)
            try await Acts.record(
                "consultation_staged", by: actor, on: "consultation", id,
                detail: ["consultation": consultation.handle], in: transaction)
        }
    }
}
