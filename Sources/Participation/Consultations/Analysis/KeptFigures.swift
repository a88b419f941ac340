public import Foundation
import Postgres

/// Figures with the moment for which they hold.
public struct DatedFigures: Sendable {
    /// The figures.
    public let figures: QuestionnaireFigures
    /// When they were counted, or published.
    public let at: Date

    /// Figures that hold for that moment.
    public init(figures: QuestionnaireFigures, at: Date) {
        self.figures = figures
        self.at = at
    }
}

/// Figures of many answers are counted in one pass from time to time and kept, so that a page about a quarter of a
/// million answers is as fast as one about ten. Those of few answers are counted whenever somebody looks.
extension Analyses {
    /// Up to so many answers are counted at once.
    public static let few = 500

    /// The figures of a questionnaire: those of few answers as they are now, others as they were counted last.
    ///
    /// - Returns: nil where there are many answers and they have not been counted yet; the service does that by itself.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func figures(of questionnaire: Questionnaire, by actor: Actor) async throws -> DatedFigures? {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await figures(of: questionnaire.id)
    }

    func figures(of questionnaire: ID<Questionnaire>) async throws -> DatedFigures? {
        let row: Row? = try await pool.one(
            "analysis.size",
            """
            SELECT clock_timestamp() AS now, (SELECT count(*) FROM (
                SELECT 1 FROM response WHERE questionnaire_id = \(questionnaire) LIMIT \(Self.few + 1)) AS first) AS count
            """)
        if let row, try row.get("count", as: Int64.self) <= Int64(Self.few) {
            return DatedFigures(figures: try await count(questionnaire), at: try row.get("now"))
        }
        return try await pool.one(
            "analysis.kept",
            """
            SELECT content::text AS content, counted_at FROM questionnaire_figures
            WHERE questionnaire_id = \(questionnaire)
            """
        ).map { row in
            DatedFigures(figures: try QuestionnaireFigures(json: row.get("content")), at: try row.get("counted_at"))
        }
    }

    /// Counts what has many answers and is due: other answers than were counted, or answers that may still be changed.
    ///
    /// - Parameter age: after how many seconds figures of what is still collected are counted again.
    /// - Returns: how many questionnaires were counted.
    @discardableResult
    func refresh(age: Int = 300) async throws -> Int {
        let due: [ID<Questionnaire>] = try await pool.query(
            "analysis.due",
            """
            SELECT questionnaire.id
            FROM questionnaire
            JOIN consultation ON consultation.id = questionnaire.consultation_id
            LEFT JOIN questionnaire_figures AS kept ON kept.questionnaire_id = questionnaire.id
            CROSS JOIN LATERAL (
                SELECT count(*) AS answers FROM response WHERE response.questionnaire_id = questionnaire.id) AS now
            WHERE questionnaire.opened_at IS NOT NULL AND now.answers > \(Self.few)
              AND (kept.counted_at IS NULL
                   OR kept.counted_at < now() - make_interval(secs => \(Double(age)))
                      AND (now.answers <> kept.answers OR kept.counted_at < consultation.collects_until)
                   OR kept.counted_at < now() - interval '1 day')
            ORDER BY kept.counted_at NULLS FIRST
            """
        ).map { try $0.get("id") }
        for questionnaire in due { try await keep(questionnaire) }
        return due.count
    }

    /// Counts a questionnaire and keeps its figures.
    func keep(_ questionnaire: ID<Questionnaire>) async throws {
        try await pool.transaction("analysis.keep", isolation: .repeatableRead) { transaction in
            let figures: QuestionnaireFigures = try await Self.count(questionnaire, AnswerFilter(), in: transaction)
            try await transaction.execute(
                "analysis.keep",
                """
                INSERT INTO questionnaire_figures (questionnaire_id, answers, content, counted_at)
                VALUES (\(questionnaire), \(Int64(figures.answers)), \(try figures.json)::jsonb, now())
                ON CONFLICT (questionnaire_id) DO UPDATE
                SET answers = excluded.answers, content = excluded.content, counted_at = excluded.counted_at
                """)
        }
    }
}

extension QuestionnaireFigures {
    /// The JSON object that the database keeps.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// The figures in a JSON object that the database kept.
    init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }
}
