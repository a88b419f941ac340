import Foundation
import Testing

@testable import Participation

/// A form written down in a line or two each.
enum Forms {
    static let districts: Set<String> = ["centre", "gare", "coteaux", "drouot"]

    static func question(
        _ key: String, _ kind: QuestionnaireForm.Kind = .shortText,
        _ change: (inout QuestionnaireForm.Question) -> Void = { _ in }
    ) -> QuestionnaireForm.Question {
        var question = QuestionnaireForm.Question(key: key, kind: kind, title: Texts(["fr": key]))
        if kind.hasOptions { question.options = [option("oui"), option("non")] }
        if kind == .matrix { question.rows = [option("matin")] }
        if kind == .scale { (question.lowest, question.highest) = ("1", "5") }
        change(&question)
        return question
    }

    static func option(_ key: String) -> QuestionnaireForm.Option { .init(key: key, title: Texts(["fr": key])) }

    static func form(_ questions: QuestionnaireForm.Question...) -> QuestionnaireForm {
        QuestionnaireForm(sections: [.init(key: "a", title: Texts(["fr": "A"]), questions: questions)])
    }

    static func asked(
        _ question: String, _ comparison: QuestionnaireForm.Condition.Comparison, _ values: String...
    ) -> QuestionnaireForm.Condition {
        QuestionnaireForm.Condition(.all, [.init(question: question, comparison: comparison, values: values)])
    }

    static func faults(_ questions: QuestionnaireForm.Question...) -> [FormProblem.Fault] {
        QuestionnaireForm(sections: [.init(key: "a", title: Texts(["fr": "A"]), questions: questions)])
            .problems(districts: districts).map(\.fault)
    }

    /// The questionnaire of forty questions.
    static func forty() throws -> QuestionnaireForm {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try FormFile.read(
            Array(try Data(contentsOf: root.appending(path: "Fixtures/consultations/quarante-questions.json"))))
    }
}

@Suite struct FormCheckTests {
    @Test func `forty questions of every kind, in three languages, have nothing wrong`() throws {
        let form: QuestionnaireForm = try Forms.forty()
        #expect(form.problems(districts: Forms.districts) == [])
        #expect(form.questions.count { $0.kind != .information } == 40)
        #expect(Set(form.questions.map(\.kind)) == Set(QuestionnaireForm.Kind.allCases))
        #expect(Language.allCases.allSatisfy { form.untranslated(in: $0) == 0 })
    }

    @Test func `what is still missing may wait in a draft`() {
        let empty: [FormProblem] = QuestionnaireForm().problems(districts: [])
        #expect(empty.map(\.fault) == [.noQuestion] && empty.allSatisfy(\.isUnfinished))
        let bare = Forms.form(
            Forms.question("q", .single) {
                $0.options = []
                $0.title = Texts(["en": "Only English"])
            })
        let problems: [FormProblem] = bare.problems(districts: [])
        #expect(problems.map(\.fault) == [.untitled, .tooFewOptions(least: 2)])
        #expect(problems.allSatisfy { $0.isUnfinished && $0.question == "q" && $0.section == "a" })
    }

    @Test func `keys are slugs that stand once`() {
        #expect(Forms.faults(Forms.question("Été")).contains(.malformedKey("Été")))
        #expect(Forms.faults(Forms.question("q"), Forms.question("q")) == [.repeatedKey("q")])
        let twice: QuestionnaireForm.Question = Forms.question("q", .single) {
            $0.options = [Forms.option("a"), Forms.option("a")]
        }
        #expect(Forms.faults(twice) == [.repeatedKey("a")])
    }

