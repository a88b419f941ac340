import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// The fixed cast of the tests about debates and events: a consultation that collects for a week, Agathe, who answers
/// for it, an agent of another process, and residents.
struct Assembly: Sendable {
    let pool: Pool
    let town: Town
    let process: ID<Participation.Process>
    let consultation: ID<Consultation>
    /// An agent of everything, one of another process, and two residents.
    let agent: Actor, stranger: Actor, ada: Actor, bruno: Actor

    var events: Events { Events(pool: pool, correspondent: PlainOutcomeLetters()) }
    var contributions: EventContributions { EventContributions(pool: pool) }
    var debates: Debates { Debates(pool: pool, correspondent: PlainOutcomeLetters()) }
    var arguments: Arguments { Arguments(pool: pool, secrets: town.secrets) }
    var comments: Comments { Comments(pool: pool, secrets: town.secrets, zone: "Europe/Paris") }
    var gatherings: Gatherings {
        Gatherings(pool: pool, secrets: town.secrets, correspondent: PlainGatheringLetters())
    }

    static func begin(_ pool: Pool) async throws -> Assembly {
        let town = Town(pool: pool)
        let (process, other, consultation) = (
            ID<Participation.Process>(), ID<Participation.Process>(), ID<Consultation>()
        )
        for (id, slug) in [(process, "place"), (other, "parc")] {
            try await pool.execute(
                "test.process",
                """
                INSERT INTO process (id, slug, title, summary, description)
                VALUES (\(id), \(slug), '{"fr": "Place"}', '{}', '{}')
                """)
        }
        try await pool.execute(
            "test.consultation",
            """
            INSERT INTO consultation (id, process_id, handle, title, collects_from, collects_until, synthesis_due,
                                      answer_due, published_at)
            VALUES (\(consultation), \(process), 'place', '{"fr": "La place"}', now() - interval '1 day',
                    now() + interval '6 days', current_date + 30, current_date + 60, now() - interval '2 days')
            """)
        let agent: Account = try await town.resident("Agathe", roles: [HeldRole(.participationAgent)])
        let stranger: Account = try await town.resident(
            "Denis", roles: [HeldRole(.participationAgent, for: .process(other))])
        let (ada, bruno) = (try await town.resident("Ada"), try await town.resident("Bruno"))
        return Assembly(
            pool: pool, town: town, process: process, consultation: consultation,
            agent: .official(agent.id, .participationAgent),
            stranger: .official(stranger.id, .participationAgent),
            ada: .resident(ada.id), bruno: .resident(bruno.id))
    }

    /// An event of the consultation, published unless said otherwise.
    func event(
        _ handle: String = "atelier", _ draft: EventDraft = Assembly.workshop,
        startsIn: TimeInterval = 72 * 3600,
        isPublished: Bool = true
    ) async throws -> Event {
        var draft: EventDraft = draft
        draft.consultation = consultation
        let starts = Date(timeIntervalSinceNow: startsIn)
        let id: ID<Event> = try await events.plan(
            draft, handle: handle, from: starts, until: starts.addingTimeInterval(7200), in: process,
            by: agent)
        if isPublished { try await events.publish(id, by: agent) }
        return try #require(try await events.find(handle))
    }

    static let workshop = EventDraft(
        title: Texts(["fr": "Atelier", "en": "Workshop"]), place: Texts(["fr": "Salle des fêtes"]),
        places: 10)

    /// A published debate with two sides.
    func debate(hidesCounts: Bool = false) async throws -> Debate {
        let id: ID<Debate> = try await debates.plan(
            DebateDraft(
                question: Texts(["fr": "Des voitures ?", "en": "Cars?"]),
                sides: [Texts(["fr": "Oui", "en": "Yes"]), Texts(["fr": "Non", "en": "No"])],
                hidesCounts: hidesCounts),
            handle: "voitures", in: consultation, by: agent)
        try await debates.publish(id, by: agent)
        return try #require(try await debates.find("voitures", of: consultation))
    }

    /// An argument, and what it is.
    @discardableResult
    func argue(
        _ title: String, side: Int = 1, in debate: Debate, by actor: Actor
    ) async throws -> DebateArgument {
        let number: Int = try await arguments.write(
            ArgumentDraft(side: side, title: title, body: "Parce que.", language: .french), in: debate.id,
            by: actor)
        return try #require(try await arguments.find(number, of: debate.id, for: actor.account))
    }

    /// The recipients of letters of a kind, by address.
    func letters(_ kind: String) async throws -> [String] {
        try await pool.query(
            "test.letters", "SELECT recipient FROM outbox WHERE kind = \(kind) ORDER BY recipient"
        ).map { try $0.get("recipient") }
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

    /// The collection is over.
    func close() async throws {
        try await pool.execute(
            "test.close", "UPDATE consultation SET collects_until = now() WHERE id = \(consultation)")
    }
}

/// Letters that say no more than what they are about.
struct PlainOutcomeLetters: OutcomeCorrespondent {
    func letter(_ outcome: Outcome, to name: String, in language: Language) -> Letter {
        switch outcome {
        case .minutes(let event): Letter(subject: event.handle, body: name)
        case .conclusions(let debate, _): Letter(subject: debate.handle, body: name)
        }
    }
}

/// Runs a body with the cast.
func withAssembly(_ body: @Sendable (Assembly) async throws -> Void) async throws {
    try await withDatabase { pool in try await body(try await Assembly.begin(pool)) }
}
