public import Foundation
import Postgres

/// A version of a questionnaire, without what it asks.
public struct QuestionnaireVersion: Sendable {
    /// Its number, from 1.
    public let number: Int
    /// When it was begun, and when it was opened; nil for the draft.
    public let createdAt: Date, frozenAt: Date?
    /// How many answers name it.
    public let answers: Int
}

/// A questionnaire as its agents prepare it.
public struct QuestionnaireFile: Sendable {
    /// The questionnaire.
    public let questionnaire: Questionnaire
    /// Its versions, the latest first.
    public let versions: [QuestionnaireVersion]
    /// What the draft asks; where there is no draft, what is asked now.
    public let form: QuestionnaireForm
    /// What is wrong with it.
    public let problems: [FormProblem]
    /// Whether the last change of the draft can be undone.
    public let mayUndo: Bool
    /// The codes of the city's districts.
    public let districts: Set<String>

    /// The number of the version whose form this is.
    public var number: Int { versions.first?.number ?? 1 }
    /// Whether its form can be changed.
    public var isDraft: Bool { versions.first?.frozenAt == nil }
    /// How many answers there are, of all versions.
    public var answers: Int { versions.reduce(0) { $0 + $1.answers } }
}

/// What agents see of a questionnaire before it is asked.
extension Consultations {
    /// The questionnaire with its versions, for who prepares it.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of its process, and when there is none.
    public func file(_ id: ID<Questionnaire>, by actor: Actor) async throws -> QuestionnaireFile {
        guard let questionnaire = try await Self.questionnaires(where: "questionnaire.id = \(id)", in: pool).first
        else { throw NotAllowed(roles: Self.planners) }
        try await Self.require(questionnaire.consultation, by: actor, in: pool)
        let answers: [[Row]] = try await pool.pipeline([
            (
                "questionnaire_version.list",
                """
                SELECT version.number, version.created_at, version.frozen_at, coalesce(answered.answers, 0) AS answers,
                       undo.questionnaire_id IS NOT NULL AS may_undo
                FROM questionnaire_version AS version
                LEFT JOIN (SELECT version, count(*) AS answers FROM response WHERE questionnaire_id = \(id)
                           GROUP BY version) AS answered ON answered.version = version.number
                LEFT JOIN questionnaire_undo AS undo
                       ON undo.questionnaire_id = version.questionnaire_id AND undo.number = version.number
                      AND undo.revision = \(Int32(clamping: questionnaire.revision)) AND version.frozen_at IS NULL
                WHERE version.questionnaire_id = \(id) ORDER BY version.number DESC
                """
            ),
            (
                "questionnaire_version.last_form",
                """
                SELECT form::text AS form FROM questionnaire_version WHERE questionnaire_id = \(id)
                ORDER BY number DESC LIMIT 1
                """
            ),
            ("district.codes", "SELECT code FROM district"),
        ])
        let form: QuestionnaireForm =
            try answers[1].first.map { try QuestionnaireForm(json: $0.get("form")) } ?? QuestionnaireForm()
        let districts: Set<String> = Set(try answers[2].map { try $0.get("code", as: String.self) })
        return QuestionnaireFile(
            questionnaire: questionnaire,
            versions: try answers[0].map { row in
                QuestionnaireVersion(
                    number: Int(try row.get("number", as: Int32.self)), createdAt: try row.get("created_at"),
                    frozenAt: try row.get("frozen_at"), answers: try row.get("answers"))
            },
            form: form, problems: form.problems(districts: districts),
            mayUndo: try answers[0].contains { try $0.get("may_undo", as: Bool.self) }, districts: districts)
    }
}