    @Test func `bounds fit together`() {
        #expect(Forms.faults(Forms.question("q", .multiple) { ($0.least, $0.most) = (2, 1) }) == [.choiceBounds])
        #expect(Forms.faults(Forms.question("q", .multiple) { $0.most = 3 }) == [.choiceBounds])
        #expect(
            Forms.faults(
                Forms.question("q", .multiple) {
                    $0.most = 3
                    $0.hasOther = true
                }) == [])
        for ends in [("5", "1"), ("1", "12"), ("1.5", "3"), ("1", ""), ("01", "5"), ("+1", "5")] {
            #expect(
                Forms.faults(Forms.question("q", .scale) { ($0.lowest, $0.highest) = ends }) == [.scaleEnds], "\(ends)")
        }
        #expect(
            Forms.faults(Forms.question("q", .number) { ($0.lowest, $0.highest) = ("2", "1") }) == [.numberBounds])
        #expect(Forms.faults(Forms.question("q", .number) { $0.lowest = "1e3" }) == [.numberBounds])
        #expect(Forms.faults(Forms.question("q", .number) { $0.decimals = 9 }) == [.decimals(most: 6)])
        #expect(
            Forms.faults(Forms.question("q", .date) { ($0.earliest, $0.latest) = ("2026-02-30", nil) })
                == [.dateBounds])
    }

    @Test func `a district or an age is said once, by a single choice`() {
        let right: QuestionnaireForm.Question = Forms.question("q", .single) {
            $0.options = [Forms.option("centre"), Forms.option("gare")]
            $0.meaning = .district
        }
        var (other, second) = (right, right)
        other.hasOther = true
        second.key = "r"
        #expect(Forms.faults(right) == [])
        #expect(Forms.faults(other) == [.unfittingMeaning])
        #expect(Forms.faults(right, second) == [.repeatedMeaning(question: "q")])
        other.hasOther = false
        other.options.append(Forms.option("lune"))
        #expect(Forms.faults(other) == [.notADistrict("lune")])
    }

    @Test func `a condition looks at an earlier question, in a way that fits it`() {
        let first: QuestionnaireForm.Question = Forms.question("first", .single)
        func faults(_ condition: QuestionnaireForm.Condition) -> [FormProblem.Fault] {
            Forms.faults(
                first, Forms.question("number", .number), Forms.question("scale", .scale),
                Forms.question("words", .longText), Forms.question("q") { $0.condition = condition },
                Forms.question("later", .single))
        }
        #expect(faults(Forms.asked("first", .chosen, "oui")) == [])
        #expect(faults(Forms.asked("scale", .chosen, "5")) == [])
        #expect(faults(Forms.asked("number", .atLeast, "2.5")) == [])
        #expect(faults(Forms.asked("words", .notAnswered)) == [])
        #expect(faults(Forms.asked("first", .chosen, "bleu")) == [.noSuchValue("bleu", question: "first")])
        #expect(faults(Forms.asked("scale", .chosen, "6")) == [.noSuchValue("6", question: "scale")])
        #expect(faults(Forms.asked("first", .atLeast, "1")) == [.unfittingTest(question: "first")])
        #expect(faults(Forms.asked("words", .chosen, "x")) == [.unfittingTest(question: "words")])
        #expect(faults(Forms.asked("words", .answered, "x")) == [.unfittingTest(question: "words")])
        #expect(faults(Forms.asked("number", .atMost, "1", "2")) == [.unfittingTest(question: "number")])
        #expect(faults(Forms.asked("first", .chosen)) == [.noValue(question: "first")])
        #expect(faults(Forms.asked("later", .answered)) == [.laterQuestion("later")])
        #expect(faults(Forms.asked("nowhere", .answered)) == [.noSuchQuestion("nowhere")])
        #expect(faults(QuestionnaireForm.Condition(.all, [])) == [.noTest])
        let many = QuestionnaireForm.Condition(
            .all,
            (0..<11).map { _ in .init(question: "first", comparison: .answered) })
        #expect(faults(many) == [.tooManyTests(most: 10)])
    }

    @Test func `questions that wait for each other are named`() {
        let own: [FormProblem.Fault] = Forms.faults(Forms.question("a") { $0.condition = Forms.asked("a", .answered) })
        #expect(own == [.loop(["a", "a"])])
        let three: [FormProblem.Fault] = Forms.faults(
            Forms.question("a") { $0.condition = Forms.asked("c", .answered) },
            Forms.question("b") { $0.condition = Forms.asked("a", .answered) },
            Forms.question("c") { $0.condition = Forms.asked("b", .answered) })
        #expect(three == [.loop(["a", "c", "b", "a"])])
        let section = QuestionnaireForm(sections: [
            .init(
                key: "s", title: Texts(["fr": "S"]), condition: Forms.asked("q", .answered),
                questions: [Forms.question("q")])
        ])
        #expect(section.problems(districts: []).map(\.fault) == [.loop(["q", "q"])])
    }

    @Test func `a form has an end`() {
        let sections: [QuestionnaireForm.Section] = (0..<41).map {
            .init(key: "s\($0)", title: Texts(["fr": "S"]), questions: [Forms.question("q\($0)")])
        }
        #expect(
            QuestionnaireForm(sections: sections).problems(districts: []).map(\.fault)
                == [.tooManySections(most: 40)])
        let questions: [QuestionnaireForm.Question] = (0..<201).map { Forms.question("q\($0)") }
        let long = QuestionnaireForm(sections: [.init(key: "s", title: Texts(["fr": "S"]), questions: questions)])
        #expect(long.problems(districts: []).map(\.fault) == [.tooManyQuestions(most: 200)])
        #expect(
            Forms.faults(
                Forms.question("q", .single) { $0.options = (0..<101).map { Forms.option("o\($0)") } })
                == [.tooManyOptions(most: 100)])
        #expect(
            Forms.faults(Forms.question("q") { $0.title = Texts(["fr": String(repeating: "é", count: 501)]) })
                == [.tooLong(most: 500)])
        #expect(Forms.faults(Forms.question("q") { $0.help = Texts(["fr": "a\0b"]) }) == [.notText])
        #expect(Forms.faults(Forms.question("q") { $0.help = Texts(["xx": "a"]) }) == [.notText])
    }
}

