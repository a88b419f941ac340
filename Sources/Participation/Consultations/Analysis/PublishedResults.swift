import Foundation
import Postgres

/// The figures of questionnaires as everybody reads them: without small cells, and as they were when they were published,
/// so that two readings of a page never differ by one person.
extension Analyses {
    /// The published figures of a consultation's questionnaires, by questionnaire.
    public func published(
        of consultation: ID<Consultation>
    ) async throws -> [ID<Questionnaire>: DatedFigures] {
        var published: [ID<Questionnaire>: DatedFigures] = [:]
        for row in try await pool.query(
            "results.published",
            """
            SELECT results.questionnaire_id, results.content::text AS content, results.published_at
            FROM questionnaire_results AS results
            JOIN questionnaire ON questionnaire.id = results.questionnaire_id
            JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE questionnaire.consultation_id = \(consultation) AND consultation.published_at IS NOT NULL
            """)
        {
            published[try row.get("questionnaire_id")] = DatedFigures(
                figures: try QuestionnaireFigures(json: row.get("content")), at: try row.get("published_at"))
        }
        return published
    }

    /// What would be published now.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func preview(
        of consultation: ID<Consultation>, by actor: Actor
    ) async throws -> [ID<Questionnaire>: DatedFigures] {
        try await Consultations.require(consultation, by: actor, in: pool)
        let questionnaires: [Questionnaire] = try await Consultations.questionnaires(
            where: "questionnaire.consultation_id = \(consultation) AND questionnaire.live_version IS NOT NULL",
            in: pool)
        var previews: [ID<Questionnaire>: DatedFigures] = [:]
        for questionnaire in questionnaires {
            guard let dated = try await figures(of: questionnaire.id) else { continue }
            let form: JoinedForm = try await form(of: questionnaire.id)
            previews[questionnaire.id] = DatedFigures(
                figures: dated.figures.published(form.versions.map(\.form)), at: dated.at)
        }
        return previews
    }

    /// How many answers each questionnaire of a consultation has; that alone is said while answers are taken.
    public func answers(of consultation: ID<Consultation>) async throws -> [ID<Questionnaire>: Int] {
        var counts: [ID<Questionnaire>: Int] = [:]
        for row in try await pool.query(
            "results.answers",
            """
            SELECT questionnaire.id, (SELECT count(*) FROM response WHERE questionnaire_id = questionnaire.id) AS count
            FROM questionnaire WHERE consultation_id = \(consultation)
            """)
        {
            counts[try row.get("id")] = Int(try row.get("count", as: Int64.self))
        }
        return counts
    }

    /// Publishes what the answers of all questionnaires of a consultation come to, in place of what was published before.
    ///
    /// - Throws: `ResultsRefusal.stillCollecting` until the collection is over; `.stillArriving` while some are on
    ///   their way; `.unpublished` while the consultation is
    ///   being prepared; `NotAllowed` unless the actor is an agent of the process.
    public func publish(_ consultation: ID<Consultation>, by actor: Actor) async throws {
        try await pool.transaction("results.publish", isolation: .repeatableRead) { transaction in
            try await Self.publish(consultation, by: actor, in: transaction)
        }
    }

    /// The same in the transaction of another act, such as the publication of a synthesis.
    static func publish(
        _ consultation: ID<Consultation>, by actor: Actor, in transaction: some Executor
    ) async throws {
        let found: Consultation = try await Consultations.lock(consultation, by: actor, in: transaction)
        guard found.publishedAt != nil else { throw ResultsRefusal.unpublished }
        guard found.stage > .collection else { throw ResultsRefusal.stillCollecting }
        guard try await !Answering.isArriving(consultation, in: transaction) else { throw ResultsRefusal.stillArriving }
        let questionnaires: [Questionnaire] = try await Consultations.questionnaires(
            where: "questionnaire.consultation_id = \(consultation) AND questionnaire.live_version IS NOT NULL",
            in: transaction)
        // A consultation has a few questionnaires; each is counted by itself.
        for questionnaire in questionnaires {
            let form: JoinedForm = try await form(of: questionnaire.id, in: transaction)
            let figures: QuestionnaireFigures = try await count(questionnaire.id, AnswerFilter(), in: transaction)
                .published(form.versions.map(\.form))
            try await transaction.execute(
                "results.keep",
                """
                INSERT INTO questionnaire_results (questionnaire_id, content, published_at)
                VALUES (\(questionnaire.id), \(try figures.json)::jsonb, now())
                ON CONFLICT (questionnaire_id) DO UPDATE
                SET content = excluded.content, published_at = excluded.published_at
                """)
        }
        try await Acts.record("results_published", by: actor, on: "consultation", consultation, in: transaction)
    }

    /// Publishes the results of what has a published synthesis and no published results: they come with it at the latest.
    @discardableResult
    func publishDue() async throws -> Int {
        let due: [ID<Consultation>] = try await pool.query(
            "results.due",
            """
            SELECT DISTINCT consultation.id FROM consultation
            JOIN questionnaire ON questionnaire.consultation_id = consultation.id
                AND questionnaire.live_version IS NOT NULL
            WHERE consultation.synthesised_at IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM questionnaire_results WHERE questionnaire_id = questionnaire.id)
            """
        ).map { try $0.get("id") }
        for consultation in due { try await publish(consultation, by: .system) }
        return due.count
    }
}

/// Why results are not published.
public enum ResultsRefusal: Error, Hashable, Sendable {
    /// The consultation itself is not published.
    case unpublished
    /// Answers are still taken, and published figures would change with each.
    case stillCollecting
    /// Anonymous answers are still on their way: they arrive within minutes.
    case stillArriving
}
