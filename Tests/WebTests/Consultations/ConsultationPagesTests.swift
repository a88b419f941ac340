import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Consultations as browsers meet them: prepared at the desk, read by everybody, followed.
@Suite struct ConsultationPagesTests {
    private static let base = "/desk/processes/diagonales/consultations"

    /// A minute, so many days from now, as a field gives it.
    private static func minute(_ days: Int) -> String {
        String(Date(timeIntervalSinceNow: Double(days) * 86_400).formatted(.iso8601).prefix(16))
    }

    private static func day(_ days: Int) -> String { String(minute(days).prefix(10)) }

    private static func dates(from: Int = -1, until: Int = 10, synthesis: Int = 40, answer: Int = 60) -> [String:
        String]
    {
        [
            "collects_from": minute(from), "collects_until": minute(until), "synthesis_due": day(synthesis),
            "answer_due": day(answer),
        ]
    }

    private static let words: [String: String] = [
        "title-fr": "La place", "title-en": "The square", "summary-en": "Say what changes.",
        "purpose-en": "To **rebuild** it.", "can_change-en": "- the benches", "cannot_change-en": "- the tram",
        "contact-en": "On paper at the town hall.",
    ]

    private func submit(
        _ browser: Browser, _ path: String, _ fields: [String: String]
    ) async throws -> Client.Answer {
        try await browser.get(path)
        return try await Self.post(browser, path, fields)
    }

    /// The fields as they were put together, without looking at the page first.
    private static func post(
        _ browser: Browser, _ path: String, _ fields: [String: String]
    ) async throws -> Client.Answer {
        let pairs: [String] = (["token": browser.token].merging(fields) { $1 }).map {
            "\($0)=\(PercentDecoding.encode($1))"
        }
        return try await browser.send(
            "POST", path, Array(pairs.joined(separator: "&").utf8), type: "application/x-www-form-urlencoded")
    }

    /// A consultation with all its words, published or not.
    private func prepare(_ agathe: Browser, publish: Bool = true) async throws {
        _ = try await submit(
            agathe, "\(Self.base)/new",
            Self.dates().merging(["title-fr": "La place", "handle": "place"]) { $1 })
        _ = try await submit(
            agathe, "\(Self.base)/place/words", Self.words.merging(["revision": "1"]) { $1 })
        if publish { _ = try await agathe.submit("\(Self.base)/place/publication") }
    }

    @Test func `an agent prepares and publishes; nobody else finds it before`() async throws {
        try await withForum { forum in
            let (agathe, ada) = (try await forum.signedIn("Agathe"), try await forum.signedIn("Ada"))
            #expect(try await agathe.get(Self.base).text.contains("No consultation is being prepared"))
            #expect(try await forum.browser().get("/consultations").text.contains("No consultation is published"))
            let wrong: Client.Answer = try await submit(
                agathe, "\(Self.base)/new",
                Self.dates(until: -2).merging(["title-fr": "La place", "handle": "place"]) { $1 })
            #expect(wrong.status == 422 && wrong.text.contains("The collection ends after it opens"))
            #expect(wrong.text.contains("value=\"place\""))
            try await prepare(agathe, publish: false)
            let hub: Client.Answer = try await agathe.get("\(Self.base)/place")
            #expect(hub.text.contains("All that is needed is there") && hub.text.contains("advised"))
            for path in ["", "/place", "/place/words", "/place/timetable", "/place/documents", "/new"] {
                #expect(try await agathe.get(Self.base + path).status == 200, "\(path)")
                #expect(try await ada.get(Self.base + path).status == 404, "\(path)")
            }
            for browser in [ada, forum.browser()] {
                #expect(try await browser.get("/consultations/place").status == 404)
            }
            let stale: Client.Answer = try await submit(
                agathe, "\(Self.base)/place/words", Self.words.merging(["revision": "1"]) { $1 })
            #expect(stale.status == 422 && stale.text.contains("Somebody else has changed it"))
            #expect(try await agathe.submit("\(Self.base)/place/publication").status == 303)
            #expect(try await forum.browser().get("/consultations/place").status == 200)
        }
    }

