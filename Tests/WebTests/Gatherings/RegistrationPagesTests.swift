import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Registration through the pages that residents, agents and crew use.
@Suite struct RegistrationPagesTests {
    /// A published walk in three days, in the forum's process.
    private func withWalk(_ body: @escaping @Sendable (Forum, WalkFixture) async throws -> Void)
        async throws
    {
        try await withForum { forum in
            try await body(
                forum, try await .make(forum.pool, in: forum.process, handle: "canal", startsIn: .hours(72))
            )
        }
    }

    /// The address in the last letter of a kind, as a path.
    private func link(_ kind: String, _ forum: Forum) async throws -> String {
        let rows: [Row] = try await forum.pool.query(
            "test.letter", "SELECT body FROM outbox WHERE kind = \(kind) ORDER BY id DESC LIMIT 1")
        let body: String = try #require(try rows.first?.get("body"))
        let found = try #require(
            body.firstMatch(of: /http:\/\/localhost:8080(\/walks\/\S+registration\S+)/))
        return String(found.1)
    }

    private func register(_ browser: Browser, _ name: String, companions: String = "0") async throws
        -> Client.Answer
    {
        try await browser.get("/walks/canal/registration")
        return try await browser.submit(
            "/walks/canal/registration",
            [
                "name": name, "email": "\(name.lowercased())@example.net", "companions": companions,
                "needs": "Un fauteuil",
            ])
    }

    @Test func `a visitor registers, and finds in the letter the one page that changes and cancels`()
        async throws
    {
        try await withWalk { forum, _ in
            let browser: Browser = forum.browser()
            let sent: Client.Answer = try await register(browser, "Jeanne", companions: "2")
            #expect(sent.header("location") == "/walks/canal/registration/sent")
            let own: String = try await link("registration", forum)
            let page: Client.Answer = try await browser.get(own)
            #expect(
                page.status == 200 && page.text.contains("Jeanne") && page.text.contains("Un fauteuil"))
            let changed: Client.Answer = try await browser.submit(
                own, ["companions": "1", "needs": "", "phone": ""])
            #expect(changed.status == 303)
            #expect(try await browser.get(own).text.contains("2 people, you included"))
            let tooMany: Client.Answer = try await browser.submit(own, ["companions": "9", "phone": "x"])
            #expect(tooMany.status == 422 && tooMany.text.contains("You can bring 3 people at most."))
            try await browser.submit("\(own)/cancellation")
            let gone: Client.Answer = try await browser.get(own)
            #expect(gone.text.contains("Your data have been erased.") && !gone.text.contains("Jeanne"))
            #expect(try await browser.submit("\(own)/cancellation").status == 404)
        }
    }

    @Test func `a link that nobody was given opens nothing, nor does one of another walk`()
        async throws
    {
        try await withWalk { forum, walk in
            _ = try await WalkFixture.make(
                forum.pool, in: forum.process, handle: "pont", startsIn: .hours(72))
            let browser: Browser = forum.browser()
            _ = try await register(browser, "Jeanne")
            let own: String = try await link("registration", forum)
            let row: Row = try #require(
                try await forum.pool.one("test.row", "SELECT id::text AS id, token_hash FROM registration"))
            let hash: Token = try #require(Token(bytes: row.get("token_hash")))
            for wrong in [
                Token().text, hash.text, try row.get("id", as: String.self),
                String(own.dropLast().suffix(42)) + "A",
                "x",
            ] {
                #expect(
                    try await browser.get("/walks/canal/registration/\(wrong)").status == 404, "\(wrong)")
                #expect(
                    try await browser.submit("/walks/canal/registration/\(wrong)/cancellation").status == 404,
                    "\(wrong)")
            }
            let elsewhere: String = own.replacing("/walks/canal/", with: "/walks/pont/")
            #expect(try await browser.get(elsewhere).status == 404)
            #expect(try await browser.get(own).status == 200)
        }
    }

    @Test func `the same address twice looks the same, and nothing on the pages tells who comes`()
        async throws
    {
        try await withWalk { forum, _ in
            let first: Client.Answer = try await register(forum.browser(), "Jeanne")
            let second: Client.Answer = try await register(forum.browser(), "Jeanne")
            #expect(
                first.header("location") == second.header("location") && first.status == second.status)
            for path in [
                "/walks", "/walks/canal", "/walks.ics", "/walks/canal.ics", "/walks/canal/registration",
            ] {
                let answer: Client.Answer = try await forum.browser().get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(!answer.text.contains("Jeanne") && !answer.text.contains("jeanne@"), "\(path)")
            }
        }
    }

    @Test func `what is wrong is said at its field, and what was typed stays`() async throws {
        try await withWalk { forum, _ in
            let browser: Browser = forum.browser()
            try await browser.get("/walks/canal/registration")
            let refused: Client.Answer = try await browser.submit(
                "/walks/canal/registration",
                ["name": "", "email": "jeanne", "companions": "7", "needs": "Un siège"])
            #expect(refused.status == 422)
            for text in ["Write your name.", "Write a complete e-mail address", "at most", "Un siège"] {
                #expect(refused.text.contains(text), "\(text)")
            }
            let forged: Client.Answer = try await forum.browser().submit(
                "/walks/canal/registration", ["name": "A"])
            #expect(forged.status == 403)
        }
    }

    @Test
    func `with an account one registers in one step, comes back to it, and finds it in the account`()
        async throws
    {
        try await withWalk { forum, _ in
            let ada: Browser = try await forum.signedIn("Ada")
            try await ada.get("/walks/canal/registration")
            let answer: Client.Answer = try await ada.submit(
                "/walks/canal/registration", ["companions": "1"])
            let own: String = try #require(answer.header("location"))
            #expect(try await ada.get("/walks/canal/registration").header("location") == own)
            #expect(try await ada.get("/walks/canal").text.contains("href=\"\(own)\""))
            #expect(try await ada.get("/account/registrations").text.contains("href=\"\(own)\""))
            let bruno: Browser = try await forum.signedIn("Bruno")
            #expect(try await !bruno.get("/account/registrations").text.contains("canal"))
        }
    }

    @Test func `agents enter, print, export and cancel; others find nothing there`() async throws {
        try await withWalk { forum, walk in
            let base = "/desk/processes/diagonales/walks/canal/registrations"
            let agathe: Browser = try await forum.signedIn("Agathe")
            try await agathe.get("\(base)/new")
            let entered: Client.Answer = try await agathe.submit(
                base,
                ["name": "=HYPERLINK(1)", "phone": "06 12 34 56 78", "companions": "1", "language": "de"])
            let receipt: String = try #require(entered.header("location"))
            let printed: Client.Answer = try await agathe.get(receipt)
            #expect(printed.text.contains("http://localhost:8080/walks/canal/registration/"))
            #expect(printed.text.contains("<svg"))
            #expect(try await agathe.get(base).text.contains("06\u{A0}12\u{A0}34\u{A0}56\u{A0}78"))
            #expect(try await agathe.get("\(base)/print").text.contains("06\u{A0}12\u{A0}34\u{A0}56\u{A0}78"))
            let csv: Client.Answer = try await agathe.get("\(base).csv")
            #expect(csv.text.contains("'=HYPERLINK(1),2,"))
            let cancellation: String = receipt.replacing("/receipt", with: "/cancellation")
            try await agathe.get(cancellation)
            #expect(try await agathe.submit(cancellation, ["reason": ""]).status == 422)
            let ada: Browser = try await forum.signedIn("Ada")
            for path in [
                base, "\(base)/print", "\(base).csv", "\(base)/new", receipt, cancellation,
                "/walks/canal/door",
            ] {
                #expect(try await ada.get(path).status == 404, "\(path)")
            }
            try await agathe.get(cancellation)
            #expect(try await agathe.submit(cancellation, ["reason": "Doublon"]).status == 303)
            #expect(try await agathe.get(receipt).status == 404)
        }
    }

    @Test func `the crew notes at the door who has come, on the day`() async throws {
        try await withWalk { forum, walk in
            _ = try await register(forum.browser(), "Jeanne", companions: "2")
            let bruno: Browser = try await forum.signedIn("Bruno")
            #expect(try await bruno.get("/walks/canal/door").status == 404)
            try await walk.enlist(forum.accounts["Bruno"]!, as: .guide)
            let early: Client.Answer = try await bruno.get("/walks/canal/door")
            #expect(early.status == 200 && !early.text.contains("name=\"came\""))
            try await walk.move(startsIn: 600)
            let door: Client.Answer = try await bruno.get("/walks/canal/door")
            let id = try #require(door.text.firstMatch(of: /name="registration" value="([^"]+)"/)).1
            try await bruno.submit("/walks/canal/door", ["registration": String(id), "came": "3"])
            #expect(
                try await bruno.get("/walks/canal/door").text.contains("3 people here of 3 registered."))
        }
    }

    @Test func `a walk that is not published is in no list and has no page, calendar or form`()
        async throws
    {
        try await withForum { forum in
            _ = try await WalkFixture.make(
                forum.pool, in: forum.process, handle: "secret", startsIn: .hours(72), isPublished: false)
            let browser: Browser = forum.browser()
            for path in ["/walks/secret", "/walks/secret.ics", "/walks/secret/registration"] {
                #expect(try await browser.get(path).status == 404, "\(path)")
            }
            for path in [
                "/", "/walks", "/walks.ics", "/processes/diagonales", "/processes/diagonales/walks",
            ] {
                let answer: Client.Answer = try await browser.get(path)
                #expect(answer.status == 200 && !answer.text.contains("secret"), "\(path)")
            }
        }
    }

    @Test func `the page says what one can do: register, wait, or that it is called off`()
        async throws
    {
        try await withWalk { forum, walk in
            let browser: Browser = forum.browser()
            #expect(try await browser.get("/walks/canal").text.contains("20 places are left."))
            try await forum.pool.execute("test.places", "UPDATE gathering SET places = 1")
            _ = try await register(browser, "Jeanne")
            let full: Client.Answer = try await browser.get("/walks/canal")
            #expect(full.text.contains("Join the waiting list"))
            let waiting: Client.Answer = try await register(forum.browser(), "Paul")
            #expect(waiting.header("location")?.hasSuffix("?state=waiting") == true)
            try await forum.pool.execute(
                "test.call_off",
                """
                UPDATE gathering SET cancelled_at = now(), cancellation = '{"fr": "Tempête", "en": "Storm"}'
                """)
            let off: Client.Answer = try await browser.get("/walks/canal")
            #expect(off.text.contains("The reason: Storm") && !off.text.contains("/registration\""))
            #expect(try await browser.get("/walks/canal.ics").text.contains("STATUS:CANCELLED"))
        }
    }
}
