import Foundation
import Logging
@testable import Participation
import Postgres
import Synchronization
import TestSupport
@testable import Web

/// A small town as its residents meet it: the whole service on a database of its own, and browsers to visit it with.
struct Quarter: Sendable {
    static let password = "tilleul sous la pluie"

    let client: Client
    let pool: Pool
    let accounts: Accounts
    let roles: Roles
    let log: Log

    /// A browser that nobody has used yet.
    func browser(_ language: Language = .english) -> Browser { Browser(client: client, language: language) }

    /// A resident with an account, holding `roles`.
    @discardableResult
    func resident(_ name: String, roles: [HeldRole] = []) async throws -> Account {
        try await accounts.create(
            email: "\(name.lowercased())@example.fr", name: name, password: Self.password, language: .english,
            roles: roles, by: .operator)
    }

    /// A browser in which `name` has signed in.
    func signedIn(_ name: String) async throws -> Browser {
        let browser = browser()
        try await browser.get("/sign-in")
        try await browser.submit(
            "/sign-in", ["email": "\(name.lowercased())@example.fr", "password": Self.password])
        return browser
    }

    /// The link in the last letter of `kind`, as a path; nil when there is no such letter.
    func link(_ kind: String) async throws -> String? {
        let rows = try await pool.query(
            "test.letter", "SELECT body FROM outbox WHERE kind = \(kind) ORDER BY id DESC LIMIT 1")
        let body: String? = try rows.first?.get("body")
        return body.flatMap { $0.firstMatch(of: /http:\/\/localhost:8080(\/\S+)/) }.map { String($0.1) }
    }
}

/// Runs `body` in a quarter of its own.
func withQuarter(isDevelopment: Bool = true, _ body: @escaping @Sendable (Quarter) async throws -> Void) async throws {
    try await withDatabase { pool in
        let site = try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(place: "Mairie, 1 place du Tilleul", hours: "lundi, 9 h – 17 h", phone: "02 00 00 00 00"),
                isDevelopment: isDevelopment),
            resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets)
        let accounts = Accounts(
            pool: pool, secrets: FrameSite.secrets, passwords: Passwords(), correspondent: Letters(site: site))
        let sessions = Sessions(pool: pool, secrets: FrameSite.secrets)
        let roles = Roles(pool: pool)
        let folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mail = MailFolder(path: folder)
        let log = Log()
        try await withService(
            site, sessions: SessionSource(sessions), log: log,
            routes: { site, routes in
                Residents(site: site, accounts: accounts, sessions: sessions, mail: mail).add(to: routes)
                RoleController(site: site, roles: roles).add(to: routes)
            }
        ) { client in
            try await body(Quarter(client: client, pool: pool, accounts: accounts, roles: roles, log: log))
        }
    }
}

/// A browser: keeps cookies, remembers the token of the last form, and follows no redirect by itself.
final class Browser: Sendable {
    private struct State {
        var cookies: [String: String] = [:]
        var token = ""
    }

    private let client: Client
    private let language: Language
    private let state = Mutex(State())

    init(client: Client, language: Language) {
        self.client = client
        self.language = language
    }

    /// The value of a cookie; nil when there is none.
    func cookie(_ name: String) -> String? { state.withLock { $0.cookies[name] } }

    /// Puts a cookie in by hand, as an attacker might.
    func plant(_ name: String, _ value: String) { state.withLock { $0.cookies[name] = value } }

    @discardableResult
    func get(_ path: String) async throws -> Client.Answer {
        keep(try await client.get(path, headers))
    }

    /// Sends a form with the token of the last page.
    @discardableResult
    func submit(_ path: String, _ fields: KeyValuePairs<String, String> = [:]) async throws -> Client.Answer {
        let pairs = [("token", token)] + fields.map { ($0.key, $0.value) }
        let body = pairs.map { "\($0)=\(PercentDecoding.encode($1))" }.joined(separator: "&")
        return keep(try await client.post(path, body, headers))
    }

    /// The token of the last page.
    var token: String { state.withLock { $0.token } }

    /// Sends a body of any type as the browser would send a form.
    func send(_ method: String, _ path: String, _ body: [UInt8], type: String) async throws -> Client.Answer {
        let form = [("Content-Type", type), ("Origin", "http://localhost:8080")]
        return keep(try await client.send(method, path, headers + form, body: body))
    }

    private var headers: [(String, String)] {
        let cookies = state.withLock { $0.cookies.map { "\($0)=\($1)" }.joined(separator: "; ") }
        return [("Accept-Language", language.rawValue), ("User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/140.0")]
            + (cookies.isEmpty ? [] : [("Cookie", cookies)])
    }

    private func keep(_ answer: Client.Answer) -> Client.Answer {
        state.withLock { state in
            for header in answer.all("set-cookie") {
                guard let equals = header.firstIndex(of: "=") else { continue }
                let value = header[header.index(after: equals)...].prefix { $0 != ";" }
                state.cookies[String(header[..<equals])] = value.isEmpty ? nil : String(value)
            }
            if let token = answer.token { state.token = token }
        }
        return answer
    }
}
