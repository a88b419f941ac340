import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Texts: found by their words, coded by several people, quoted, and written into files.
@Suite struct CodingTests {
    private static func agent(_ name: String, _ pool: Pool) async throws -> Actor {
        let (person, account) = (ID<Person>(), ID<Account>())
        try await pool.execute("test.person", "INSERT INTO person (id) VALUES (\(person))")
        try await pool.execute(
            "test.account",
            "INSERT INTO account (id, person_id, name, language) VALUES (\(account), \(person), \(name), 'fr')")
        try await pool.execute(
            "test.role",
            """
            INSERT INTO role_grant (id, role, account_id) VALUES (\(ID<HeldRole>()), 'participation_agent', \(account))
            """)
        return .official(account, .participationAgent)
    }

    @Test func `kappa is that of hand-computed examples`() throws {
        // 35 of 50 alike, 25 by chance: (0.7 − 0.5) / (1 − 0.5).
        let kappa = CohenKappa(both: 20, first: 5, second: 10, neither: 15)
        #expect(abs(kappa.agreement - 0.7) < 1e-12 && abs(kappa.chance - 0.5) < 1e-12)
        #expect(abs(try #require(kappa.value) - 0.4) < 1e-12)
        let interval: ClosedRange<Double> = try #require(kappa.interval)
        #expect(abs(interval.lowerBound - 0.151088) < 1e-6 && abs(interval.upperBound - 0.648912) < 1e-6)
        #expect(CohenKappa.Strength(0.4) == .fair && CohenKappa.Strength(-0.1) == .poor)
        // The same agreement, and less of it by chance.
        #expect(abs(try #require(CohenKappa(both: 45, first: 15, second: 25, neither: 15).value) - 0.130435) < 1e-6)
        #expect(abs(try #require(CohenKappa(both: 25, first: 35, second: 5, neither: 35).value) - 0.259259) < 1e-6)
        #expect(CohenKappa(both: 9, first: 0, second: 0, neither: 9).value == 1)
        #expect(CohenKappa(both: 9, first: 0, second: 0, neither: 0).value == nil)
        #expect(CohenKappa(both: 0, first: 0, second: 0, neither: 0).interval == nil)
        // (0.7 + 0.6)/2 alike, (0.5 + 0.54)/2 by chance.
        let pooled: Double? = CohenKappa.pooled([kappa, CohenKappa(both: 45, first: 15, second: 25, neither: 15)])
        #expect(abs(try #require(pooled) - (0.65 - 0.52) / 0.48) < 1e-12)
    }

