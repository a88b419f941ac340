import Hummingbird
import Logging
import Participation
import Postgres
import TestSupport
import Testing
@testable import Web

/// What visitors meet while the database is away. Tests/System stops a real one and starts it again.
@Suite("Outages")
struct OutageTests {
    /// A pool whose database is not there, and whose callers wait but a moment.
    private static func nowhere() -> Pool {
        Pool(
            .init(url: "postgresql://nobody@/x?host=/nowhere", acquireTimeout: .milliseconds(50)),
            logger: TestCluster.logger)
    }

    @Test("without its database the service says so calmly, in the reader's language, and when to come back")
    func away() async throws {
        let pool = Self.nowhere()
        let log = Log()
        try await withService(
            log: log, ready: { _ = try await pool.query("test.ready", "SELECT 1") },
            routes: { _, group in
                group.get("/votes") { _, _ -> Response in
                    _ = try await pool.query("test.votes", "SELECT 1")
                    return Response(status: .ok)
                }
                group.get("/crowded") { _, _ -> Response in throw Overloaded() }
            }
        ) { client async throws in
            for (language, words) in [
                ("fr", "indisponible"), ("en", "unavailable"), ("de", "nicht verfügbar"),
            ] {
                for path in ["/votes", "/crowded"] {
                    let answer = try await client.get(path, [("Accept-Language", language)])
                    #expect(answer.status == 503)
                    #expect(answer.header("retry-after") == "30")
                    #expect(answer.header("content-language") == language)
                    #expect(answer.text.contains(words))
                    // It is nobody's fault, and there is no number to tell anybody.
                    #expect(answer.text.firstMatch(of: /[0-9A-Z]{4}-[0-9A-Z]{4}/) == nil)
                }
            }
            let ready = try await client.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready.text == "not ready: the database does not answer\n")
            #expect(try await client.get("/healthz").status == 200)
            #expect(log.lines(.error).allSatisfy { $0.text.contains("not ready") })
        }
        await pool.close()
    }

    @Test("somebody whose session cannot be read is told the same, and keeps the cookie")
    func session() async throws {
        let pool = Self.nowhere()
        let sessions = SessionSource(Sessions(pool: pool, secrets: FrameSite.secrets))
        try await withService(
            sessions: sessions,
            routes: { site, group in
                group.get("/page") { request, context in
                    site.page(WordsPage(words: "hello"), title: "Hello", request, context)
                }
            }
        ) { client async throws in
            let answer = try await client.get("/page", [("Cookie", "session=\(Token().text)")])
            #expect(answer.status == 503)
            #expect(!answer.all("set-cookie").contains { $0.hasPrefix("session=") })
            #expect(try await client.get("/page").status == 200)
        }
        await pool.close()
    }
}
