import Foundation

extension QuestionnaireForm {
    /// What is wrong with the form, in its order; empty for one that can be opened.
    ///
    /// - Parameter districts: the codes of the city's districts, for the question that says where somebody lives.
    public func problems(districts: Set<String>) -> [FormProblem] {
        if sections.count > Limit.sections { return [problem(.tooManySections(most: Limit.sections))] }
        if questions.count > Limit.questions { return [problem(.tooManyQuestions(most: Limit.questions))] }
        var check = FormCheck(form: self, districts: districts)
        return check.run()
    }

    private func problem(_ fault: FormProblem.Fault) -> FormProblem {
        FormProblem(section: nil, question: nil, fault: fault)
    }
}

/// One walk through a form that notes what is wrong.
private struct FormCheck {
    typealias Limit = QuestionnaireForm.Limit

    let form: QuestionnaireForm
    let districts: Set<String>
    private let conditions: ConditionGraph
    private var found: [FormProblem] = []
    private var keys: Set<String> = []
    private var meanings: [QuestionnaireForm.Meaning: String] = [:]
    /// The questions before the one that is looked at.
    private var earlier: Set<String> = []
    private var section: String?, question: String?

    init(form: QuestionnaireForm, districts: Set<String>) {
        self.form = form
        self.districts = districts
        conditions = ConditionGraph(form)
    }

    mutating func run() -> [FormProblem] {
        if form.questions.allSatisfy({ $0.kind == .information }) { note(.noQuestion) }
        var sectionKeys: Set<String> = []
        for each in form.sections {
            (section, question) = (each.key, nil)
            look(at: each.key, among: &sectionKeys)
            if each.title.byLanguage["fr"] == nil { note(.untitled) }
            look(at: each.title, most: Limit.title)
            look(at: each.introduction, most: Limit.words)
            look(at: each.condition, of: each.questions.map(\.key))
            for one in each.questions { look(at: one) }
        }
        return found
    }

    private mutating func note(_ fault: FormProblem.Fault) {
        let problem = FormProblem(section: section, question: question, fault: fault)
        if !found.contains(problem) { found.append(problem) }
    }

    private mutating func look(at key: String, among keys: inout Set<String>) {
        if !Slug.isValid(key) { note(.malformedKey(String(key.prefix(60)))) }
        if !keys.insert(key).inserted { note(.repeatedKey(key)) }
    }

    private mutating func look(at texts: Texts, most: Int) {
        if texts.byLanguage.values.contains(where: { $0.unicodeScalars.count > most }) { note(.tooLong(most: most)) }
        // The database keeps no NUL, and no language but those of the city is shown.
        let isText: Bool = texts.byLanguage.allSatisfy { language, words in
            Language(rawValue: language) != nil && !words.utf8.contains(0)
        }
        if !isText { note(.notText) }
    }

    private mutating func look(at one: QuestionnaireForm.Question) {
        question = one.key
        var known: Set<String> = keys
        look(at: one.key, among: &known)
        keys = known
        if one.title.byLanguage["fr"] == nil { note(.untitled) }
        look(at: one.title, most: Limit.title)
        look(at: one.help, most: Limit.words)
        if one.kind.hasOptions { lookAtOptions(of: one) }
        if one.kind == .matrix { lookAtRows(of: one) }
        if [.multiple, .ranking].contains(one.kind) { lookAtChoiceBounds(of: one) }
        switch one.kind {
        case .scale: lookAtScale(one)
        case .number: lookAtNumber(one)
        case .date: lookAtDates(one)
        default: break
        }
        if let meaning = one.meaning { look(at: meaning, of: one) }
        look(at: one.condition, of: [one.key])
        earlier.insert(one.key)
    }

    // MARK: Choices

    private mutating func look(at options: [QuestionnaireForm.Option]) {
        var keys: Set<String> = []
        for option in options {
            look(at: option.key, among: &keys)
            if option.title.byLanguage["fr"] == nil { note(.untitledOption) }
            look(at: option.title, most: Limit.option)
        }
    }

    private mutating func lookAtOptions(of one: QuestionnaireForm.Question) {
        if one.options.count < Limit.options.lowerBound { note(.tooFewOptions(least: Limit.options.lowerBound)) }
        guard one.options.count <= Limit.options.upperBound else {
            return note(.tooManyOptions(most: Limit.options.upperBound))
        }
        look(at: one.options)
    }

    private mutating func lookAtRows(of one: QuestionnaireForm.Question) {
        if one.rows.count < Limit.rows.lowerBound { note(.tooFewRows(least: Limit.rows.lowerBound)) }
        guard one.rows.count <= Limit.rows.upperBound else {
            return note(.tooManyRows(most: Limit.rows.upperBound))
        }
        look(at: one.rows)
    }

    private mutating func lookAtChoiceBounds(of one: QuestionnaireForm.Question) {
        let there: Int = one.options.count + (one.hasOther ? 1 : 0)
        let isRight: Bool =
            (one.least ?? 1) >= 1 && (one.most ?? 1) >= 1 && (one.least ?? 1) <= (one.most ?? max(there, 1))
            && (one.most ?? 1) <= max(there, 1) && (one.least ?? 1) <= max(there, 1)
        if !isRight { note(.choiceBounds) }
    }

