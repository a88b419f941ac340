import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// The end of a consultation over HTTP: what agents write, what everybody reads, and what nobody else finds.
@Suite struct SynthesisPagesTests {
    private static let desk = "/desk/processes/diagonales/consultations/place"

    /// A consultation whose collection is over, with a questionnaire and twelve answers.
    private static func prepare(_ forum: Forum) async throws {
        let (consultation, questionnaire) = (ID<Consultation>(), ID<Questionnaire>())
        try await forum.pool.execute(
            "test.consultation",
            """
            INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due,
                                      answer_due, published_at)
            VALUES (\(consultation), \(forum.process), 'place', '{"fr": "La place"}', now() - interval '40 days',
                    now() - interval '10 days', current_date - 3, current_date + 20, now() - interval '50 days')
            """)
        var age = QuestionnaireForm.Question(
            key: "age", kind: .single, title: Texts(["fr": "Votre âge ?"]))
        age.options = ["jeune", "vieux"].map { .init(key: $0, title: Texts(["fr": "\($0) <b>"])) }
        age.meaning = .ageBand
        let form = QuestionnaireForm(sections: [
            .init(key: "tout", title: Texts(["fr": "Tout"]), questions: [age])
        ])
        try await forum.pool.transaction("test.questionnaire") { transaction in
            try await transaction.execute(
                "test.questionnaire",
                """
                INSERT INTO questionnaire (id, consultation_id, handle, title, ways, is_anonymous, once, may_edit,
                                           live_version, opened_at)
                VALUES (\(questionnaire), \(consultation), 'usages', '{"fr": "=Usages"}', '{link}', true, false, false,
                        1, now())
                """)
            try await transaction.execute(
                "test.version",
                """
                INSERT INTO questionnaire_version (questionnaire_id, number, form, frozen_at)
                VALUES (\(questionnaire), 1, \(try form.json)::jsonb, now())
                """)
        }
        try await forum.pool.execute(
            "test.responses",
            """
            INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT gen_random_uuid(), \(questionnaire), true, 1, 'link', 'fr', '{"age": {"chosen": ["jeune"]}}',
                   current_date
            FROM generate_series(1, 12)
            """)
    }