    @Test func `the page says what is asked, until when, what can change, and what comes next`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await forum.signedIn("Agathe")
            try await prepare(agathe)
            let visitor: Browser = forum.browser()
            let page: Client.Answer = try await visitor.get("/consultations/place")
            for words in [
                "The square", "Say what changes.", "Take part until", "What can change", "the benches",
                "What will not change", "the tram", "<strong>rebuild</strong>", "On paper at the town hall.",
                "What happens next", "By ", "Sign in to follow",
            ] { #expect(page.text.contains(words), "\(words)") }
            for path in ["/", "/consultations", "/processes/diagonales", "/processes/diagonales/consultations"] {
                #expect(try await visitor.get(path).text.contains("/consultations/place"), "\(path)")
            }
            let feed: Client.Answer = try await visitor.get("/consultations.atom")
            #expect(feed.status == 200 && feed.text.contains("The square"))
            // Once it is over the promise is awaited, and a promise that is not kept is said.
            try await forum.pool.execute(
                "test.over",
                """
                UPDATE consultation SET collects_from = now() - interval '9 days', collects_until = now() - interval '8 days',
                       synthesis_due = current_date - 2
                """)
            let late: Client.Answer = try await visitor.get("/consultations/place")
            #expect(late.text.contains("The synthesis is late") && late.text.contains("has not kept the date"))
            #expect(!late.text.contains("Take part until"))
            let desk: Client.Answer = try await agathe.get(Self.base)
            #expect(desk.text.contains("One promise of the city is late"))
        }
    }

    @Test func `known dates move with a reason that everybody reads, and followers are told`() async throws {
        try await withForum { forum in
            let (agathe, ada) = (try await forum.signedIn("Agathe"), try await forum.signedIn("Ada"))
            try await prepare(agathe)
            try await ada.get("/consultations/place")
            #expect(try await ada.submit("/consultations/place/follower").status == 303)
            #expect(try await ada.get("/consultations/place").text.contains("Stop following"))
            let consultation: Consultation = try #require(
                try await Consultations(pool: forum.pool).find("place"))
            var fields: [String: String] = Self.dates(until: 20)
            fields["collects_from"] = nil
            let form: Client.Answer = try await agathe.get("\(Self.base)/place/change")
            let from: String = try #require(
                form.text.firstMatch(of: /name="collects_from"[^>]* value="([^"]+)"/)?.1.description)
            fields["collects_from"] = from
            fields["revision"] = String(consultation.revision)
            let silent: Client.Answer = try await Self.post(agathe, "\(Self.base)/place/change", fields)
            #expect(silent.status == 422 && silent.text.contains("Say why the dates change"))
            fields["reason-en"] = "Snow closed the stands."
            #expect(try await Self.post(agathe, "\(Self.base)/place/change", fields).status == 303)
            let page: Client.Answer = try await forum.browser().get("/consultations/place")
            #expect(page.text.contains("Snow closed the stands.") && page.text.contains("Changes of dates"))
            let row: Row = try #require(
                try await forum.pool.one(
                    "test.letter", "SELECT subject, body FROM outbox WHERE kind = 'consultation'"))
            let (subject, body): (String, String) = (try row.get("subject"), try row.get("body"))
            #expect(subject == "The square: the dates have changed" && body.contains("Snow closed the stands."))
            // The link of the letter, without signing in; looking at it ends nothing.
            let link: String = try #require(body.firstMatch(of: /\/consultations\/place\/follower\/\S+/)?.0.description)
            let visitor: Browser = forum.browser()
            #expect(try await visitor.get(link).text.contains("The square"))
            let account: ID<Account> = try #require(forum.accounts["Ada"])
            let followers = ConsultationFollowers(
                pool: forum.pool, secrets: FrameSite.secrets, correspondent: Letters(site: try Forum.site()))
            #expect(try await followers.isFollowing(consultation.id, account))
            #expect(try await visitor.submit(link).status == 303)
            #expect(try await !followers.isFollowing(consultation.id, account))
            #expect(try await visitor.get("/consultations/place/follower/zzz").status == 404)
        }
    }

    @Test func `letters of every stage have their words in every language`() async throws {
        try await withForum { forum in
            try await prepare(try await forum.signedIn("Agathe"))
            let letters = Letters(site: try Forum.site())
            let consultation: Consultation = try #require(try await Consultations(pool: forum.pool).find("place"))
            for language in Language.allCases {
                for stage in Consultation.Stage.allCases {
                    let letter: Letter = letters.letter(
                        ConsultationNotice(consultation: consultation, news: .began(stage), token: Token()),
                        to: "Ada", in: language)
                    for text in [letter.subject, letter.body] {
                        #expect(!text.contains("[[") && !text.contains("{"), "\(language) \(stage)")
                    }
                    #expect(letter.body.contains("/consultations/place/follower/"))
                }
            }
        }
    }

    @Test func `documents are shown with the consultation, and no sooner`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await forum.signedIn("Agathe")
            try await prepare(agathe, publish: false)
            let path = "\(Self.base)/place/documents"
            try await agathe.get(path)
            let untitled: Client.Answer = try await agathe.upload(
                path, [:], file: Uploads.pdf(), name: "plan.pdf", type: "application/pdf")
            #expect(untitled.status == 422 && untitled.text.contains("Give the document a title"))
            let wrong: Client.Answer = try await agathe.upload(
                path, ["title-fr": "Plan"], file: Array("<html>".utf8), name: "plan.pdf", type: "application/pdf")
            #expect(wrong.status == 422)
            let brought: Client.Answer = try await agathe.upload(
                path, ["title-fr": "Plan", "title-en": "Map of the square"], file: Uploads.pdf(), name: "plan.pdf",
                type: "application/pdf")
            #expect(brought.status == 303)
            let known: [ConsultationDocument] = try await ConsultationDocuments(pool: forum.pool).list(
                of: try #require(try await Consultations(pool: forum.pool).find("place")).id)
            let file: String = try #require(known.first?.medium.address(.document))
            let visitor: Browser = forum.browser()
            #expect(try await visitor.get(file).status == 404)
            #expect(try await agathe.get(file).status == 200)
            _ = try await agathe.submit("\(Self.base)/place/publication")
            #expect(try await visitor.get(file).status == 200)
            #expect(try await visitor.get("/consultations/place").text.contains("Map of the square"))
            _ = try await agathe.submit("\(path)/\(try #require(known.first).medium.id)/removal")
            #expect(try await visitor.get(file).status == 404)
        }
    }

    @Test func `a consultation that people take part in is neither deleted nor shown to others' agents`() async throws {
        try await withForum { forum in
            let other: ID<Participation.Process> = try await Forum.process(
                "ailleurs", "Ailleurs", rule: ProposalRule(mayWrite: true, mayComment: true, maySupport: true),
                forum.pool)
            try await forum.account("Olga", roles: [HeldRole(.participationAgent, for: .process(other))])
            let (agathe, olga) = (try await forum.signedIn("Agathe"), try await forum.signedIn("Olga"))
            try await prepare(agathe)
            for path in ["", "/words", "/change", "/withdrawal", "/removal", "/documents"] {
                #expect(try await olga.get("\(Self.base)/place\(path)").status == 404, "\(path)")
            }
            // Not below another process either, whose agent she is.
            #expect(try await olga.get("/desk/processes/ailleurs/consultations/place").status == 404)
            #expect(try await submit(agathe, "\(Self.base)/place/removal", [:]).status == 422)
            #expect(try await submit(agathe, "\(Self.base)/place/withdrawal", [:]).status == 303)
            #expect(try await forum.browser().get("/consultations/place").status == 404)
            #expect(try await submit(agathe, "\(Self.base)/place/removal", [:]).status == 303)
            #expect(try await agathe.get("\(Self.base)/place").status == 404)
        }
    }
}
