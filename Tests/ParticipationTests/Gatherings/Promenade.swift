import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// The fixed cast of the tests about gatherings: a walk in three days with 20 places and at most 3 companions, and
/// Agathe, who prepares it.
struct Promenade: Sendable {
    let pool: Pool
    let town: Town
    let walk: WalkFixture
    let agent: Actor

    var gathering: ID<Gathering> { walk.gathering }
    var gatherings: Gatherings {
        Gatherings(pool: pool, secrets: town.secrets, correspondent: PlainGatheringLetters())
    }

    static func begin(_ pool: Pool, places: Int? = 20, startsIn: TimeInterval = .hours(72))
        async throws -> Promenade
    {
        let town = Town(pool: pool)
        let walk: WalkFixture = try await .make(pool, startsIn: startsIn)
        let agent: Account = try await town.resident("Agathe", roles: [HeldRole(.participationAgent)])
        let promenade = Promenade(
            pool: pool, town: town, walk: walk, agent: .official(agent.id, .participationAgent))
        try await promenade.set(places: places)
        return promenade
    }

    func set(places: Int?) async throws {
        try await pool.execute(
            "test.places",
            "UPDATE gathering SET places = \(places.map(Int32.init)) WHERE id = \(gathering)")
    }

    /// Somebody without an account, each from a network of their own.
    @discardableResult
    func visitor(_ number: Int, bringing companions: Int = 0) async throws -> Registered {
        try await gatherings.register(
            RegistrationDraft(name: "P\(number)", email: "p\(number)@example.fr", companions: companions),
            for: gathering, language: .french,
            from: Network(address: "10.\(number / 250).\(number % 250).1"))
    }

    /// What opens the page of the registration of a name.
    func token(_ name: String) async throws -> Token {
        let row: Row? = try await pool.one(
            "test.registration",
            "SELECT id FROM registration WHERE name = \(name) AND gathering_id = \(gathering)")
        return GatheringNotices.token(of: try #require(row).get("id"), town.secrets)
    }

    /// The names in a state, in the order in which they came.
    func names(_ state: Registration.State) async throws -> [String] {
        try await pool.query(
            "test.names",
            """
            SELECT name FROM registration WHERE gathering_id = \(gathering) AND state = \(state.rawValue)
              AND name IS NOT NULL
            ORDER BY registered_at, id
            """
        ).map { try $0.get("name") }
    }

    func turnout() async throws -> Turnout {
        try #require(try await gatherings.turnouts(of: [gathering])[gathering])
    }

    /// Kind and recipient of each letter, in the order in which they were written.
    func letters(_ kind: String? = nil) async throws -> [String] {
        try await pool.query(
            "test.letters",
            """
            SELECT kind, recipient FROM outbox
            WHERE (kind LIKE 'registration%' OR kind LIKE 'gathering%')
              AND (\(kind)::text IS NULL OR kind = \(kind)) ORDER BY id
            """
        ).map { "\(try $0.get("kind", as: String.self)) \(try $0.get("recipient", as: String.self))" }
    }
}

/// Letters that say no more than what they are about.
struct PlainGatheringLetters: GatheringCorrespondent {
    func letter(_ notice: GatheringNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: notice.occasion.handle, body: "\(notice.news) \(notice.token.text)")
    }
}

/// Runs a body with the cast.
func withPromenade(
    places: Int? = 20, startsIn: TimeInterval = .hours(72), _ body: (Promenade) async throws -> Void
) async throws {
    try await withDatabase { pool in
        try await body(try await Promenade.begin(pool, places: places, startsIn: startsIn))
    }
}
