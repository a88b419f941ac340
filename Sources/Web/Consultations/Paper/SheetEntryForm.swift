import Participation

/// What was typed of a sheet, question by question.
struct SheetEntryForm: Sendable {
    /// The most bytes of a form: some texts of 5,000 letters, and what stands around them.
    static let limit = 1 << 20

    /// What was typed, by the key of the question.
    var typed: [String: String]
    /// Which act the page was for: `enter`, `again` or `correct`.
    let task: String

    /// What the form sends.
    init(_ fields: Fields, of form: QuestionnaireForm) {
        typed = Dictionary(
            form.questions.map { ($0.key, fields.text("answer-\($0.key)")) }, uniquingKeysWith: { first, _ in first })
        task = fields.text("task")
    }

    /// The form of a sheet as it stands.
    init(_ found: PaperAnswers?, of form: QuestionnaireForm, districts: [String], task: String) {
        typed = Dictionary(
            form.questions.map { question in
                let text: String = TypedAnswer.text(
                    of: found?.found(question.key) ?? .nothing, for: question, districts: districts)
                return (question.key, text)
            }, uniquingKeysWith: { first, _ in first })
        self.task = task
    }

    /// What was found, as the signs say.
    ///
    /// - Throws: `FieldErrors` with everything that nobody can make an answer of.
    func found(_ form: QuestionnaireForm, districts: [String]) throws(FieldErrors) -> PaperAnswers {
        var found = PaperAnswers()
        var errors = FieldErrors()
        for question in form.questions {
            do {
                switch try TypedAnswer.read(typed[question.key] ?? "", for: question, districts: districts) {
                case .nothing: break
                case .answer(let value): found.answers[question.key] = value
                case .mark(let mark): found.marks[question.key] = mark
                }
            } catch {
                error.add(to: &errors, at: question.key)
            }
        }
        try errors.throwIfAny()
        return found
    }
}
