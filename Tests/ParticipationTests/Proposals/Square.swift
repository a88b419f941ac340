import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// The fixed cast of the tests about supports, comments, suggestions and joins: a process in its phase of ideas, an
/// agent, and residents with proposals.
struct Square: Sendable {
    let pool: Pool
    let town: Town
    let process: ID<Participation.Process>
    let agent: Actor

    static let zone = "Europe/Paris"

    var proposals: Proposals { Proposals(pool: pool) }
    var supports: Supports { Supports(pool: pool, zone: Self.zone) }
    var comments: Comments { Comments(pool: pool, secrets: town.secrets, zone: Self.zone) }
    var suggestions: Suggestions {
        Suggestions(pool: pool, secrets: town.secrets, zone: Self.zone, correspondent: PlainProposalLetters())
    }
    var joins: Joins { Joins(pool: pool, correspondent: PlainProposalLetters()) }
    var splits: Splits { Splits(pool: pool, correspondent: PlainProposalLetters()) }
    var withdrawals: Withdrawals { Withdrawals(pool: pool, correspondent: PlainProposalLetters()) }
    var drafts: Drafts { Drafts(pool: pool, zone: Self.zone) }

    static let ideas = ProposalRule(mayWrite: true, mayComment: true, maySupport: true)

    static func begin(_ pool: Pool, rule: ProposalRule = Self.ideas) async throws -> Square {
        let town = Town(pool: pool)
        let process: ID<Participation.Process> = try await call("diagonales", rule, pool)
        let agent: Account = try await town.resident("Agathe", roles: [HeldRole(.participationAgent)])
        return Square(pool: pool, town: town, process: process, agent: .official(agent.id, .participationAgent))
    }

    /// A process whose phase of ideas is now, with a call.
    static func call(_ slug: String, _ rule: ProposalRule, _ pool: Pool) async throws -> ID<Participation.Process> {
        let id: ID<Participation.Process> = try await Processes(pool: pool).create(
            ProcessDraft(
                slug: slug, title: Texts(["fr": slug]), summary: Texts([:]), description: Texts([:]),
                phases: [
                    PhaseDraft(
                        kind: .ideas, title: Texts(["fr": "Idées"]), description: Texts([:]),
                        starts: Day(year: 2000, month: 1, day: 1)!, ends: Day(year: 2999, month: 1, day: 1)!)
                ]), by: .operator)
        try await ProposalCalls(pool: pool, zone: zone).write(
            ProposalCallDraft(rules: [.ideas: rule]), of: id, by: .operator)
        return id
    }

    /// Changes what the phase allows.
    func allow(_ rule: ProposalRule) async throws {
        try await ProposalCalls(pool: pool, zone: Self.zone).write(
            ProposalCallDraft(rules: [.ideas: rule]), of: process, by: .operator)
    }

    /// A published proposal of `author`.
    func proposal(
        _ title: String, by author: Actor, in process: ID<Participation.Process>? = nil
    ) async throws -> Proposal {
        let id: ID<Proposal> = try await drafts.begin(
            ProposalDraft(title: title, body: "\(title), et voilà.", place: "ici"), in: process ?? self.process,
            language: .french, by: author)
        return try await proposal(try await drafts.publish(id, by: author))
    }

    func proposal(_ number: Int64) async throws -> Proposal {
        try #require(try await proposals.find(number))
    }

    /// The same proposal as it is now.
    func now(_ proposal: Proposal) async throws -> Proposal { try await self.proposal(proposal.number) }

    /// Somebody signed in.
    func resident(_ name: String) async throws -> Actor { .resident(try await town.resident(name).id) }

    /// Moves a proposal to a status, as an examination does.
    func set(_ status: Proposal.Status, _ proposal: Proposal) async throws {
        try await pool.execute(
            "test.status", "UPDATE proposal SET status = \(status.rawValue) WHERE id = \(proposal.id)")
    }

    /// The kinds of letters that wait for the address of `name`, in the order they were written.
    func letters(to name: String) async throws -> [String] {
        try await pool.query(
            "test.letters",
            "SELECT kind FROM outbox WHERE recipient = \("\(name.lowercased())@example.fr") ORDER BY id"
        ).map { try $0.get("kind", as: String.self) }
    }

    /// Opens every connection of the pool, so that what follows at once is at once: one that is opened for the second
    /// statement comes too late for a race.
    func warm() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { try await pool.execute("test.warm", "SELECT pg_sleep(0.2)") }
            }
            try await group.waitForAll()
        }
    }

    /// People with an account each, made at once: signing up a hundred takes a hundred passwords.
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

/// Letters that say no more than their kind.
struct PlainProposalLetters: ProposalCorrespondent {
    func letter(_ notice: ProposalNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: "\(notice.event.name) \(notice.number)", body: "\(notice.event)")
    }
}

/// Runs a body with the cast.
func withSquare(rule: ProposalRule = Square.ideas, _ body: (Square) async throws -> Void) async throws {
    try await withDatabase { pool in try await body(try await Square.begin(pool, rule: rule)) }
}
