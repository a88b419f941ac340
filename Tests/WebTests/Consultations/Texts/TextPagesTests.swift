import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Texts as browsers meet them: prepared at the desk, annotated by residents, answered, changed and closed.
@Suite struct TextPagesTests {
    private static let desk = "/desk/processes/diagonales/consultations/place/texts"
    private static let read = "/consultations/place/texts/the-charter"
    private static let words = """
        # The square

        The square is open to everybody, day and night.

        Bicycles are tied to the stands.

        The market is on Thursdays.
        """

    /// A consultation that collects, published.
    private func consultation(_ forum: Forum) async throws -> ID<Consultation> {
        let (consultations, agent) = (
            Consultations(pool: forum.pool), Actor.official(forum.accounts["Agathe"]!, .participationAgent)
        )
        let now = Date()
        let texts = Texts(["en": "The square"])
        func day(_ days: Double) -> Day {
            Day(now.addingTimeInterval(days * 86_400).formatted(.iso8601.year().month().day()))!
        }
        let id: ID<Consultation> = try await consultations.plan(
            ConsultationPlan(
                handle: "place", title: texts,
                timetable: ConsultationTimetable(
                    collectsFrom: now.addingTimeInterval(-86_400), collectsUntil: now.addingTimeInterval(864_000),
                    synthesisDue: day(40), answerDue: day(60))), in: forum.process, by: agent)
        try await consultations.describe(
            id,
            ConsultationPurpose(
                title: texts, summary: texts, purpose: texts, canChange: texts, cannotChange: texts, contact: texts),
            revision: 1, by: agent)
        try await consultations.publish(id, by: agent)
        return id
    }

    /// The text with its first version, written through the desk.
    private func prepare(_ agathe: Browser) async throws {
        try await agathe.get("\(Self.desk)/new")
        let added: Client.Answer = try await agathe.submit(
            Self.desk, ["title": "The charter", "language": "en", "introduction": "Read *this*."])
        #expect(added.header("location") == "\(Self.desk)/the-charter")
        try await save(agathe, Self.words, revision: 0)
        try await publish(agathe, revision: 2)
    }

    private func save(_ agathe: Browser, _ words: String, revision: Int) async throws {
        try await agathe.get("\(Self.desk)/the-charter/draft")
        let saved: Client.Answer = try await agathe.submit(
            "\(Self.desk)/the-charter/draft", ["words": words, "note": "New.", "revision": "\(revision)"])
        #expect(saved.status == 303)
    }

    private func publish(_ agathe: Browser, revision: Int) async throws {
        try await agathe.get("\(Self.desk)/the-charter/draft/publication")
        let published: Client.Answer = try await agathe.submit(
            "\(Self.desk)/the-charter/draft/publication", ["revision": "\(revision)"])
        #expect(published.status == 303)
    }

