import Foundation
import Participation
import Postgres
import TestSupport
import Testing

@testable import Web

/// The pages on which agents write a questionnaire, as browsers meet them.
@Suite struct FormDeskTests {
    private static let consultation = "/desk/processes/diagonales/consultations/place"
    private static let base = "\(consultation)/questionnaires/usages"

    /// A consultation that collects, with a questionnaire begun by its agent in a browser.
    private func begin(_ forum: Forum) async throws -> Browser {
        try await Consultations(pool: forum.pool).plan(
            ConsultationPlan(
                handle: "place", title: Texts(["fr": "La place"]),
                timetable: ConsultationTimetable(
                    collectsFrom: Date(timeIntervalSinceNow: -3600),
                    collectsUntil: Date(timeIntervalSinceNow: 30 * 86_400), synthesisDue: Day("2099-01-01")!,
                    answerDue: Day("2099-02-01")!)), in: forum.process, by: .operator)
        let agathe: Browser = try await forum.signedIn("Agathe")
        try await agathe.get("\(Self.consultation)/questionnaires/new")
        let begun: Client.Answer = try await agathe.submit(
            "\(Self.consultation)/questionnaires/new",
            ["title-fr": "Vos usages", "handle": "usages", "ways": "account", "once": "1", "anonymous": "1"])
        #expect(begun.status == 303)
        return agathe
    }

    private func add(_ kind: String, _ title: String, _ browser: Browser) async throws {
        try await browser.get("\(Self.base)/form")
        let answer: Client.Answer = try await browser.submit(
            "\(Self.base)/form/sections/la-place/questions", ["kind": kind, "title-la-place": title])
        #expect(answer.status == 303, "\(title)")
    }

    private func seal(_ path: String, _ browser: Browser) async throws -> String {
        let page: Client.Answer = try await browser.get(path)
        let match = try #require(page.text.firstMatch(of: /name="seal" value="([0-9a-f]+)"/))
        return String(match.1)
    }

    private func upload(_ file: String, _ browser: Browser) async throws -> Client.Answer {
        try await browser.get("\(Self.base)/import")
        let head = "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n\(browser.token)\r\n"
        let part =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n\(file)\r\n--b--\r\n"
        return try await browser.send(
            "POST", "\(Self.base)/import", Array((head + part).utf8), type: "multipart/form-data; boundary=b")
    }

