import Foundation
import Testing

@testable import Participation

/// Pseudo-random numbers that are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed: UInt64 = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What holds for every form and every answer, tried on some thousands.
@Suite struct FormPropertyTests {
    private static func answer(
        _ question: QuestionnaireForm.Question, _ dice: inout Dice
    ) -> AnswerValue? {
        func some(_ all: [QuestionnaireForm.Option]) -> [String] {
            let keys: [String] = all.map(\.key)
            let count: Int = Int.random(in: 1...max(1, keys.count), using: &dice)
            let chosen: Set<String> = Set(keys.shuffled(using: &dice).prefix(count))
            return keys.filter(chosen.contains)
        }
        if Int.random(in: 0..<3, using: &dice) == 0 { return nil }
        switch question.kind {
        case .information: return nil
        case .shortText, .longText: return .words("mot")
        case .single: return question.options.randomElement(using: &dice).map { .chosen([$0.key], other: nil) }
        case .multiple: return .chosen(some(question.options), other: nil)
        case .matrix:
            return .rows(
                Dictionary(
                    uniqueKeysWithValues: question.rows.map {
                        ($0.key, question.options[Int.random(in: 0..<question.options.count, using: &dice)].key)
                    }))
        case .ranking: return .ranked(some(question.options).shuffled(using: &dice))
        case .scale, .number:
            let lowest: Int = question.lowest.flatMap { Int($0) } ?? 0
            let highest: Int = question.highest.flatMap { Int($0) } ?? 10
            return .number(String(Int.random(in: lowest...highest, using: &dice)))
        case .date: return .day(Day(year: 2026, month: Int.random(in: 1...12, using: &dice), day: 3)!)
        case .place: return .place(nil, words: "ici", district: nil)
        case .photo: return .photo(ID<Medium>(), alt: "un banc")
        }
    }

    private static func answers(_ form: QuestionnaireForm, _ dice: inout Dice) -> Answers {
        var answers = Answers()
        for question in form.questions { answers[question.key] = answer(question, &dice) }
        return answers
    }

    /// A form of some questions with conditions on earlier ones.
    private static func form(_ dice: inout Dice) -> QuestionnaireForm {
        var earlier: [QuestionnaireForm.Question] = []
        func condition() -> QuestionnaireForm.Condition? {
            guard !earlier.isEmpty, Bool.random(using: &dice) else { return nil }
            let tests: [QuestionnaireForm.Condition.Test] = (0..<Int.random(in: 1...3, using: &dice)).map { _ in
                let asked: QuestionnaireForm.Question = earlier.randomElement(using: &dice)!
                let comparison: QuestionnaireForm.Condition.Comparison =
                    QuestionnaireForm.Condition.Comparison.fitting(asked.kind).randomElement(using: &dice)!
                let values: [String] =
                    switch comparison {
                    case .answered, .notAnswered: []
                    case .atLeast, .atMost: ["3"]
                    case .chosen, .notChosen: [asked.kind == .scale ? "3" : "oui"]
                    }
                return .init(question: asked.key, comparison: comparison, values: values)
            }
            return QuestionnaireForm.Condition(Bool.random(using: &dice) ? .all : .any, tests)
        }
        var sections: [QuestionnaireForm.Section] = []
        for number in 0..<Int.random(in: 1...4, using: &dice) {
            var section = QuestionnaireForm.Section(
                key: "s\(number)", title: Texts(["fr": "S"]), condition: condition())
            for _ in 0..<Int.random(in: 1...5, using: &dice) {
                let kind: QuestionnaireForm.Kind =
                    [.single, .multiple, .scale, .number, .shortText].randomElement(using: &dice)!
                var question: QuestionnaireForm.Question = Forms.question("q\(earlier.count)", kind)
                question.condition = condition()
                section.questions.append(question)
                earlier.append(question)
            }
            sections.append(section)
        }
        return QuestionnaireForm(sections: sections)
    }

    @Test(arguments: 0..<20)
    func `an answer to a question that is not asked never counts`(seed: UInt64) throws {
        var dice = Dice(state: seed)
        for round in 0..<60 {
            let form: QuestionnaireForm = round == 0 ? try Forms.forty() : Self.form(&dice)
            #expect(form.problems(districts: Forms.districts) == [])
            let answers: Answers = Self.answers(form, &dice)
            let asked: Set<String> = Set(form.asked(given: answers).flatMap(\.questions).map(\.key))
            let counted: Answers = form.counted(answers)
            #expect(Set(counted.byQuestion.keys).isSubset(of: asked))
            // What is stored asks the same again, and loses nothing more.
            #expect(form.asked(given: counted) == form.asked(given: answers))
            #expect(form.counted(counted) == counted)
            // Problems are those of questions that are asked, and of nothing else.
            #expect(Set(form.problems(in: answers, districts: Forms.districts).keys).isSubset(of: asked))
        }
    }

