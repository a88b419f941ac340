import Foundation
import Hummingbird
@testable import Participation
import Testing
@testable import Web

/// What follows a reader from page to page: language, colours, messages, session.
@Suite("Readers")
struct ReaderTests {
    private static func routes(site: Site, group: RouterGroup<AppContext>) {
        group.get("/page") { request, context in
            site.page(WordsPage(words: "hello"), title: "Hello", request, context)
        }
        group.get("/done") { _, _ in
            site.see("/page", flash: .done("calendar.moment", ["date": "<today>", "time": "é"]))
        }
        group.get("/account") { request, context in
            site.page(WordsPage(words: try context.requireAccount().name), title: "A", request, context)
        }
        group.post("/account") { _, context in
            _ = try context.requireAccount()
            return site.see("/account")
        }
        group.get("/sign-in-now") { _, _ in site.signingIn(Token(), site.see("/account")) }
        group.get("/sign-out-now") { _, _ in site.signingOut(site.see("/page")) }
        group.get("/next") { request, _ in site.see(try request.query().text("next")) }
    }

    private static func session(renewalDue: Bool = false) -> Session {
        Session(
            id: ID(),
            account: SignedInAccount(id: ID(), person: ID(), name: "Odile", language: .german, roles: []),
            voting: nil, createdAt: .now, expiresAt: .now, renewalDue: renewalDue)
    }

    @Test("the language is the cookie's, then the account's, then the browser's, then French")
    func language() async throws {
        let token = Token()
        try await withService(sessions: .one(Self.session(), token: token), routes: Self.routes) {
            client async throws in
            func language(_ headers: [(String, String)]) async throws -> String? {
                let answer = try await client.get("/page", headers)
                #expect(answer.text.contains("<html lang=\"\(answer.header("content-language") ?? "")\""))
                return answer.header("content-language")
            }
            #expect(try await language([]) == "fr")
            #expect(try await language([("Accept-Language", "nl, en;q=0.3, de;q=0.7")]) == "de")
            #expect(try await language([("Accept-Language", "fr;q=0, en-US")]) == "en")
            #expect(try await language([("Accept-Language", "eng, frx")]) == "fr")
            let signedIn = "session=\(token.text)"
            #expect(try await language([("Accept-Language", "en"), ("Cookie", signedIn)]) == "de")
            #expect(try await language([("Cookie", "\(signedIn); language=en")]) == "en")
            #expect(try await language([("Cookie", "language=xx")]) == "fr")
        }
    }

