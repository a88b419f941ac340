import Foundation
import Hummingbird
@testable import Participation
import Testing
@testable import Web

@Suite("Pages kept for visitors")
struct VisitorPagesTests {
    /// A page that says how often it was made, kept or with a form in it.
    private static func routes(_ made: Counter) -> (Site, RouterGroup<AppContext>) -> Void {
        let pages = VisitorPages()
        return { site, group in
            group.get("/page") { request, context in
                try await pages.page(request, context, site) {
                    made.add()
                    return site.page(WordsPage(words: "made \(made.value)"), title: "Hello", request, context)
                }
            }
            group.get("/form") { request, context in
                try await pages.page(request, context, site) {
                    made.add()
                    return site.page(FormPage(action: "/form"), title: "Form", request, context)
                }
            }
            group.get("/done") { _, _ in
                site.see("/page", flash: .done("calendar.moment", ["date": "1", "time": "2"]))
            }
        }
    }

    @Test("visitors share a page, each address, language, contrast and compression its own")
    func shared() async throws {
        let made = Counter()
        try await withService(routes: Self.routes(made)) { client async throws in
            let first = try await client.get("/page")
            #expect(try await client.get("/page").body == first.body)
            #expect(made.value == 1)
            let others: [(String, [(String, String)])] = [
                ("/page?q=a", []), ("/page", [("Cookie", "language=de")]), ("/page", [("Cookie", "theme=contrast")]),
                ("/page", [("Accept-Encoding", "gzip")]),
            ]
            for (number, (path, headers)) in others.enumerated() {
                let answer = try await client.get(path, headers)
                #expect(made.value == number + 2)
                let again = try await client.get(path, headers)
                #expect(again.body == answer.body && made.value == number + 2)
                #expect(again.header("content-encoding") == answer.header("content-encoding"))
                #expect(again.all("vary") == ["Accept-Encoding"])
            }
            #expect(try await client.get("/page").body == first.body)
        }
    }

    @Test("nothing is kept that belongs to one reader: a session, a message, a form token")
    func personal() async throws {
        let made = Counter()
        let token = Token()
        let session = Session(
            id: ID(), account: SignedInAccount(id: ID(), person: ID(), name: "Odile", language: .german, roles: []),
            voting: nil, createdAt: .now, expiresAt: .now, renewalDue: false)
        try await withService(sessions: .one(session, token: token), routes: Self.routes(made)) { client async throws in
            let signedIn = try await client.get("/page", [("Cookie", "session=\(token.text); language=fr")])
            #expect(signedIn.text.contains("Odile"))
            let done = try await client.get("/done")
            _ = try await client.get("/page", [("Cookie", done.cookies)])
            #expect(made.value == 2)
            let visitor = try await client.get("/page")
            #expect(made.value == 3 && !visitor.text.contains("Odile") && visitor.all("set-cookie").isEmpty)
            // What was kept for visitors is not for somebody who has signed in.
            let again = try await client.get("/page", [("Cookie", "session=\(token.text); language=fr")])
            #expect(made.value == 4 && again.text.contains("Odile"))
            let form = try await client.get("/form")
            let other = try await client.get("/form")
            #expect(made.value == 6 && form.body != other.body && form.cookies != other.cookies)
        }
    }
}
