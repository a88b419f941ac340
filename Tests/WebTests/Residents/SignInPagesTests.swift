import Foundation
import Participation
import Testing

@Suite("Pages: signing in and out")
struct SignInPagesTests {
    @Test func `whoever signs in goes on to the page they came for`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let browser = quarter.browser()
            let turnedBack = try await browser.get("/account")
            #expect(turnedBack.status == 303)
            let path = try #require(turnedBack.header("location"))
            #expect(try await browser.get(path).text.contains("name=\"next\" value=\"/account\""))
            let answer = try await browser.submit(
                "/sign-in", ["email": "ada@example.fr", "password": Quarter.password, "next": "/account"])
            #expect(answer.status == 303)
            #expect(answer.header("location") == "/account")
            #expect(try await browser.get("/account").status == 200)
            #expect(try await browser.get("/sign-in").header("location") == "/account")
        }
    }

    @Test(arguments: ["//evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil.example", "javascript:x"])
    func `nobody is sent away to another site`(next: String) async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let browser = quarter.browser()
            try await browser.get("/sign-in")
            let answer = try await browser.submit(
                "/sign-in", ["email": "ada@example.fr", "password": Quarter.password, "next": next])
            #expect(answer.header("location") == "/")
        }
    }

    @Test func `unknown and wrong are refused in the same words`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            var pages: [String] = []
            for email in ["ada@example.fr", "bob@example.fr", "no address"] {
                let browser = quarter.browser()
                try await browser.get("/sign-in")
                let answer = try await browser.submit(
                    "/sign-in", ["email": email, "password": "something else entirely"])
                #expect(answer.status == 422)
                #expect(answer.text.contains("The address or the password is not right."))
                #expect(answer.text.contains("value=\"\(email)\""))
                #expect(browser.cookie("session") == nil)
                pages.append(
                    answer.text.replacing(email, with: "").replacing(/name="token" value="[^"]*"/, with: ""))
            }
            #expect(Set(pages).count == 1)
        }
    }

    @Test func `a session planted before signing in is worth nothing after`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            try await quarter.resident("Eve")
            let eve = try await quarter.signedIn("Eve")
            let planted = try #require(eve.cookie("session"))

            let ada = quarter.browser()
            ada.plant("session", planted)
            try await ada.submit("/sign-out")
            try await ada.get("/sign-in")
            ada.plant("session", planted)
            let answer = try await ada.get("/account")
            #expect(answer.text.contains("eve@example.fr"))
            try await ada.submit("/sign-in", ["email": "ada@example.fr", "password": Quarter.password])
            #expect(ada.cookie("session") != planted)
            // The one who planted it finds nothing behind it any more.
            #expect(try await eve.get("/account").status == 303)
        }
    }

    @Test func `the seventh attempt is told how long to wait`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let browser = quarter.browser()
            try await browser.get("/sign-in")
            for _ in 0..<6 {
                try await browser.submit(
                    "/sign-in", ["email": "ada@example.fr", "password": "something else entirely"])
            }
            let answer = try await browser.submit(
                "/sign-in", ["email": "ada@example.fr", "password": Quarter.password])
            #expect(answer.status == 429)
            #expect(answer.text.contains("Too many attempts. Wait "))
        }
    }

    @Test func `signing out ends the session and not only the cookie`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let browser = try await quarter.signedIn("Ada")
            let session = try #require(browser.cookie("session"))
            try await browser.get("/account")
            #expect(try await browser.submit("/sign-out").status == 303)
            #expect(browser.cookie("session") == nil)
            browser.plant("session", session)
            #expect(try await browser.get("/account").status == 303)
        }
    }

    @Test func `a forgotten password is replaced by the link of a letter`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let browser = quarter.browser()
            try await browser.get("/password-reset")
            let asked = try await browser.submit("/password-reset", ["email": "ada@example.fr"])
            #expect(asked.header("location") == "/password-reset/sent")
            #expect(try await browser.get("/password-reset/sent").status == 200)
            let link = try #require(try await quarter.link("reset_password"))
            #expect(try await browser.get(link).status == 200)
            #expect(try await browser.submit(link, ["password": "short"]).status == 422)
            let set = try await browser.submit(link, ["password": "marronnier au soleil"])
            #expect(set.status == 303)
            #expect(try await browser.get("/account").text.contains("Your password is changed"))
            #expect(try await browser.get(link).status == 410)

            let unknown = quarter.browser()
            try await unknown.get("/password-reset")
            let same = try await unknown.submit("/password-reset", ["email": "bob@example.fr"])
            #expect(same.header("location") == "/password-reset/sent")
        }
    }

    @Test func `a form of another page or person is refused`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Ada")
            let other = quarter.browser()
            try await other.get("/sign-in")
            let browser = quarter.browser()
            let answer = try await browser.submit(
                "/sign-in", ["email": "ada@example.fr", "password": Quarter.password])
            #expect(answer.status == 403)
            #expect(browser.cookie("session") == nil)
        }
    }
}
