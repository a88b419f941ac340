import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Events and debates through the pages that residents and agents use.
@Suite struct EventPagesTests {
    private static let desk = "/desk/processes/diagonales/events"

    private static func moment(_ hours: Double) -> String {
        var style = Date.ISO8601FormatStyle(timeZone: TimeZone(identifier: "Europe/Paris")!)
        style = style.year().month().day().time(includingFractionalSeconds: false)
        return String(Date(timeIntervalSinceNow: hours * 3600).formatted(style).prefix(16))
    }

    private static let words: [String: String] = [
        "handle": "atelier", "kind": "hybrid", "online_address": "https://example.org/salle",
        "places": "2",
        "most_companions": "1", "title-fr": "Atelier", "title-en": "Workshop",
        "place-en": "Town hall, 1st floor",
        "help-en": "Sign language",
    ]

    private func plan(_ agent: Browser, _ more: [String: String] = [:]) async throws -> Client.Answer {
        try await agent.get("\(Self.desk)/new")
        var fields: [String: String] = Self.words.merging(more) { $1 }
        fields["starts_at"] = fields["starts_at"] ?? Self.moment(72)
        fields["ends_at"] = fields["ends_at"] ?? Self.moment(74)
        let typed: [String] = (["token": agent.token].merging(fields) { $1 }).map {
            "\($0.key)=\(PercentDecoding.encode($0.value))"
        }
        return try await agent.send(
            "POST", "\(Self.desk)/new", Array(typed.joined(separator: "&").utf8),
            type: "application/x-www-form-urlencoded")
    }

    @Test
    func `an event is planned, published, registered for, and its address is for who has places`()
        async throws
    {
        try await withForum { forum in
            let agent: Browser = try await forum.signedIn("Agathe")
            let wrong: Client.Answer = try await plan(
                agent, ["title-fr": "", "title-en": "", "online_address": "x"])
            #expect(wrong.status == 422 && wrong.text.contains("Write a title."))
            #expect(wrong.text.contains("value=\"atelier\""), "what was typed stays")
            #expect(try await plan(agent).header("location") == "\(Self.desk)/atelier")
            let visitor: Browser = forum.browser()
            #expect(try await visitor.get("/events/atelier").status == 404)
            #expect(try await visitor.get("/events/atelier.ics").status == 404)
            try await agent.get("\(Self.desk)/atelier")
            #expect(try await agent.submit("\(Self.desk)/atelier/publication", [:]).status == 303)
            let page: Client.Answer = try await visitor.get("/events/atelier")
            #expect(page.text.contains("Workshop") && page.text.contains("Sign language"))
            #expect(!page.text.contains("example.org/salle"))
            #expect(try await visitor.get("/events").text.contains("/events/atelier/registration"))
            #expect(try await visitor.get("/processes/diagonales").text.contains("/events/atelier"))
            #expect(try await visitor.get("/").text.contains("/events/atelier"))
            let calendar: String = try await visitor.get("/events.ics").text
            #expect(calendar.contains("SUMMARY;LANGUAGE=en:Workshop") && !calendar.contains("salle"))
            #expect(!(try await visitor.get("/walks.ics").text.contains("Workshop")))
            let ada: Browser = try await forum.signedIn("Ada")
            try await ada.get("/events/atelier/registration")
            let own: String = try #require(
                try await ada.submit("/events/atelier/registration", ["companions": "1"]).header("location")
            )
            #expect(own.hasPrefix("/events/atelier/registration/"))
            #expect(try await ada.get(own).text.contains("https://example.org/salle"))
            let rows: [Row] = try await forum.pool.query(
                "test.letter", "SELECT body FROM outbox WHERE kind = 'registration'")
            let letter: String = try #require(try rows.first?.get("body"))
            #expect(
                letter.contains("https://example.org/salle") && letter.contains("localhost:8080\(own)"))
            // A link of an event opens nothing among the walks, and who waits has no address yet.
            #expect(
                try await ada.get(own.replacing("/events/", with: "/walks/")).status == 404)
            let bruno: Browser = try await forum.signedIn("Bruno")
            try await bruno.get("/events/atelier/registration")
            let waiting: String = try #require(
                try await bruno.submit("/events/atelier/registration", ["companions": "0"]).header(
                    "location"))
            #expect(!(try await bruno.get(waiting).text.contains("example.org/salle")))
            #expect(try await bruno.get("/events/atelier/door").status == 404)
            #expect(try await bruno.get("\(Self.desk)/atelier/registrations").status == 404)
            #expect(try await agent.get("/events/atelier/door").text.contains("Ada"))
            #expect(try await agent.get("\(Self.desk)/atelier/registrations").text.contains("Bruno"))
            try await agent.get("\(Self.desk)/atelier/cancellation")
            #expect(
                try await agent.submit("\(Self.desk)/atelier/cancellation", ["reason-fr": "Tempête"]).status
                    == 303)
            #expect(try await visitor.get("/events/atelier.ics").text.contains("STATUS:CANCELLED"))
            #expect(try await visitor.get("/events/atelier").text.contains("Tempête"))
        }
    }

    @Test func `minutes and what was said are on the page once they are there`() async throws {
        try await withForum { forum in
            let agent: Browser = try await forum.signedIn("Agathe")
            _ = try await plan(agent)
            try await agent.get("\(Self.desk)/atelier")
            try await agent.submit("\(Self.desk)/atelier/publication", [:])
            let number: Int64 = try await forum.proposal("Une fontaine")
            try await agent.get("\(Self.desk)/atelier/contributions")
            let early: Client.Answer = try await agent.submit(
                "\(Self.desk)/atelier/contributions", ["words": "De l’eau", "language": "fr", "lead": ""])
            #expect(early.status == 422 && early.text.contains("has not begun"))
            try await forum.pool.execute(
                "test.past",
                "UPDATE gathering SET starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour'"
            )
            let nowhere: Client.Answer = try await agent.submit(
                "\(Self.desk)/atelier/contributions",
                ["words": "De l’eau", "language": "fr", "lead": "proposal", "proposal": "999"])
            #expect(nowhere.status == 422 && nowhere.text.contains("De l’eau"))
            #expect(
                try await agent.submit(
                    "\(Self.desk)/atelier/contributions",
                    ["words": "De l’eau", "language": "fr", "lead": "proposal", "proposal": "\(number)"]
                ).status == 303)
            try await agent.get("\(Self.desk)/atelier/minutes")
            #expect(
                try await agent.submit(
                    "\(Self.desk)/atelier/minutes", ["revision": "2", "minutes-fr": "On a **parlé**."]
                ).status == 303)
            let visitor: Browser = forum.browser()
            #expect(!(try await visitor.get("/events/atelier").text.contains("parlé")))
            try await agent.get("\(Self.desk)/atelier/minutes")
            #expect(try await agent.submit("\(Self.desk)/atelier/minutes/publication", [:]).status == 303)
            try await agent.submit("\(Self.desk)/atelier/minutes/heads", ["women": "12", "men": ""])
            let page: Client.Answer = try await visitor.get("/events/atelier")
            #expect(page.text.contains("<strong>parlé</strong>") && page.text.contains(">12<"))
            #expect(page.text.contains("De l’eau") && page.text.contains("/proposals/\(number)"))
            let wrong: Client.Answer = try await agent.submit(
                "\(Self.desk)/atelier/minutes/heads", ["women": "beaucoup"])
            #expect(wrong.status == 422)
        }
    }
}

