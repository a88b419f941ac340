import Participation

/// The condition of a question or of a section in a form: tests that all hold, or any, each of an earlier question.
///
/// Without JavaScript the answers of a question can be chosen only once the question is: the button that shows them
/// sends the form back as it stands.
struct ConditionForm: Sendable {
    private let fields: Fields
    /// The questions that the condition may look at: those before the item.
    let earlier: [QuestionnaireForm.Question]

    init(_ fields: Fields, earlier: [QuestionnaireForm.Question]) {
        self.fields = fields
        self.earlier = earlier.filter { $0.kind != .information }
    }

    /// The fields that a condition would have been typed into.
    static func pairs(of condition: QuestionnaireForm.Condition?) -> [(name: String, value: String)] {
        guard let condition else { return [] }
        var pairs: [(name: String, value: String)] = [("join", condition.join.rawValue)]
        for (index, test) in condition.tests.enumerated() {
            pairs += [
                ("test", String(index)), (name(index, "question"), test.question),
                (name(index, "comparison"), test.comparison.rawValue),
            ]
            let isBound: Bool = [.atLeast, .atMost].contains(test.comparison)
            pairs += test.values.map { (name(index, isBound ? "number" : "values"), $0) }
        }
        return pairs
    }

    private static func name(_ index: Int, _ part: String) -> String { "test-\(index)-\(part)" }

    /// The condition that was typed; nil when no question was chosen in any test.
    var condition: QuestionnaireForm.Condition? {
        let tests: [QuestionnaireForm.Condition.Test] = indices.compactMap(test)
        guard !tests.isEmpty else { return nil }
        return QuestionnaireForm.Condition(
            QuestionnaireForm.Condition.Join(rawValue: fields.text("join")) ?? .all, tests)
    }

    private var indices: [Int] {
        Array(
            fields.all("test").compactMap { Int($0) }.filter { (0..<1000).contains($0) }
                .prefix(QuestionnaireForm.Limit.tests + 1))
    }

    private func test(_ index: Int) -> QuestionnaireForm.Condition.Test? {
        func text(_ part: String) -> String { fields.text(Self.name(index, part)) }
        let key: String = text("question")
        guard !key.isEmpty else { return nil }
        let kind: QuestionnaireForm.Kind? = earlier.first { $0.key == key }?.kind
        let fitting: [QuestionnaireForm.Condition.Comparison] =
            kind.map(QuestionnaireForm.Condition.Comparison.fitting) ?? [.answered]
        let typed = QuestionnaireForm.Condition.Comparison(rawValue: text("comparison"))
        // A comparison that the chosen question has no use for was left from another one.
        let comparison: QuestionnaireForm.Condition.Comparison =
            typed.flatMap { fitting.contains($0) ? $0 : nil } ?? fitting.first ?? .answered
        let values: [String] =
            switch comparison {
            case .answered, .notAnswered: []
            case .atLeast, .atMost:
                [text("number").filter { !$0.isWhitespace }.replacing(",", with: ".")].filter { !$0.isEmpty }
            case .chosen, .notChosen: fields.all(Self.name(index, "values"))
            }
        return QuestionnaireForm.Condition.Test(question: key, comparison: comparison, values: values)
    }

    /// What the page shows.
    func view(_ errors: FieldErrors, _ strings: Strings) -> ConditionView {
        let words = QuestionWords(strings)
        let condition: QuestionnaireForm.Condition? = condition
        var tests: [QuestionnaireForm.Condition.Test?] = condition?.tests ?? []
        if tests.count < QuestionnaireForm.Limit.tests { tests.append(nil) }
        return ConditionView(
            joins: QuestionnaireForm.Condition.Join.allCases.map {
                SelectOption(value: $0.rawValue, label: words.join($0), selected: $0 == condition?.join ?? .all)
            },
            tests: tests.enumerated().map { line($0.offset, $0.element, strings) },
            isPossible: !earlier.isEmpty, conditionError: errors.text(for: "condition", strings))
    }

    private func line(
        _ index: Int, _ test: QuestionnaireForm.Condition.Test?, _ strings: Strings
    ) -> ConditionView.Line {
        let words = QuestionWords(strings)
        let chosen: QuestionnaireForm.Question? = test.flatMap { test in earlier.first { $0.key == test.question } }
        var questions: [SelectOption] = [
            SelectOption(value: "", label: strings("consultations.form.condition.none"), selected: test == nil)
        ]
        questions += earlier.map {
            SelectOption(
                value: $0.key, label: $0.title(strings.language).nonEmpty ?? $0.key, selected: $0.key == chosen?.key)
        }
        // A question that is gone, or that comes later now, stays until another one is chosen.
        if let test, chosen == nil {
            questions.append(SelectOption(value: test.question, label: test.question, selected: true))
        }
        let comparisons: [QuestionnaireForm.Condition.Comparison] =
            chosen.map { QuestionnaireForm.Condition.Comparison.fitting($0.kind) } ?? [
                .chosen, .notChosen, .answered, .notAnswered,
            ]
        let isBound: Bool = test.map { [.atLeast, .atMost].contains($0.comparison) } ?? false
        return ConditionView.Line(
            index: String(index), number: strings.number(index + 1), questions: questions,
            comparisons: comparisons.map {
                SelectOption(value: $0.rawValue, label: words.comparison($0), selected: $0 == test?.comparison)
            },
            values: (chosen?.choices(strings) ?? []).map {
                SelectOption(
                    value: $0.value, label: $0.label, selected: !isBound && test?.values.contains($0.value) == true)
            },
            hasNumber: chosen.map { [.scale, .number].contains($0.kind) } ?? false,
            typedNumber: isBound ? test?.values.first ?? "" : "")
    }
}

extension QuestionnaireForm.Question {
    /// What can be chosen in it: its options, or the points of its scale.
    fileprivate func choices(_ strings: Strings) -> [(value: String, label: String)] {
        if kind == .scale {
            guard let lowest = lowest.flatMap({ Int($0) }), let highest = highest.flatMap({ Int($0) }),
                lowest <= highest, highest - lowest <= QuestionnaireForm.Limit.scale
            else { return [] }
            return (lowest...highest).map { (String($0), strings.number($0)) }
        }
        return [.single, .multiple].contains(kind)
            ? options.map { ($0.key, $0.title(strings.language).nonEmpty ?? $0.key) } : []
    }
}

/// The condition of an item as `consultations/form-condition` shows it.
struct ConditionView: Sendable {
    struct Line: Sendable {
        let index: String
        let number: String
        let questions: [SelectOption]
        let comparisons: [SelectOption]
        let values: [SelectOption]
        let hasNumber: Bool
        let typedNumber: String
    }

    let joins: [SelectOption]
    let tests: [Line]
    /// Whether there is a question to look at.
    let isPossible: Bool
    let conditionError: String?

    static let sample: ConditionView = {
        let option = SelectOption(value: "a", label: "Venez-vous ?", selected: true)
        return ConditionView(
            joins: [option],
            tests: [
                Line(
                    index: "0", number: "1", questions: [option], comparisons: [option], values: [option],
                    hasNumber: true, typedNumber: "4")
            ], isPossible: true, conditionError: "Manque")
    }()
}
