import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Answering over HTTP, without JavaScript: step by step, sent once, found again by its code.
@Suite struct AnsweringPagesTests {
    @Test func `every kind of question is answered, checked, sent once, seen again and taken back`()
        async throws
    {
        try await withAsked { asked in
            let ada: Browser = asked.browser()
            let start: Client.Answer = try await ada.get(asked.base)
            #expect(start.status == 200 && start.text.contains("Your answers are anonymous"))
            #expect(try await ada.get("\(asked.base)/sections/choices").header("location") == asked.base)
            #expect(try await ada.submit("\(asked.base)/drafts", ["way": "link"]).status == 303)
            #expect(
                try await ada.get("\(asked.base)/next").header("location")
                    == "\(asked.base)/sections/choices")
            let first: Client.Answer = try await ada.get("\(asked.base)/sections/choices")
            #expect(first.text.contains("Step 1 of 2") && first.text.contains("Words to read."))

            let wrong: Client.Answer = try await ada.submit(
                "\(asked.base)/sections/choices",
                ["q-some": "a", "q-order.rank.a": "1", "q-order.rank.b": "1"])
            #expect(wrong.status == 422 && wrong.text.contains("href=\"#q-one\""))
            #expect(
                wrong.text.contains("Two answers have rank 1") && wrong.text.contains("value=\"a\" checked")
            )