/// Debates through the pages that residents and agents use.
@Suite struct DebatePagesTests {
    private static let own = "/consultations/place/debates/voitures"
    private static let desk = "/desk/processes/diagonales/consultations/place/debates"

    private func withDebate(_ body: @escaping @Sendable (Forum) async throws -> Void) async throws {
        try await withForum { forum in
            try await forum.pool.execute(
                "test.consultation",
                """
                INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due,
                                          answer_due, published_at)
                VALUES (gen_random_uuid(), \(forum.process), 'place', '{"fr": "La place"}', now() - interval '1 day',
                        now() + interval '6 days', current_date + 30, current_date + 60, now())
                """)
            let agent: Browser = try await forum.signedIn("Agathe")
            try await agent.get("\(Self.desk)/new")
            let made: Client.Answer = try await agent.submit(
                "\(Self.desk)/new",
                [
                    "handle": "voitures", "question-fr": "Des voitures ?", "question-en": "Cars?",
                    "side_1-en": "Yes",
                    "side_2-en": "No", "hides_counts": "1",
                ])
            #expect(made.header("location") == "\(Self.desk)/voitures")
            #expect(try await forum.browser().get(Self.own).status == 404)
            try await agent.get("\(Self.desk)/voitures")
            #expect(try await agent.submit("\(Self.desk)/voitures/publication", [:]).status == 303)
            try await body(forum)
        }
    }

