import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
@testable import Participation
import Testing
@testable import Web

/// Each trap of the framework below us, and what our service does instead.
@Suite("Known traps")
struct TrapsTests {
    struct Broken: Error {
        let secret = "do not show this"
    }

    private static func routes(site: Site, group: RouterGroup<AppContext>) {
        group.get("/page") { request, context in
            site.page(WordsPage(words: "<b> & “quoted”"), title: "A page", request, context)
        }
        group.get("/broken") { _, _ -> Response in throw Broken() }
        group.get("/absent") { _, _ -> Response in throw Absent() }
        group.get("/refused") { _, _ -> Response in throw Refusal("error.too_many", status: .conflict) }
        group.get("/account") { request, context in
            site.page(WordsPage(words: try context.requireAccount().name), title: "A", request, context)
        }
        group.get("/form") { request, context in
            site.page(FormPage(action: "/form"), title: "A form", request, context)
        }
        group.post("/form") { request, context in
            let form = try await site.form(request, context)
            return site.page(WordsPage(words: form.all("x").joined(separator: "|")), title: "Read", request, context)
        }
        group.post("/file") { request, context in
            let form = try await site.multipartForm(request, context, limits: .init(total: 200_000))
            let size = form.file("file")?.bytes.readableBytes ?? -1
            return site.page(WordsPage(words: "\(size) bytes"), title: "Read", request, context)
        }
        group.get("/votes/{vote}") { request, context in
            site.page(WordsPage(words: try context.slug("vote")), title: "Vote", request, context)
        }
        group.get("/places/{place}") { request, context in
            site.page(WordsPage(words: try context.parameter("place")), title: "Place", request, context)
        }
        group.get("/search") { request, context in
            site.page(WordsPage(words: try request.query().text("q")), title: "Search", request, context)
        }
    }

    private static let session = Session(
        id: ID(), account: SignedInAccount(id: ID(), person: ID(), name: "Odile Tilleul", language: .german, roles: []),
        voting: nil, createdAt: .now, expiresAt: .now, renewalDue: false)

    // MARK: Order of middleware

    @Test("a file of Public, and a visitor without a cookie, ask nobody about a session")
    func noSessionForFiles() async throws {
        let token = Token()
        let finds = Counter()
        let site = try FrameSite.development()
        let sheet = try #require(site.assets.url("site.css"))
        try await withService(site, sessions: .one(Self.session, token: token, finds: finds), routes: Self.routes) {
            client async throws in
            let cookie = [("Cookie", "session=\(token.text)")]
            #expect(try await client.get(sheet, cookie).status == 200)
            #expect(try await client.get("/healthz", cookie).status == 200)
            #expect(try await client.get("/nothing-here", cookie).status == 404)
            #expect(try await client.get("/page").status == 200)
            #expect(finds.value == 0)
            #expect(try await client.get("/page", cookie).text.contains("Odile Tilleul"))
            #expect(finds.value == 1)
        }
    }

