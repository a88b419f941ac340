import Participation

/// How the questions of a questionnaire, their conditions and what is wrong with an answer speak in the reader's language.
struct QuestionWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// The name of a kind of question.
    func kind(_ kind: QuestionnaireForm.Kind) -> String { strings("consultations.form.kind.\(kind.rawValue)") }

    /// What somebody does to answer it, in a sentence for those who write the form.
    func purpose(_ kind: QuestionnaireForm.Kind) -> String {
        strings("consultations.form.kind.\(kind.rawValue).words")
    }

    /// What an answer says of the person who gave it.
    func meaning(_ meaning: QuestionnaireForm.Meaning) -> String {
        strings("consultations.form.meaning.\(meaning.rawValue)")
    }

    /// What a condition asks of an earlier answer, as it is chosen from a list.
    func comparison(_ comparison: QuestionnaireForm.Condition.Comparison) -> String {
        strings("consultations.form.comparison.\(comparison.rawValue)")
    }

    /// How the tests of a condition are joined, as it is chosen from a list.
    func join(_ join: QuestionnaireForm.Condition.Join) -> String {
        strings("consultations.form.join.\(join.rawValue)")
    }

    /// What is wrong with an answer, and how to put it right.
    func problem(_ problem: AnswerProblem) -> String {
        func words(_ name: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.form.problem.\(name)", arguments)
        }
        return switch problem {
        case .missing: words("missing")
        case .notAnOption: words("not_an_option")
        case .tooLong(let most): words("too_long", ["count": strings.number(most)])
        case .tooFew(let least): strings.plural("consultations.form.problem.too_few", least)
        case .tooMany(let most): strings.plural("consultations.form.problem.too_many", most)
        case .rowsMissing: words("rows_missing")
        case .notANumber(let decimals):
            decimals == 0
                ? words("not_whole") : strings.plural("consultations.form.problem.not_a_number", decimals)
        case .tooLow(let least):
            Day(least).map { words("too_early", ["day": strings.day($0)]) }
                ?? words("too_low", ["number": strings.decimal(least)])
        case .tooHigh(let most):
            Day(most).map { words("too_late", ["day": strings.day($0)]) }
                ?? words("too_high", ["number": strings.decimal(most)])
        case .notADay: words("not_a_day")
        case .sameRank(let rank): words("same_rank", ["rank": strings.number(rank)])
        }
    }

    /// When something is asked, as one sentence: « Posée seulement si … ».
    ///
    /// - Parameter form: has the words of the questions that the condition looks at.
    func sentence(_ condition: QuestionnaireForm.Condition, in form: QuestionnaireForm) -> String {
        let tests: [String] = condition.tests.map { clause($0, in: form) }
        return strings(
            "consultations.form.condition",
            ["tests": joined(tests, "consultations.form.tests.\(condition.join.rawValue)")])
    }

    private func clause(_ test: QuestionnaireForm.Condition.Test, in form: QuestionnaireForm) -> String {
        let question: QuestionnaireForm.Question? = form.question(test.question)
        let values: [String] = test.values.map { value in
            question?.options.first { $0.key == value }.map { strings.quoted($0.title(strings.language)) }
                ?? strings.decimal(value)
        }
        return strings(
            "consultations.form.test.\(test.comparison.rawValue)",
            [
                "question": question?.title(strings.language) ?? test.question,
                "values": joined(values, "consultations.form.tests.values"),
            ])
    }

    private func joined(_ parts: [String], _ key: String) -> String {
        parts.dropFirst().reduce(parts.first ?? "") { strings(key, ["first": $0, "next": $1]) }
    }
}

extension Strings {
    /// A decimal number from its plain digits, with the language's mark: `1 234,5`. What is no number stays as it is.
    func decimal(_ digits: String) -> String {
        let parts: [Substring] = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int(parts[0]) else { return digits }
        let sign: String = whole == 0 && digits.hasPrefix("-") ? "−" : ""
        let mark: String = language == .english ? "." : ","
        return sign + number(whole) + (parts.count == 2 ? mark + parts[1] : "")
    }

    /// Words between the quotation marks of the language.
    func quoted(_ words: String) -> String { self("consultations.form.quoted", ["words": words]) }
}
