import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Printed questionnaires: their numbers, their account, what is entered of them by one and by two.
@Suite("Questionnaire sheets", .database)
struct QuestionnaireSheetTests {
    /// A questionnaire with an agent, two entry operators of its process, one of another process and a resident.
    private struct Stand {
        let paper: PaperFixture
        let agent: Actor, anna: Actor, bert: Actor, elsewhere: Actor, resident: Actor
        let sheets: QuestionnaireSheets
        let process: ID<Participation.Process>

        static func make(_ pool: Pool, percent: Int = 0) async throws -> Stand {
            let town = Town(pool: pool)
            let process: ID<Participation.Process> = try await process("consultations", pool)
            let other: ID<Participation.Process> = try await self.process("ailleurs", pool)
            func official(_ name: String, _ role: Role, _ scope: Scope) async throws -> Actor {
                .official(try await town.resident(name, roles: [HeldRole(role, for: scope)]).id, role)
            }
            let stand = Stand(
                paper: try await .make(pool, in: process),
                agent: try await official("Agathe", .participationAgent, .process(process)),
                anna: try await official("Anna", .entryOperator, .process(process)),
                bert: try await official("Bert", .entryOperator, .process(process)),
                elsewhere: try await official("Else", .entryOperator, .process(other)),
                resident: .resident(try await town.resident("Sacha").id),
                sheets: QuestionnaireSheets(pool: pool, zone: "Europe/Paris", draw: { 50 }), process: process)
            try await stand.sheets.set(
                PaperSettings(samplePercent: percent), of: stand.paper.questionnaire, by: stand.agent)
            return stand
        }

        static func process(_ slug: String, _ pool: Pool) async throws -> ID<Participation.Process> {
            try await Processes(pool: pool).create(
                ProcessDraft(
                    slug: slug, title: Texts(["fr": slug]), summary: Texts([:]), description: Texts([:]), phases: []),
                by: .operator)
        }

        var id: ID<Questionnaire> { paper.questionnaire }

        @discardableResult
        func issue(_ copies: Int = 3) async throws -> [PaperNumber] {
            try await sheets.issue(copies, in: .french, for: "Marché", of: id, by: agent)
                .compactMap { PaperNumber($0) }
        }

        func file(_ number: PaperNumber, by actor: Actor? = nil) async throws -> SheetFile {
            try #require(try await sheets.file(number, of: id, by: actor ?? agent))
        }

        /// What somebody typed, in the order of the form.
        func found(_ typed: [String: String]) throws -> PaperAnswers {
            var found = PaperAnswers()
            for question in paper.form.questions {
                guard let text = typed[question.key] else { continue }
                found.set(question.key, to: try TypedAnswer.read(text, for: question, districts: ["nord", "sud"]))
            }
            return found
        }
    }

    private static let typed: [String: String] = [
        "come": "1", "want": "1 3", "rate": "2 -", "rank": "2 1 -", "like": "2", "times": "12", "last": "3.5.2026",
        "spot": "2 =au coin", "why": "Trop de bruit",
    ]

    // MARK: Numbers and what is typed

