import Foundation
@testable import Participation
import Postgres
import TestSupport
import Testing
@testable import Web

/// Printed questionnaires over HTTP: the desk of their sheets, entry by one and by two, what is printed, and for whom.
@Suite("Pages: questionnaires on paper") struct QuestionnaireSheetPagesTests {
    /// A questionnaire on paper, with its agent and two entry operators at their browsers.
    private struct Office {
        let forum: Forum
        let paper: PaperFixture
        let agent: Browser, anna: Browser, bert: Browser
        let base = "/desk/processes/diagonales/consultations/place/questionnaires/usages/sheets"

        /// The number of the only sheet, which is issued now.
        func sheet() async throws -> String {
            let issued: Client.Answer = try await agent.submit(
                "\(base)/editions", ["copies": "1", "place": "Market", "language": "fr", "size": "a4"])
            #expect(issued.status == 303)
            let row: Row = try #require(
                try await forum.pool.one(
                    "test.last", "SELECT max(number)::integer AS number FROM questionnaire_sheet"))
            return try #require(PaperNumber(Int(try row.get("number", as: Int32.self)))).text
        }

        func count(_ table: String) async throws -> Int {
            let row: Row? = try await forum.pool.one(
                "test.count", "SELECT count(*) AS n FROM \(sql: .identifier(table))")
            return Int(try row?.get("n", as: Int64.self) ?? 0)
        }
    }

    private func withOffice(_ body: @escaping @Sendable (Office) async throws -> Void) async throws {
        try await withForum { forum in
            for name in ["Anna", "Bert"] {
                try await forum.account(name, roles: [HeldRole(.entryOperator, for: .process(forum.process))])
            }
            let paper: PaperFixture = try await .make(forum.pool, in: forum.process)
            let office = Office(
                forum: forum, paper: paper, agent: try await forum.signedIn("Agathe"),
                anna: try await forum.signedIn("Anna"), bert: try await forum.signedIn("Bert"))
            for browser in [office.agent, office.anna, office.bert] { try await browser.get(office.base) }
            try await body(office)
        }
    }

    @Test func `a number that is wrong, of another questionnaire or of a draft is told`() async throws {
        try await withOffice { office in
            let number: String = try await office.sheet()
            let other: PaperFixture = try await .make(office.forum.pool, in: office.forum.process, handle: "jardin")
            try await QuestionnaireSheets(pool: office.forum.pool, zone: "Europe/Paris").issue(
                1, in: .english, for: "Market", of: other.questionnaire, by: .operator)
            let foreign: String = try #require(PaperNumber(2)).text
            for (typed, words) in [
                ("", "Type the number"), ("000001-0", "the last digit is a check"),
                ("0000427", "was not printed for this questionnaire"), (foreign, "belongs to another questionnaire"),
                ("TILLEUL/1/QUESTIONNAIRE/PLACE/USAGES/1/FR/1", "a draft or a specimen"),
            ] {
                let typed: String = typed == "0000427" ? try #require(PaperNumber(42)).text : typed
                let answer: Client.Answer = try await office.anna.get(
                    "\(office.base)?number=\(typed.replacing("/", with: "%2F"))")
                #expect(answer.status == 422 && answer.text.contains(words), "\(typed)")
            }
            let code = "TILLEUL%2F1%2FQUESTIONNAIRE%2FPLACE%2FUSAGES%2F1%2FFR%2F1%2F\(number)"
            for typed in [number, number.replacing("-", with: ""), code] {
                let answer: Client.Answer = try await office.anna.get("\(office.base)?number=\(typed)")
                #expect(answer.status == 303 && answer.header("location") == "\(office.base)/\(number)", "\(typed)")
            }
        }
    }

    @Test func `a sheet is typed in the order of the paper; a mistake is told at its question and nothing is lost`()
        async throws
    {
        try await withOffice { office in
            let address = "\(office.base)/\(try await office.sheet())"
            let page: Client.Answer = try await office.anna.get(address)
            let names: [String] = page.text.matches(of: /name="answer-([a-z]+)"/).map { String($0.1) }
            #expect(names == ["come", "want", "like", "rate", "rank", "times", "last", "spot", "why"])
            #expect(page.text.contains("Answer question 10 only if you gave 3 or less at question 3."))
            let wrong: Client.Answer = try await office.anna.submit(
                address, ["task": "enter", "answer-come": "1 2", "answer-want": "1", "answer-rank": "1 1 2"])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("href=\"#answer-come\"") && wrong.text.contains("href=\"#answer-rank\""))
            #expect(wrong.text.contains("name=\"answer-come\" type=\"text\" value=\"1 2\""))
            let tooMany: Client.Answer = try await office.anna.submit(
                address, ["task": "enter", "answer-come": "1", "answer-want": "1 2 3"])
            #expect(tooMany.status == 422 && tooMany.text.contains("href=\"#answer-want\""))
            #expect(try await office.count("response") == 0)
            let done: Client.Answer = try await office.anna.submit(
                address, ["task": "enter", "answer-come": "!", "answer-like": "7", "answer-want": "1 3"])
            #expect(done.status == 303 && done.header("location") == office.base)
            // Whoever typed it at the same time sees what stands, and what they typed.
            let late: Client.Answer = try await office.agent.submit(
                address, ["task": "enter", "answer-come": "2", "answer-like": "8"])
            #expect(late.status == 422 && late.text.contains("This sheet is entered already."))
            #expect(late.text.contains("What you had typed"))
            #expect(try await office.count("response") == 1)
            // Bert did not enter it: he sees what stands and changes nothing.
            let other: Client.Answer = try await office.bert.get(address)
            #expect(other.status == 200 && !other.text.contains("data-sheet-entry"))
            #expect(
                try await office.bert.submit(
                    address, ["task": "correct", "reason": "x", "answer-like": "1"]
                ).status == 404)
        }
    }

    @Test func `the second reader does not see the first; the agent settles, corrects and takes back`() async throws {
        try await withOffice { office in
            #expect(
                try await office.agent.submit("\(office.base)/settings", ["percent": "101"]).status == 422)
            #expect(
                try await office.agent.submit("\(office.base)/settings", ["percent": "100", "hand-in-fr": "Mairie"])
                    .status == 303)
            let address = "\(office.base)/\(try await office.sheet())"
            try await office.anna.submit(
                address, ["task": "enter", "answer-come": "1", "answer-like": "2", "answer-why": "Secret words"])
            let blind: Client.Answer = try await office.bert.get(address)
            #expect(blind.text.contains("value=\"again\"") && !blind.text.contains("Secret words"))
            #expect(try await office.bert.get(office.base).text.contains("To be read a second time"))
            #expect(try await !office.anna.get(office.base).text.contains("To be read a second time"))
            try await office.bert.submit(
                address, ["task": "again", "answer-come": "2", "answer-like": "2", "answer-why": "Secret words"])
            #expect(try await !office.bert.get(address).text.contains("choice-come"))
            let agent: Client.Answer = try await office.agent.get(address)
            #expect(agent.text.contains("choice-come") && !agent.text.contains("choice-like"))
            #expect(try await office.agent.submit("\(address)/settlement", ["choice-come": "second"]).status == 422)
            #expect(
                try await office.agent.submit(
                    "\(address)/settlement", ["choice-come": "second", "reason": "It is a bicycle"]
                ).status == 303)
            let settled: Client.Answer = try await office.agent.get(address)
            #expect(settled.text.contains("It is a bicycle") && settled.text.contains("On foot"))
            let list: Client.Answer = try await office.agent.get(office.base)
            #expect(list.text.contains("1 of 3") && list.text.contains("33.3%"))
            #expect(try await office.agent.submit("\(address)/undo", ["undo-reason": ""]).status == 422)
            #expect(try await office.anna.submit("\(address)/undo", ["undo-reason": "x"]).status == 404)
            #expect(try await office.agent.submit("\(address)/undo", ["undo-reason": "Wrong sheet"]).status == 303)
            #expect(try await office.count("response") == 0)
        }
    }

    @Test func `what is printed asks in words, says where and until when, and asks for no name`() async throws {
        try await withOffice { office in
            try await office.agent.submit(
                "\(office.base)/settings", ["percent": "10", "hand-in-en": "Town hall desk", "until": "2027-05-02"])
            let number: String = try await office.sheet()
            let page: String = try await office.agent.get("\(office.base)/print?language=en").text
            for words in [
                "SPECIMEN", "Part 2: From near",
                "Fill in this part only if you ticked “On foot” or “By bicycle” at question 1.",
                "Answer question 10 only if you gave 3 or less at question 3.", "Tick 2 boxes at most.",
                "Write a rank in the boxes", "not at all", "very much", "Number of the district:",
                "A photo does not go on this sheet.", "Town hall desk", "2\u{A0}May 2027",
                "This questionnaire is anonymous: write no name", "/consultations/place/questionnaires/usages",
                "Good to know", "<th scope=\"row\">The light</th>",
            ] { #expect(page.contains(words), "\(words)") }
            #expect(!page.contains(number))
            let first: Int = try #require(PaperNumber(typed: number)).number
            let numbered: String = try await office.agent.get("\(office.base)/print?from=\(first)").text
            #expect(numbered.contains(number) && !numbered.contains("MODÈLE") && numbered.contains("À pied"))
            #expect(try await office.agent.get("\(office.base)/print?from=1&to=500").status == 422)
            #expect(try await office.agent.get("\(office.base)/print?draft=1").status == 422)
            try await office.forum.pool.execute(
                "test.draft",
                """
                INSERT INTO questionnaire_version (questionnaire_id, number, form)
                SELECT questionnaire_id, 2, form FROM questionnaire_version
                """)
            let draft: String = try await office.agent.get("\(office.base)/print?draft=1&language=de").text
            #expect(draft.contains("ENTWURF") && draft.contains("Zu Fuß") && draft.contains("Fassung 2"))
        }
    }

    @Test func `the account closes, and nobody else finds anything`() async throws {
        try await withOffice { office in
            let number: String = try await office.sheet()
            let refused: [KeyValuePairs<String, String>] = [
                ["first": "000001-0"], ["first": number, "as": "spoiled"],
            ]
            for form in refused {
                #expect(try await office.agent.submit("\(office.base)/aside", form).status == 422)
            }
            #expect(
                try await office.agent.submit(
                    "\(office.base)/aside", ["first": number, "as": "spoiled", "reason": "Rain"]
                ).status == 303)
            let shown: Client.Answer = try await office.agent.get("\(office.base)/\(number)")
            #expect(shown.text.contains("Rain") && !shown.text.contains("data-sheet-entry"))
            let edition: String = try #require(
                try await office.agent.get(office.base).text.firstMatch(of: /editions\/([0-9a-f-]{36})\/count/)?.1
            ).description
            #expect(
                try await office.agent.submit("\(office.base)/editions/\(edition)/count", ["returned": "2"]).status
                    == 422)
            #expect(
                try await office.agent.submit("\(office.base)/editions/\(edition)/count", ["returned": "1"]).status
                    == 303)
            #expect(try await office.anna.get("/desk/processes/diagonales/sheets").text.contains("Your uses"))
            let agents: [(path: String, form: KeyValuePairs<String, String>)] = [
                ("/editions", ["copies": "1", "place": "x"]), ("/settings", ["percent": "1"]),
                ("/aside", ["first": number, "reason": "x"]), ("/editions/\(edition)/count", ["returned": "1"]),
            ]
            for (path, form) in agents {
                #expect(try await office.anna.submit("\(office.base)\(path)", form).status == 404, "\(path)")
            }
            #expect(try await office.anna.get("\(office.base)/print").status == 404)
            let ada: Browser = try await office.forum.signedIn("Ada")
            for path in ["", "/list", "/\(number)", "/print", "/print.pdf?from=1"] {
                #expect(try await ada.get("\(office.base)\(path)").status == 404, "\(path)")
            }
            #expect(try await ada.get("/desk/processes/diagonales/sheets").status == 404)
            // What is not a sheet of it is nowhere.
            #expect(try await office.agent.get("\(office.base)/000099-9").status == 404)
        }
    }
}
