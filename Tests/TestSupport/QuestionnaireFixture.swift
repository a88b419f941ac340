import Foundation
public import Participation
public import Postgres

/// A questionnaire of a consultation that collects answers now, made by plain SQL: for tests of how it is answered.
///
///     let questionnaire = try await QuestionnaireFixture.make(pool, ways: ["account"], once: true)
public struct QuestionnaireFixture: Sendable {
    let pool: Pool
    /// The process, the consultation and the questionnaire.
    public let process: ID<Participation.Process>, consultation: ID<Consultation>, id: ID<Questionnaire>
    /// What it asks.
    public let form: QuestionnaireForm
    /// Its public address.
    public var address: String { "/consultations/place/questionnaires/usages" }

    /// A questionnaire with the handle `usages` of the consultation `place`, which is open for a week.
    public static func make(
        _ pool: Pool, form: QuestionnaireForm = .everyKind, ways: [String] = ["link"], isAnonymous: Bool = true,
        once: Bool = false, mayEdit: Bool = true
    ) async throws -> QuestionnaireFixture {
        let (process, consultation, id) = (ID<Participation.Process>(), ID<Consultation>(), ID<Questionnaire>())
        let title = "{\"fr\": \"La place\", \"en\": \"The square\", \"de\": \"Der Platz\"}"
        try await pool.transaction("test.questionnaire") { transaction in
            try await transaction.execute(
                "test.process",
                """
                INSERT INTO process (id, slug, title, summary, description)
                VALUES (\(process), 'place-2027', \(title)::jsonb, '{}', '{}')
                """)
            try await transaction.execute(
                "test.consultation",
                """
                INSERT INTO consultation (id, process_id, handle, title, contact, collects_from, collects_until,
                                          synthesis_due, answer_due, published_at)
                VALUES (\(consultation), \(process), 'place', \(title)::jsonb, '{"fr": "Mairie", "en": "Town hall"}',
                        now() - interval '1 day', now() + interval '7 days', current_date + 30, current_date + 60,
                        now() - interval '2 days')
                """)
            try await transaction.execute(
                "test.questionnaire",
                """
                INSERT INTO questionnaire (id, consultation_id, handle, title, thanks, ways, is_anonymous, once, may_edit,
                                           live_version, opened_at)
                VALUES (\(id), \(consultation), 'usages', \(title)::jsonb, '{"fr": "Merci.", "en": "Thank you."}',
                        \(ways), \(isAnonymous), \(once), \(mayEdit), 1, now())
                """)
            try await transaction.execute(
                "test.version",
                """
                INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
                VALUES (\(id), 1, \(try form.json)::jsonb, now())
                """)
        }
        return QuestionnaireFixture(pool: pool, process: process, consultation: consultation, id: id, form: form)
    }

    /// Ends the collection, a minute ago.
    public func close() async throws {
        try await pool.execute(
            "test.close",
            "UPDATE consultation SET collects_until = now() - interval '2 minutes' WHERE id = \(consultation)")
    }

    /// Publishes the synthesis.
    public func synthesise() async throws {
        try await pool.execute(
            "test.synthesise", "UPDATE consultation SET synthesised_at = now() WHERE id = \(consultation)")
    }
}

extension QuestionnaireForm {
    private static func text(_ words: String) -> Texts { Texts(["fr": words, "en": words]) }

    private static func question(
        _ key: String, _ kind: Kind, _ change: (inout Question) -> Void = { _ in }
    ) -> Question {
        var question = Question(key: key, kind: kind, title: text("Question \(key)"))
        if kind.hasOptions {
            question.options = ["a", "b", "c"].map { Option(key: $0, title: text("Option \($0)")) }
        }
        change(&question)
        return question
    }

    /// Two steps, and a third for those who chose `a`: every kind of question once.
    public static var everyKind: QuestionnaireForm {
        QuestionnaireForm(sections: [
            Section(
                key: "choices", title: text("Choices"),
                questions: [
                    question("reading", .information) { $0.help = text("Words to read.") },
                    question("one", .single) {
                        $0.isRequired = true
                        $0.hasOther = true
                    },
                    question("some", .multiple) { ($0.least, $0.most, $0.hasOther) = (1, 2, true) },
                    question("table", .matrix) {
                        $0.rows = ["day", "night"].map { Option(key: $0, title: text("Row \($0)")) }
                    },
                    question("order", .ranking),
                    question("mark", .scale) { ($0.lowest, $0.highest) = ("0", "10") },
                ]),
            Section(
                key: "words", title: text("Words"),
                questions: [
                    question("line", .shortText), question("text", .longText),
                    question("number", .number) { ($0.lowest, $0.highest, $0.decimals) = ("0", "100", 1) },
                    question("date", .date), question("place", .place),
                ]),
            Section(
                key: "more", title: text("More"),
                condition: Condition(.all, [.init(question: "one", comparison: .chosen, values: ["a"])]),
                questions: [question("why", .longText) { $0.isRequired = true }, question("photo", .photo)]),
        ])
    }
}
