public import Participation
public import Postgres

/// A questionnaire that is answered on paper, made by plain SQL: for tests of its sheets.
///
/// It asks one question of each kind, the second part only of those who come on foot or by bicycle; its texts are in
/// French, English and German, but for the help of one question that lacks German where `isComplete` is false.
public struct PaperFixture: Sendable {
    let pool: Pool
    /// The consultation and the questionnaire, with their handles in addresses.
    public let consultation: ID<Consultation>, questionnaire: ID<Questionnaire>, handle: String
    /// What version 1 asks.
    public let form: QuestionnaireForm

    /// A questionnaire of a published consultation that collects, in `process`.
    public static func make(
        _ pool: Pool, in process: ID<Participation.Process>, handle: String = "place", isAnonymous: Bool = true,
        isComplete: Bool = true
    ) async throws -> PaperFixture {
        let (consultation, questionnaire) = (ID<Consultation>(), ID<Questionnaire>())
        let form: QuestionnaireForm = form(isComplete: isComplete)
        try await pool.transaction("test.paper") { transaction in
            try await transaction.execute(
                "test.consultation",
                """
                INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due,
                                          answer_due, published_at)
                VALUES (\(consultation), \(process), \(handle), '{"fr": "La place", "en": "The square"}',
                        now() - interval '1 day', now() + interval '10 days', current_date + 30, current_date + 60,
                        now())
                """)
            try await transaction.execute(
                "test.questionnaire",
                """
                INSERT INTO questionnaire (id, consultation_id, handle, title, ways, is_anonymous, once, may_edit,
                                           live_version, opened_at)
                VALUES (\(questionnaire), \(consultation), 'usages',
                        '{"fr": "Vos usages", "en": "Your uses", "de": "Ihre Nutzung"}', '{account,paper}',
                        \(isAnonymous), false, false, 1, now())
                """)
            try await transaction.execute(
                "test.version",
                """
                INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
                VALUES (\(questionnaire), 1, \(form.json)::jsonb, now())
                """)
            try await transaction.execute(
                "test.districts",
                """
                INSERT INTO district (code, name, position)
                VALUES ('nord', '{"fr": "Nord"}', 1), ('sud', '{"fr": "Sud"}', 2) ON CONFLICT DO NOTHING
                """)
        }
        return PaperFixture(
            pool: pool, consultation: consultation, questionnaire: questionnaire, handle: handle, form: form)
    }

    /// What was entered of a sheet, as the answers of the consultation have it; nil while there is none.
    public func response(of sheet: PaperNumber) async throws -> Answers? {
        try await pool.one(
            "test.response",
            """
            SELECT response.answers::text AS answers FROM response
            JOIN questionnaire_sheet ON questionnaire_sheet.response_id = response.id
            WHERE questionnaire_sheet.number = \(sheet.number)
            """
        ).map { try Answers(json: $0.get("answers")) }
    }

    private static func texts(_ french: String, _ english: String, _ german: String) -> Texts {
        Texts(["fr": french, "en": english, "de": german])
    }

    private static func option(_ key: String, _ french: String, _ english: String, _ german: String)
        -> QuestionnaireForm.Option
    {
        .init(key: key, title: texts(french, english, german))
    }

    private static func form(isComplete: Bool) -> QuestionnaireForm {
        typealias Question = QuestionnaireForm.Question
        var come = Question(
            key: "come", kind: .single,
            title: texts("Comment venez-vous ?", "How do you come?", "Wie kommen Sie?"))
        come.options = [
            option("foot", "À pied", "On foot", "Zu Fuß"), option("bike", "À vélo", "By bicycle", "Mit dem Rad"),
            option("car", "En voiture", "By car", "Mit dem Auto"),
        ]
        come.hasOther = true
        come.isRequired = true
        var want = Question(
            key: "want", kind: .multiple, title: texts("Que manque-t-il ?", "What is missing?", "Was fehlt?"))
        want.options = [
            option("trees", "Des arbres", "Trees", "Bäume"), option("benches", "Des bancs", "Benches", "Bänke"),
            option("water", "De l’eau", "Water", "Wasser"),
        ]
        want.most = 2
        var rate = Question(
            key: "rate", kind: .matrix, title: texts("Qu’en pensez-vous ?", "What do you think?", "Was meinen Sie?"))
        rate.options = [
            option("good", "Bien", "Good", "Gut"), option("fair", "Moyen", "Fair", "Mittel"),
            option("bad", "Mal", "Bad", "Schlecht"),
        ]
        rate.rows = [
            option("light", "L’éclairage", "The light", "Das Licht"),
            option("clean", "La propreté", "Cleanliness", "Die Sauberkeit"),
        ]
        var rank = Question(key: "rank", kind: .ranking, title: texts("Classez", "Rank these", "Ordnen Sie"))
        rank.options = [
            option("play", "Les jeux", "Play", "Spiel"), option("calm", "Le calme", "Calm", "Ruhe"),
            option("market", "Le marché", "The market", "Der Markt"),
        ]
        var like = Question(key: "like", kind: .scale, title: texts("Votre note", "Your mark", "Ihre Note"))
        (like.lowest, like.highest) = ("0", "10")
        like.lowestMeans = texts("pas du tout", "not at all", "gar nicht")
        like.highestMeans = texts("beaucoup", "very much", "sehr")
        var times = Question(
            key: "times", kind: .number, title: texts("Combien de fois par mois ?", "How often a month?", "Wie oft?"))
        (times.lowest, times.highest) = ("0", "60")
        times.unit = texts("fois", "times", "Mal")
        let last = Question(key: "last", kind: .date, title: texts("La dernière fois", "The last time", "Zuletzt"))
        let spot = Question(key: "spot", kind: .place, title: texts("Un endroit", "A place", "Ein Ort"))
        let photo = Question(key: "photo", kind: .photo, title: texts("Une photo", "A photo", "Ein Foto"))
        let note = Question(
            key: "note", kind: .information, title: texts("Bon à savoir", "Good to know", "Gut zu wissen"))
        var why = Question(key: "why", kind: .longText, title: texts("Pourquoi ?", "Why?", "Warum?"))
        why.help = isComplete ? texts("En quelques mots.", "In a few words.", "In wenigen Worten.") : Texts(["fr": "…"])
        why.condition = .init(.any, [.init(question: "like", comparison: .atMost, values: ["3"])])
        return QuestionnaireForm(sections: [
            .init(key: "all", title: texts("Pour tous", "For all", "Für alle"), questions: [come, want, note, like]),
            .init(
                key: "near", title: texts("De près", "From near", "Aus der Nähe"),
                condition: .init(.all, [.init(question: "come", comparison: .chosen, values: ["foot", "bike"])]),
                questions: [rate, rank, times, last, spot, photo, why]),
        ])
    }
}