            let next: Client.Answer = try await ada.submit(
                "\(asked.base)/sections/choices", Asked.choices)
            #expect(next.header("location") == "\(asked.base)/sections/words")
            // The answer opened another section.
            #expect(try await ada.get("\(asked.base)/sections/words").text.contains("Step 2 of 3"))
            let unreadable: Client.Answer = try await ada.submit(
                "\(asked.base)/sections/words",
                [
                    "q-line": "Une ligne", "q-number": "douze", "q-date.day": "31", "q-date.month": "2",
                    "q-date.year": "2027",
                ])
            #expect(unreadable.status == 422 && unreadable.text.contains("value=\"douze\""))
            #expect(
                unreadable.text.contains("Give a day that exists")
                    && unreadable.text.contains("value=\"31\""))
            #expect(
                try await ada.submit("\(asked.base)/sections/words", Asked.words).header("location")
                    == "\(asked.base)/sections/more")

            // Back is without loss, also of what is not finished.
            let back: Client.Answer = try await ada.send(
                "POST", "\(asked.base)/sections/more",
                asked.multipart([("token", ada.token), ("q-why", "Parce que"), ("back", "1")]),
                type: Asked.multipart)
            #expect(back.header("location") == "\(asked.base)/sections/words")
            #expect(try await ada.get("\(asked.base)/sections/words").text.contains("12,5") == false)
            #expect(try await ada.get("\(asked.base)/sections/words").text.contains("value=\"12.5\""))
            #expect(try await ada.get("\(asked.base)/sections/more").text.contains("Parce que"))

            let check: Client.Answer = try await ada.get("\(asked.base)/check")
            for words in [
                "Option a", "Something else", "Row day: Option c", "1. Option b", "12.5", "27\u{A0}March 2027",
                "Parce que",
            ] {
                #expect(check.text.contains(words), "\(words)")
            }
            let code: String = try #require(check.text.firstMatch(of: /name="code" value="([^"]*)"/)).1
                .description
            for _ in 0..<2 {
                #expect(
                    try await ada.submit("\(asked.base)/check", ["code": code]).header("location")
                        == "\(asked.base)/receipt")
            }
            #expect(try await asked.count("incoming_response") == 1)
            let receipt: Client.Answer = try await ada.get("\(asked.base)/receipt")
            #expect(
                receipt.text.contains("<span>\(code.prefix(4))</span>")
                    && receipt.text.contains("Thank you."))

            // On another device, by the code alone.
            let bob: Browser = asked.browser()
            #expect(try await bob.get("\(asked.base)/mine").header("location") == "\(asked.base)/code")
            try await bob.get("\(asked.base)/code")
            #expect(try await bob.submit("\(asked.base)/code", ["code": "AAAA"]).status == 422)
            #expect(
                try await bob.submit("\(asked.base)/code", ["code": "AAAA-AAAA-AAAA-AAAA"]).status == 422)
            #expect(
                try await bob.submit("\(asked.base)/code", ["code": code.lowercased()]).header("location")
                    == "\(asked.base)/mine")
            #expect(try await bob.get("\(asked.base)/mine").text.contains("Something else"))
            #expect(
                try await bob.submit("\(asked.base)/mine/change").header("location")
                    == "\(asked.base)/check")
            #expect(try await bob.get("\(asked.base)/check").text.contains("replace those"))
            try await bob.get("\(asked.base)/mine/withdrawal")
            #expect(try await bob.submit("\(asked.base)/mine/withdrawal").status == 303)
            #expect(try await asked.count("incoming_response") == 0)
            #expect(try await asked.count("answer_draft") == 0)
            #expect(try await ada.get("\(asked.base)/receipt").header("location") == asked.base)
        }
    }

    @Test func `what was begun is saved and taken up on another device; a shared one forgets`()
        async throws
    {
        try await withAsked { asked in
            let ada: Browser = asked.browser()
            try await ada.get(asked.base)
            try await ada.submit("\(asked.base)/drafts", ["way": "link"])
            try await ada.get("\(asked.base)/sections/choices")
            let left: Client.Answer = try await ada.submit(
                "\(asked.base)/sections/choices", ["q-mark": "7", "leave": "1"])
            #expect(left.header("location") == "\(asked.base)/pause")
            let pause: Client.Answer = try await ada.get("\(asked.base)/pause")
            let code: String = pause.text.matches(of: /<span>([0-9A-Z]{4})<\/span>/).map { String($0.1) }
                .joined()
            #expect(code.count == 16)
            let bob: Browser = asked.browser()
            try await bob.get("\(asked.base)/code")
            #expect(
                try await bob.submit("\(asked.base)/code", ["code": code]).header("location")
                    == "\(asked.base)/next")
            #expect(
                try await bob.get("\(asked.base)/sections/choices").text
                    .contains("name=\"q-mark\" value=\"7\" checked"))
            #expect(try await ada.submit("\(asked.base)/forgetting").status == 303)
            #expect(ada.cookie("answers") == nil)
            #expect(try await ada.get("\(asked.base)/pause").header("location") == asked.base)
            #expect(try await bob.get("\(asked.base)/sections/choices").status == 200)
            #expect(try await bob.submit("\(asked.base)/forgetting", ["discard": "1"]).status == 303)
            #expect(try await asked.count("answer_draft") == 0)
        }
    }

    @Test
    func
        `too much is refused with words and nothing is stored; a library passes and a flood does not`()
        async throws
    {
        try await withAsked { asked in
            let ada: Browser = asked.browser()
            try await ada.get(asked.base)
            try await ada.submit("\(asked.base)/drafts", ["way": "link"])
            try await ada.get("\(asked.base)/sections/words")
            let huge = String(repeating: "x", count: 10 << 20)
            let answer: Client.Answer = try await ada.submit(
                "\(asked.base)/sections/words", ["q-text": huge])
            #expect(answer.status == 413)
            let long: Client.Answer = try await ada.submit(
                "\(asked.base)/sections/words", ["q-text": String(repeating: "y", count: 5_001)])
            #expect(long.status == 422 && long.text.contains("5,000"))
            let sealed: Int = try await asked.count("answer_draft")
            #expect(sealed == 1)

            var passed = 0
            for _ in 0..<150 {
                let status: Int = try await ada.submit("\(asked.base)/drafts", ["way": "link"]).status
                if status == 303 { passed += 1 } else { #expect(status == 429) }
            }
            #expect((60..<130).contains(passed))
        }
    }

    @Test func `what is not published or not opened is absent, and what is over says so`()
        async throws
    {
        try await withAsked { asked in
            let ada: Browser = asked.browser()
            try await asked.fixture.close()
            let over: Client.Answer = try await ada.get(asked.base)
            #expect(over.status == 200 && over.text.contains("has been closed since"))
            #expect(!over.text.contains("\(asked.base)/drafts"))
            try await ada.get("\(asked.base)/code")
            #expect(try await ada.submit("\(asked.base)/drafts", ["way": "link"]).status == 422)
            try await asked.pool.execute(
                "test.shut", "UPDATE questionnaire SET live_version = NULL, opened_at = NULL")
            #expect(try await ada.get(asked.base).status == 404)
            try await asked.pool.execute(
                "test.open", "UPDATE questionnaire SET live_version = 1, opened_at = now()")
            try await asked.pool.execute("test.hide", "UPDATE consultation SET published_at = NULL")
            for path in [
                "", "/next", "/sections/choices", "/check", "/receipt", "/mine", "/code", "/pause", "/over",
            ] {
                #expect(try await ada.get(asked.base + path).status == 404, "\(path)")
            }
        }
    }

    @Test func `agents make codes and devices; a card lets in once; a device forgets`() async throws {
        try await withAsked(ways: ["code", "kiosk", "agent"], once: true) { asked in
            let agent: Browser = try await asked.agent()
            try await agent.get("\(asked.desk)/codes")
            #expect(try await agent.submit("\(asked.desk)/codes", ["count": "0"]).status == 422)
            let file: Client.Answer = try await agent.submit(
                "\(asked.desk)/codes", ["count": "2", "label": "Stand"])
            #expect(file.header("content-type")?.hasPrefix("text/csv") == true)
            let codes: [String] = file.text.matches(of: /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/).map {
                String($0.output)
            }
            #expect(codes.count == 2)
            #expect(try await agent.get("\(asked.desk)/codes").text.contains("Stand"))

            let ada: Browser = asked.browser()
            try await ada.get(asked.base)
            #expect(try await ada.submit("\(asked.base)/drafts", ["way": "link"]).status == 422)
            let wrong: Client.Answer = try await ada.submit(
                "\(asked.base)/drafts", ["way": "code", "code": "ABCD-2345-EFGH"])
            #expect(wrong.status == 422 && wrong.text.contains("value=\"ABCD-2345-EFGH\""))
            #expect(
                try await ada.submit("\(asked.base)/drafts", ["way": "code", "code": codes[0]]).status
                    == 303)

            try await agent.get("\(asked.desk)/devices")
            #expect(
                try await agent.submit("\(asked.desk)/entries").header("location") == "\(asked.base)/next")
            let opened: Client.Answer = try await agent.submit(
                "\(asked.desk)/devices", ["name": "Tablette"])
            // The agent is signed out: residents use the browser next.
            #expect(opened.header("location") == asked.base && agent.cookie("session") == nil)
            let kiosk: Browser = agent
            let waiting: Client.Answer = try await kiosk.get(asked.base)
            #expect(waiting.header("refresh")?.contains("/over") == true)
            #expect(try await kiosk.submit("\(asked.base)/drafts").status == 303)
            try await kiosk.get("\(asked.base)/sections/choices")
            try await kiosk.submit("\(asked.base)/sections/choices", ["q-one": "b"])
            let check: Client.Answer = try await kiosk.get("\(asked.base)/check")
            let code: String = try #require(check.text.firstMatch(of: /name="code" value="([^"]*)"/)).1
                .description
            #expect(try await kiosk.submit("\(asked.base)/check", ["code": code]).status == 303)
            #expect(
                try await kiosk.get("\(asked.base)/receipt").header("refresh")?.contains("/over") == true)
            let over: Client.Answer = try await kiosk.get("\(asked.base)/over")
            #expect(over.header("location") == asked.base && kiosk.cookie("answers") == nil)
            #expect(over.header("clear-site-data") != nil && kiosk.cookie("answering-kiosk") != nil)
            #expect(try await kiosk.get("\(asked.base)/receipt").header("location") == asked.base)
            // What somebody walked away from is deleted.
            try await kiosk.get(asked.base)
            try await kiosk.submit("\(asked.base)/drafts")
            let drafts: Int = try await asked.count("answer_draft")
            try await kiosk.get("\(asked.base)/over")
            #expect(try await asked.count("answer_draft") == drafts - 1)

            let bob: Browser = try await asked.signedIn("Bob")
            for path in ["codes", "devices"] {
                #expect(try await ada.get("\(asked.desk)/\(path)").status == 303)
                #expect(try await bob.get("\(asked.desk)/\(path)").status == 404)
            }
        }
    }

    @Test func `the log tells nothing of what was answered`() async throws {
        let log = Log()
        try await withAsked(log: log) { asked in
            let ada: Browser = asked.browser()
            try await ada.get(asked.base)
            try await ada.submit("\(asked.base)/drafts", ["way": "link"])
            try await ada.get("\(asked.base)/sections/words")
            try await ada.submit("\(asked.base)/sections/words", ["q-text": "reconnaissable"])
            let cookie: String = try #require(ada.cookie("answers"))
            let lines: String = log.all.map(\.text).filter { $0.hasPrefix("Answered") }.joined(separator: "\n")
            #expect(lines.contains("questionnaires/{questionnaire}/sections/{section}"))
            for secret in ["reconnaissable", cookie, "127.0.0.1"] { #expect(!lines.contains(secret)) }
        }
    }
}

