import Foundation
import Postgres

/// Preparing a consultation: its beginning, its words, its timetable while nobody knows it.
extension Consultations {
    /// Begins a consultation that only agents see.
    ///
    /// - Throws: `ConsultationRefusal.untitled`, `.malformedHandle`, `.handleTaken` and what `ConsultationTimetable`
    ///   refuses; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func plan(
        _ plan: ConsultationPlan, in process: ID<Process>, by actor: Actor
    ) async throws -> ID<Consultation> {
        guard !plan.title.isEmpty else { throw ConsultationRefusal.untitled }
        guard Slug.isValid(plan.handle) else { throw ConsultationRefusal.malformedHandle }
        try plan.timetable.check()
        let (id, timetable) = (ID<Consultation>(), plan.timetable)
        do {
            try await pool.transaction("consultation.plan") { transaction in
                try await Authority.require(Self.planners, of: actor, process: process, in: transaction)
                try await transaction.execute(
                    "consultation.insert",
                    """
                    INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until,
                                              synthesis_due, answer_due)
                    VALUES (\(id), \(process), \(plan.handle), \(plan.title.json)::jsonb, \(timetable.collectsFrom),
                            \(timetable.collectsUntil), \(timetable.synthesisDue.description)::date,
                            \(timetable.answerDue.description)::date)
                    """)
                try await Acts.record(
                    "consultation_planned", by: actor, on: "consultation", id, detail: ["consultation": plan.handle],
                    in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "consultation_handle" {
            throw ConsultationRefusal.handleTaken
        }
        return id
    }

    /// Says what the consultation is about. Also once it is published: a spelling is mended, a telephone changes.
    ///
    /// - Throws: `ConsultationRefusal.untitled`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of its
    ///   process.
    public func describe(
        _ id: ID<Consultation>, _ purpose: ConsultationPurpose, revision: Int, by actor: Actor
    ) async throws {
        guard !purpose.title.isEmpty else { throw ConsultationRefusal.untitled }
        try await preparing("consultation.describe", id, revision: revision, by: actor) { _, transaction in
            try await transaction.execute(
                "consultation.save_words",
                """
                UPDATE consultation
                SET title = \(purpose.title.json)::jsonb, summary = \(purpose.summary.json)::jsonb,
                    purpose = \(purpose.purpose.json)::jsonb, can_change = \(purpose.canChange.json)::jsonb,
                    cannot_change = \(purpose.cannotChange.json)::jsonb, contact = \(purpose.contact.json)::jsonb
                WHERE id = \(id)
                """)
            try await Acts.record("consultation_described", by: actor, on: "consultation", id, in: transaction)
        }
    }

    /// Says when the consultation collects and what is promised by when, while only agents know it.
    ///
    /// - Throws: what `ConsultationTimetable` refuses, `ConsultationRefusal.timetableIsKnown`, `.changedMeanwhile`;
    ///   `NotAllowed` unless the actor is an agent of its process.
    public func schedule(
        _ id: ID<Consultation>, _ timetable: ConsultationTimetable, revision: Int, by actor: Actor
    ) async throws {
        try timetable.check()
        try await preparing("consultation.schedule", id, revision: revision, by: actor) { consultation, transaction in
            guard consultation.publishedAt == nil else { throw ConsultationRefusal.timetableIsKnown }
            try await Self.save(timetable, of: id, in: transaction)
            try await Acts.record("consultation_scheduled", by: actor, on: "consultation", id, in: transaction)
        }
    }

    /// Takes away a consultation that nobody but its agents has seen, with all that was prepared for it.
    ///
    /// - Throws: `ConsultationRefusal.published`, `.hasContributions`, `.inUse`; `NotAllowed` unless the actor is an agent
    ///   of its process.
    public func remove(_ id: ID<Consultation>, by actor: Actor) async throws {
        do {
            try await pool.transaction("consultation.remove") { transaction in
                let consultation: Consultation = try await Self.lock(id, by: actor, in: transaction)
                guard consultation.publishedAt == nil else { throw ConsultationRefusal.published }
                guard try await !Self.isUsed(id, in: transaction) else { throw ConsultationRefusal.hasContributions }
                try await transaction.execute("consultation.delete", "DELETE FROM consultation WHERE id = \(id)")
                try await Acts.record(
                    "consultation_removed", by: actor, on: "consultation", id,
                    detail: ["consultation": consultation.handle], in: transaction)
            }
        } catch let error as PostgresError where error.kind == .foreignKeyViolation {
            throw ConsultationRefusal.inUse
        }
    }

    static func save(
        _ timetable: ConsultationTimetable, of id: ID<Consultation>, in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "consultation.save_timetable",
            """
            UPDATE consultation
            SET collects_from = \(timetable.collectsFrom), collects_until = \(timetable.collectsUntil),
                synthesis_due = \(timetable.synthesisDue.description)::date,
                answer_due = \(timetable.answerDue.description)::date
            WHERE id = \(id)
            """)
    }

    /// One act on a consultation as its form showed it: held, checked and counted.
    func preparing(
        _ name: StaticString, _ id: ID<Consultation>, revision: Int, by actor: Actor,
        _ body: (Consultation, Transaction) async throws -> Void
    ) async throws {
        try await pool.transaction(name) { transaction in
            let consultation: Consultation = try await Self.lock(id, by: actor, in: transaction)
            let counted: Int = try await transaction.execute(
                "consultation.count_revision",
                """
                UPDATE consultation SET revision = revision + 1
                WHERE id = \(id) AND revision = \(Int32(clamping: revision))
                """)
            guard counted == 1 else { throw ConsultationRefusal.changedMeanwhile }
            try await body(consultation, transaction)
        }
    }
}
