import Foundation
import Postgres

/// What becomes of published decisions.
extension Decisions {
    /// Says where an open decision stands now, with words for everybody. What was promised before stays readable, and
    /// followers are told with the next digest.
    ///
    /// - Parameter due: until when the next thing is promised; needed as long as the decision stays open.
    /// - Throws: `SynthesisRefusal.wordless`, `.tooLong`, `.settled`, `.decisionLacks` without a day, `.alreadyLate` for a
    ///   day that is over; `NotAllowed` unless the actor is an agent of the process.
    public func turn(
        _ decision: ID<Decision>, of consultation: ID<Consultation>, to status: Decision.Status, due: Day?,
        words: Texts, by actor: Actor
    ) async throws {
        guard !words.isEmpty else { throw SynthesisRefusal.wordless }
        try Syntheses.check(words, "words", limit: Syntheses.textLimit)
        try await pool.transaction("decision.turn") { transaction in
            let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "decision.find",
                """
                SELECT \(sql: Decision.columns) FROM decision
                WHERE decision.id = \(decision) AND decision.consultation_id = \(consultation)
                """)
            guard let row else { throw NotAllowed(roles: Consultations.planners) }
            let old: Decision = try Decision(row: row)
            guard old.status?.isOpen == true, status != .refused else { throw SynthesisRefusal.settled }
            let due: Day? = status.isOpen ? due : nil
            if status.isOpen {
                guard let due else { throw SynthesisRefusal.decisionLacks(old.number, .due) }
                guard try await due >= today(in: transaction) else { throw SynthesisRefusal.alreadyLate(old.number) }
            }
            try await transaction.execute(
                "decision.turn_insert",
                """
                INSERT INTO decision_turn (id, decision_id, status, due_on, words, noted_by)
                VALUES (\(ID<DecisionTurn>()), \(decision), \(status.rawValue), \(due?.description)::text::date,
                        \(words.json)::jsonb, \(actor.account))
                """)
            try await transaction.execute(
                "decision.turn_stand",
                """
                UPDATE decision SET status = \(status.rawValue), promised_on = \(due?.description)::text::date
                WHERE id = \(decision)
                """)
            try await Acts.record(
                "decision_turned", by: actor, on: "consultation", consultation,
                detail: [
                    "consultation": found.handle, "decision": String(old.number), "status": status.rawValue,
                ], in: transaction)
        }
    }

    /// What became of the decisions of a consultation, the latest fifty first, for its feed.
    public func latest(of consultation: ID<Consultation>) async throws -> [DecisionTurn] {
        try await pool.query(
            "decision.latest",
            """
            SELECT \(sql: DecisionTurn.columns)
            FROM decision_turn JOIN decision ON decision.id = decision_turn.decision_id
            WHERE decision.consultation_id = \(consultation) ORDER BY decision_turn.id DESC LIMIT 50
            """
        ).map(DecisionTurn.init(row:))
    }
}
