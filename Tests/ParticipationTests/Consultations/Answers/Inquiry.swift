import Foundation
import Participation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// A consultation whose collection is over, with a questionnaire that people answered.
struct Inquiry: Sendable {
    let square: Square
    let consultation: ID<Consultation>
    let questionnaire: ID<Questionnaire>

    var pool: Pool { square.pool }
    var agent: Actor { square.agent }
    var syntheses: Syntheses { Syntheses(pool: pool) }
    var decisions: Decisions {
        Decisions(pool: pool, zone: Square.zone, correspondent: PlainDecisionLetters())
    }

    /// The consultation as it is now.
    func now() async throws -> Consultation {
        try #require(try await Consultations(pool: pool).published(consultation))
    }

    static let form: QuestionnaireForm = {
        func option(_ key: String) -> QuestionnaireForm.Option {
            .init(key: key, title: Texts(["fr": key]))
        }
        var district = QuestionnaireForm.Question(
            key: "quartier", kind: .single, title: Texts(["fr": "Quartier ?"]))
        district.options = ["nord", "sud"].map(option)
        district.meaning = .district
        var age = QuestionnaireForm.Question(key: "age", kind: .single, title: Texts(["fr": "Âge ?"]))
        age.options = ["jeune", "vieux"].map(option)
        age.meaning = .ageBand
        var wish = QuestionnaireForm.Question(
            key: "voeu", kind: .multiple, title: Texts(["fr": "Que vouloir ?"]))
        wish.options = ["ombre", "bancs"].map(option)
        wish.hasOther = true
        var scale = QuestionnaireForm.Question(
            key: "note", kind: .scale, title: Texts(["fr": "Note ?"]))
        scale.lowest = "1"
        scale.highest = "5"
        let words = QuestionnaireForm.Question(
            key: "mots", kind: .longText, title: Texts(["fr": "Vos mots ?"]))
        let place = QuestionnaireForm.Question(key: "lieu", kind: .place, title: Texts(["fr": "Où ?"]))
        let day = QuestionnaireForm.Question(key: "jour", kind: .date, title: Texts(["fr": "Quand ?"]))
        let count = QuestionnaireForm.Question(
            key: "combien", kind: .number, title: Texts(["fr": "Combien ?"]))
        return QuestionnaireForm(sections: [
            .init(
                key: "tout", title: Texts(["fr": "Tout"]),
                questions: [district, age, wish, scale, words, place, day, count])
        ])
    }()

    static func make(_ square: Square, isOver: Bool = true) async throws -> Inquiry {
        let (consultation, questionnaire) = (ID<Consultation>(), ID<Questionnaire>())
        try await square.pool.execute(
            "test.consultation",
            """
            INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due,
                                      answer_due, published_at)
            VALUES (\(consultation), \(square.process), 'place', '{"fr": "La place"}', now() - interval '40 days',
                    now() + CASE WHEN \(isOver) THEN interval '-10 days' ELSE interval '10 days' END,
                    current_date - 3, current_date + 20, now() - interval '50 days')
            """)
        try await square.pool.transaction("test.questionnaire") { transaction in
            try await transaction.execute(
                "test.questionnaire",
                """
                INSERT INTO questionnaire (id, consultation_id, handle, title, ways, is_anonymous, once, may_edit,
                                           live_version, opened_at)
                VALUES (\(questionnaire), \(consultation), 'usages', '{"fr": "Usages"}', '{link,paper}', true, false,
                        false, 1, now())
                """)
            try await transaction.execute(
                "test.version",
                """
                INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
                VALUES (\(questionnaire), 1, \(try form.json)::jsonb, now())
                """)
        }
        return Inquiry(square: square, consultation: consultation, questionnaire: questionnaire)
    }

    /// People who answered alike.
    func answer(
        _ count: Int, district: String = "nord", age: String = "jeune", way: String = "link",
        wishes: [String] = ["ombre"], other: String? = nil, words: String = "Mon secret",
        place: MapPoint? = nil,
        number: String = "3"
    ) async throws {
        var answers = Answers()
        answers["quartier"] = .chosen([district], other: nil)
        answers["age"] = .chosen([age], other: nil)
        answers["voeu"] = .chosen(wishes, other: other)
        answers["note"] = .number("4")
        answers["mots"] = .words(words)
        answers["jour"] = .day(Day("2026-11-21")!)
        answers["combien"] = .number(number)
        if let place { answers["lieu"] = .place(place, words: "Chez moi", district: nil) }
        try await pool.execute(
            "test.responses",
            """
            INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT gen_random_uuid(), \(questionnaire), true, 1, \(way), 'fr', \(try answers.json)::jsonb, current_date
            FROM generate_series(1, \(count))
            """)
    }

    /// Writes all parts of the synthesis, the figures in the third.
    func write(said: String = "Voici.\n\n{figure usages/voeu}\n") async throws {
        for section in SynthesisSection.allCases {
            try await syntheses.write(
                section, Texts(["fr": section == .said ? said : "Des mots."]), of: consultation, by: agent)
        }
    }

    /// A decision with all that it needs.
    static func draft(_ title: String, kind: Decision.Kind = .planned, due: Int = 30) -> DecisionDraft {
        func texts(_ text: String) -> Texts { Texts(["fr": text]) }
        return DecisionDraft(
            title: texts(title), said: texts("Il manque de l’ombre"), decided: texts("Des arbres"),
            reason: texts("Il fait chaud"), kind: kind, service: "Espaces verts",
            due: kind.promises ? day(due) : nil)
    }

    static func day(_ days: Int) -> Day {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: Square.zone)!
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSinceNow: Double(days) * 86_400))
        return Day(year: parts.year!, month: parts.month!, day: parts.day!)!
    }
}

/// Letters that say no more than what happened.
struct PlainDecisionLetters: DecisionCorrespondent {
    func letter(_ notice: DecisionNotice, to name: String, in language: Language) -> Letter {
        switch notice.news {
        case .answered(let decisions):
            Letter(subject: "answered", body: decisions.map(\.number.description).joined())
        case .turned(let turns, _):
            Letter(subject: "turned", body: turns.map(\.status.rawValue).joined(separator: " "))
        }
    }
}

/// Runs a body with the consultation.
func withInquiry(isOver: Bool = true, _ body: (Inquiry) async throws -> Void) async throws {
    try await withSquare { square in try await body(try await Inquiry.make(square, isOver: isOver)) }
}