    @Test(
        "every answer carries the security headers, errors and files included",
        arguments: [
            ("/page", 200), ("/broken", 500), ("/absent", 404), ("/refused", 409), ("/nowhere", 404), ("/account", 303),
            ("/robots.txt", 200), ("/assets/../Package.swift", 404),
        ])
    func securityHeaders(path: String, status: Int) async throws {
        try await withService(routes: Self.routes) { client async throws in
            for method in ["GET", "HEAD"] {
                let answer = try await client.get(path, method: method)
                #expect(answer.status == status)
                let policy = try #require(answer.header("content-security-policy"))
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.header("x-content-type-options") == "nosniff")
                #expect(answer.header("referrer-policy") == "same-origin")
                #expect(answer.header("cross-origin-opener-policy") == "same-origin")
                #expect(answer.header("cross-origin-resource-policy") == "same-origin")
                #expect(answer.header("permissions-policy")?.contains("camera=()") == true)
                #expect(answer.header("strict-transport-security") == nil)
                #expect(method == "GET" || answer.body.isEmpty)
            }
        }
    }

    // MARK: Errors

    @Test("an unknown error is a page with a number, logged once under that number, and shows nothing else")
    func fault() async throws {
        let log = Log()
        try await withService(log: log, routes: Self.routes) { client async throws in
            let answer = try await client.get("/broken")
            #expect(answer.status == 500)
            #expect(answer.header("content-type") == "text/html; charset=utf-8")
            let number = try #require(answer.text.firstMatch(of: /[0-9A-Z]{4}-[0-9A-Z]{4}/)).0
            #expect(!answer.text.contains("Broken") && !answer.text.contains("do not show"))
            let errors = log.lines(.error)
            #expect(errors.count == 1)
            #expect(errors[0].text.contains(number) && errors[0].text.contains("Broken"))
        }
    }

    @Test("what is absent and what is refused is a page in the reader's language, and no event")
    func errorsInTheReadersLanguage() async throws {
        let log = Log()
        try await withService(log: log, routes: Self.routes) { client async throws in
            for (language, words) in [
                ("fr", "Page introuvable"), ("en-GB,en;q=0.9", "Page not found"), ("de", "Seite nicht gefunden"),
                ("nl", "Page introuvable"),
            ] {
                for path in ["/absent", "/nowhere", "/votes/UPPER", "/places/%FF"] {
                    let answer = try await client.get(path, [("Accept-Language", language)])
                    #expect(answer.status == 404)
                    #expect(answer.text.contains(words), "\(path) in \(language)")
                }
            }
            let other = try await client.get("/absent?lang=de")
            #expect(other.status == 303 && other.header("location") == "/absent")
            let nowhere = try await client.get("/nowhere?lang=de")
            #expect(nowhere.status == 303 && nowhere.cookies == "language=de")
            #expect(log.lines(.error).isEmpty)
        }
    }

    @Test("a known path with another method is 405 and says what it allows")
    func methodNotAllowed() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let answer = try await client.send(
                "DELETE", "/form", [("Origin", "http://localhost:8080")], body: [])
            #expect(answer.status == 405)
            #expect(answer.header("allow") == "GET, HEAD, POST")
            #expect(try await client.post("/votes/diagonales", "").status == 405)
        }
    }

    // MARK: Forms

    @Test("repeated keys are fine, broken ones are 400, other types are 415, long ones are 413: never 500")
    func forms() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let page = try await client.get("/form")
            let token = try #require(page.token)
            let cookie = [("Cookie", page.cookies)]
            func status(_ body: String, type: String? = "application/x-www-form-urlencoded") async throws -> Int {
                try await client.post("/form", "token=\(token)&\(body)", cookie, type: type).status
            }
            let good = try await client.post("/form", "token=\(token)&x=1&x=2&x=1", cookie)
            #expect(good.status == 200)
            #expect(good.text.contains("1|2|1"))
            #expect(try await status("x=1", type: "application/x-www-form-urlencoded; charset=UTF-8") == 200)
            #expect(try await status("x=%zz") == 400)
            #expect(try await status("x=%FF") == 400)
            #expect(try await status("x=%00") == 400)
            #expect(try await status("x=1", type: "application/json") == 415)
            #expect(try await status("x=1", type: "text/plain") == 415)
            #expect(try await status("x=1", type: nil) == 415)
            #expect(try await status("x=" + String(repeating: "a", count: 64 * 1024)) == 413)
        }
    }

    @Test("a form cut off by a broken connection is not taken for a whole one")
    func truncatedForm() async throws {
        let log = Log()
        try await withService(log: log, routes: Self.routes) { client async throws in
            let page = try await client.get("/form")
            let body = "token=\(try #require(page.token))&x=half"
            let head = """
                POST /form HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r
                Cookie: \(page.cookies)\r\nContent-Type: application/x-www-form-urlencoded\r
                Content-Length: \(body.utf8.count + 6)\r\n\r\n
                """
            let answer = try await client.connection { inbound, outbound in
                try await outbound.write(ByteBuffer(string: head + body))
                outbound.finish()
                var all: [UInt8] = []
                for try await part in inbound { all += part.readableBytesView }
                return String(decoding: all, as: UTF8.self)
            }
            #expect(!answer.contains("half"))
            #expect(answer.isEmpty || answer.contains(" 400 "))
            // The answer may not reach anybody, and who leaves may not even be logged; taken it is not.
            #expect(try await client.get("/form").status == 200)
            #expect(!log.all.contains { $0.text.contains("POST") && $0.text.contains("200") })
            #expect(log.lines(.error).isEmpty)
        }
    }

    @Test(
        "a form from anywhere else is refused before it is read",
        arguments: [
            ([("Origin", "https://evil.example")], 403),
            ([("Origin", "null")], 403),
            ([("Sec-Fetch-Site", "cross-site"), ("Origin", "http://localhost:8080")], 403),
            ([("Sec-Fetch-Site", "same-site")], 403),
            ([("Sec-Fetch-Site", "none")], 403),
            ([], 403),
            ([("Origin", "http://localhost:8080")], 200),
            ([("Sec-Fetch-Site", "same-origin")], 200),
        ] as [([(String, String)], Int)])
    func crossOrigin(headers: [(String, String)], status: Int) async throws {
        try await withService(routes: Self.routes) { client async throws in
            let page = try await client.get("/form")
            let answer = try await client.post(
                "/form", "token=\(try #require(page.token))&x=1", headers + [("Cookie", page.cookies)], origin: nil)
            #expect(answer.status == status)
        }
    }

    @Test("a form needs a token made for this visitor; two pages never show the same one")
    func formTokens() async throws {
        let token = Token()
        try await withService(sessions: .one(Self.session, token: token), routes: Self.routes) { client async throws in
            let visitor = try await client.get("/form")
            let other = try await client.get("/form")
            let again = try await client.get("/form", [("Cookie", visitor.cookies)])
            let signedIn = [("Cookie", "session=\(token.text)")]
            let account = try await client.get("/form", signedIn)
            let tokens = try [visitor, other, again, account].map { try #require($0.token) }
            #expect(Set(tokens).count == 4)
            #expect(again.cookies.isEmpty)
            #expect(account.cookies.isEmpty)

            func status(_ token: String, _ cookie: [(String, String)]) async throws -> Int {
                try await client.post("/form", "token=\(token)", cookie).status
            }
            #expect(try await status(tokens[0], [("Cookie", visitor.cookies)]) == 200)
            #expect(try await status(tokens[2], [("Cookie", visitor.cookies)]) == 200)
            #expect(try await status(tokens[3], signedIn) == 200)
            #expect(try await status(tokens[1], [("Cookie", visitor.cookies)]) == 403)
            #expect(try await status(tokens[0], []) == 403)
            #expect(try await status(tokens[0], signedIn) == 403)
            #expect(try await status(tokens[3], [("Cookie", visitor.cookies)]) == 403)
            #expect(try await status("", [("Cookie", visitor.cookies)]) == 403)
            #expect(try await status("%C3%A9%E2%82%AC", [("Cookie", visitor.cookies)]) == 403)
            let changed = (tokens[0].hasPrefix("A") ? "B" : "A") + tokens[0].dropFirst()
            #expect(try await status(changed, [("Cookie", visitor.cookies)]) == 403)
        }
    }

    @Test("a page without a form sets no cookie")
    func noCookieWithoutForm() async throws {
        try await withService(routes: Self.routes) { client async throws in
            #expect(try await client.get("/page").all("set-cookie").isEmpty)
            let form = try await client.get("/form")
            #expect(form.all("set-cookie").count == 1)
            #expect(form.all("set-cookie")[0].contains("HttpOnly; SameSite=Lax"))
        }
    }

    @Test("files come through a form with parts, up to a limit")
    func files() async throws {
        try await withService(routes: Self.routes) { client async throws in
            let page = try await client.get("/form")
            let token = try #require(page.token)
            func send(_ content: String) async throws -> Client.Answer {
                let body = """
                    --b\r\nContent-Disposition: form-data; name="token"\r\n\r\n\(token)\r
                    --b\r\nContent-Disposition: form-data; name="file"; filename="a.pb"\r\n\r\n\(content)\r\n--b--\r\n
                    """
                return try await client.post(
                    "/file", body, [("Cookie", page.cookies)], type: "multipart/form-data; boundary=\"b\"")
            }
            #expect(try await send(String(repeating: "x", count: 150_000)).text.contains("150000 bytes"))
            #expect(try await send(String(repeating: "x", count: 250_000)).status == 413)
            let plain = try await client.post("/file", "token=\(token)", [("Cookie", page.cookies)])
            #expect(plain.status == 415)
        }
    }

    // MARK: Paths and methods

    @Test("parts of a path are decoded in one place; plus is a space in a query and a plus in a path")
    func decoding() async throws {
        try await withService(routes: Self.routes) { client async throws in
            #expect(try await client.get("/places/%C3%A9cole%20%2B+1").text.contains(">école ++1<"))
            #expect(try await client.get("/votes/diagonales-2026").text.contains(">diagonales-2026<"))
            #expect(try await client.get("/votes/a%2Fb").status == 404)
            #expect(try await client.get("/votes/%zz").status == 404)
            #expect(try await client.get("/search?q=deux+mots%20et%2B").text.contains(">deux mots et+<"))
            #expect(try await client.get("/search?q=%zz").status == 400)
        }
    }

    @Test("HEAD answers as GET does, without the body", arguments: ["/page", "/robots.txt", "/healthz", "/nowhere"])
    func head(path: String) async throws {
        try await withService(routes: Self.routes) { client async throws in
            let get = try await client.get(path)
            let head = try await client.get(path, method: "HEAD")
            #expect(head.status == get.status)
            #expect(head.body.isEmpty)
            #expect(head.header("content-length") == get.header("content-length"))
            #expect(head.header("content-type") == get.header("content-type"))
        }
    }

    // MARK: What browsers keep

    @Test("a page for somebody signed in is kept nowhere")
    func noStore() async throws {
        let token = Token()
        try await withService(sessions: .one(Self.session, token: token), routes: Self.routes) { client async throws in
            let cookie = [("Cookie", "session=\(token.text)")]
            #expect(try await client.get("/account", cookie).header("cache-control") == "no-store")
            #expect(try await client.get("/page").header("cache-control") == "private, no-cache")
        }
    }

    // MARK: Log

    @Test("the log names method, route pattern, status and time, and nothing about the person")
    func requestLog() async throws {
        let log = Log()
        try await withService(log: log, routes: Self.routes) { client async throws in
            _ = try await client.get("/votes/secret-choice?q=secret-query", [("Cookie", "session=secret-cookie")])
            _ = try await client.post("/form", "x=secret-body")
        }
        #expect(log.text.contains("/votes/{vote}"))
        #expect(log.text.contains("200") && log.text.contains("403") && log.text.contains("POST"))
        #expect(!log.text.contains("secret"))
        #expect(!log.all.contains { $0.text.contains("Answered") && $0.text.contains("127.0.0.1") })
    }
}