@Suite struct FormEditTests {
    private func form() -> QuestionnaireForm {
        QuestionnaireForm(sections: [
            .init(
                key: "a", title: Texts(["fr": "A"]), questions: [Forms.question("one", .single), Forms.question("two")]),
            .init(
                key: "b", title: Texts(["fr": "B"]),
                questions: [Forms.question("three") { $0.condition = Forms.asked("one", .chosen, "oui") }]),
        ])
    }

    private func keys(_ form: QuestionnaireForm) -> [[String]] { form.sections.map { $0.questions.map(\.key) } }

    @Test func `questions move through sections, and stay at the ends`() throws {
        var form: QuestionnaireForm = form()
        try form.apply(.sink(.question("two")))
        #expect(keys(form) == [["one"], ["two", "three"]])
        try form.apply(.raise(.question("two")))
        #expect(keys(form) == [["one", "two"], ["three"]])
        try form.apply(.raise(.question("one")))
        try form.apply(.sink(.section("b")))
        #expect(form == self.form())
        try form.apply(.raise(.section("b")))
        #expect(keys(form) == [["three"], ["one", "two"]])
        #expect(throws: QuestionnaireRefusal.changedMeanwhile) { try form.apply(.raise(.question("four"))) }
    }

    @Test func `a copied section has keys of its own, and its conditions look at its copies`() throws {
        var form: QuestionnaireForm = form()
        form.sections[1].questions.append(Forms.question("four") { $0.condition = Forms.asked("three", .answered) })
        let key: String? = try form.apply(.double(.section("b")))
        #expect(key == "b-2" && keys(form) == [["one", "two"], ["three", "four"], ["three-2", "four-2"]])
        let copy: QuestionnaireForm.Question = try #require(form.question("four-2"))
        #expect(copy.condition?.tests.map(\.question) == ["three-2"])
        #expect(form.question("three-2")?.condition?.tests.map(\.question) == ["one"])
        #expect(form.problems(districts: []) == [])
    }

