import Foundation
import Participation
import Postgres
import TestSupport
import Testing

@testable import Web

/// The pages of the analysis, as browsers meet them.
@Suite struct AnalysisPagesTests {
    private static let base = "/desk/processes/place-2027/consultations/place/questionnaires/usages/answers"
    private static let own = "/desk/processes/place-2027/consultations/place"

    /// Answers of twenty people who chose b and three who chose a, with their words.
    private static func fill(_ pool: Pool) async throws -> QuestionnaireFixture {
        let fixture: QuestionnaireFixture = try await .make(pool)
        try await pool.execute(
            "test.responses",
            """
            INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on)
            SELECT gen_random_uuid(), \(fixture.id), true, 1, 'link', 'fr',
                   jsonb_build_object(
                       'one', jsonb_build_object('chosen', jsonb_build_array(CASE WHEN n <= 3 THEN 'a' ELSE 'b' END)),
                       'mark', jsonb_build_object('number', '7'), 'text', jsonb_build_object('words', 'Un <b>banc</b>'),
                       'place', '{"place": {"latitude": 47.75, "longitude": 7.33, "words": ""}}'::jsonb),
                   current_date
            FROM generate_series(1, 23) AS n
            """)
        return fixture
    }

    @Test func `answers are for agents alone`() async throws {
        try await withForum { forum in
            _ = try await Self.fill(forum.pool)
            let (agathe, ada) = (try await forum.signedIn("Agathe"), try await forum.signedIn("Ada"))
            for path in [
                Self.base, "\(Self.base)?way=link&section=9", "\(Self.base)/crossing", "\(Self.base)/exports",
                "\(Self.base)/crossing?rows=one&columns=mark", "\(Self.base)/crossing?rows=one&columns=mark&public=1",
                "\(Self.base)/crossing?rows=one&columns=text", "\(Self.base)/codebook.csv", "\(Self.base)/texts/text",
                "\(Self.base)/texts/text?q=banc", "\(Self.base)/texts/text/themes/new",
                "\(Self.base)/texts/text/coding",
                "\(Self.base)/texts/text/agreement", "\(Self.own)/results",
            ] {
                #expect(try await agathe.get(path).status == 200, "\(path)")
                #expect(try await ada.get(path).status == 404, "\(path)")
                #expect(try await forum.browser().get(path).status != 200, "\(path)")
            }
            #expect(try await agathe.get("\(Self.base)/texts/mark").status == 404)
            let page: Client.Answer = try await agathe.get(Self.base)
            #expect(page.text.contains("20 (87%)") && page.text.contains("23 answers"))
            #expect(try await agathe.get("\(Self.base)/texts/text").text.contains("Un &lt;b&gt;banc&lt;/b&gt;"))
        }
    }

    @Test func `while answers are taken everybody reads their number alone, then what was published`() async throws {
        try await withForum { forum in
            let fixture: QuestionnaireFixture = try await Self.fill(forum.pool)
            let visitor: Browser = forum.browser()
            let before: Client.Answer = try await visitor.get("/consultations/place/results")
            #expect(before.status == 200 && before.text.contains("23 answers") && !before.text.contains("87%"))
            let agathe: Browser = try await forum.signedIn("Agathe")
            try await agathe.get("\(Self.own)/results")
            let early: Client.Answer = try await agathe.submit("\(Self.own)/results/publication", [:])
            #expect(early.status == 422 && early.text.contains("The collection is not over"))
            try await fixture.close()
            try await agathe.get("\(Self.own)/results")
            #expect(try await agathe.submit("\(Self.own)/results/publication", [:]).status == 303)
            let after: Client.Answer = try await visitor.get("/consultations/place/results")
            // Three people chose a: neither they nor the twenty who tell of them are shown.
            #expect(after.text.contains("not published") && !after.text.contains("20 ("))
            #expect(after.text.contains("23 (100%)") && !after.text.contains("banc"))
            #expect(try await visitor.get("/consultations/nowhere/results").status == 404)
        }
    }

    @Test func `a theme is written, a sample drawn, a text coded and quoted, a file begun`() async throws {
        try await withForum { forum in
            _ = try await Self.fill(forum.pool)
            let agathe: Browser = try await forum.signedIn("Agathe")
            let texts = "\(Self.base)/texts/text"
            try await agathe.get("\(texts)/themes/new")
            #expect(try await agathe.submit("\(texts)/themes/new", ["title-fr": ""]).status == 422)
            #expect(
                try await agathe.submit("\(texts)/themes/new", ["title-fr": "Bancs", "title-en": "Benches"]).status
                    == 303)
            #expect(try await agathe.submit("\(texts)/sample", ["count": "many"]).status == 422)
            #expect(try await agathe.submit("\(texts)/sample", ["count": "3"]).status == 303)
            let coding: Client.Answer = try await agathe.get("\(texts)/coding")
            #expect(coding.text.contains("3 texts left to read") && coding.text.contains("Benches"))
            let response = String(try #require(coding.text.firstMatch(of: /name="response" value="([^"]+)"/)).1)
            let theme = String(try #require(coding.text.firstMatch(of: /name="theme" value="([^"]+)"/)).1)
            #expect(
                try await agathe.submit("\(texts)/coding", ["response": response, "theme": theme]).status == 303)
            #expect(try await agathe.get("\(texts)/coding").text.contains("2 texts left to read"))
            let quote = "\(texts)/quotes/\(response)"
            try await agathe.get(quote)
            #expect(try await agathe.submit(quote, ["theme": theme, "words": "Un"]).status == 422)
            #expect(try await agathe.submit(quote, ["theme": theme, "words": "Deux", "checked": "1"]).status == 422)
            #expect(
                try await agathe.submit(quote, ["theme": theme, "words": "Un […]", "checked": "1"]).status == 303)
            #expect(try await agathe.get(texts).text.contains("Un […]"))
            try await agathe.get("\(Self.base)/exports")
            #expect(try await agathe.submit("\(Self.base)/exports", ["format": "csv", "mark": "1"]).status == 303)
            #expect(try await agathe.get("\(Self.base)/exports").text.contains("0 answers of 23 written"))
            let ada: Browser = try await forum.signedIn("Ada")
            try await ada.get("/account")
            #expect(try await ada.submit("\(Self.base)/exports", ["format": "csv"]).status == 404)
            #expect(try await ada.submit("\(texts)/coding", ["response": response]).status == 404)
        }
    }
}
