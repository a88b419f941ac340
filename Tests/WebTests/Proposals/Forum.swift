import Foundation
import HTTPTypes
import Hummingbird
@testable import Participation
import Postgres
import TestSupport
@testable import Web

/// The whole city with a call for proposals, and browsers to visit it with: Ada and Bruno, who live there, and Agathe,
/// an agent.
struct Forum: Sendable {
    let client: Client
    let pool: Pool
    let process: ID<Participation.Process>
    let accounts: [String: ID<Account>]
    /// Every route of the service.
    let routes: [(method: String, path: String)]

    var proposals: Proposals { Proposals(pool: pool) }
    var supports: Supports { Supports(pool: pool, zone: "Europe/Paris") }

    /// A browser that nobody has used yet, in English.
    func browser() -> Browser { Browser(client: client, language: .english) }

    /// A browser in which `name` has signed in.
    func signedIn(_ name: String) async throws -> Browser {
        let browser: Browser = browser()
        try await browser.get("/sign-in")
        try await browser.submit(
            "/sign-in", ["email": "\(name.lowercased())@example.fr", "password": Quarter.password])
        return browser
    }

    /// Somebody else with an account, holding `roles`.
    @discardableResult
    func account(_ name: String, roles: [HeldRole] = []) async throws -> ID<Account> {
        try await Self.people(pool).create(
            email: "\(name.lowercased())@example.fr", name: name, password: Quarter.password, language: .english,
            roles: roles, by: .operator
        ).id
    }

    /// Accounts that write no letters.
    static func people(_ pool: Pool) throws -> Accounts {
        Accounts(
            pool: pool, secrets: FrameSite.secrets, passwords: Passwords(), correspondent: Letters(site: try site()))
    }

    static func site() throws -> Site {
        try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(place: "Mairie, 1 place du Tilleul", hours: "lundi, 9 h – 17 h", phone: "02 00 00 00 00")),
            resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets)
    }

    /// A process whose phase of ideas is now, with a call.
    static func process(
        _ slug: String, _ title: String, rule: ProposalRule, _ pool: Pool
    ) async throws -> ID<Participation.Process> {
        let process: ID<Participation.Process> = try await Processes(pool: pool).create(
            ProcessDraft(
                slug: slug, title: Texts(["fr": title]), summary: Texts([:]), description: Texts([:]),
                phases: [
                    PhaseDraft(
                        kind: .ideas, title: Texts(["fr": "Idées"]), description: Texts([:]),
                        starts: Day(year: 2000, month: 1, day: 1)!, ends: Day(year: 2999, month: 1, day: 1)!)
                ]), by: .operator)
        try await ProposalCalls(pool: pool, zone: "Europe/Paris").write(
            ProposalCallDraft(rules: [.ideas: rule]), of: process, by: .operator)
        return process
    }

    /// The number of a new published proposal.
    func proposal(_ title: String, by name: String = "Bruno") async throws -> Int64 {
        let author = Actor.resident(accounts[name]!)
        let drafts = Drafts(pool: pool, zone: "Europe/Paris")
        let id: ID<Proposal> = try await drafts.begin(
            ProposalDraft(title: title, body: "\(title), et voilà.", place: "ici"), in: process, language: .french,
            by: author)
        return try await drafts.publish(id, by: author)
    }

    /// The identity behind a number.
    func id(_ number: Int64) async throws -> ID<Proposal> {
        guard let proposal = try await proposals.find(number) else { throw Absent() }
        return proposal.id
    }

    /// People with an account each, made at once.
    func crowd(_ count: Int) async throws -> [Actor] {
        try await pool.query(
            "test.crowd",
            """
            WITH made AS (
                INSERT INTO person (id) SELECT gen_random_uuid() FROM generate_series(1, \(count)) RETURNING id)
            INSERT INTO account (id, person_id, name, language)
            SELECT gen_random_uuid(), made.id, 'Quelqu’un', 'fr' FROM made RETURNING id
            """
        ).map { .resident(try $0.get("id")) }
    }
}

/// Runs `body` in a city of its own whose phase of ideas is now.
func withForum(
    rule: ProposalRule = ProposalRule(mayWrite: true, mayComment: true, maySupport: true),
    _ body: @escaping @Sendable (Forum) async throws -> Void
) async throws {
    try await withDatabase { pool in
        let site: Site = try Forum.site()
        let process: ID<Participation.Process> = try await Forum.process(
            "diagonales", "Diagonales", rule: rule, pool)
        let accounts: Accounts = try Forum.people(pool)
        var people: [String: ID<Account>] = [:]
        for (name, roles) in [("Ada", []), ("Bruno", []), ("Agathe", [HeldRole(.participationAgent)])] {
            people[name] = try await accounts.create(
                email: "\(name.lowercased())@example.fr", name: name, password: Quarter.password, language: .english,
                roles: roles, by: .operator
            ).id
        }
        let known: [String: ID<Account>] = people
        let city = City(pool: pool, secrets: FrameSite.secrets, host: "city.example", mailFolder: nil)
        let router = Router(context: AppContext.self)
        city.add(to: router.group(), site: site)
        let routes: [(method: String, path: String)] = router.routes.map { ($0.method.rawValue, "\($0.path)") }
        try await withService(
            site, sessions: SessionSource(Sessions(pool: pool, secrets: FrameSite.secrets)),
            routes: { site, routes in city.add(to: routes, site: site) }
        ) { client in
            try await body(Forum(client: client, pool: pool, process: process, accounts: known, routes: routes))
        }
    }
}
