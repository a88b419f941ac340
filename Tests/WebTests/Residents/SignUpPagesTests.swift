import Foundation
import Logging
import Participation
import Postgres
import Testing

@Suite("Pages: asking for an account")
struct SignUpPagesTests {
    @Test func `a resident asks for an account, follows the link and is signed in`() async throws {
        try await withQuarter { quarter in
            let browser = quarter.browser()
            #expect(try await browser.get("/sign-up").status == 200)
            let sent = try await browser.submit(
                "/sign-up", ["name": "Ada", "email": " Ada@Example.fr ", "password": Quarter.password])
            #expect(sent.status == 303)
            #expect(sent.header("location") == "/sign-up/sent")
            #expect(try await browser.get("/sign-up/sent").text.contains("Check your e-mail"))

            let link = try #require(try await quarter.link("confirm_address"))
            #expect(try await browser.get(link).status == 200)
            let wrong = try await browser.submit(link, ["password": "something else entirely"])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("This is not the right password"))
            #expect(browser.cookie("session") == nil)

            let opened = try await browser.submit(link, ["password": Quarter.password])
            #expect(opened.status == 303)
            #expect(browser.cookie("session") != nil)
            let account = try await browser.get("/account")
            #expect(account.text.contains("ada@example.fr"))
            #expect(account.text.contains("Your account is open"))
            #expect(account.text.contains("Firefox, Linux"))
            #expect(account.header("cache-control") == "no-store")

            // The link has been used.
            let again = try await browser.get(link)
            #expect(again.status == 410)
            #expect(again.text.contains("no longer works"))
        }
    }

    @Test func `whoever was on the way to a page gets there in the end`() async throws {
        try await withQuarter { quarter in
            let browser = quarter.browser()
            let signIn = try await browser.get("/sign-in?next=/votes/x/ballot?a%3D1")
            #expect(signIn.text.contains("href=\"/sign-up?next="))
            try await browser.get("/sign-up?next=/votes/x/ballot?a%3D1")
            try await browser.submit(
                "/sign-up",
                [
                    "name": "Ada", "email": "ada@example.fr", "password": Quarter.password,
                    "next": "/votes/x/ballot?a=1",
                ])
            let link = try #require(try await quarter.link("confirm_address"))
            let page = try await browser.get(link).text
            let action = try #require(page.firstMatch(of: /action="(\/confirm\/[^"]+)"/)).1
            let opened = try await browser.submit(String(action), ["password": Quarter.password])
            #expect(opened.header("location") == "/votes/x/ballot?a=1")
        }
    }

    @Test func `a form with mistakes comes back with every mistake and what was typed`() async throws {
        try await withQuarter { quarter in
            let browser = quarter.browser()
            try await browser.get("/sign-up")
            let answer = try await browser.submit(
                "/sign-up", ["name": "", "email": "ada<at>example", "password": "short"])
            #expect(answer.status == 422)
            for words in ["Enter your name.", "Enter a complete e-mail address", "at least 12 characters"] {
                // Once in the summary, once beside the field.
                #expect(answer.text.components(separatedBy: words).count >= 3, "\(words)")
            }
            #expect(answer.text.contains("ada&lt;at&gt;example"))
            #expect(!answer.text.contains("value=\"short\""))
            #expect(answer.text.contains("aria-invalid=\"true\""))
            #expect(answer.text.contains("href=\"#password\""))
        }
    }

    @Test func `an address with an account gets the same answer as one without`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            var answers: [String] = []
            for email in ["ada@example.fr", "bob@example.fr"] {
                let browser = quarter.browser()
                try await browser.get("/sign-up")
                let answer = try await browser.submit(
                    "/sign-up", ["name": "Eve", "email": email, "password": Quarter.password])
                answers.append("\(answer.status) \(answer.header("location") ?? "") \(answer.text)")
            }
            #expect(answers[0] == answers[1])
            #expect(try await quarter.link("account_exists") == "/sign-in")
        }
    }

    @Test(arguments: Language.allCases)
    func `the pages and the letter are in the reader's language`(language: Language) async throws {
        try await withQuarter { quarter in
            let browser = quarter.browser(language)
            let page = try await browser.get("/sign-up")
            #expect(page.text.contains("<html lang=\"\(language.rawValue)\""))
            let title = ["fr": "Créer un compte", "en": "Create an account", "de": "Konto anlegen"][language.rawValue]
            #expect(page.text.contains("<h1>\(title ?? "")</h1>"))
            #expect(!page.text.contains("[["))
            try await browser.submit(
                "/sign-up", ["name": "Ada", "email": "ada@example.fr", "password": Quarter.password])
            let rows = try await quarter.pool.query("test.letter", "SELECT subject, body, language FROM outbox")
            let body: String = try rows[0].get("body")
            #expect(try rows[0].get("language", as: String.self) == language.rawValue)
            let greeting = ["fr": "Bonjour Ada,", "en": "Hello Ada,", "de": "Guten Tag Ada,"][language.rawValue]
            #expect(body.hasPrefix(greeting ?? "?"))
            #expect(body.contains("http://localhost:8080/confirm/"))
            #expect(!body.contains("[[") && !body.contains("&"))
        }
    }

    @Test(arguments: ["/confirm/nonsense", "/confirm/%C3%A9", "/password-reset/nonsense"])
    func `a link nobody was sent says what to do`(path: String) async throws {
        try await withQuarter { quarter in
            let answer = try await quarter.browser().get(path)
            #expect(answer.status == 410)
            #expect(answer.text.contains("no longer works"))
            #expect(quarter.log.lines(.error).isEmpty)
        }
    }

    @Test func `the page of letters lists what was written, in development`() async throws {
        try await withQuarter { quarter in
            let page = try await quarter.browser().get("/dev/mail")
            #expect(page.status == 200)
            #expect(page.text.contains("No message so far"))
        }
        try await withQuarter(isDevelopment: false) { quarter in
            let absent = try await quarter.browser().get("/dev/mail")
            #expect(absent.status == 404)
            let sent = try await quarter.browser().get("/sign-up/sent")
            #expect(!sent.text.contains("/dev/mail"))
        }
    }
}