    @Test("a wrong digit is found, and every sheet of the city has a number of its own")
    func numbers() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let first: [PaperNumber] = try await stand.issue(3)
        #expect(first.map(\.number) == [1, 2, 3])
        for number in first {
            let text: String = number.text
            #expect(PaperNumber(typed: text) == number && text.count == 8)
            for (place, digit) in zip(text.indices, text) where digit.isNumber {
                var wrong = text
                wrong.replaceSubrange(place...place, with: digit == "9" ? "0" : "9")
                #expect(PaperNumber(typed: wrong) == nil || PaperNumber(typed: wrong)?.text == wrong)
            }
        }
        let other: PaperFixture = try await .make(TestDatabase.pool, in: stand.process, handle: "jardin")
        let more: ClosedRange<Int> = try await stand.sheets.issue(
            2, in: .german, .large, for: "Mairie", of: other.questionnaire, by: stand.agent)
        #expect(more == 4...5)
        let foreign: PaperNumber = try #require(PaperNumber(4))
        #expect(try await stand.sheets.file(foreign, of: stand.id, by: stand.agent) == nil)
        #expect(try await stand.sheets.title(of: foreign, by: stand.anna)?(.english) == "Your uses")
        #expect(try await stand.sheets.title(of: foreign, by: stand.elsewhere) == nil)
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.enter(
                try stand.found(Self.typed), from: foreign, of: stand.id, by: stand.anna)
        }
    }

    @Test(
        "what is typed says which boxes are ticked, and is written back the same", .serialized,
        arguments: [
            ("come", "2", "2"), ("come", "=à trottinette", "=à trottinette"), ("want", "13", "1 3"),
            ("want", "3,1", "1 3"),
            ("rate", "31", "3 1"), ("rate", "- 2", "- 2"), ("rank", "213", "2 1 3"), ("rank", "1--", "1 - -"),
            ("like", "10", "10"), ("times", "12", "12"), ("last", "2026-05-03", "3.5.2026"),
            ("spot", "2", "2"), ("spot", "1 =au coin", "1 =au coin"), ("spot", "au coin", "=au coin"),
            ("why", "?", "?"),
            ("come", "!", "!"), ("why", "Oui = non", "Oui = non"),
        ])
    func reading(_ question: String, _ typed: String, _ written: String) async throws {
        let form: QuestionnaireForm = try await PaperFixture.make(
            TestDatabase.pool, in: try await Stand.process("consultations", TestDatabase.pool)
        ).form
        let asked: QuestionnaireForm.Question = try #require(form.question(question))
        let districts = ["nord", "sud"]
        let found: PaperAnswers.Found = try TypedAnswer.read(typed, for: asked, districts: districts)
        #expect(TypedAnswer.text(of: found, for: asked, districts: districts) == written)
    }

    @Test("what nobody can make an answer of is refused: two boxes of one, a rank twice, a row too few")
    func misreading() async throws {
        let form: QuestionnaireForm = try await PaperFixture.make(
            TestDatabase.pool, in: try await Stand.process("consultations", TestDatabase.pool)
        ).form
        for (question, typed, problem) in [
            ("come", "1 2", TypedAnswer.Problem.severalChosen), ("come", "1 =autre", .severalChosen),
            ("come", "4", .unknown("4")), ("come", "0", .unknown("0")), ("want", "1 =autre", .noOther),
            ("come", "=", .noOther), ("rate", "2", .count(2)), ("rank", "1 1 2", .ranks), ("rank", "1 3 -", .ranks),
            ("rank", "12", .count(3)), ("last", "31.2.2026", .notADay), ("spot", "3", .unknown("3")),
        ] {
            #expect(throws: problem, "\(question) \(typed)") {
                try TypedAnswer.read(typed, for: #require(form.question(question)), districts: ["nord", "sud"])
            }
        }
    }

    // MARK: Entering once

    @Test("what stands on a sheet is an answer of the consultation, with its sheet, and nobody's name")
    func enter() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: PaperNumber = try await stand.issue()[0]
        let isDrawn: Bool = try await stand.sheets.enter(
            try stand.found(Self.typed), from: number, of: stand.id, by: stand.anna)
        #expect(!isDrawn)
        let answers: Answers = try #require(try await stand.paper.response(of: number))
        #expect(answers["come"] == .chosen(["foot"], other: nil))
        #expect(answers["rate"] == .rows(["light": "fair"]))
        #expect(answers["rank"] == .ranked(["calm", "play"]))
        #expect(answers["spot"] == .place(nil, words: "au coin", district: "sud"))
        let row: Row = try #require(
            try await TestDatabase.pool.one(
                "test.row", "SELECT way, language, version, person_id, is_anonymous FROM response"))
        #expect(try row.get("way") == "paper" && row.get("language") == "fr")
        #expect(try row.get("person_id", as: UUID?.self) == nil)
        let file: SheetFile = try await stand.file(number)
        #expect(file.task == .stands && file.sheet.enteredByName == "Anna" && file.sheet.place == "Marché")
        await #expect(throws: Refused(PaperRefusal.alreadyEntered)) {
            try await stand.sheets.enter(
                try stand.found(Self.typed), from: number, of: stand.id, by: stand.bert)
        }
    }

    @Test("what nobody can read is marked, what nobody was asked does not count, and what is missing is missing")
    func marks() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let numbers: [PaperNumber] = try await stand.issue()
        try await stand.sheets.enter(
            try stand.found(["come": "!", "want": "?", "like": "2", "rate": "1 1", "why": "Parce que"]),
            from: numbers[0], of: stand.id, by: stand.anna)
        // The second part is asked of those who come on foot: nobody knows it here.
        let answers: Answers = try #require(try await stand.paper.response(of: numbers[0]))
        #expect(answers == Answers(["like": .number("2")]))
        let standing: PaperAnswers? = try await stand.file(numbers[0]).standing
        #expect(standing?.marks == ["come": .contradictory, "want": .unreadable])
        for (typed, refusal) in [
            (["want": "1 2 3"], PaperRefusal.answer(question: "want", .tooMany(most: 2))),
            (["times": "61"], .answer(question: "times", .tooHigh(most: "60"))), ([:], .nothing),
        ] {
            await #expect(throws: Refused(refusal)) {
                try await stand.sheets.enter(
                    try stand.found(typed), from: numbers[1], of: stand.id, by: stand.anna)
            }
        }
        #expect(try await stand.paper.response(of: numbers[1]) == nil)
    }

    @Test("of two who enter one sheet at once, one is told")
    func race() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: PaperNumber = try await stand.issue()[0]
        let found: PaperAnswers = try stand.found(Self.typed)
        let outcomes: [Bool] = await withTaskGroup(of: Bool.self) { group in
            for actor in [stand.anna, stand.bert, stand.agent, stand.anna] {
                group.addTask {
                    do {
                        try await stand.sheets.enter(found, from: number, of: stand.id, by: actor)
                        return true
                    } catch let refused as Refused<PaperRefusal> {
                        #expect(refused == Refused(.alreadyEntered))
                        return false
                    } catch {
                        Issue.record(error)
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        #expect(try await Town(pool: TestDatabase.pool).count("response") == 1)
    }

    @Test("a correction keeps what stood there, and an entry taken back leaves nothing of it")
    func correct() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: PaperNumber = try await stand.issue()[0]
        try await stand.sheets.enter(try stand.found(Self.typed), from: number, of: stand.id, by: stand.anna)
        let mended: PaperAnswers = try stand.found(Self.typed.merging(["come": "2"]) { $1 })
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.correct(mended, of: number, because: "Relu", of: stand.id, by: stand.bert)
        }
        await #expect(throws: Refused(PaperRefusal.reasonMissing)) {
            try await stand.sheets.correct(mended, of: number, because: "", of: stand.id, by: stand.anna)
        }
        try await stand.sheets.correct(mended, of: number, because: "Relu", of: stand.id, by: stand.anna)
        #expect(try await stand.paper.response(of: number)?["come"] == .chosen(["bike"], other: nil))
        let change: SheetChange = try #require(try await stand.file(number).changes.first)
        #expect(change.reason == "Relu" && change.by == "Anna")
        #expect(change.before == ["come": .answer(.chosen(["foot"], other: nil))])
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.undo(number, because: "Erreur", of: stand.id, by: stand.anna)
        }
        try await stand.sheets.undo(number, because: "Mauvaise feuille", of: stand.id, by: stand.agent)
        let file: SheetFile = try await stand.file(number)
        #expect(file.task == .enter && file.changes.map(\.kind) == [.undone, .corrected])
        let kept: [SheetChange] = file.changes.filter { !$0.before.isEmpty }
        #expect(kept.isEmpty)
        for table in ["response", "questionnaire_reading"] {
            #expect(try await Town(pool: TestDatabase.pool).count(table) == 0, "\(table)")
        }
        try await stand.sheets.enter(mended, from: number, of: stand.id, by: stand.bert)
    }

    @Test("nobody else enters, reads or corrects; and nobody once the synthesis is published")
    func rights() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: PaperNumber = try await stand.issue()[0]
        let found: PaperAnswers = try stand.found(Self.typed)
        for actor in [stand.elsewhere, stand.resident, .visitor, .operator] {
            await #expect(throws: NotAllowed.self) {
                try await stand.sheets.enter(found, from: number, of: stand.id, by: actor)
            }
        }
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.file(number, of: stand.id, by: stand.elsewhere)
        }
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.issue(1, in: .french, for: "Marché", of: stand.id, by: stand.anna)
        }
        try await TestDatabase.pool.execute("test.over", "UPDATE consultation SET synthesised_at = now()")
        await #expect(throws: Refused(PaperRefusal.over)) {
            try await stand.sheets.enter(found, from: number, of: stand.id, by: stand.anna)
        }
        await #expect(throws: PaperRefusal.over) { try await stand.issue() }
    }

    // MARK: The account

    @Test("the account closes: printed is returned and not returned, returned is entered, blank, unusable and waiting")
    func account() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let numbers: [PaperNumber] = try await stand.issue(10)
        let edition: SheetEdition = try #require(
            try await stand.sheets.editions(of: stand.id, by: stand.agent).first)
        try await stand.sheets.enter(
            try stand.found(Self.typed), from: numbers[0], of: stand.id, by: stand.anna)
        try await stand.sheets.setAside(
            2...4, asSpoiled: false, because: "Restées sur le stand", of: stand.id, by: stand.agent)
        try await stand.sheets.setAside(5...5, asSpoiled: true, because: "Pluie", of: stand.id, by: stand.agent)
        try await stand.sheets.count(7, backOf: edition.id, of: stand.id, by: stand.agent)
        let account: SheetAccount = try #require(
            try await stand.sheets.editions(of: stand.id, by: stand.agent).first
        ).account
        #expect(account == SheetAccount(issued: 10, counted: 7, entered: 1, unused: 3, spoiled: 1))
        #expect(account.waiting == 2 && account.notReturned == 3 && account.excess == 0)
        #expect(account.issued == account.returned + account.notReturned)
        for count in [4, 11] {
            await #expect(throws: PaperRefusal.counted(least: 5, most: 10)) {
                try await stand.sheets.count(count, backOf: edition.id, of: stand.id, by: stand.agent)
            }
        }
        await #expect(throws: PaperRefusal.entered(count: 1)) {
            try await stand.sheets.setAside(1...2, asSpoiled: true, because: "x", of: stand.id, by: stand.agent)
        }
        await #expect(throws: PaperRefusal.range) {
            try await stand.sheets.setAside(9...11, asSpoiled: true, because: "x", of: stand.id, by: stand.agent)
        }
        // More had in hand than counted is told, whatever was counted first.
        #expect(SheetAccount(issued: 10, counted: 3, entered: 5, unused: 0, spoiled: 0).excess == 2)
    }

    @Test("sheets are issued in languages that are complete, for a place, of what is open and on paper")
    func issuing() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let partial: PaperFixture = try await .make(
            TestDatabase.pool, in: stand.process, handle: "jardin", isComplete: false)
        for (copies, language, place, refusal) in [
            (1, Language.german, "Marché", PaperRefusal.notInLanguage), (0, .french, "Marché", .copies(most: 5_000)),
            (5_001, .french, "Marché", .copies(most: 5_000)), (1, .french, "", .placeMissing),
        ] {
            await #expect(throws: refusal) {
                try await stand.sheets.issue(
                    copies, in: language, for: place, of: partial.questionnaire, by: stand.agent)
            }
        }
        try await TestDatabase.pool.execute("test.ways", "UPDATE questionnaire SET ways = '{account}'")
        await #expect(throws: PaperRefusal.notOnPaper) { try await stand.issue() }
    }

    // MARK: Entering twice

    @Test("a sheet of the sample is read by somebody else, who does not see the first; a third settles what differs")
    func twice() async throws {
        let stand: Stand = try await .make(TestDatabase.pool, percent: 51)
        let number: PaperNumber = try await stand.issue()[0]
        #expect(
            try await stand.sheets.enter(
                try stand.found(Self.typed), from: number, of: stand.id, by: stand.anna))
        let blind: SheetFile = try await stand.file(number, by: stand.bert)
        #expect(blind.task == .enterAgain && blind.first == nil && blind.standing == nil)
        let own: SheetFile = try await stand.file(number, by: stand.anna)
        #expect(own.task == .stands && own.first != nil)
        #expect(try await stand.sheets.pending(of: stand.id, by: stand.anna).second.isEmpty)
        #expect(try await stand.sheets.pending(of: stand.id, by: stand.bert).second.map(\.number) == [number])
        // In two of ten fields: spaces and capitals are no difference.
        var again: [String: String] = Self.typed
        again["want"] = "1 2"
        again["rate"] = "2 1"
        again["why"] = "trop  de BRUIT"
        let second: PaperAnswers = try stand.found(again)
        await #expect(throws: Refused(PaperRefusal.samePerson)) {
            try await stand.sheets.enterAgain(second, from: number, of: stand.id, by: stand.anna)
        }
        await #expect(throws: Refused(PaperRefusal.awaited)) {
            try await stand.sheets.correct(second, of: number, because: "x", of: stand.id, by: stand.agent)
        }
        #expect(try await stand.sheets.enterAgain(second, from: number, of: stand.id, by: stand.bert) == 2)
        await #expect(throws: Refused(PaperRefusal.notAwaited)) {
            try await stand.sheets.enterAgain(second, from: number, of: stand.id, by: stand.agent)
        }
        let file: SheetFile = try await stand.file(number)
        #expect(file.sheet.check == .differing && file.differing == ["want", "rate"] && file.maySettle)
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.settle([:], because: "x", of: number, of: stand.id, by: stand.bert)
        }
        await #expect(
            throws: Refused(PaperRefusal.choiceMissing(question: "rate"), PaperRefusal.reasonMissing)
        ) {
            try await stand.sheets.settle(["want": .second], because: "", of: number, of: stand.id, by: stand.agent)
        }
        try await stand.sheets.settle(
            ["want": .second, "rate": .unreadable, "come": .second], because: "La croix déborde", of: number,
            of: stand.id, by: stand.agent)
        let settled: SheetFile = try await stand.file(number)
        #expect(settled.sheet.check == .done && settled.standing?.marks == ["rate": .unreadable])
        #expect(
            try await stand.paper.response(of: number)?["want"] == .chosen(["trees", "benches"], other: nil))
        let quality: PaperQuality = try #require(try await stand.sheets.quality(of: stand.id))
        #expect(quality.entered == 1 && quality.drawn == 1 && quality.readTwice == 1)
        #expect(quality.whole == PaperQuality.Rate(compared: 10, differing: 2))
        #expect(quality.byQuestion["rate"] == PaperQuality.Rate(compared: 2, differing: 1))
        await #expect(throws: Refused(PaperRefusal.nothingToSettle)) {
            try await stand.sheets.settle([:], because: "x", of: number, of: stand.id, by: stand.agent)
        }
    }

    @Test("whoever has read a sheet does not settle it, and what was read stays as it was read")
    func third() async throws {
        let stand: Stand = try await .make(TestDatabase.pool, percent: 100)
        let number: PaperNumber = try await stand.issue()[0]
        try await stand.sheets.enter(
            try stand.found(Self.typed), from: number, of: stand.id, by: stand.agent)
        try await stand.sheets.enterAgain(
            try stand.found(["come": "3"]), from: number, of: stand.id, by: stand.bert)
        #expect(try await !stand.file(number).maySettle)
        await #expect(throws: Refused(PaperRefusal.reader)) {
            try await stand.sheets.settle([:], because: "x", of: number, of: stand.id, by: stand.agent)
        }
        await #expect(throws: PostgresError.self) {
            try await TestDatabase.pool.execute(
                "test.tamper", "UPDATE questionnaire_reading SET answers = '{}'")
        }
    }

    @Test("of two who read a sheet a second time at once, one is told; an entry taken back is drawn as before")
    func secondRace() async throws {
        let stand: Stand = try await .make(TestDatabase.pool, percent: 100)
        let number: PaperNumber = try await stand.issue()[0]
        let found: PaperAnswers = try stand.found(Self.typed)
        try await stand.sheets.enter(found, from: number, of: stand.id, by: stand.anna)
        let done: Int = await withTaskGroup(of: Bool.self) { group in
            for actor in [stand.bert, stand.agent] {
                group.addTask {
                    (try? await stand.sheets.enterAgain(found, from: number, of: stand.id, by: actor)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 1)
        #expect(try await stand.file(number).sheet.check == .done)
        try await stand.sheets.set(PaperSettings(samplePercent: 0), of: stand.id, by: stand.agent)
        try await stand.sheets.undo(number, because: "Test", of: stand.id, by: stand.agent)
        #expect(try await stand.sheets.enter(found, from: number, of: stand.id, by: stand.anna))
    }

    @Test("the interval is that of Wilson")
    func wilson() throws {
        // E. B. Wilson's formula for 81 of 263, as in R: prop.test(81, 263, correct = FALSE).
        let rate = PaperQuality.Rate(compared: 263, differing: 81)
        let interval: ClosedRange<Double> = try #require(rate.interval)
        #expect(abs(interval.lowerBound - 0.2553) < 0.0002 && abs(interval.upperBound - 0.3662) < 0.0002)
        let none = try #require(PaperQuality.Rate(compared: 20, differing: 0).interval)
        #expect(none.lowerBound == 0 && abs(none.upperBound - 0.1611) < 0.0002)
        #expect(PaperQuality.Rate(compared: 0, differing: 0).interval == nil)
    }

    // MARK: Privacy

    @Test("the tables of paper say who entered, and have no place for who answered")
    func columns() async throws {
        let rows: [Row] = try await TestDatabase.pool.query(
            "test.columns",
            """
            SELECT table_name || '.' || column_name AS name FROM information_schema.columns
            WHERE table_name LIKE 'questionnaire_%' AND (column_name LIKE '%account%' OR column_name LIKE '%person%'
                  OR column_name LIKE '%name%' OR column_name LIKE '%address%' OR column_name LIKE '%email%')
            """)
        #expect(try rows.map { try $0.get("name", as: String.self) } == [])
    }
}