    @Test func `an agent writes a questionnaire; residents and visitors find nothing there`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            #expect(try await agathe.get("\(Self.base)/form").text.contains("This questionnaire is empty."))
            try await agathe.get("\(Self.base)/form")
            #expect(try await agathe.submit("\(Self.base)/form/sections", ["section-title": ""]).status == 422)
            #expect(try await agathe.submit("\(Self.base)/form/sections", ["section-title": "La place"]).status == 303)
            try await add("single", "Venez-vous ?", agathe)
            let question = "\(Self.base)/form/questions/venez-vous"
            let saved: Client.Answer = try await agathe.submit(
                question,
                [
                    "seal": try await seal(question, agathe), "title": "Venez-vous ?", "kind": "single",
                    "section": "la-place", "options": "Oui\nNon", "help": "",
                ])
            #expect(saved.status == 303)
            try await add("number", "Combien de fois ?", agathe)
            let number = "\(Self.base)/form/questions/combien-de-fois"
            // The button that shows the answers of the chosen question stores nothing.
            let shown: Client.Answer = try await agathe.submit(
                number,
                [
                    "seal": try await seal(number, agathe), "title": "Combien ?", "kind": "number", "test": "0",
                    "test-0-question": "venez-vous", "test-0-comparison": "chosen", "then": "update",
                ])
            #expect(shown.status == 200 && shown.text.contains("name=\"test-0-values\" value=\"oui\""))
            let kept: Client.Answer = try await agathe.submit(
                number,
                [
                    "seal": try await seal(number, agathe), "title": "Combien de fois ?", "kind": "number",
                    "section": "la-place", "lowest": "0", "highest": "7,5", "decimals": "1", "join": "all",
                    "test": "0", "test-0-question": "venez-vous", "test-0-comparison": "chosen",
                    "test-0-values": "oui",
                ])
            #expect(kept.status == 303)
            let page: Client.Answer = try await agathe.get("\(Self.base)/form")
            #expect(page.text.contains("Only if “Venez-vous ?” was answered with “Oui”."))
            let opening: Client.Answer = try await agathe.get("\(Self.base)/opening")
            let revision = try #require(opening.text.firstMatch(of: /name="revision" value="(\d+)"/))
            #expect(
                try await agathe.submit("\(Self.base)/opening", ["revision": String(revision.1)]).status == 303)
            #expect(try await agathe.get("\(Self.base)/form").text.contains("This version is open"))
            let pages: [String] = ["form", "settings", "versions", "translations", "preview", "preview?all=1"]
            let ada: Browser = try await forum.signedIn("Ada")
            for page in pages {
                #expect(try await agathe.get("\(Self.base)/\(page)").status == 200, "\(page)")
                #expect(try await ada.get("\(Self.base)/\(page)").status == 404, "\(page)")
            }
            for page in ["opening", "import", "discard", "form/questions/venez-vous"] {
                #expect(try await agathe.get("\(Self.base)/\(page)").status == 404, "\(page)")
            }
            for post in ["form", "form/undo", "drafts", "discard", "opening", "settings", "removal"] {
                #expect(try await ada.submit("\(Self.base)/\(post)", [:]).status == 404, "\(post)")
            }
        }
    }

    @Test func `a question that is wrong comes back with what was typed`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            try await agathe.get("\(Self.base)/form")
            try await agathe.submit("\(Self.base)/form/sections", ["section-title": "La place"])
            try await add("scale", "Bruit", agathe)
            let path = "\(Self.base)/form/questions/bruit"
            let seal: String = try await seal(path, agathe)
            let wrong: Client.Answer = try await agathe.submit(
                path,
                [
                    "seal": seal, "title": "Le bruit", "kind": "scale", "section": "la-place", "lowest": "5",
                    "highest": "1", "lowestMeans": "Calme", "highestMeans": "",
                ])
            #expect(
                wrong.status == 422 && wrong.text.contains("value=\"Calme\"") && wrong.text.contains("whole numbers"))
            #expect(
                try await agathe.submit(
                    path, ["seal": seal, "title": "Le bruit", "kind": "scale", "section": "la-place"]
                ).status == 303)
            let stale: Client.Answer = try await agathe.submit(
                path, ["seal": seal, "title": "Autrement", "kind": "scale", "section": "la-place"])
            #expect(stale.status == 422 && stale.text.contains("Somebody else has changed this"))
        }
    }

    @Test func `items are moved, copied and removed by their buttons, and the last act is undone`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            try await agathe.get("\(Self.base)/form")
            try await agathe.submit("\(Self.base)/form/sections", ["section-title": "La place"])
            for title in ["Un", "Deux"] { try await add("long_text", title, agathe) }
            func act(_ act: String) async throws -> String {
                try await agathe.get("\(Self.base)/form")
                let answer: Client.Answer = try await agathe.submit("\(Self.base)/form", ["act": act])
                #expect(answer.status == 303, "\(act)")
                let file: String = try await agathe.get("\(Self.base)/form/file").text
                return file.matches(of: /"key" : "([a-z0-9-]+)"/).map { String($0.1) }.joined(separator: " ")
            }
            #expect(try await act("sink.question.un") == "la-place deux un")
            #expect(try await act("double.question.un") == "la-place deux un un-2")
            #expect(try await act("remove.section.la-place") == "")
            #expect(try await agathe.submit("\(Self.base)/form/undo", [:]).status == 303)
            #expect(try await agathe.get("\(Self.base)/form/file").text.contains("un-2"))
            #expect(try await act("remove.question.nowhere").contains("un-2"))
            #expect(try await agathe.submit("\(Self.base)/form", ["act": "explode.question.un"]).status == 422)
        }
    }

    @Test(arguments: [
        ("hello", "This file is not JSON"), ("", "not empty"), ("{\"sections\":[],\"sections\":[]}", "stands twice"),
        (String(repeating: "[", count: 5000), "nested too deep"), ("{\"sections\":[{\"key\":7}]}", "sections.1.key"),
        (String(repeating: " ", count: 1_000_001), "larger than"), ("{\"sections\":[],\"x\":1}", "has this name: x"),
        (
            """
            {"sections":[{"key":"s","title":{"fr":"S"},"questions":[
            {"key":"a","kind":"long_text","title":{"fr":"Un"},"condition":{"tests":[{"question":"b","comparison":"answered"}]}},
            {"key":"b","kind":"long_text","title":{"fr":"Deux"},"condition":{"tests":[{"question":"a","comparison":"answered"}]}}
            ]}]}
            """, "These questions wait for each other: “Un” → “Deux” → “Un”"
        ),
    ])
    func `a hostile file is refused in the reader's language and changes nothing`(
        file: String, words: String
    ) async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            let answer: Client.Answer = try await upload(file, agathe)
            #expect(answer.status == 422)
            #expect(answer.text.contains(words))
            #expect(try await agathe.get("\(Self.base)/form").text.contains("This questionnaire is empty."))
        }
    }

    @Test func `a file of ten megabytes is refused`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            let answer: Client.Answer = try await upload(String(repeating: "x", count: 10_000_000), agathe)
            #expect(answer.status == 422 && answer.text.contains("larger than"))
        }
    }

    @Test func `what one writes in the preview decides what is asked next, and is stored nowhere`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            let forty = try String(
                contentsOf: FrameSite.project.appending(path: "Tests/Fixtures/consultations/quarante-questions.json"),
                encoding: .utf8
            ).replacing("\"meaning\": \"district\",", with: "")
            #expect(try await upload(forty, agathe).status == 303)
            let preview = "\(Self.base)/preview"
            let first: Client.Answer = try await agathe.get(preview)
            #expect(first.text.contains("Step 1 of ") && first.text.contains("name=\"q-habite\""))
            let missing: Client.Answer = try await agathe.get("\(preview)?from=vous&next=1")
            #expect(missing.text.contains("Answer this question."))
            let second: Client.Answer = try await agathe.get("\(preview)?from=vous&next=1&q-habite=oui")
            #expect(second.text.contains("name=\"q-modes\"") && !second.text.contains("name=\"q-velo-frein\""))
            #expect(second.text.contains("<input type=\"hidden\" name=\"q-habite\" value=\"oui\">"))
            let cycling: Client.Answer = try await agathe.get(
                "\(preview)?section=venir&q-habite=oui&q-modes=velo&q-modes=pied")
            #expect(cycling.text.contains("name=\"q-velo-frein\""))
            let whole: Client.Answer = try await agathe.get("\(preview)?all=1")
            #expect(whole.text.matches(of: /Only if/).count >= 23)
            let rows: Row? = try await forum.pool.one(
                "test.stored", "SELECT (SELECT count(*) FROM response) + (SELECT count(*) FROM answer_draft) AS rows")
            #expect(try rows?.get("rows") == 0)
        }
    }

    @Test func `translations stand beside the French, and are counted`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await begin(forum)
            try await agathe.get("\(Self.base)/form")
            try await agathe.submit("\(Self.base)/form/sections", ["section-title": "La place"])
            try await add("long_text", "Un mot", agathe)
            let page: Client.Answer = try await agathe.get("\(Self.base)/translations")
            #expect(page.text.contains("German: 2 texts are missing."))
            #expect(
                try await agathe.submit(
                    "\(Self.base)/translations",
                    [
                        "part": "1", "question/un-mot/title/en": "One word", "question/un-mot/title/de": "Ein Wort",
                        "section/la-place/title/en": "", "section/la-place/title/de": "Der Platz",
                    ]
                ).status == 303)
            let after: String = try await agathe.get("\(Self.base)/translations").text
            #expect(
                after.contains("German: everything is translated.") && after.contains("English: 1 text is missing."))
            #expect(try await agathe.get("\(Self.base)/preview").text.contains("One word"))
        }
    }
}
