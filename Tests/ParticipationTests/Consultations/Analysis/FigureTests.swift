import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// What answers come to: figures, the way they are kept and published, cross-tables and places.
@Suite struct FigureTests {
    /// Every kind of question, who answers, and a question that looks at an answer.
    static let form: QuestionnaireForm = {
        var form: QuestionnaireForm = .everyKind
        var district = QuestionnaireForm.Question(key: "district", kind: .single, title: Texts(["fr": "Quartier"]))
        district.options = ["nord", "sud"].map { .init(key: $0, title: Texts(["fr": $0])) }
        district.meaning = .district
        var age = QuestionnaireForm.Question(key: "age", kind: .single, title: Texts(["fr": "Âge"]))
        age.options = ["young", "old"].map { .init(key: $0, title: Texts(["fr": $0])) }
        age.meaning = .ageBand
        age.condition = .init(
            .any,
            [
                .init(question: "mark", comparison: .atLeast, values: ["5"]),
                .init(question: "some", comparison: .notChosen, values: ["b"]),
            ])
        form.sections.append(.init(key: "you", title: Texts(["fr": "Vous"]), questions: [district, age]))
        return form
    }()

    /// Answers that somebody might give, each question left out now and then.
    static func answers(_ form: QuestionnaireForm, _ draw: inout some RandomNumberGenerator) -> Answers {
        var answers = Answers()
        for question in form.questions where question.kind != .information && Int.random(in: 0..<5, using: &draw) > 0 {
            let keys: [String] = question.options.map(\.key).shuffled(using: &draw)
            let some = Array(keys.prefix(Int.random(in: 1...max(1, keys.count), using: &draw)))
            let written: String? = question.hasOther && Bool.random(using: &draw) ? "autre \(some.count)" : nil
            answers[question.key] =
                switch question.kind {
                case .shortText, .longText:
                    .words(["un", "deux mots", " trois\nmots  ici "].randomElement(using: &draw)!)
                case .single: written == nil ? .chosen([keys[0]], other: nil) : .chosen([], other: written)
                case .multiple: .chosen(some, other: written)
                case .matrix:
                    .rows(
                        Dictionary(
                            uniqueKeysWithValues: question.rows.shuffled(using: &draw)
                                .prefix(Int.random(in: 1...question.rows.count, using: &draw))
                                .map { ($0.key, keys.randomElement(using: &draw)!) }))
                case .ranking: .ranked(some)
                case .scale: .number(String(Int.random(in: 0...10, using: &draw)))
                case .number: .number(["7", "12.5", "12.50", "99", "0.5"].randomElement(using: &draw)!)
                case .date: .day(Day(year: 2026, month: Int.random(in: 1...12, using: &draw), day: 3)!)
                case .place:
                    .place(
                        Bool.random(using: &draw) ? MapPoint(latitude: 47.75, longitude: 7.33) : nil, words: "ici",
                        district: Bool.random(using: &draw) ? "nord" : nil)
                case .photo: .photo(ID(UUID()), alt: "un banc")
                case .information: nil
                }
        }
        return form.counted(answers)
    }

