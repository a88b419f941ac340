import Foundation
import Participation

/// What stands on printed questionnaires, and what is said at their desk, in one language.
struct SheetWords: Sendable {
    let form: QuestionnaireForm
    let districts: [District]
    let strings: Strings

    private var language: Language { strings.language }

    /// The numbers of the questions as they are printed, by their keys: from 1, over all sections.
    var numbers: [String: Int] {
        Dictionary(
            form.questions.filter { $0.kind != .information }.enumerated().map { ($0.element.key, $0.offset + 1) },
            uniquingKeysWith: { first, _ in first })
    }

    // MARK: Conditions

    /// What is printed above a question with a condition: « Répondez à la 12 seulement si … ».
    func condition(_ condition: QuestionnaireForm.Condition, of number: Int) -> String {
        strings(
            "consultations.paper.condition.question",
            ["number": String(number), "tests": tests(condition)])
    }

    /// The same above a section, and above words between questions.
    func condition(of section: QuestionnaireForm.Condition) -> String {
        strings("consultations.paper.condition.section", ["tests": tests(section)])
    }

    private func tests(_ condition: QuestionnaireForm.Condition) -> String {
        let join: String = strings("consultations.paper.join.\(condition.join.rawValue)")
        return condition.tests.map(test).joined(separator: " \(join) ")
    }

    private func test(_ test: QuestionnaireForm.Condition.Test) -> String {
        let question: QuestionnaireForm.Question? = form.question(test.question)
        let values: [String] = test.values.map { value in
            question?.options.first { $0.key == value }
                .map { strings.quoted($0.title(language)) } ?? strings.decimal(value)
        }
        return strings(
            "consultations.paper.test.\(test.comparison.rawValue)",
            [
                "number": numbers[test.question].map(String.init) ?? "",
                "values": values.joined(separator: " \(strings("consultations.paper.join.any")) "),
            ])
    }

    // MARK: Answers

    /// What was found for a question, in words.
    func words(_ found: PaperAnswers.Found, of question: QuestionnaireForm.Question) -> String {
        switch found {
        case .nothing: strings("consultations.paper.nothing")
        case .mark(let mark): strings("consultations.paper.mark.\(mark.rawValue)")
        case .answer(let value): words(value, of: question)
        }
    }

    private func words(_ value: AnswerValue, of question: QuestionnaireForm.Question) -> String {
        func title(_ key: String, of options: [QuestionnaireForm.Option]) -> String {
            options.first { $0.key == key }?.title(language) ?? key
        }
        switch value {
        case .words(let words): return words
        case .chosen(let keys, let other):
            return (keys.map { title($0, of: question.options) } + [other.map(strings.quoted)].compactMap(\.self))
                .joined(separator: ", ")
        case .rows(let rows):
            return question.rows.compactMap { row in
                rows[row.key].map { "\(row.title(language)): \(title($0, of: question.options))" }
            }.joined(separator: "; ")
        case .ranked(let keys):
            return keys.enumerated().map { "\($0.offset + 1). \(title($0.element, of: question.options))" }
                .joined(separator: ", ")
        case .number(let digits): return strings.decimal(digits)
        case .day(let day): return strings.day(day)
        case .place(_, let words, let code):
            let district: String? = code.map { code in
                districts.first { $0.code == code }?.name(language) ?? code
            }
            return [district, words.nonEmpty].compactMap(\.self).joined(separator: ", ")
        case .photo(_, let alt): return alt
        }
    }
}

extension QuestionnaireSheet {
    /// The word for what has become of it, with its colour.
    func word(_ strings: Strings) -> StatusWord {
        switch check {
        case .awaited, .differing:
            let name: String = check == .awaited ? "awaited" : "differing"
            return StatusWord(
                word: strings("consultations.paper.check.\(name)"), tone: "wait",
                meaning: strings("consultations.paper.check.\(name).words"))
        case .none, .done: return state.word(strings)
        }
    }
}

extension QuestionnaireSheet.State {
    /// The word for it, with its colour.
    func word(_ strings: Strings) -> StatusWord {
        let tone: String? =
            switch self {
            case .issued: "now"
            case .entered: "good"
            case .unused: nil
            case .spoiled: "bad"
            }
        return StatusWord(
            word: strings("consultations.paper.state.\(rawValue)"), tone: tone,
            meaning: strings("consultations.paper.state.\(rawValue).words"))
    }
}

extension PaperRefusal {
    /// Says what is wrong at the field that it concerns.
    func add(to errors: inout FieldErrors, _ strings: Strings) {
        func add(_ field: String, _ key: String, _ arguments: [String: String] = [:]) {
            errors.add(field, "consultations.paper.refusal.\(key)", arguments)
        }
        switch self {
        case .notOnPaper: add("copies", "not_on_paper")
        case .over: add("", "over")
        case .percent: add("percent", "percent")
        case .copies(let most): add("copies", "copies", ["most": strings.number(most)])
        case .placeMissing: add("place", "place_missing")
        case .placeTooLong: add("place", "place_too_long")
        case .numbersUsed: add("copies", "numbers_used")
        case .notInLanguage: add("language", "not_in_language")
        case .counted(let least, let most):
            add("returned", "counted", ["least": strings.number(least), "most": strings.number(most)])
        case .range: add("first", "range")
        case .entered(let count): add("first", "entered", ["count": strings.number(count)])
        case .alreadyEntered: add("", "already_entered")
        case .setAside: add("", "set_aside")
        case .notEntered: add("", "not_entered")
        case .notAwaited: add("", "not_awaited")
        case .samePerson: add("", "same_person")
        case .awaited: add("", "awaited")
        case .nothing: add("", "nothing")
        case .reasonMissing: add("reason", "reason_missing")
        case .reasonTooLong: add("reason", "reason_too_long")
        case .nothingToSettle: add("", "nothing_to_settle")
        case .choiceMissing(let question): add("choice-\(question)", "choice_missing")
        case .reader: add("", "reader")
        case .answer(let question, let problem):
            errors.add(
                "answer-\(question)", "consultations.paper.refusal.answer",
                ["problem": QuestionWords(strings).problem(problem)])
        case .tooManyScans: add("file", "too_many_scans")
        }
    }
}

extension Refused<PaperRefusal> {
    /// The words, each at its field.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons { reason.add(to: &errors, strings) }
        return errors
    }
}

extension TypedAnswer.Problem {
    /// Says what is wrong at the field of the question.
    func add(to errors: inout FieldErrors, at question: String) {
        func add(_ key: String, _ arguments: [String: String] = [:]) {
            errors.add("answer-\(question)", "consultations.paper.typing.\(key)", arguments)
        }
        switch self {
        case .unknown(let code): add("unknown", ["code": code])
        case .severalChosen: add("several")
        case .noOther: add("no_other")
        case .count(let count): add("count", ["count": String(count)])
        case .ranks: add("ranks")
        case .notADay: add("not_a_day")
        }
    }
}
