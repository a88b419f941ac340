public import Foundation
import Postgres

/// A change of dates that residents knew, and why.
public struct ConsultationChange: Sendable {
    /// When it was decided.
    public let at: Date
    /// Why, for everybody to read.
    public let reason: Texts
    /// The dates before and after.
    public let before: ConsultationTimetable, after: ConsultationTimetable
}

/// Moving the dates of a published consultation.
extension Consultations {
    /// The changes of its dates since it was published, the last first.
    public func changes(of consultation: ID<Consultation>) async throws -> [ConsultationChange] {
        try await pool.query(
            "consultation.changes",
            """
            SELECT changed_at, reason::text AS reason, collected_from, collected_until,
                   synthesis_was_due::text AS synthesis_was_due, answer_was_due::text AS answer_was_due,
                   collects_from, collects_until, synthesis_due::text AS synthesis_due, answer_due::text AS answer_due
            FROM consultation_change WHERE consultation_id = \(consultation) ORDER BY id DESC LIMIT 50
            """
        ).map(ConsultationChange.init(row:))
    }

    /// Moves dates that residents know, with a reason that they can read; followers are told at once. What has begun
    /// does not begin anew, what is over is not reopened, and nothing ends in the past.
    ///
    /// - Parameter followers: write the letters.
    /// - Throws: what `ConsultationTimetable` refuses, `ConsultationRefusal.notPublished`, `.unexplained`, `.unchanged`,
    ///   `.hasBegun`, `.isOver`, `.closesInThePast`, `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of
    ///   its process.
    public func reschedule(
        _ id: ID<Consultation>, _ timetable: ConsultationTimetable, because reason: Texts, revision: Int,
        telling followers: ConsultationFollowers, by actor: Actor
    ) async throws {
        try timetable.check()
        guard !reason.isEmpty else { throw ConsultationRefusal.unexplained }
        try await preparing("consultation.reschedule", id, revision: revision, by: actor) { consultation, transaction in
            try Self.check(timetable, for: consultation, now: try await Self.now(in: transaction))
            let before: ConsultationTimetable = consultation.timetable
            try await transaction.execute(
                "consultation.note_change",
                """
                INSERT INTO consultation_change (id, consultation_id, reason, collected_from, collected_until,
                                                 synthesis_was_due, answer_was_due, collects_from, collects_until,
                                                 synthesis_due, answer_due)
                VALUES (\(ID<ConsultationChange>()), \(id), \(reason.json)::jsonb, \(before.collectsFrom),
                        \(before.collectsUntil), \(before.synthesisDue.description)::date,
                        \(before.answerDue.description)::date, \(timetable.collectsFrom), \(timetable.collectsUntil),
                        \(timetable.synthesisDue.description)::date, \(timetable.answerDue.description)::date)
                """)
            try await Self.save(timetable, of: id, in: transaction)
            try await followers.tell(
                .rescheduled(from: before, to: timetable, because: reason), of: [consultation], in: transaction)
            try await Acts.record(
                "consultation_rescheduled", by: actor, on: "consultation", id,
                detail: ["consultation": consultation.handle], in: transaction)
        }
    }

    private static func check(
        _ timetable: ConsultationTimetable, for consultation: Consultation, now: Date
    ) throws(ConsultationRefusal) {
        guard consultation.publishedAt != nil else { throw .notPublished }
        let before: ConsultationTimetable = consultation.timetable
        guard timetable != before else { throw .unchanged }
        if consultation.stage > .announcement, timetable.collectsFrom != before.collectsFrom { throw .hasBegun }
        if timetable.collectsUntil != before.collectsUntil {
            if consultation.stage > .collection { throw .isOver }
            if timetable.collectsUntil <= now { throw .closesInThePast }
        }
    }

    /// The database's clock, which alone says what is over.
    static func now(in executor: some Executor) async throws -> Date {
        let row: Row? = try await executor.one("consultation.clock", "SELECT clock_timestamp() AS now")
        return try row?.get("now") ?? Date()
    }
}

extension Consultation {
    /// Its dates.
    public var timetable: ConsultationTimetable {
        ConsultationTimetable(
            collectsFrom: collectsFrom, collectsUntil: collectsUntil, synthesisDue: synthesisDue, answerDue: answerDue)
    }
}

extension ConsultationChange {
    init(row: Row) throws {
        func day(_ name: String) throws -> Day { Day(try row.get(name, as: String.self))! }
        at = try row.get("changed_at")
        reason = try Texts(json: row.get("reason"))
        before = ConsultationTimetable(
            collectsFrom: try row.get("collected_from"), collectsUntil: try row.get("collected_until"),
            synthesisDue: try day("synthesis_was_due"), answerDue: try day("answer_was_due"))
        after = ConsultationTimetable(
            collectsFrom: try row.get("collects_from"), collectsUntil: try row.get("collects_until"),
            synthesisDue: try day("synthesis_due"), answerDue: try day("answer_due"))
    }
}