/// A city with a questionnaire that is open.
struct Asked: Sendable {
    static let multipart = "multipart/form-data; boundary=leaf"

    static let choices: KeyValuePairs<String, String> = [
        "q-one": "a", "q-some": "b", "q-some": ".other", "q-some.other": "Something else",
        "q-table.row.day": "c",
        "q-order.rank.b": "1", "q-order.rank.a": "3", "q-mark": "7",
    ]
    static let words: KeyValuePairs<String, String> = [
        "q-line": "Une ligne", "q-text": "Un texte", "q-number": "12,5", "q-date.day": "27",
        "q-date.month": "3",
        "q-date.year": "2027", "q-place.words": "Devant la gare",
    ]

    let client: Client
    let pool: Pool
    let fixture: QuestionnaireFixture
    let accounts: Accounts

    var base: String { fixture.address }
    var desk: String { "/desk/processes/place-2027/consultations/place/questionnaires/usages" }

    func browser() -> Browser { Browser(client: client, language: .english) }

    func signedIn(_ name: String, roles: [HeldRole] = []) async throws -> Browser {
        _ = try await accounts.create(
            email: "\(name.lowercased())\(roles.count)@example.fr", name: name,
            password: Quarter.password,
            language: .english, roles: roles, by: .operator)
        let browser: Browser = browser()
        try await browser.get("/sign-in")
        try await browser.submit(
            "/sign-in",
            ["email": "\(name.lowercased())\(roles.count)@example.fr", "password": Quarter.password])
        return browser
    }