    /// The same figures, one answer after the other and without a database.
    static func plain(_ question: QuestionnaireForm.Question, _ form: QuestionnaireForm, _ all: [Answers])
        -> QuestionFigures
    {
        var figures = QuestionFigures(question: question.key, kind: question.kind)
        var numbers: [(value: Decimal, count: Int)] = []
        for answers in all {
            guard form.asked(given: answers).flatMap(\.questions).contains(where: { $0.key == question.key }) else {
                continue
            }
            figures.asked += 1
            guard let answer = answers[question.key] else { continue }
            figures.answered += 1
            switch answer {
            case .words(let words): figures.words += words.split(whereSeparator: \.isWhitespace).count
            case .chosen(let keys, let other):
                for key in keys { figures.counts[key, default: 0] += 1 }
                figures.other += other == nil ? 0 : 1
            case .rows(let rows):
                for (row, column) in rows { figures.cells[row, default: [:]][column, default: 0] += 1 }
            case .ranked(let keys):
                for (place, key) in keys.enumerated() {
                    var ranks = figures.ranks[key] ?? []
                    while ranks.count <= place { ranks.append(0) }
                    ranks[place] += 1
                    figures.ranks[key] = ranks
                    figures.scores[key, default: 0] += question.options.count - 1 - place
                }
            case .number(let digits):
                if question.kind == .scale {
                    figures.counts[digits, default: 0] += 1
                } else {
                    numbers.append((Decimal(string: digits)!, 1))
                }
            case .day(let day): figures.counts[day.description, default: 0] += 1
            case .place(let point, _, let district):
                figures.points += point == nil ? 0 : 1
                if let district { figures.counts[district, default: 0] += 1 }
            case .photo: break
            }
        }
        if !numbers.isEmpty { figures.numbers = NumberFigures(numbers) }
        return figures
    }

    @discardableResult
    static func insert(
        _ answers: [Answers], way: AnswerWay = .link, version: Int = 1, into fixture: QuestionnaireFixture, _ pool: Pool
    ) async throws -> [ID<Participation.Response>] {
        let ids: [ID<Participation.Response>] = answers.map { _ in ID(UUID()) }
        try await pool.execute(
            "test.responses",
            """
            INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT made.id, \(fixture.id), true, \(Int32(version)), \(way.rawValue), 'fr', made.answers::jsonb, current_date
            FROM unnest(\(ids), \(try answers.map { try $0.json })) AS made (id, answers)
            """)
        return ids
    }