    private mutating func look(at meaning: QuestionnaireForm.Meaning, of one: QuestionnaireForm.Question) {
        if one.kind != .single || one.hasOther { note(.unfittingMeaning) }
        if let other = meanings[meaning] { note(.repeatedMeaning(question: other)) }
        meanings[meaning] = one.key
        guard meaning == .district else { return }
        for option in one.options where !districts.contains(option.key) { note(.notADistrict(option.key)) }
    }

    // MARK: Numbers and days

    private mutating func lookAtScale(_ one: QuestionnaireForm.Question) {
        look(at: one.lowestMeans, most: Limit.option)
        look(at: one.highestMeans, most: Limit.option)
        guard let lowest = one.lowest.flatMap(Int.init), let highest = one.highest.flatMap(Int.init),
            String(lowest) == one.lowest, String(highest) == one.highest, abs(lowest) <= 1000, lowest < highest,
            highest - lowest <= Limit.scale
        else { return note(.scaleEnds) }
    }

    private mutating func lookAtNumber(_ one: QuestionnaireForm.Question) {
        look(at: one.unit, most: Limit.unit)
        if !(0...Limit.decimals).contains(one.decimals) { note(.decimals(most: Limit.decimals)) }
        let bounds: [Decimal?] = [one.lowest, one.highest].compactMap(\.self).map(Decimal.init(plain:))
        let numbers: [Decimal] = bounds.compactMap(\.self)
        if numbers.count < bounds.count || (numbers.count == 2 && numbers[0] > numbers[1]) { note(.numberBounds) }
    }

    private mutating func lookAtDates(_ one: QuestionnaireForm.Question) {
        let bounds: [Day?] = [one.earliest, one.latest].compactMap(\.self).map(Day.init)
        let days: [Day] = bounds.compactMap(\.self)
        if days.count < bounds.count || (days.count == 2 && days[0] > days[1]) { note(.dateBounds) }
    }

    // MARK: Conditions

    /// - Parameter waiting: the questions that are asked only if the condition holds.
    private mutating func look(at condition: QuestionnaireForm.Condition?, of waiting: [String]) {
        guard let condition else { return }
        if condition.tests.isEmpty { note(.noTest) }
        guard condition.tests.count <= Limit.tests else { return note(.tooManyTests(most: Limit.tests)) }
        for test in condition.tests {
            guard let asked = conditions.question(test.question) else {
                note(.noSuchQuestion(String(test.question.prefix(60))))
                continue
            }
            if !earlier.contains(test.question) {
                let conditions = conditions
                let way: [String]? = waiting.lazy.compactMap { conditions.way(from: test.question, to: $0) }.first
                note(way.map { .loop([$0[$0.count - 1]] + $0) } ?? .laterQuestion(test.question))
            }
            look(at: test, of: asked)
        }
    }

    private mutating func look(at test: QuestionnaireForm.Condition.Test, of asked: QuestionnaireForm.Question) {
        guard QuestionnaireForm.Condition.Comparison.fitting(asked.kind).contains(test.comparison),
            test.comparison.needsValues || test.values.isEmpty
        else { return note(.unfittingTest(question: asked.key)) }
        guard test.comparison.needsValues else { return }
        if test.values.isEmpty { note(.noValue(question: asked.key)) }
        let isBound: Bool = [.atLeast, .atMost].contains(test.comparison)
        if isBound, test.values.count > 1 { note(.unfittingTest(question: asked.key)) }
        for value in test.values where !(isBound ? Decimal(plain: value) != nil : asked.takes(value)) {
            note(.noSuchValue(String(value.prefix(60)), question: asked.key))
        }
    }
}

extension QuestionnaireForm.Question {
    /// Whether `value` can be chosen: the key of an option, or a point of the scale.
    fileprivate func takes(_ value: String) -> Bool {
        guard kind == .scale else { return options.contains { $0.key == value } }
        guard let point = Int(value), String(point) == value, let lowest = lowest.flatMap(Int.init),
            let highest = highest.flatMap(Int.init), lowest <= highest
        else { return false }
        return (lowest...highest).contains(point)
    }
}

/// Which questions wait for which: each for those that its condition and its section's look at.
private struct ConditionGraph {
    private let questions: [String: QuestionnaireForm.Question]
    private var looksAt: [String: Set<String>] = [:]

    init(_ form: QuestionnaireForm) {
        questions = Dictionary(form.questions.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for section in form.sections {
            let shared: [String] = section.condition?.tests.map(\.question) ?? []
            for question in section.questions {
                looksAt[question.key, default: []].formUnion(
                    shared + (question.condition?.tests.map(\.question) ?? []))
            }
        }
    }

    func question(_ key: String) -> QuestionnaireForm.Question? { questions[key] }

    /// The shortest way along conditions from one question to another, both included; nil when there is none.
    func way(from start: String, to end: String) -> [String]? {
        var before: [String: String] = [start: start]
        var open: [String] = [start]
        while !open.isEmpty {
            if before[end] != nil { break }
            var next: [String] = []
            for key in open {
                for other in (looksAt[key] ?? []).sorted() where before[other] == nil {
                    before[other] = key
                    next.append(other)
                }
            }
            open = next
        }
        guard before[end] != nil else { return nil }
        var way: [String] = [end]
        while let last = way.last, last != start, let previous = before[last] { way.append(previous) }
        return way.reversed()
    }
}