    @Test func `a draft is looked at before it is kept, and nobody else sees it before it is published`() async throws {
        try await withForum { forum in
            _ = try await consultation(forum)
            let (agathe, ada) = (try await forum.signedIn("Agathe"), try await forum.signedIn("Ada"))
            for path in ["", "/new", "/the-charter", "/the-charter/draft", "/the-charter/file"] {
                #expect(try await ada.get(Self.desk + path).status == 404, "\(path)")
            }
            try await agathe.get("\(Self.desk)/new")
            let nameless: Client.Answer = try await agathe.submit(Self.desk, ["title": "", "language": "en"])
            #expect(nameless.status == 422 && nameless.text.contains("Give the text a title"))
            try await agathe.submit(Self.desk, ["title": "The charter", "language": "en"])
            try await agathe.get("\(Self.desk)/the-charter/draft")
            let shown: Client.Answer = try await agathe.submit(
                "\(Self.desk)/the-charter/draft", ["words": Self.words, "revision": "0", "then": "look"])
            #expect(
                shown.status == 200 && shown.text.contains("4 paragraphs") && shown.text.contains("<h3>The square</h3>")
            )
            #expect(
                try await ConsultationTexts(pool: forum.pool).list(of: try await id(forum)).first?.liveVersion == nil)
            #expect(try await ada.get(Self.read).status == 404)
            try await save(agathe, Self.words, revision: 0)
            #expect(try await ada.get(Self.read).status == 404)
            let stale: Client.Answer = try await agathe.submit(
                "\(Self.desk)/the-charter/draft", ["words": "Other", "revision": "1"])
            #expect(stale.status == 422 && stale.text.contains("Somebody has saved another version"))
            try await publish(agathe, revision: 2)
            let page: Client.Answer = try await ada.get(Self.read)
            #expect(page.status == 200 && page.text.contains("<h2>The square</h2>") && page.text.contains("id=\"p4\""))
            #expect(try await ada.get("/consultations/place").text.contains("Read and annotate"))
        }
    }

    private func id(_ forum: Forum) async throws -> ID<Consultation> {
        try #require(try await Consultations(pool: forum.pool).find("place")).id
    }

    @Test func `residents comment and suggest; the city answers; the next version carries what was written`()
        async throws
    {
        try await withForum { forum in
            let consultation: ID<Consultation> = try await consultation(forum)
            let (agathe, ada) = (try await forum.signedIn("Agathe"), try await forum.signedIn("Ada"))
            try await prepare(agathe)
            // A comment, an answer of the city, a correction: as on proposals.
            let bikes = "\(Self.read)/paragraphs/3"
            try await ada.get(bikes)
            let said: Client.Answer = try await ada.submit("\(bikes)/comments", ["body": "More of **them**."])
            #expect(said.status == 303)
            let anchor: String = try #require(
                said.header("location")?.split(separator: "#comment-").last.map(String.init))
            try await agathe.get("\(bikes)/comments/\(anchor)")
            let answered: Client.Answer = try await agathe.submit(
                "\(bikes)/comments/\(anchor)/answers", ["body": "We shall see.", "sent": "1", "city": "1"])
            #expect(answered.status == 303)
            let page: Client.Answer = try await forum.browser().get(bikes)
            #expect(page.text.contains("<strong>them</strong>") && page.text.contains("Answer of the city"))
            #expect(!page.text.contains("position-for") && page.text.contains("2 comments"))
            #expect(try await ada.get("\(bikes)/comments").text.contains("We shall see."))
            #expect(try await ada.get("\(bikes)/comments/\(anchor)/correction").status == 200)
            #expect(try await ada.get("\(Self.read)/paragraphs/2/comments/\(anchor)").status == 404)
            let mine: Client.Answer = try await ada.get("/account/comments")
            #expect(mine.text.contains("\(bikes)/comments/\(anchor)") && mine.text.contains("The charter, paragraph 3"))

            // A suggestion, refused while it is two paragraphs.
            try await ada.get("\(Self.read)/paragraphs/4/suggestions/new")
            let twofold: Client.Answer = try await ada.submit(
                "\(Self.read)/paragraphs/4/suggestions", ["body": "One.\n\nTwo.", "version": "1"])
            #expect(twofold.status == 422 && twofold.text.contains("Write a single paragraph"))
            let made: Client.Answer = try await ada.submit(
                "\(Self.read)/paragraphs/4/suggestions",
                ["body": "No stall before nine.", "explanation": "To sleep.", "version": "1"])
            #expect(made.header("location") == "\(Self.read)/suggestions/1")
            let suggestion: Client.Answer = try await forum.browser().get("\(Self.read)/suggestions/1")
            #expect(suggestion.text.contains("<ins>") && suggestion.text.contains("To sleep."))
            #expect(try await ada.get("\(Self.desk)/the-charter/suggestions/1").status == 404)
            try await agathe.get("\(Self.desk)/the-charter/suggestions/1")
            try await agathe.submit(
                "\(Self.desk)/the-charter/suggestions/1/adoption", ["body": "No stall before nine."])
            try await agathe.get("\(Self.desk)/the-charter/paragraphs/3")
            let empty: Client.Answer = try await agathe.submit("\(Self.desk)/the-charter/paragraphs/3", ["reply": " "])
            #expect(empty.status == 422 && empty.text.contains("Write the reply"))
            try await agathe.submit("\(Self.desk)/the-charter/paragraphs/3", ["reply": "Twelve **more**."])

            // The next version: the second paragraph goes, the rest is carried.
            try await save(
                agathe, "# The square\n\nBicycles and scooters are tied to the stands.\n\nNo stall before nine.",
                revision: 2)
            let matching: Client.Answer = try await agathe.get("\(Self.desk)/the-charter/draft/matching")
            #expect(matching.text.contains("1 paragraph removed") && matching.text.contains("name=\"match-2\""))
            let unknown: Client.Answer = try await agathe.submit(
                "\(Self.desk)/the-charter/draft/matching", ["match-2": "9", "revision": "3"])
            #expect(unknown.status == 422 && unknown.text.contains("this is not the number"))
            try await agathe.submit("\(Self.desk)/the-charter/draft/matching", ["match-2": "3", "revision": "3"])
            try await publish(agathe, revision: 4)
            let now: Client.Answer = try await forum.browser().get(Self.read)
            #expect(
                now.text.contains("Version 2") && now.text.contains("2 comments")
                    && now.text.contains("The city’s reply"))
            let changes: Client.Answer = try await forum.browser().get("\(Self.read)/changes?from=1&to=2")
            #expect(
                changes.text.contains("Reworded") && changes.text.contains("Removed") && changes.text.contains("<del>"))
            #expect(try await forum.browser().get("\(Self.read)/changes?from=1&to=7").status == 404)
            #expect(try await forum.browser().get("\(Self.read)/versions/1").text.contains("A more recent version"))
            let gone: Client.Answer = try await ada.get("\(Self.read)/paragraphs/2")
            #expect(gone.text.contains("no longer in the text") && !gone.text.contains("<textarea"))
            let index: Client.Answer = try await forum.browser().get("\(Self.read)/annotations")
            #expect(
                index.text.contains("\(Self.read)/paragraphs/3") && index.text.contains("\(Self.read)/paragraphs/4"))

            // The collection ends: reading stays.
            try await forum.pool.execute(
                "test.end",
                """
                UPDATE consultation SET collects_from = collects_from - interval '30 days',
                       collects_until = collects_until - interval '30 days' WHERE id = \(consultation)
                """)
            let closed: Client.Answer = try await ada.get(bikes)
            #expect(closed.text.contains("Collection has ended") && !closed.text.contains("<textarea"))
            #expect(closed.text.contains("<strong>more</strong>"))
            let late: Client.Answer = try await ada.submit("\(bikes)/comments", ["body": "Late?"])
            #expect(late.status == 422 && late.text.contains("can no longer be written here"))
            #expect(try await ada.get("\(Self.read)/paragraphs/3/suggestions/new").status == 404)
        }
    }

    @Test func `a file is shown before anything is stored, and a hostile one is refused with words`() async throws {
        try await withForum { forum in
            let consultation: ID<Consultation> = try await consultation(forum)
            let agathe: Browser = try await forum.signedIn("Agathe")
            try await prepare(agathe)
            let path = "\(Self.desk)/the-charter/file"
            let made: [UInt8] = try await Command(
                ["pandoc", "--from=markdown", "--to=odt", "--output=-"], limit: .seconds(20)
            ).run(Array("# A title\n\nA new **charter**.".utf8))
            for (bytes, status, words) in [
                (made, 200, "A new **charter**."), (Array("%PDF".utf8), 422, "This file is damaged"),
                (ZipFile.make([("x", [1])]), 422, "neither DOCX nor ODT"),
            ] {
                try await agathe.get(path)
                let answer: Client.Answer = try await agathe.upload(path, file: bytes, name: "charter.odt")
                #expect(answer.status == status && answer.text.contains(words))
            }
            let texts = ConsultationTexts(pool: forum.pool)
            let text: ConsultationText = try #require(try await texts.find("the-charter", of: consultation))
            #expect(try await texts.versions(of: text.id).count == 1)
        }
    }
}