    @Test func `somebody argues, another is convinced and answers; sources are plain links`()
        async throws
    {
        try await withDebate { forum in
            let ada: Browser = try await forum.signedIn("Ada")
            try await ada.get("\(Self.own)/arguments/new?side=2")
            let wrong: Client.Answer = try await ada.submit(
                "\(Self.own)/arguments", ["title": "Shade", "body": "", "source-1": "javascript:alert(1)"])
            #expect(wrong.status == 422 && wrong.text.contains("Choose a side."))
            #expect(
                wrong.text.contains("value=\"Shade\"") && wrong.text.contains("is no address of a page"))
            let made: Client.Answer = try await ada.submit(
                "\(Self.own)/arguments",
                [
                    "side": "2", "title": "Shade", "body": "<script>x</script>",
                    "source-1": "https://example.org/a",
                ])
            #expect(made.header("location") == "\(Self.own)/arguments/1")
            let bruno: Browser = try await forum.signedIn("Bruno")
            let page: Client.Answer = try await bruno.get(Self.own)
            #expect(page.text.contains("rel=\"nofollow noopener noreferrer ugc\">example.org/a<"))
            #expect(!page.text.contains("<script>x"))
            // Nobody sees how many while it is open, and no order goes by it.
            #expect(
                page.text.contains("can be read after the close")
                    && !page.text.contains("finds it convincing"))
            #expect(
                try await bruno.submit("\(Self.own)/arguments/1/support", ["convincing": "1"]).status == 303
            )
            #expect(try await bruno.get(Self.own).text.contains("Convincing to you"))
            #expect(
                try await bruno.submit("\(Self.own)/arguments/1/comments", ["body": "True."]).status == 303)
            #expect(try await bruno.get("\(Self.own)/arguments/1").text.contains("True."))
            #expect(try await bruno.get("\(Self.own)/arguments/1/correction").status == 404)
            #expect(
                try await bruno.get("/account/comments").text.contains("\(Self.own)/arguments/1/comments/"))
            #expect(try await ada.get("\(Self.own)/arguments/1/correction").status == 200)
            // Whoever has not signed in reads, and is asked to.
            let visitor: Browser = forum.browser()
            #expect(try await visitor.get(Self.own).text.contains("Shade"))
            #expect(try await visitor.get("\(Self.own)/arguments/new").status == 303)
            #expect(try await visitor.get("/consultations/place").text.contains(Self.own))
        }
    }

    @Test
    func `an agent writes down what is said at a stand, joins, parts and closes with conclusions`()
        async throws
    {
        try await withDebate { forum in
            let agent: Browser = try await forum.signedIn("Agathe")
            for title in ["Shade", "Trees"] {
                try await agent.get("\(Self.own)/arguments/new?stand=1")
                let made: Client.Answer = try await agent.submit(
                    "\(Self.own)/arguments", ["side": "2", "title": title, "body": "So.", "stand": "1"])
                #expect(made.header("location") == "\(Self.own)/arguments/new?stand=1")
            }
            let visitor: Browser = forum.browser()
            let page: String = try await visitor.get(Self.own).text
            #expect(page.contains("Taken at a stand") && !page.contains("Agathe"))
            try await agent.get("\(Self.desk)/voitures")
            let nowhere: Client.Answer = try await agent.submit(
                "\(Self.desk)/voitures/arguments/2/join", ["into": ""])
            #expect(nowhere.status == 422)
            #expect(
                try await agent.submit("\(Self.desk)/voitures/arguments/2/join", ["into": "1"]).status
                    == 303)
            #expect(!(try await visitor.get(Self.own).text.contains("Trees")))
            #expect(try await visitor.get("\(Self.own)/arguments/1").text.contains("Trees"))
            #expect(
                try await visitor.get("\(Self.own)/arguments/2").text.contains("says the same as another"))
            #expect(
                try await agent.submit("\(Self.desk)/voitures/arguments/2/parting", [:]).status == 303)
            #expect(try await visitor.get(Self.own).text.contains("Trees"))
            try await agent.get("\(Self.desk)/voitures/conclusions")
            let written: Client.Answer = try await agent.submit(
                "\(Self.desk)/voitures/conclusions",
                ["revision": "2", "conclusions-en": "More **trees**.", "heard_2-en": "Shade above all."])
            #expect(written.status == 303)
            #expect(!(try await visitor.get(Self.own).text.contains("<strong>trees</strong>")))
            try await agent.get("\(Self.desk)/voitures")
            #expect(try await agent.submit("\(Self.desk)/voitures/conclusion", [:]).status == 303)
            let closed: String = try await visitor.get(Self.own).text
            #expect(closed.contains("<strong>trees</strong>") && closed.contains("Shade above all."))
            #expect(closed.contains("0 people find it convincing."))
            let ada: Browser = try await forum.signedIn("Ada")
            #expect(try await ada.get("\(Self.own)/arguments/new").status == 404)
            #expect(try await ada.get("\(Self.desk)/voitures").status == 404)
        }
    }
}
