import Participation

/// One question or section of a questionnaire as somebody types it, in French; other languages have a page of their own.
struct QuestionForm: Sendable {
    let fields: Fields

    init(_ fields: Fields) {
        self.fields = fields
    }

    /// The form before anybody has typed.
    init(_ question: QuestionnaireForm.Question, in section: String) {
        func lines(_ options: [QuestionnaireForm.Option]) -> String {
            options.map { $0.title(.french) }.joined(separator: "\n")
        }
        var pairs: [(name: String, value: String)] = [
            ("seal", question.seal), ("title", question.title.byLanguage["fr"] ?? ""),
            ("help", question.help.byLanguage["fr"] ?? ""), ("kind", question.kind.rawValue), ("section", section),
            ("options", lines(question.options)), ("rows", lines(question.rows)),
            ("least", question.least.map(String.init) ?? ""), ("most", question.most.map(String.init) ?? ""),
            ("lowest", question.lowest ?? ""), ("highest", question.highest ?? ""),
            ("lowestMeans", question.lowestMeans.byLanguage["fr"] ?? ""),
            ("highestMeans", question.highestMeans.byLanguage["fr"] ?? ""),
            ("decimals", String(question.decimals)), ("unit", question.unit.byLanguage["fr"] ?? ""),
            ("earliest", question.earliest ?? ""), ("latest", question.latest ?? ""),
            ("meaning", question.meaning?.rawValue ?? ""),
        ]
        if question.isRequired { pairs.append(("required", "1")) }
        if question.hasOther { pairs.append(("other", "1")) }
        fields = Fields(pairs: pairs + ConditionForm.pairs(of: question.condition))
    }

    /// The form of a section before anybody has typed.
    init(_ section: QuestionnaireForm.Section) {
        let pairs: [(name: String, value: String)] = [
            ("seal", section.seal), ("title", section.title.byLanguage["fr"] ?? ""),
            ("help", section.introduction.byLanguage["fr"] ?? ""),
        ]
        fields = Fields(pairs: pairs + ConditionForm.pairs(of: section.condition))
    }

    func text(_ name: String) -> String { fields.text(name) }

    /// What the form is about to show: the kind that was chosen.
    func kind(of known: QuestionnaireForm.Question) -> QuestionnaireForm.Kind {
        QuestionnaireForm.Kind(rawValue: text("kind")) ?? known.kind
    }

    /// The section as it was typed.
    func section(
        over known: QuestionnaireForm.Section, earlier: [QuestionnaireForm.Question]
    ) -> QuestionnaireForm.Section {
        var section: QuestionnaireForm.Section = known
        section.title = known.title.replacing(line("title"), in: .french)
        section.introduction = known.introduction.replacing(text("help"), in: .french)
        section.condition = ConditionForm(fields, earlier: earlier).condition
        return section
    }

    /// The question as it was typed. What the form did not show stays as it was.
    ///
    /// - Throws: `FieldErrors` with the numbers that are none.
    func question(
        over known: QuestionnaireForm.Question, earlier: [QuestionnaireForm.Question]
    ) throws(FieldErrors) -> QuestionnaireForm.Question {
        var errors = FieldErrors()
        var question: QuestionnaireForm.Question = known
        question.kind = kind(of: known)
        question.title = known.title.replacing(line("title"), in: .french)
        question.help = known.help.replacing(text("help"), in: .french)
        question.isRequired = fields.has("required")
        question.hasOther = fields.has("other")
        question.condition = ConditionForm(fields, earlier: earlier).condition
        if fields.has("options") { question.options = .typed(lines("options"), over: known.options) }
        if fields.has("rows") { question.rows = .typed(lines("rows"), over: known.rows) }
        if fields.has("least") { question.least = number("least", &errors) }
        if fields.has("most") { question.most = number("most", &errors) }
        if fields.has("lowest") { (question.lowest, question.highest) = (digits("lowest"), digits("highest")) }
        if fields.has("lowestMeans") {
            question.lowestMeans = known.lowestMeans.replacing(line("lowestMeans"), in: .french)
            question.highestMeans = known.highestMeans.replacing(line("highestMeans"), in: .french)
        }
        if fields.has("decimals") { question.decimals = number("decimals", &errors) ?? 0 }
        if fields.has("unit") { question.unit = known.unit.replacing(line("unit"), in: .french) }
        if fields.has("earliest") {
            (question.earliest, question.latest) = (text("earliest").nonEmpty, text("latest").nonEmpty)
        }
        if fields.has("meaning") { question.meaning = QuestionnaireForm.Meaning(rawValue: text("meaning")) }
        try errors.throwIfAny()
        return question.tidied
    }

    private func line(_ name: String) -> String { text(name).replacing("\n", with: " ") }

    private func lines(_ name: String) -> [String] {
        text(name).split(separator: "\n").map { $0.trimming(while: \.isWhitespace) }.filter { !$0.isEmpty }
            .map(String.init)
    }

    private func number(_ name: String, _ errors: inout FieldErrors) -> Int? {
        if text(name).isEmpty { return nil }
        let number: Int? = fields.integer(name)
        if number == nil { errors.add(name, "consultations.form.refusal.number") }
        return number
    }

    /// A number as people type it; what is none is for the check of the form to refuse.
    private func digits(_ name: String) -> String? {
        text(name).filter { !$0.isWhitespace }.replacing(",", with: ".").replacing("−", with: "-").nonEmpty
    }
}

extension [QuestionnaireForm.Option] {
    /// See `QuestionnaireForm.Option.typed`.
    fileprivate static func typed(_ lines: [String], over known: [QuestionnaireForm.Option]) -> Self {
        QuestionnaireForm.Option.typed(lines, over: known)
    }
}