    @Test func `a question is written over what its writer saw, and moves to another section`() throws {
        var form: QuestionnaireForm = form()
        let seen: QuestionnaireForm.Question = form.sections[0].questions[1]
        var mine: QuestionnaireForm.Question = seen
        mine.title = Texts(["fr": "Deux"])
        try form.apply(.writeQuestion(mine, section: "b", seal: seen.seal))
        #expect(keys(form) == [["one"], ["three", "two"]] && form.question("two")?.title(.french) == "Deux")
        #expect(throws: QuestionnaireRefusal.changedMeanwhile) {
            try form.apply(.writeQuestion(mine, section: "b", seal: seen.seal))
        }
    }

    @Test(arguments: [
        (["Bus", "Tram", "Vélo"], ["bus", "tram", "velo"]), (["Bus", "Tramway", "Vélo"], ["bus", "tram", "velo"]),
        (["Bus", "Vélo"], ["bus", "velo"]), (["Vélo", "Bus", "Tram"], ["velo", "bus", "tram"]),
        (["À pied", "Bus", "Tram", "Vélo"], ["a-pied", "bus", "tram", "velo"]),
        (["Bus", "Tram", "Vélo", "Métro"], ["bus", "tram", "velo", "metro"]),
        (["Bus", "Métro", "Tram", "Vélo"], ["bus", "metro", "tram", "velo"]),
        (["Autobus", "Tramway", "Bicyclette"], ["bus", "tram", "velo"]), (["Bus", "Bus"], ["bus", "tram"]),
    ])
    func `options keep their keys when they are reworded, moved, added to and taken away`(
        lines: [String], keys: [String]
    ) {
        let known: [QuestionnaireForm.Option] = [("bus", "Bus"), ("tram", "Tram"), ("velo", "Vélo")].map {
            .init(key: $0.0, title: Texts(["fr": $0.1, "en": "\($0.1) in English"]))
        }
        let typed: [QuestionnaireForm.Option] = QuestionnaireForm.Option.typed(lines, over: known)
        #expect(typed.map(\.key) == keys)
        #expect(typed.map { $0.title(.french) } == lines)
        #expect(Set(typed.map(\.key)).count == typed.count)
    }

    @Test func `what changed between two versions is told by keys`() throws {
        var new: QuestionnaireForm = form()
        try new.apply(.remove(.question("two")))
        try new.apply(.addQuestion(.number, title: Texts(["fr": "Combien ?"]), section: "b"))
        new.sections[0].questions[0].options = [Forms.option("oui"), Forms.option("bleu")]
        new.sections[0].questions[0].options[0].title = Texts(["fr": "Mais oui"])
        let difference = FormDifference(from: form(), to: new)
        #expect(difference.removed.map(\.key) == ["two"] && difference.added.map(\.key) == ["combien"])
        let change: FormDifference.Change = try #require(difference.changed.first)
        #expect(difference.changed.count == 1 && !change.isReworded && !change.isAnsweredOtherwise)
        #expect(change.added.map(\.key) == ["bleu"] && change.removed.map(\.key) == ["non"])
        #expect(change.reworded.map { $0.after.title(.french) } == ["Mais oui"])
        #expect(FormDifference(from: new, to: new).isEmpty && !difference.isOrderedOtherwise)
        var moved: QuestionnaireForm = form()
        try moved.apply(.raise(.section("b")))
        #expect(FormDifference(from: form(), to: moved).isOrderedOtherwise)
    }

    @Test func `translations are taken by their places, and French stays`() throws {
        var form: QuestionnaireForm = form()
        #expect(form.untranslated(in: .german) == 7)
        try form.apply(
            .translate([
                "question/one/option/oui": Texts(["de": "Ja", "fr": "Sì"]),
                "question/nowhere/title": Texts(["de": "x"]),
            ]))
        #expect(form.question("one")?.options[0].title == Texts(["fr": "oui", "de": "Ja"]))
        #expect(form.untranslated(in: .german) == 6)
    }
}
