/// What has changed between two versions of a questionnaire, told by keys. It compares what is asked, not where.
public struct FormDifference: Hashable, Sendable {
    /// A question that is in both and does not ask the same.
    public struct Change: Hashable, Sendable {
        /// The question as it was, and as it is.
        public let before: QuestionnaireForm.Question, after: QuestionnaireForm.Question

        /// Whether the words of its title are others, in whichever language.
        public var isReworded: Bool { before.title != after.title || before.help != after.help }
        /// Whether it is asked of others, or has to be answered where it had not, or the other way round.
        public var isAskedOtherwise: Bool {
            before.condition != after.condition || before.isRequired != after.isRequired
        }
        /// Whether it takes another kind of answer, or has other bounds.
        public var isAnsweredOtherwise: Bool {
            before.kind != after.kind || before.least != after.least || before.most != after.most
                || before.lowest != after.lowest || before.highest != after.highest || before.earliest != after.earliest
                || before.latest != after.latest || before.hasOther != after.hasOther
                || before.decimals != after.decimals
        }
        /// The options and rows that came, and those that went.
        public var added: [QuestionnaireForm.Option] { Self.missing(before, from: after) }
        /// See ``added``.
        public var removed: [QuestionnaireForm.Option] { Self.missing(after, from: before) }
        /// The options and rows with other words: as they were, and as they are.
        public var reworded: [(before: QuestionnaireForm.Option, after: QuestionnaireForm.Option)] {
            [(before.options, after.options), (before.rows, after.rows)].flatMap { old, new in
                old.compactMap { option in
                    new.first { $0.key == option.key && $0.title != option.title }.map { (option, $0) }
                }
            }
        }

        private static func missing(
            _ there: QuestionnaireForm.Question, from all: QuestionnaireForm.Question
        ) -> [QuestionnaireForm.Option] {
            let (options, rows) = (Set(there.options.map(\.key)), Set(there.rows.map(\.key)))
            return all.options.filter { !options.contains($0.key) } + all.rows.filter { !rows.contains($0.key) }
        }
    }

    /// The questions that came, those that went, and those that do not ask the same any more.
    public let added: [QuestionnaireForm.Question], removed: [QuestionnaireForm.Question], changed: [Change]
    /// Whether sections have other words or conditions, or whether the questions they share come in another order.
    public let isOrderedOtherwise: Bool

    /// Whether both ask the same in the same order.
    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && !isOrderedOtherwise }

    /// What changed from one form to the next.
    public init(from old: QuestionnaireForm, to new: QuestionnaireForm) {
        func byKey(_ form: QuestionnaireForm) -> [String: QuestionnaireForm.Question] {
            Dictionary(form.questions.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (before, after) = (byKey(old), byKey(new))
        added = new.questions.filter { before[$0.key] == nil }
        removed = old.questions.filter { after[$0.key] == nil }
        changed = new.questions.compactMap { question in
            before[question.key].flatMap { $0 == question ? nil : Change(before: $0, after: question) }
        }
        func order(_ form: QuestionnaireForm) -> [QuestionnaireForm.Section] {
            form.sections.map { section in
                var bare: QuestionnaireForm.Section = section
                bare.questions = section.questions.filter { before[$0.key] != nil && after[$0.key] != nil }
                    .map { QuestionnaireForm.Question(key: $0.key, kind: .information, title: Texts([:])) }
                return bare
            }
        }
        isOrderedOtherwise = order(old) != order(new)
    }
}