    /// The body, pieces that were sent one by one put together.
    private static func text(_ browser: Browser, _ path: String) async throws -> (
        status: Int, body: String
    ) {
        let page = try await browser.get(path)
        guard page.header("transfer-encoding") == "chunked" else { return (page.status, page.text) }
        var (bytes, rest): ([UInt8], ArraySlice<UInt8>) = ([], page.body[...])
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            bytes += rest[(end + 2)..<(end + 2 + size)]
            rest = rest[(end + 2 + size + 2)...]
        }
        return (page.status, String(decoding: bytes, as: UTF8.self))
    }

    @Test func `a synthesis is written, previewed, confirmed and read, and the answers become data`()
        async throws
    {
        try await withForum { forum in
            try await Self.prepare(forum)
            let (agent, anyone) = (try await forum.signedIn("Agathe"), forum.browser())
            let awaited: String = try await anyone.get("/consultations/place/synthesis").text
            #expect(awaited.contains("3 days late"))
            #expect(try await anyone.get("/consultations/place/synthesis.pdf").status == 404)
            for section in ["asked", "people", "limits"] {
                try await agent.get("\(Self.desk)/synthesis/\(section)")
                let saved = try await agent.submit(
                    "\(Self.desk)/synthesis/\(section)",
                    ["\(section)-fr": "Des mots.", "\(section)-en": "Words."])
                #expect(saved.status == 303)
            }
            let form: String = try await agent.get("\(Self.desk)/synthesis/said").text
            #expect(form.contains("{figure usages/age}") && form.contains("{people usages}"))
            let wrong = try await agent.submit(
                "\(Self.desk)/synthesis/said",
                ["said-fr": "Un.\n{figure usages/rien}", "said-en": "<script>"])
            #expect(
                wrong.status == 422 && wrong.text.contains("line 2")
                    && wrong.text.contains("&lt;script&gt;"))
            // The button puts the figure at the end of what is written, and saves, without JavaScript.
            let inserted = try await agent.submit(
                "\(Self.desk)/synthesis/said",
                ["said-fr": "Oui.", "mark": "{figure usages/age}", "insert": "1"])
            #expect(inserted.status == 303)
            #expect(
                try await agent.get("\(Self.desk)/synthesis/said").text.contains(
                    "Oui.\n\n{figure usages/age}"))
            let preview: String = try await agent.get("\(Self.desk)/synthesis/preview").text
            #expect(
                preview.contains("Votre âge ?") && preview.contains("jeune &lt;b&gt;")
                    && !preview.contains("<b>"))
            let page: String = try await agent.get("\(Self.desk)/synthesis/publication").text
            #expect(page.contains("cannot be undone"))
            #expect(try await agent.submit("\(Self.desk)/synthesis/publication").status == 422)
            #expect(try await anyone.get("/consultations/place/synthesis").text.contains("late"))
            #expect(
                try await agent.submit("\(Self.desk)/synthesis/publication", ["confirmed": "1"]).status
                    == 303)
            let published: String = try await anyone.get("/consultations/place/synthesis").text
            #expect(
                published.contains("Votre âge ?") && published.contains("12") && published.contains("Words."))
            #expect(try await anyone.get("/consultations/place/synthesis?edition=2").status == 404)
            #expect(try await anyone.get("/consultations/place/synthesis.json").status == 200)
            let data: String = try await anyone.get("/consultations/place/data").text
            #expect(data.contains("/data/usages/answers.csv") && data.contains("k = 5"))
            let csv: String = try await Self.text(anyone, "/consultations/place/data/usages/answers.csv")
                .body
            let rows: [CSVRow] = try CSVParser.rows(of: Array(csv.utf8))
            #expect(rows.count == 13 && rows[0].texts == ["number", "district", "age_band", "way"])
            #expect(rows.dropFirst().allSatisfy { Array($0.texts.dropFirst()) == ["", "jeune", "link"] })
            let columns: String = try await Self.text(
                anyone, "/consultations/place/data/usages/columns.csv"
            ).body
            #expect(columns.contains("age_band") && columns.contains("jeune"))
        }
    }

    @Test func `decisions are written, linked, published and followed`() async throws {
        try await withForum { forum in
            try await Self.prepare(forum)
            let (agent, anyone) = (try await forum.signedIn("Agathe"), forum.browser())
            let number: Int64 = try await forum.proposal("Un arbre")
            let syntheses = Syntheses(pool: forum.pool)
            let consultation: Consultation = try #require(
                try await Consultations(pool: forum.pool).find("place"))
            for section in SynthesisSection.allCases {
                try await syntheses.write(section, Texts(["fr": "Oui"]), of: consultation.id, by: .operator)
            }
            try await syntheses.publish(consultation.id, by: .operator)
            #expect(try await anyone.get("/consultations/place/answer").text.contains("promised"))
            try await agent.get("\(Self.desk)/answer/publication")
            let empty = try await agent.submit("\(Self.desk)/answer/publication", ["confirmed": "1"])
            #expect(empty.status == 422 && empty.text.contains("There is no decision"))
            let new = "\(Self.desk)/answer/decisions/new"
            #expect(try await agent.get(new).status == 200)
            #expect(try await agent.submit(new, ["title-fr": "", "kind": "planned"]).status == 422)
            #expect(
                try await agent.submit(new, ["title-fr": "x", "kind": "planned", "due": "hier"]).status
                    == 422)
            let made = try await agent.submit(
                new,
                [
                    "title-fr": "Des arbres", "said-fr": "De l’ombre", "decided-fr": "Vingt arbres",
                    "reason-fr": "Il fait chaud", "kind": "planned", "service": "Parcs", "due": "2099-01-01",
                ])
            let voices: String = try #require(made.header("location"))
            #expect(made.status == 303 && voices.hasSuffix("/voices"))
            #expect(try await agent.get(voices).text.contains("question usages/age"))
            #expect(try await agent.submit(voices, ["address": "/proposals/999"]).status == 422)
            #expect(try await agent.submit(voices, ["address": "/proposals/\(number)"]).status == 303)
            #expect(try await agent.submit(voices, ["choice": "option usages/age/jeune"]).status == 303)
            try await agent.get("\(Self.desk)/answer/publication")
            #expect(
                try await agent.submit("\(Self.desk)/answer/publication", ["confirmed": "1"]).status == 303)
            let answer: String = try await anyone.get("/consultations/place/answer").text
            #expect(
                answer.contains("Des arbres") && answer.contains("/proposals/\(number)")
                    && answer.contains("Parcs"))
            #expect(
                try await anyone.get("/proposals/\(number)").text.contains(
                    "/consultations/place/answer#decision-1"))
            let turn: String = voices.replacing("/voices", with: "/turn")
            #expect(try await agent.get(turn).status == 200)
            #expect(
                try await agent.submit(turn, ["status": "under_way", "words-fr": "On creuse."]).status
                    == 422)
            let turned = try await agent.submit(
                turn, ["status": "under_way", "words-fr": "On creuse.", "due": "2099-02-01"])
            #expect(turned.status == 303)
            #expect(try await anyone.get("/consultations/place/answer").text.contains("On creuse."))
            #expect(try await anyone.get("/consultations/place/answer.atom").text.contains("On creuse."))
            #expect(try await anyone.get("/consultations/place/answer.json").status == 200)
        }
    }

    @Test
    func `nobody else finds the desk, and nothing of a consultation that is not published is public`()
        async throws
    {
        try await withForum { forum in
            try await Self.prepare(forum)
            for name in ["Ada", nil] {
                let browser: Browser =
                    if let name { try await forum.signedIn(name) } else { forum.browser() }
                for path in [
                    "synthesis", "synthesis/said", "synthesis/preview", "synthesis/publication", "answer",
                ] {
                    #expect(
                        [303, 404].contains(try await browser.get("\(Self.desk)/\(path)").status), "\(path)")
                }
            }
            try await forum.pool.execute("test.hide", "UPDATE consultation SET published_at = NULL")
            for path in [
                "synthesis", "synthesis.json", "answer", "answer.atom", "data", "data/usages/answers.csv",
            ] {
                #expect(
                    try await forum.browser().get("/consultations/place/\(path)").status == 404, "\(path)")
            }
        }
    }
}