    func agent() async throws -> Browser {
        try await signedIn("Agathe", roles: [HeldRole(.participationAgent)])
    }

    func multipart(_ fields: [(String, String)]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in fields {
            body += Array(
                "--leaf\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        return body + Array("--leaf--\r\n".utf8)
    }

    func count(_ table: String) async throws -> Int {
        try #require(
            try await pool.one("test.count", "SELECT count(*) AS n FROM \(sql: .identifier(table))")
        ).get("n")
    }
}

func withAsked(
    ways: [String] = ["link"], once: Bool = false, log: Log = Log(),
    _ body: @escaping @Sendable (Asked) async throws -> Void
) async throws {
    try await withDatabase { pool in
        let site = try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(place: "Mairie", hours: "lundi, 9 h – 17 h", phone: "02 00 00 00 00")),
            resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets)
        let fixture: QuestionnaireFixture = try await .make(pool, ways: ways, once: once)
        let accounts = Accounts(
            pool: pool, secrets: FrameSite.secrets, passwords: Passwords(),
            correspondent: Letters(site: site))
        try await withService(
            site, sessions: SessionSource(Sessions(pool: pool, secrets: FrameSite.secrets)), log: log,
            routes: { site, routes in
                City(pool: pool, secrets: FrameSite.secrets, host: "city.example", mailFolder: nil)
                    .add(to: routes, site: site)
            }
        ) { client in
            try await body(Asked(client: client, pool: pool, fixture: fixture, accounts: accounts))
        }
    }
}