    @Test(arguments: 0..<20)
    func `whether a question is asked never depends on later answers`(seed: UInt64) throws {
        var dice = Dice(state: seed &+ 1000)
        for round in 0..<30 {
            let form: QuestionnaireForm = round == 0 ? try Forms.forty() : Self.form(&dice)
            let answers: Answers = Self.answers(form, &dice)
            let asked: Set<String> = Set(form.asked(given: answers).flatMap(\.questions).map(\.key))
            for (place, question) in form.questions.enumerated() {
                var other: Answers = answers
                for later in form.questions[place...] { other[later.key] = Self.answer(later, &dice) }
                let again: Set<String> = Set(form.asked(given: other).flatMap(\.questions).map(\.key))
                #expect(asked.contains(question.key) == again.contains(question.key), "\(question.key)")
            }
        }
    }

    // MARK: Files

    @Test func `a form is read as it was written`() throws {
        var dice = Dice(state: 7)
        for _ in 0..<50 {
            let form: QuestionnaireForm = Self.form(&dice)
            #expect(try FormFile.read(FormFile.write(form)) == form)
            #expect(try QuestionnaireForm(json: form.json) == form)
        }
        #expect(try FormFile.read(FormFile.write(Forms.forty())) == Forms.forty())
    }

    @Test(arguments: [
        ("", FormFileProblem.empty), ("hello", .notJSON(byte: 0)), ("{\"sections\":[", .notJSON(byte: 13)),
        ("{\"sections\":[],\"sections\":[]}", .repeatedName("sections")), ("[]", .wrongType("")),
        ("null", .wrongType("")),
        ("{}", .missing("sections")), ("{\"sections\":{}}", .wrongType("sections")),
        ("{\"sections\":[{}]}", .missing("sections.1.key")),
        ("{\"sections\":[{\"key\":3}]}", .wrongType("sections.1.key")),
        (
            "{\"sections\":[{\"key\":\"a\",\"questions\":[{\"key\":\"b\",\"kind\":\"essay\"}]}]}",
            .wrongType("sections.1.questions.1.kind")
        ),
        ("{\"sections\":[{\"key\":\"a\",\"condtion\":null}]}", .unknownName("sections.1.condtion")),
        (
            "{\"sections\":[{\"key\":\"a\",\"title\":{\"fr\":7}}]}", .wrongType("sections.1.title.fr")
        ),
    ])
    func `a file that is no form is refused with its place`(text: String, problem: FormFileProblem) {
        #expect(throws: problem) { try FormFile.read(Array(text.utf8)) }
    }

    @Test func `a file that is too long or too deep is refused before it is understood`() {
        #expect(throws: FormFileProblem.tooLarge(most: 1_000_000)) {
            try FormFile.read([UInt8](repeating: UInt8(ascii: " "), count: 10_000_000))
        }
        let deep: String = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: FormFileProblem.tooDeep) { try FormFile.read(Array("{\"sections\":\(deep)}".utf8)) }
    }

    /// Bytes changed, cut, doubled: whatever comes is refused, or is a form that can be checked, written and read again.
    @Test(arguments: 0..<8)
    func `damaged files end in words`(seed: UInt64) throws {
        var dice = Dice(state: seed &+ 99)
        let whole: [UInt8] = try FormFile.write(Forms.forty())
        let start: [UInt8] = try FormFile.write(Self.form(&dice))
        for round in 0..<60 {
            var bytes: [UInt8] = round % 12 == 0 ? whole : start
            for _ in 0..<Int.random(in: 1...6, using: &dice) {
                let place: Int = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<5, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("{}[]\",:0-".utf8).randomElement(using: &dice)!, at: place)
                case 3: bytes.removeSubrange(place..<min(bytes.count, place + 40))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard let form = try? FormFile.read(bytes) else { continue }
            _ = form.problems(districts: Forms.districts)
            _ = form.counted(Self.answers(form.answerable, &dice))
            #expect(try FormFile.read(FormFile.write(form)) == form)
        }
    }
}

extension QuestionnaireForm {
    /// Without the questions that nobody could answer, whatever the damage.
    fileprivate var answerable: Self {
        Self(
            sections: sections.map { section in
                var section: Section = section
                section.questions = section.questions.filter { question in
                    let lowest: Int? = question.lowest.flatMap { Int($0) }
                    let highest: Int? = question.highest.flatMap { Int($0) }
                    return (!question.kind.hasOptions || !question.options.isEmpty)
                        && (lowest ?? 0) <= (highest ?? 10)
                        && Set(question.rows.map(\.key)).count == question.rows.count
                }
                return section
            })
    }
}
