import Participation

/// What is wrong with the form of a questionnaire, and why an act on it is refused, in the reader's language.
struct FormWords {
    let strings: Strings
    let form: QuestionnaireForm

    init(_ strings: Strings, _ form: QuestionnaireForm) {
        self.strings = strings
        self.form = form
    }

    /// The sentence of a problem, without where it is.
    func sentence(_ fault: FormProblem.Fault) -> String {
        let (key, arguments) = words(fault)
        return strings("consultations.form.fault.\(key)", arguments)
    }

    /// The sentence with the name of the question or of the section that it is about.
    func sentence(_ problem: FormProblem) -> String {
        let name: String? =
            problem.question.map(title)
            ?? problem.section.map { key in
                form.sections.first { $0.key == key }?.title(strings.language).nonEmpty ?? key
            }
        let words: String = sentence(problem.fault)
        return name.map { strings("consultations.form.fault.at", ["name": $0, "words": words]) } ?? words
    }

    private func title(_ key: String) -> String { form.question(key)?.title(strings.language).nonEmpty ?? key }

    private func words(_ fault: FormProblem.Fault) -> (key: String, arguments: [String: String]) {
        func count(_ key: String, _ number: Int) -> (String, [String: String]) {
            (key, ["count": strings.number(number)])
        }
        return switch fault {
        case .noQuestion: ("no_question", [:])
        case .tooManySections(let most): count("sections", most)
        case .tooManyQuestions(let most): count("questions", most)
        case .tooManyTests(let most): count("tests", most)
        case .malformedKey(let key): ("malformed_key", ["key": key])
        case .repeatedKey(let key): ("repeated_key", ["key": key])
        case .untitled: ("untitled", [:])
        case .untitledOption: ("untitled_option", [:])
        case .tooLong(let most): count("too_long", most)
        case .notText: ("not_text", [:])
        case .tooFewOptions(let least): count("few_options", least)
        case .tooManyOptions(let most): count("many_options", most)
        case .tooFewRows(let least): count("few_rows", least)
        case .tooManyRows(let most): count("many_rows", most)
        case .choiceBounds: ("choice_bounds", [:])
        case .scaleEnds: count("scale_ends", QuestionnaireForm.Limit.scale)
        case .numberBounds: ("number_bounds", [:])
        case .decimals(let most): count("decimals", most)
        case .dateBounds: ("date_bounds", [:])
        case .unfittingMeaning: ("meaning", [:])
        case .repeatedMeaning(let question): ("repeated_meaning", ["question": title(question)])
        case .notADistrict(let option): ("district", ["option": option])
        case .noTest: ("no_test", [:])
        case .noSuchQuestion(let key): ("no_such_question", ["question": key])
        case .laterQuestion(let key): ("later_question", ["question": title(key)])
        case .loop(let keys):
            ("loop", ["questions": keys.map { strings.quoted(title($0)) }.joined(separator: " → ")])
        case .unfittingTest(let question): ("unfitting_test", ["question": title(question)])
        case .noValue(let question): ("no_value", ["question": title(question)])
        case .noSuchValue(let value, let question):
            ("no_such_value", ["value": value, "question": title(question)])
        }
    }

    /// The problems as a refused form shows them, each at its field; those elsewhere lead to the page of their question.
    func errors(_ problems: [FormProblem]) -> FieldErrors {
        var errors = FieldErrors()
        for problem in problems {
            let (key, arguments) = words(problem.fault)
            errors.add(problem.fault.field, "consultations.form.fault.\(key)", arguments)
        }
        return errors
    }
}

extension FormProblem.Fault {
    /// The field of the page of a question or of a section that it concerns.
    var field: String {
        switch self {
        case .untitled, .tooLong, .notText: "title"
        case .untitledOption, .tooFewOptions, .tooManyOptions, .notADistrict: "options"
        case .tooFewRows, .tooManyRows: "rows"
        case .choiceBounds: "least"
        case .scaleEnds, .numberBounds: "lowest"
        case .decimals: "decimals"
        case .dateBounds: "earliest"
        case .unfittingMeaning, .repeatedMeaning: "meaning"
        case .noTest, .noSuchQuestion, .laterQuestion, .loop, .unfittingTest, .noValue, .noSuchValue, .tooManyTests:
            "condition"
        case .noQuestion, .tooManySections, .tooManyQuestions, .malformedKey, .repeatedKey: ""
        }
    }
}

extension QuestionnaireRefusal {
    /// The refusal at the field it concerns.
    ///
    /// - Parameter words: those of the form that was refused.
    func fieldErrors(_ words: FormWords) -> FieldErrors {
        func at(_ field: String, _ name: String, _ arguments: [String: String] = [:]) -> FieldErrors {
            FieldErrors(field, "consultations.form.refusal.\(name)", arguments)
        }
        switch self {
        case .untitled: return at("title-fr", "untitled")
        case .malformedHandle: return at("handle", "handle")
        case .handleTaken: return at("handle", "handle_taken")
        case .noWay: return at("ways", "no_way")
        case .onceNeedsSomebody: return at("once", "once")
        case .answered: return at("", "answered")
        case .wayUsed(let ways):
            let names: [String] = ways.map { ConsultationWords(words.strings).way($0) }
            return at("ways", "way_used", ["ways": names.joined(separator: ", ")])
        case .changedMeanwhile: return at("", "changed")
        case .noDraft: return at("", "no_draft")
        case .draftThere: return at("", "draft_there")
        case .unchanged: return at("", "unchanged")
        case .broken(let problems): return words.errors(problems)
        case .notReady: return at("", "not_ready")
        case .tooLarge: return at("", "too_large")
        case .over: return at("", "over")
        case .nothingToUndo: return at("", "nothing_to_undo")
        case .nothingToCopy: return at("source", "nothing_to_copy")
        }
    }

    /// The refusal of an act that has no field of its own, for the next page.
    func flash(_ words: FormWords) -> Flash {
        if case .broken(let problems) = self {
            let sentences: [String] = problems.prefix(3).map(words.sentence)
            return .failed("consultations.form.refusal.broken", ["problems": sentences.joined(separator: " ")])
        }
        let name: String =
            switch self {
            case .changedMeanwhile: "changed"
            case .noDraft: "no_draft"
            case .draftThere: "draft_there"
            case .unchanged: "unchanged"
            case .notReady: "not_ready"
            case .over: "over"
            case .nothingToUndo: "nothing_to_undo"
            case .tooLarge: "too_large"
            default: "answered"
            }
        return .failed("consultations.form.refusal.\(name)")
    }
}

extension LostAnswers {
    /// What would be lost, line by line.
    func lines(_ strings: Strings) -> [String] {
        all.map { item in
            var arguments: [String: String] = ["question": item.question(strings.language)]
            if let option = item.option { arguments["option"] = option(strings.language) }
            return switch item.fate {
            case .questionGone: strings.plural("consultations.form.lost.question", item.answers, arguments)
            case .optionGone: strings.plural("consultations.form.lost.option", item.answers, arguments)
            case .reworded(let words):
                strings.plural(
                    "consultations.form.lost.reworded", item.answers,
                    arguments.merging(["words": words(strings.language)], uniquingKeysWith: { first, _ in first }))
            }
        }
    }
}
