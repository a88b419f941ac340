import Foundation
import Participation
import Testing

@Suite("Pages: one's own account")
struct AccountPagesTests {
    @Test func `name and language are changed and said back`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let browser = try await quarter.signedIn("Ada")
            try await browser.get("/account")
            #expect(try await browser.submit("/account/name", ["name": "Ada L."]).status == 303)
            let renamed = try await browser.get("/account")
            #expect(renamed.text.contains("Your name is saved."))
            #expect(renamed.text.contains("value=\"Ada L.\""))
            let nameless = try await browser.submit("/account/name", ["name": "  "])
            #expect(nameless.status == 422)
            #expect(nameless.text.contains("Enter your name."))

            let changed = try await browser.submit("/account/language", ["language": "de"])
            #expect(changed.header("location") == "/account?lang=de")
            try await browser.get("/account?lang=de")
            let german = try await browser.get("/account")
            #expect(german.text.contains("Ihre Sprache ist gespeichert."))
            #expect(german.text.contains("<option value=\"de\" lang=\"de\" selected>"))
            #expect(try await browser.submit("/account/language", ["language": "tlh"]).status == 400)
        }
    }

    @Test func `another device is signed out alone, and then all of them`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let library = try await quarter.signedIn("Ada")
            let home = try await quarter.signedIn("Ada")
            let page = try await home.get("/account").text
            let other = try #require(page.firstMatch(of: /name="session" value="([^"]+)"/)).1
            #expect(page.components(separatedBy: "name=\"session\"").count == 2)
            try await home.submit("/account/sign-outs", ["session": String(other)])
            #expect(try await library.get("/account").status == 303)
            #expect(try await home.get("/account").status == 200)

            let third = try await quarter.signedIn("Ada")
            try await home.get("/account")
            #expect(try await home.submit("/account/sign-outs").header("location") == "/sign-in")
            #expect(try await home.get("/account").status == 303)
            #expect(try await third.get("/account").status == 303)
        }
    }

    @Test func `nobody ends the session of somebody else`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            try await quarter.resident("Eve")
            let ada = try await quarter.signedIn("Ada")
            let other = try await quarter.signedIn("Ada")
            let page = try await ada.get("/account").text
            let session = try #require(page.firstMatch(of: /name="session" value="([^"]+)"/)).1
            let eve = try await quarter.signedIn("Eve")
            try await eve.get("/account")
            try await eve.submit("/account/sign-outs", ["session": String(session)])
            #expect(try await other.get("/account").status == 200)
            #expect(try await eve.get("/account").status == 200)
        }
    }

    @Test func `the password is changed with the old one, and other devices are signed out`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let library = try await quarter.signedIn("Ada")
            let home = try await quarter.signedIn("Ada")
            try await home.get("/account/password")
            let refused = try await home.submit(
                "/account/password", ["password": "something else entirely", "new-password": "short"])
            #expect(refused.status == 422)
            #expect(refused.text.contains("href=\"#password\"") && refused.text.contains("href=\"#new-password\""))
            #expect(try await library.get("/account").status == 200)

            let changed = try await home.submit(
                "/account/password", ["password": Quarter.password, "new-password": "marronnier au soleil"])
            #expect(changed.status == 303)
            #expect(try await home.get("/account").status == 200)
            #expect(try await library.get("/account").status == 303)
        }
    }

    @Test func `a new address is confirmed while signed in, by its letter and a button`() async throws {
        try await withQuarter { quarter in
            let ada = try await quarter.resident("Ada")
            try await quarter.resident("Eve")
            let browser = try await quarter.signedIn("Ada")
            #expect(try await browser.get("/account").text.contains("href=\"/account/address\""))
            try await browser.get("/account/address")
            let refused = try await browser.submit(
                "/account/address", ["email": "ada", "password": "something else entirely"])
            #expect(refused.status == 422)
            #expect(refused.text.contains("href=\"#email\"") && refused.text.contains("href=\"#password\""))
            #expect(refused.text.contains("value=\"ada\""))

            var answers: [String] = []
            for address in ["eve@example.fr", "lovelace@example.fr"] {
                let sent = try await browser.submit(
                    "/account/address", ["email": address, "password": Quarter.password])
                #expect(sent.status == 303)
                let page = try await browser.get(sent.header("location") ?? "")
                answers.append(try String(#require(page.text.firstMatch(of: /(?s)<main.*<\/main>/)).0))
            }
            #expect(answers[0] == answers[1])

            let link = try #require(try await quarter.link("confirm_new_address"))
            let eve = try await quarter.signedIn("Eve")
            #expect(try await eve.get(link).status == 410)
            let visitor = try await quarter.browser().get(link)
            #expect(visitor.status == 303 && visitor.header("location")?.hasPrefix("/sign-in?next=") == true)
            #expect(try await browser.get(link).text.contains("lovelace@example.fr"))
            #expect(try await quarter.accounts.find(ada.id)?.email?.text == "ada@example.fr")
            #expect(try await browser.submit(link).header("location") == "/account")
            let page = try await browser.get("/account")
            #expect(page.text.contains("Your new address is saved.") && page.text.contains("lovelace@example.fr"))
            #expect(try await browser.get(link).status == 410)
        }
    }

    @Test func `a closed account is signed out and forgotten`() async throws {
        try await withQuarter { quarter in
            let ada = try await quarter.resident("Ada")
            let browser = try await quarter.signedIn("Ada")
            #expect(try await browser.get("/account/closing").text.contains("This cannot be undone."))
            let wrong = try await browser.submit("/account/closing", ["password": "something else entirely"])
            #expect(wrong.status == 422)
            let closed = try await browser.submit("/account/closing", ["password": Quarter.password])
            #expect(closed.status == 303)
            #expect(browser.cookie("session") == nil)
            #expect(try await quarter.accounts.find(ada.id) == nil)
        }
    }

    @Test(arguments: [
        "/account/name", "/account/language", "/account/sign-outs", "/account/password", "/account/closing",
        "/account/address", "/account/address/x",
    ])
    func `a visitor changes nothing`(path: String) async throws {
        try await withQuarter { quarter in
            let browser = quarter.browser()
            try await browser.get("/sign-in")
            #expect(try await browser.submit(path, ["name": "Eve", "password": Quarter.password]).status == 403)
        }
    }
}