    @Test func `several people code a sample independently, disagreements are settled, themes are counted`()
        async throws
    {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool)
            let texts: [String] = ["Un banc à l’ombre", "Des arbres", "Un banc et des arbres", "Rien"]
            let responses: [ID<Participation.Response>] = try await FigureTests.insert(
                texts.map { Answers(["text": .words($0)]) } + [Answers(["line": .words("un banc ailleurs")])],
                into: fixture, pool)
            let analyses = Analyses(pool: pool)
            let usages: Questionnaire = try await FigureTests.questionnaire(fixture, pool)
            let (agathe, basile) = (try await Self.agent("Agathe", pool), try await Self.agent("Basile", pool))
            await #expect(throws: CodingRefusal.titleless) {
                try await analyses.addTheme(Texts([:]), meaning: Texts([:]), to: "text", of: usages, by: agathe)
            }
            await #expect(throws: CodingRefusal.unknown) {
                try await analyses.addTheme(
                    Texts(["fr": "Bancs"]), meaning: Texts([:]), to: "mark", of: usages, by: agathe)
            }
            let bench: ID<AnswerTheme> = try await analyses.addTheme(
                Texts(["fr": "Bancs"]), meaning: Texts([:]), to: "text", of: usages, by: agathe)
            let tree: ID<AnswerTheme> = try await analyses.addTheme(
                Texts(["fr": "Arbres"]), meaning: Texts([:]), to: "text", of: usages, by: agathe)
            await #expect(throws: NotAllowed.self) {
                try await analyses.draw(2, of: "text", in: usages, by: .visitor)
            }
            #expect(try await analyses.draw(100, of: "text", in: usages, by: agathe) == 4)
            #expect(try await analyses.draw(100, of: "text", in: usages, by: agathe) == 0)
            // Agathe reads everything; Basile finds no bench in the third.
            let found: [Set<ID<AnswerTheme>>] = [[bench], [tree], [bench, tree], []]
            #expect(try await analyses.next(of: "text", in: usages, by: agathe)?.left == 4)
            for (response, themes) in zip(responses, found) {
                try await analyses.code(response, as: themes, of: "text", in: usages, by: agathe)
            }
            #expect(try await analyses.next(of: "text", in: usages, by: agathe) == nil)
            try await analyses.code(responses[0], as: found[0], of: "text", in: usages, by: basile)
            // Who is still reading does not see what others found.
            let unfinished: CodingAgreement = try await analyses.agreement(on: "text", in: usages, by: basile)
            #expect(unfinished.own == 3 && unfinished.pairs.isEmpty && unfinished.disputes.isEmpty)
            for (response, themes) in zip(responses, [[bench], [tree], [tree], []] as [Set<ID<AnswerTheme>>]) {
                try await analyses.code(response, as: themes, of: "text", in: usages, by: basile)
            }
            await #expect(throws: CodingRefusal.unknown) {
                try await analyses.code(responses[4], as: [bench], of: "text", in: usages, by: basile)
            }
            let agreement: CodingAgreement = try await analyses.agreement(on: "text", in: usages, by: basile)
            let pair: CoderPair = try #require(agreement.pairs.first)
            #expect((pair.first, pair.second, pair.texts) == ("Agathe", "Basile", 4))
            #expect(pair.themes[0] == CohenKappa(both: 1, first: 1, second: 0, neither: 2))
            #expect(pair.themes[1].value == 1)
            #expect(agreement.disputes.map(\.text.response) == [responses[2]])
            #expect(agreement.disputes[0].findings.map(\.themes) == [[bench, tree], [tree]])
            #expect(agreement.book.coded == 3 && agreement.book.unsettled == 1)
            try await analyses.settle(responses[2], as: [bench, tree], of: "text", in: usages, by: agathe)
            let book: CodeBook = try await analyses.codeBook(of: "text", in: usages, by: agathe)
            #expect(book.themes.map(\.count) == [2, 2] && book.coded == 4 && book.unsettled == 0)
            #expect(
                try await analyses.texts(of: "text", in: usages, theme: bench, by: agathe).texts.count == 2)
            await #expect(throws: CodingRefusal.themeInUse) {
                try await analyses.removeTheme(bench, of: usages, by: agathe)
            }
            // An example: in the words of a text, and read for personal data.
            for (words, isChecked, refusal) in [
                ("Un banc à l’ombre", false, CodingRefusal.unchecked), ("Un joli banc", true, .notInText),
                ("l’ombre […] Un banc", true, .notInText), ("[…]", true, .notInText),
            ] {
                await #expect(throws: refusal) {
                    try await analyses.quote(
                        words, from: responses[0], for: bench, isChecked: isChecked, of: usages, by: agathe)
                }
            }
            try await analyses.quote(
                "Un banc […] l’ombre", from: responses[0], for: bench, isChecked: true, of: usages, by: agathe)
            let figures: QuestionnaireFigures = try await analyses.count(fixture.id)
            #expect(figures.coded["text"]?.themes.map(\.count) == [2, 2])
            #expect(figures.coded["text"]?.themes[0].quote == "Un banc […] l’ombre")
            try await analyses.unquote(bench, of: usages, by: agathe)
            #expect(try await analyses.codeBook(of: "text", in: usages, by: agathe).themes[0].quote == nil)
        }
    }

    @Test func `texts are found by their words, question by question, a page at a time`() async throws {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool)
            try await FigureTests.insert(
                (0..<7).map { Answers(["text": .words("Les trottoirs sont étroits \($0)")]) }
                    + [
                        Answers(["text": .words("De la lumière"), "line": .words("trottoir")]),
                        Answers(["one": .chosen([], other: "un trottoir")]),
                    ], into: fixture, pool)
            let analyses = Analyses(pool: pool)
            let usages: Questionnaire = try await FigureTests.questionnaire(fixture, pool)
            func find(_ question: String, _ words: String, after last: ID<Participation.Response>? = nil) async throws
                -> AnswerTextList
            {
                try await analyses.texts(of: question, in: usages, words: words, after: last, size: 5, by: .operator)
            }
            let first: AnswerTextList = try await find("text", "trottoir etroit")
            #expect(first.texts.count == 5)
            let second: AnswerTextList = try await find("text", "trottoir etroit", after: first.next)
            #expect(second.texts.count == 2 && second.next == nil)
            #expect(Set((first.texts + second.texts).map(\.response)).count == 7)
            #expect(try await find("line", "trottoir").texts.map(\.words) == ["trottoir"])
            #expect(try await find("one", "trottoir").texts.map(\.words) == ["un trottoir"])
            #expect(try await analyses.countTexts(of: "text", in: usages, words: "trottoir", by: .operator) == 7)
            #expect(try await find("text", "").next != nil)
            await #expect(throws: NotAllowed.self) {
                try await analyses.texts(of: "text", in: usages, by: .visitor)
            }
        }
    }

    @Test func `files hold all answers without names, begin no formula, and are written piece by piece`() async throws {
        try await withDatabase { pool in
            let fixture: QuestionnaireFixture = try await .make(pool)
            let hostile: [String] = [
                "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=1", "a,b;\"c\"\r\nd", "é’ü",
            ]
            try await FigureTests.insert(
                hostile.map {
                    Answers([
                        "text": .words($0), "number": .number("-1.5"), "some": .chosen(["b"], other: "=1"),
                        "order": .ranked(["c", "a"]), "table": .rows(["day": "a"]),
                        "place": .place(MapPoint(latitude: -47.5, longitude: 7.25), words: "ici", district: nil),
                    ])
                } + Array(repeating: Answers(["mark": .number("3")]), count: AnswerExports.pieceSize), into: fixture,
                pool)
            let exports = AnswerExports(pool: pool)
            let usages: Questionnaire = try await FigureTests.questionnaire(fixture, pool)
            await #expect(throws: NotAllowed.self) {
                _ = try await exports.begin(.csv, of: usages, hasMark: true, by: .visitor)
            }
            let id: ID<AnswerExport> = try await exports.begin(.csv, of: usages, hasMark: true, by: .operator)
            #expect(try await exports.find(id, of: usages, by: .operator) == nil)
            #expect(try await exports.writePiece())
            let part: AnswerExport = try #require(try await exports.list(of: usages, by: .operator).first)
            #expect(part.written == 500 && part.total == 509 && !part.isReady)
            // Somebody else goes on where the first was.
            #expect(try await AnswerExports(pool: pool).writePiece())
            #expect(try await !exports.writePiece())
            let file: AnswerExport = try #require(try await exports.find(id, of: usages, by: .operator))
            #expect(file.pieces == 2 && file.written == 509)
            var bytes: [UInt8] = []
            for place in 0..<file.pieces { bytes += try #require(try await exports.piece(place, of: file)) }
            #expect(bytes.count == file.bytes && bytes.starts(with: SafeCSV.mark))
            let rows: [CSVRow] = try CSVParser.rows(of: bytes, format: CSVFormat())
            #expect(rows.count == 510 && rows.allSatisfy { $0.problem == nil })
            let names: [String] = rows[0].texts
            #expect(names.prefix(4) == ["_way", "_day", "_language", "_version"] && names.contains("some.b"))
            func cells(_ name: String) throws -> [String] {
                let place: Int = try #require(names.firstIndex(of: name))
                return rows.dropFirst().map { String(decoding: $0.bytes(place), as: UTF8.self) }.filter { !$0.isEmpty }
            }
            let words: [String] = try cells("text")
            #expect(words.count == hostile.count)
            #expect(words.allSatisfy { !"=+-@\t\r\n".contains($0.first!) })
            #expect(Set(words.map { $0.hasPrefix("'") ? String($0.dropFirst()) : $0 }) == Set(hostile))
            #expect(try Set(cells("some._other")) == ["'=1"] && Set(cells("number")) == ["-1.5"])
            #expect(try Set(cells("order.a")) == ["2"] && Set(cells("order.c")) == ["1"] && cells("order.b").isEmpty)
            #expect(try Set(cells("some.a")) == ["0"] && Set(cells("some.b")) == ["1"])
            #expect(try Set(cells("place._latitude")) == ["-47.5"] && Set(cells("table.day")) == ["a"])
            // The same as JSON lines.
            let lines: ID<AnswerExport> = try await exports.begin(.lines, of: usages, hasMark: true, by: .operator)
            while try await exports.writePiece() {}
            let objects: AnswerExport = try #require(try await exports.find(lines, of: usages, by: .operator))
            var text: [UInt8] = []
            for place in 0..<objects.pieces { text += try #require(try await exports.piece(place, of: objects)) }
            let parsed: [[String: Any]] = try text.split(separator: 0x0A).map {
                try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
            }
            #expect(
                parsed.count == 509 && Set(parsed.flatMap(\.keys)) == ["way", "day", "language", "version", "answers"])
            // Each is an act, and each ends.
            let acts: Row = try #require(
                try await pool.one("test.acts", "SELECT count(*) AS acts FROM act WHERE act = 'answers_exported'"))
            #expect(try acts.get("acts", as: Int64.self) == 2)
            try await pool.execute("test.age", "UPDATE answer_export SET begun_at = begun_at - interval '2 days'")
            #expect(try await exports.find(id, of: usages, by: .operator) == nil)
            try await exports.forgetEnded()
            let pieces: Row = try #require(
                try await pool.one("test.pieces", "SELECT count(*) AS pieces FROM answer_export_piece"))
            #expect(try pieces.get("pieces", as: Int64.self) == 0)
        }
    }
}
