/// The versions of a questionnaire as one: questions, rows and options are the same where their keys are.
public struct JoinedForm: Sendable {
    /// The versions that were frozen, the latest first, with what they ask.
    public let versions: [(number: Int, form: QuestionnaireForm)]
    /// The sections of the latest version with the words of the latest; what only earlier ones asked stands at the end,
    /// in sections with the keys of theirs.
    public let sections: [QuestionnaireForm.Section]
    /// The questions that not every version asks alike: other options, rows or words, or none at all.
    public let changed: Set<String>

    /// The versions, the latest first.
    init(_ versions: [(number: Int, form: QuestionnaireForm)]) {
        self.versions = versions
        var sections: [QuestionnaireForm.Section] = versions.first?.form.sections ?? []
        var places: [String: (section: Int, question: Int)] = [:]
        var changed: Set<String> = []
        for (section, one) in sections.enumerated() {
            for (question, two) in one.questions.enumerated() { places[two.key] = (section, question) }
        }
        for (_, form) in versions.dropFirst() {
            let keys: Set<String> = Set(form.questions.map(\.key))
            changed.formUnion(places.keys.filter { !keys.contains($0) })
            for section in form.sections {
                var gone: QuestionnaireForm.Section = section
                gone.questions = []
                for question in section.questions {
                    guard let place = places[question.key] else {
                        changed.insert(question.key)
                        gone.questions.append(question)
                        continue
                    }
                    var known: QuestionnaireForm.Question = sections[place.section].questions[place.question]
                    if Self.differ(known, question) { changed.insert(question.key) }
                    known.options = Self.joined(known.options, question.options)
                    known.rows = Self.joined(known.rows, question.rows)
                    known.hasOther = known.hasOther || question.hasOther
                    sections[place.section].questions[place.question] = known
                }
                guard !gone.questions.isEmpty else { continue }
                for (place, question) in gone.questions.enumerated() {
                    places[question.key] = (sections.count, place)
                }
                sections.append(gone)
            }
        }
        self.sections = sections
        self.changed = changed
    }

    /// All questions that take an answer, in their order.
    public var questions: [QuestionnaireForm.Question] {
        sections.flatMap(\.questions).filter { $0.kind != .information }
    }

    /// The question with the key.
    public func question(_ key: String) -> QuestionnaireForm.Question? { questions.first { $0.key == key } }

    /// The question whose answers have that meaning, if one does.
    public func question(meaning: QuestionnaireForm.Meaning) -> QuestionnaireForm.Question? {
        questions.first { $0.meaning == meaning && $0.kind == .single }
    }

    private static func joined(
        _ options: [QuestionnaireForm.Option], _ others: [QuestionnaireForm.Option]
    ) -> [QuestionnaireForm.Option] {
        let known: Set<String> = Set(options.map(\.key))
        return options + others.filter { !known.contains($0.key) }
    }

    private static func differ(_ one: QuestionnaireForm.Question, _ other: QuestionnaireForm.Question) -> Bool {
        one.kind != other.kind || one.title != other.title || one.options != other.options || one.rows != other.rows
            || one.lowest != other.lowest || one.highest != other.highest || one.hasOther != other.hasOther
    }
}
