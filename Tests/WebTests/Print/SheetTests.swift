import Foundation
import PublicRecord
import Testing

@testable import Participation
@testable import Web

/// What sheets say: their codes, their rules, and what is refused before anything is printed.
@Suite("Sheets")
struct SheetTests {
    private let site: Site

    init() throws {
        site = try FrameSite.development()
    }

    private static let hash: [UInt8] =
        [0x2F, 0x9C, 0x41, 0xD0, 0xA7, 0xB3] + [UInt8](repeating: 0, count: 26)

    private func vote(_ ballot: BallotRules = BallotRules(type: .approval, maximum: 2)) -> Vote {
        let projects: [VoteProject] = (1...3).map { number in
            VoteProject(
                number: number, key: "p\(number)", title: Texts(["fr": "Projet \(number)"]),
                description: Texts([:]),
                cost: 3000, district: nil, category: nil)
        }
        let settings = VoteSettings(
            slug: "square", title: Texts(["fr": "Le square"]), languages: ["fr", "de"], budget: 10_000,
            ballot: ballot,
            counting: Definition.Counting(rule: "greedy_votes", tie: "lexico"), opens: .now,
            closes: .now.addingTimeInterval(3600))
        return Vote(
            id: ID(), process: ID(), processSlug: "d", processTitle: Texts(["fr": "D"]),
            settings: settings,
            projects: projects, demonstration: false, sealKey: nil, opening: nil, closedAt: nil,
            countedAt: nil,
            publishedAt: nil, destroyedAt: nil)
    }

    // MARK: Codes

    @Test("a code names document, definition, edition, language, page and serial")
    func code() {
        var code = SheetCode(
            document: .easyRead, definition: Self.hash, edition: 2, language: .german, serial: nil)
        #expect(code.text(page: 3) == "TILLEUL/1/EASY-READ/2F9C41D0A7B3/2/DE/3")
        #expect(code.words == "2F9C\u{A0}41D0\u{A0}A7B3")
        code.serial = PrintPack.serial(123)
        #expect(code.text(page: nil) == "TILLEUL/1/EASY-READ/2F9C41D0A7B3/2/DE/0/0000123")
        let draft = SheetCode(document: .ballot, definition: nil, edition: 1, language: .french)
        #expect(draft.text(page: 1) == "TILLEUL/1/BALLOT/DRAFT/1/FR/1")
        #expect(draft.words == nil)
    }

    @Test("a code is drawn with its quiet zone and its corners")
    func picture() {
        // One letter needs the smallest code, of 21 modules; four light ones stand around it.
        let svg: String = QR.svg("A")
        #expect(svg.contains("viewBox=\"0 0 29 29\""))
        #expect(svg.contains("M4 4.5h7"))
        #expect(svg.contains("M18 4.5h7"))
        #expect(svg.contains("M4 24.5h7"))
        #expect(!svg.contains("M0 "))
    }

    // MARK: Choices

    private func choice(_ query: String, _ document: PrintDocument = .ballot) throws(Web.Refusal)
        -> PrintChoice
    {
        try PrintChoice(
            try Fields(urlEncoded: query.utf8), of: document, in: vote(), editions: 2, reader: .english)
    }

    @Test(
        "what an address leaves out has a default; the reader's language, if the vote is held in it")
    func defaults() throws {
        #expect(try choice("") == choice("language=fr&size=a4&edition=1"))
        #expect(try choice("language=de&size=a5&edition=2").query == "?language=de&size=a5&edition=2")
    }

    @Test(
        "an unknown language, size or edition is refused with its own sentence",
        arguments: [
            ("language=en", "prints.error.language"), ("language=xx", "prints.error.language"),
            ("size=a3", "prints.error.size"), ("edition=3", "prints.error.edition"),
            ("edition=0", "prints.error.edition"), ("edition=two", "prints.error.edition"),
        ])
    func refusals(query: String, reason: String) throws {
        let refusal = #expect(throws: Web.Refusal.self) { try choice(query) }
        #expect(refusal?.reason == reason)
        #expect(site.strings(.french).contains(reason))
    }

    @Test("large print is made in one size alone")
    func largeIsA4() {
        #expect(throws: Web.Refusal.self) { try choice("size=a5", .large) }
    }

    // MARK: Words

    @Test("every type of ballot says how it is marked and what makes it invalid")
    func words() {
        let strings: Strings = site.strings(.english)
        func words(_ ballot: BallotRules) -> BallotSheetWords {
            BallotSheetWords(vote(ballot), strings)
        }
        let approval = words(BallotRules(type: .approval, minimum: 2, maximum: 2, budgetLimit: 500_000))
        #expect(approval.steps[1] == "Put a cross in the box of each project you choose.")
        #expect(
            approval.faults.prefix(3) == [
                "more than 2 projects chosen", "fewer than 2 projects chosen, unless the paper is blank",
                "projects that cost more than €5,000 in all",
            ])
        let points = words(
            BallotRules(type: .points, maximum: 3, pointsPerProject: 3, pointsInTotal: 7))
        #expect(
            points.faults.prefix(2) == [
                "more than 7 points in all", "more than 3 points for one project",
            ])
        let ranking = words(BallotRules(type: .ranking, maximum: 3))
        #expect(ranking.faults.first == "the same rank given to several projects")
        let grades = words(BallotRules(type: .grades, maximum: 3, grades: ["Good", "Bad"]))
        #expect(grades.faults.first == "several grades for one project")
        for words in [approval, points, ranking, grades] {
            #expect(words.steps.contains { $0.contains("blank") })
            #expect(words.easySteps.allSatisfy { $0.split(separator: " ").count <= 18 })
        }
    }

    @Test("before the vote opens every sheet is a draft; a sample says so afterwards as well")
    func marks() {
        let strings: Strings = site.strings(.french)
        let code = SheetCode(document: .ballot, definition: nil, edition: 1, language: .french)
        let marks = SheetMarks(code, vote: vote(), size: .a4, pdfHref: "", backHref: "", strings)
        #expect(marks.across == "PROJET")
        #expect(marks.definition == nil)
        let sheet = BallotSheet(vote(), marks: marks, document: .ballot, strings)
        #expect(sheet.warning != nil)
        #expect(sheet.lines.map(\.number) == ["1", "2", "3"])
    }
}