    @Test("choosing a language or colours leads back to the same page")
    func choices() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let german = try await client.get("/page?a=1&lang=de&b=%C3%A9")
            #expect(german.status == 303)
            #expect(german.header("location") == "/page?a=1&b=%C3%A9")
            #expect(
                german.all("set-cookie") == [
                    "language=de; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
                ])
            let contrast = try await client.get("/page?theme=contrast")
            #expect(contrast.header("location") == "/page" && contrast.cookies == "theme=contrast")
            let page = try await client.get("/page?a=1", [("Cookie", "theme=contrast")])
            #expect(page.text.contains("data-theme=\"contrast\""))
            #expect(page.text.contains("href=\"/page?a=1&amp;lang=de\""))
            let system = try await client.get("/page?theme=system")
            #expect(
                system.all("set-cookie")[0].contains("theme=; Path=/")
                    && system.all("set-cookie")[0].contains("Max-Age=0"))
            let unknown = try await client.get("/page?lang=xx")
            #expect(unknown.status == 303 && unknown.all("set-cookie").isEmpty)
            // The path could lead elsewhere, once the browser has dropped the tab.
            #expect(try await client.get("//evil.example?lang=de").header("location") == "/")
        }
    }

    @Test("a message is shown on the next page, once, and cannot be forged")
    func flash() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let done = try await client.get("/done")
            #expect(done.status == 303 && done.header("location") == "/page")
            let page = try await client.get("/page", [("Cookie", done.cookies)])
            #expect(page.text.contains("&lt;today&gt; à é"))
            #expect(page.all("set-cookie").contains { $0.hasPrefix("flash=;") })
            let forged = done.cookies.replacing("flash=", with: "flash=A")
            #expect(!(try await client.get("/page", [("Cookie", forged)])).text.contains("today"))
        }
    }

    @Test("somebody who has to sign in is led there and back; a form is refused")
    func signInNeeded() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let answer = try await client.get("/account?a=1&b=%20")
            #expect(answer.status == 303)
            #expect(answer.header("location") == "/sign-in?next=%2Faccount%3Fa%3D1%26b%3D%2520")
            #expect(try await client.post("/account", "").status == 403)
        }
    }

    @Test("a session's cookie is kept from scripts and other sites, and from plain connections on https")
    func cookie() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let plain = try await client.get("/sign-in-now").all("set-cookie")
            #expect(plain.count == 1)
            #expect(plain[0].wholeMatch(of: /session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/) != nil)
            #expect(try await client.get("/sign-out-now").all("set-cookie")[0].contains("session=; Path=/"))
        }
        let secure = try FrameSite.development(publicURL: "https://participer.example", isDevelopment: false)
        try await withService(secure, routes: Self.routes) { client async throws in
            let answer = try await client.get("/sign-in-now")
            let pattern = /__Host-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure/
            #expect(answer.all("set-cookie")[0].wholeMatch(of: pattern) != nil)
            #expect(answer.header("strict-transport-security") != nil)
            // Not in development: the name that the request itself gives the service proves nothing.
            #expect(try await client.post("/account", "", origin: "http://localhost:8080").status == 403)
        }
    }

    @Test("a session that has ended is taken out of the browser, one that is due gets a new token once")
    func renewal() async throws {
        let token = Token()
        let new = Token()
        let due = Self.session(renewalDue: true)
        let source = SessionSource(find: { $0 == token ? due : nil }, renew: { $0 == token ? new : nil })
        try await withService(sessions: source, routes: Self.routes) { client async throws in
            let page = try await client.get("/page", [("Cookie", "session=\(token.text)")])
            #expect(page.cookies == "session=\(new.text)")
            let out = try await client.get("/sign-out-now", [("Cookie", "session=\(token.text)")])
            #expect(out.all("set-cookie").count == 1 && out.cookies == "session=")
            let ended = try await client.get("/page", [("Cookie", "session=\(Token().text)")])
            #expect(ended.status == 200 && ended.cookies == "session=")
        }
    }

    @Test(
        "redirects stay on this site",
        arguments: [
            "https://evil.example", "//evil.example", "/\\evil.example", "/%09/evil.example", "/%0A/evil.example",
            "%5C%5Cevil.example", "evil.example", "javascript:alert(1)", "", "/%C3%A9", "%20//evil.example",
        ])
    func redirects(target: String) async throws {
        try await withService(routes: Self.routes) { client async throws in
            #expect(try await client.get("/next?next=\(target)").header("location") == "/")
            let good = try await client.get("/next?next=/votes/a%3Fb%3D1%23c")
            #expect(good.header("location") == "/votes/a?b=1#c")
        }
    }

    @Test("pages come compressed, and two answers differ in more than the token")
    func compression() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let plain = try await client.get("/page")
            let small = try await client.get("/page", [("Accept-Encoding", "gzip")])
            #expect(small.header("content-encoding") == "gzip")
            #expect(small.header("vary") == "Accept-Encoding")
            #expect(small.header("content-length") == "\(small.body.count)")
            #expect(small.body.starts(with: [0x1F, 0x8B]))
            #expect(small.body.count < plain.body.count * 2 / 3)
        }
    }

    @Test("a page kept for visitors is theirs alone, in each language, and never holds a form token")
    func visitorPages() async throws {
        let made = Counter()
        let pages = VisitorPages()
        let token = Token()
        func routes(site: Site, group: RouterGroup<AppContext>) {
            group.get("/page") { request, context in
                try await pages.page(request, context, site) {
                    made.add()
                    return site.page(WordsPage(words: "page \(made.value)"), title: "Page", request, context)
                }
            }
            group.get("/form") { request, context in
                try await pages.page(request, context, site) {
                    site.page(FormPage(action: "/form"), title: "Form", request, context)
                }
            }
        }
        try await withService(sessions: .one(Self.session(), token: token), routes: routes) { client async throws in
            #expect(try await client.get("/page").text.contains("page 1"))
            #expect(try await client.get("/page").text.contains("page 1"))
            #expect(try await client.get("/page", [("Accept-Language", "de")]).text.contains("page 2"))
            #expect(try await client.get("/page", [("Cookie", "theme=contrast")]).text.contains("page 3"))
            #expect(try await client.get("/page?a=1").text.contains("page 4"))
            let small = try await client.get("/page", [("Accept-Encoding", "gzip")])
            #expect(small.header("content-encoding") == "gzip" && made.value == 5)
            let signedIn = try await client.get("/page", [("Cookie", "session=\(token.text)")])
            #expect(signedIn.text.contains("page 6") && signedIn.text.contains("Odile"))
            #expect(try await client.get("/page").text.contains("page 1"))

            let visitor = try await client.get("/form")
            let again = try await client.get("/form", [("Cookie", visitor.cookies)])
            let other = try await client.get("/form", [("Cookie", "visit=\(String(repeating: "x", count: 22))")])
            #expect(Set([visitor.token, again.token, other.token]).count == 3)
            #expect(again.cookies.isEmpty && other.cookies.isEmpty)
        }
    }

    @Test("health is about the process, readiness about what it needs")
    func health() async throws {
        struct NotReady: Error {}
        try await withService { client async throws in
            #expect(try await client.get("/healthz").text == "ok\n")
            #expect(try await client.get("/readyz").status == 200)
        }
        let log = Log()
        try await withService(log: log, ready: { throw NotReady() }) { client async throws in
            #expect(try await client.get("/healthz").status == 200)
            let answer = try await client.get("/readyz")
            #expect(answer.status == 503 && !answer.text.contains("NotReady"))
            #expect(log.text.contains("NotReady"))
        }
    }

    @Test("a letter is plain text, in the language of the person")
    func letter() throws {
        let site = try FrameSite.development()
        let text = site.letter(LetterPage(words: "l’été <b> & co"), .english)
        #expect(text.hasPrefix("l’été <b> & co\nSign in"))
        #expect(text.contains("Tilleul-sur-Loire") && text.contains("02 00 00 00 00"))
    }

    @Test("a page shows words as words")
    func escaping() throws {
        let site = try FrameSite.development()
        let html = site.fragment(WordsPage(words: "<script>alert('x')</script> \"&"), .french)
        #expect(!html.contains("<script>alert"))
    }

    @Test("a network that asks too often waits, another does not")
    func buckets() throws {
        let clock = Clock()
        let buckets = Buckets(burst: 2, perMinute: 60, now: { clock.now })
        let network = Network(address: "192.0.2.1")
        try buckets.take(network)
        try buckets.take(network)
        #expect(throws: Refusal.tooMany) { try buckets.take(network) }
        try buckets.take(Network(address: "198.51.100.1"))
        clock.advance(by: .seconds(1))
        try buckets.take(network)
        #expect(throws: Refusal.tooMany) { try buckets.take(network) }
    }

    @Test("behind a proxy the address is the one that the proxy adds; otherwise nobody can claim one")
    func forwardedAddress() async throws {
        func routes(site: Site, group: RouterGroup<AppContext>) {
            group.get("/address") { request, context in
                site.page(WordsPage(words: context.remoteAddress ?? "none"), title: "A", request, context)
            }
        }
        let claim = [("X-Forwarded-For", "192.0.2.1, 198.51.100.7")]
        try await withService(routes: routes) { client async throws in
            #expect(try await client.get("/address", claim).text.contains(">127.0.0.1<"))
        }
        try await withService(FrameSite.development(isBehindProxy: true), routes: routes) { client async throws in
            #expect(try await client.get("/address", claim).text.contains(">198.51.100.7<"))
            #expect(try await client.get("/address").text.contains(">127.0.0.1<"))
        }
    }

    /// A clock that a test moves.
    private final class Clock: @unchecked Sendable {
        var now = ContinuousClock.now
        func advance(by duration: Duration) { now += duration }
    }
}