    static func questionnaire(_ fixture: QuestionnaireFixture, _ pool: Pool) async throws -> Questionnaire {
        try #require(
            try await Consultations(pool: pool).questionnaire("usages", of: fixture.consultation))
    }

    @Test(arguments: 1...4)
    func `figures are those of a slow plain count over random answers`(seed: UInt64) async throws {
        try await withDatabase { pool in
            var draw = Draw(seed: seed)
            let fixture: QuestionnaireFixture = try await .make(pool, form: Self.form, ways: ["link", "paper"])
            let (online, onPaper) = (
                (0..<70).map { _ in Self.answers(Self.form, &draw) },
                (0..<30).map { _ in Self.answers(Self.form, &draw) }
            )
            try await Self.insert(online, into: fixture, pool)
            try await Self.insert(onPaper, way: .paper, into: fixture, pool)
            let analyses = Analyses(pool: pool)
            for (filter, all) in [
                (AnswerFilter(), online + onPaper), (AnswerFilter(way: .paper), onPaper),
                (
                    AnswerFilter(district: "nord"),
                    (online + onPaper).filter { $0["district"]?.choices.contains("nord") == true }
                ),
            ] {
                let figures: QuestionnaireFigures = try await analyses.count(fixture.id, filter)
                #expect(figures.answers == all.count)
                for question in Self.form.questions where question.kind != .information {
                    let plain: QuestionFigures = Self.plain(question, Self.form, all)
                    #expect(figures[question.key] == plain, "\(question.key)")
                }
            }
            let figures: QuestionnaireFigures = try await analyses.count(fixture.id)
            #expect(figures.ways == ["link": 70, "paper": 30] && figures.versions == [1: 100])
            #expect(try QuestionnaireFigures(json: figures.json) == figures)
            // A cross-table of the same answers.
            let table: CrossTable = try #require(
                try await Analyses.cross("one", "some", of: fixture.id, AnswerFilter(), in: pool))
            let both: [Answers] = (online + onPaper).filter { $0["one"] != nil && $0["some"] != nil }
            func chose(_ answers: Answers, _ question: String, _ key: String) -> Bool {
                guard case .chosen(let keys, let other)? = answers[question] else { return false }
                return key.isEmpty ? other != nil : keys.contains(key)
            }
            #expect(table.people == both.count && table.answers == 100)
            for (row, head) in table.rows.enumerated() {
                #expect(head.people == both.count { chose($0, "one", head.key) })
                for (column, other) in table.columns.enumerated() {
                    let count: Int = both.count { chose($0, "one", head.key) && chose($0, "some", other.key) }
                    #expect(table.counts[row][column] == count)
                }
            }
        }
    }

    @Test func `versions are joined by the keys of questions and options`() async throws {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool)
            var later: QuestionnaireForm = fixture.form
            later.sections[0].questions.removeAll { $0.key == "order" }
            let place: Int = try #require(later.sections[0].questions.firstIndex { $0.key == "one" })
            later.sections[0].questions[place].options.remove(at: 1)
            later.sections[1].questions.removeAll { $0.key == "number" }
            var number = QuestionnaireForm.Question(key: "number", kind: .shortText, title: Texts(["fr": "Combien ?"]))
            number.isRequired = true
            later.sections[1].questions.append(number)
            try await pool.execute(
                "test.version",
                """
                INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
                VALUES (\(fixture.id), 2, \(try later.json)::jsonb, now())
                """)
            try await Self.insert(
                [Answers(["one": .chosen(["b"], other: nil), "number": .number("7"), "order": .ranked(["a"])])],
                into: fixture, pool)
            try await Self.insert(
                [Answers(["one": .chosen(["a"], other: nil), "number": .words("trois ou quatre")])], version: 2,
                into: fixture, pool)
            let analyses = Analyses(pool: pool)
            let (form, figures) = (
                try await analyses.form(of: fixture.id), try await analyses.count(fixture.id)
            )
            #expect(form.question("one")?.options.map(\.key) == ["a", "c", "b"])
            #expect(form.changed.isSuperset(of: ["one", "number", "order"]) && !form.changed.contains("some"))
            #expect(figures["one"]?.counts == ["a": 1, "b": 1] && figures.versions == [1: 1, 2: 1])
            #expect(figures["order"]?.asked == 1 && figures["order"]?.answered == 1)
            #expect(
                figures["number"]?.misfits == 1 && figures["number"]?.answered == 1 && figures["number"]?.words == 3)
        }
    }

    @Test func `many answers are counted by the service and kept, few whenever somebody looks`() async throws {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool)
            let analyses = Analyses(pool: pool)
            let few: [Answers] = [Answers(["one": .chosen(["a"], other: nil)])]
            try await Self.insert(few, into: fixture, pool)
            #expect(try await analyses.refresh() == 0)
            #expect(try await analyses.figures(of: fixture.id)?.figures.answers == 1)
            try await Self.insert(Array(repeating: few[0], count: Analyses.few), into: fixture, pool)
            #expect(try await analyses.figures(of: fixture.id) == nil)
            #expect(try await analyses.refresh() == 1)
            #expect(try await analyses.figures(of: fixture.id)?.figures["one"]?.counts == ["a": Analyses.few + 1])
            #expect(try await analyses.refresh() == 0)
            try await Self.insert(few, into: fixture, pool)
            #expect(try await analyses.figures(of: fixture.id)?.figures.answers == Analyses.few + 1)
            #expect(try await analyses.refresh(age: 0) == 1)
            #expect(try await analyses.figures(of: fixture.id)?.figures.answers == Analyses.few + 2)
        }
    }

    @Test func `results are published after the collection, by an agent, and stay as they were`() async throws {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool, form: Self.form)
            let analyses = Analyses(pool: pool)
            func answer(_ key: String) -> Answers {
                Answers(["one": .chosen([key], other: nil), "mark": .number("3")])
            }
            try await Self.insert(
                Array(repeating: answer("a"), count: 3) + Array(repeating: answer("b"), count: 9)
                    + Array(repeating: answer("c"), count: 20), into: fixture, pool)
            await #expect(throws: ResultsRefusal.stillCollecting) {
                try await analyses.publish(fixture.consultation, by: .operator)
            }
            await #expect(throws: NotAllowed.self) { try await analyses.publish(fixture.consultation, by: .visitor) }
            await #expect(throws: NotAllowed.self) {
                try await analyses.count(try await Self.questionnaire(fixture, pool), by: .visitor)
            }
            #expect(try await analyses.answers(of: fixture.consultation) == [fixture.id: 32])
            try await fixture.close()
            #expect(try await analyses.published(of: fixture.consultation).isEmpty)
            #expect(try await analyses.publishDue() == 0)
            try await fixture.synthesise()
            #expect(try await analyses.publishDue() == 1)
            let published: QuestionnaireFigures = try #require(
                try await analyses.published(of: fixture.consultation)[fixture.id]?.figures)
            // a is small, b goes with it; what a alone was asked is left out.
            #expect(published["one"]?.counts == ["c": 20] && published["one"]?.hidden == ["a", "b"])
            #expect(published["why"]?.isHidden == true && published["why"]?.asked == 0)
            #expect(published["mark"]?.middle?.mean == 3)
            try await Self.insert([answer("a"), answer("a")], into: fixture, pool)
            #expect(try await analyses.published(of: fixture.consultation)[fixture.id]?.figures == published)
            #expect(try await analyses.publishDue() == 0)
            try await analyses.publish(fixture.consultation, by: .operator)
            #expect(
                try await analyses.published(of: fixture.consultation)[fixture.id]?.figures["one"]?.counts
                    == ["a": 5, "b": 9, "c": 20])
        }
    }

    @Test func `places are counted by squares, those of few people left out of what is published`() async throws {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool)
            func place(_ latitude: Double, _ count: Int) -> [Answers] {
                Array(
                    repeating: Answers([
                        "place": .place(MapPoint(latitude: latitude, longitude: 7.33), words: "", district: nil)
                    ]), count: count)
            }
            try await Self.insert(place(47.75, 12) + place(47.76, 2) + place(47.77, 7), into: fixture, pool)
            let grid: PlaceGrid = try #require(
                try await Analyses.places(of: "place", in: fixture.id, AnswerFilter(), in: pool))
            #expect(grid.squares.compactMap(\.count).sorted() == [2, 7, 12] && grid.outside == 0)
            #expect(grid.columns <= DensityGrid.most && grid.rows <= DensityGrid.most)
            #expect(grid.published.squares.compactMap(\.count) == [12])
            #expect(try await Analyses.places(of: "one", in: fixture.id, AnswerFilter(), in: pool) == nil)
        }
    }

    @Test func `quartiles interpolate as spreadsheets do, classes have round ends`() throws {
        func values(_ numbers: [Int]) -> [(value: Decimal, count: Int)] { numbers.map { (Decimal($0), 1) } }
        // QUARTILE.INC of 1, 2, 4, 7, 11 and 16: 2.5, 5.5 and 10.
        let figures: NumberFigures = try #require(NumberFigures(values([16, 1, 7, 2, 11, 4])))
        #expect(
            figures.lower == Decimal(string: "2.5") && figures.median == Decimal(string: "5.5") && figures.upper == 10)
        #expect(figures.mean == Decimal(41) / 6 && figures.least == 1 && figures.most == 16)
        #expect(figures.classes.first?.from == 0 && figures.classes.map(\.to).last == 18)
        #expect(figures.classes.compactMap(\.count).reduce(0, +) == 6 && figures.classes.count <= 10)
        let negative: NumberFigures = try #require(NumberFigures(values([-250, -1, 730])))
        #expect(negative.classes.compactMap(\.count).reduce(0, +) == 3 && negative.classes[0].from <= -250)
        #expect(
            NumberFigures(values([5, 5]))?.classes.map(\.count) == [1] || NumberFigures([(5, 2)])?.classes.count == 1)
        #expect(NumberFigures([]) == nil)
    }
}

/// Numbers that are the same in every run: Steele, Lea and Flood’s SplitMix64.
struct Draw: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed: UInt64 = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
