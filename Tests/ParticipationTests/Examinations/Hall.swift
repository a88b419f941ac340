import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// The fixed cast of the tests about examinations: the square, two services of the city with somebody in each, and what
/// they decide by.
struct Hall: Sendable {
    let square: Square
    let roads: ID<ExaminingService>, parks: ID<ExaminingService>
    /// An examiner of each service.
    let rosa: Actor, paul: Actor
    let question: ID<ExaminationPoint>, reason: ID<ExaminationPoint>

    var pool: Pool { square.pool }
    var process: ID<Participation.Process> { square.process }
    var agent: Actor { square.agent }
    var settings: ExaminationSettings { ExaminationSettings(pool: pool) }
    var files: ProposalFiles { ProposalFiles(pool: pool, zone: Square.zone) }
    var assignments: Assignments {
        Assignments(pool: pool, zone: Square.zone, correspondent: PlainStaffLetters())
    }
    var examinations: Examinations {
        Examinations(pool: pool, zone: Square.zone, correspondent: PlainStaffLetters())
    }
    var verdicts: Verdicts { Verdicts(pool: pool, correspondent: PlainStaffLetters()) }
    var answers: AuthorAnswers { AuthorAnswers(pool: pool) }
    var nominations: Nominations { Nominations(pool: pool) }
    var letters: PrintedLetters { PrintedLetters(pool: pool) }

    static func begin(_ square: Square) async throws -> Hall {
        let settings = ExaminationSettings(pool: square.pool)
        func service(_ name: String) async throws -> ID<ExaminingService> {
            try await settings.addService(
                Texts(["fr": name]), email: nil, to: square.process, by: square.agent)
        }
        func examiner(_ name: String, in service: ID<ExaminingService>) async throws -> Actor {
            let account: Account = try await square.town.resident(name)
            try await settings.addMember(
                EmailAddress("\(name.lowercased())@example.fr")!, to: service, of: square.process, by: square.agent)
            return .official(account.id, .examiner)
        }
        let (roads, parks) = (try await service("Voirie"), try await service("Espaces verts"))
        return Hall(
            square: square, roads: roads, parks: parks, rosa: try await examiner("Rosa", in: roads),
            paul: try await examiner("Paul", in: parks),
            question: try await settings.add(
                Texts(["fr": "Terrain de la ville ?"]), to: .criterion, of: square.process, by: square.agent),
            reason: try await settings.add(
                Texts(["fr": "Trop cher"]), to: .reason, of: square.process, by: square.agent))
    }

    /// Three weeks from now, in the city.
    static let later = Day(year: 2999, month: 1, day: 1)!

    /// A proposal of `author` that was given to both services.
    func examined(_ title: String = "Une fontaine", by author: Actor) async throws -> Proposal {
        let proposal: Proposal = try await square.proposal(title, by: author)
        try await assignments.assign(
            [proposal.number], to: [roads, parks], due: Self.later, of: process, by: agent)
        return try await square.now(proposal)
    }

    /// A proposal whose answer has been published.
    func answered(
        _ outcome: Verdict.Outcome, _ title: String = "Une fontaine", cost: Int64? = 400_000, by author: Actor
    ) async throws -> Proposal {
        let proposal: Proposal = try await examined(title, by: author)
        try await verdicts.decide(verdict(outcome, cost: cost), on: proposal.number, of: process, by: agent)
        try await verdicts.publish([proposal.number], of: process, by: agent)
        return try await square.now(proposal)
    }

    func verdict(_ outcome: Verdict.Outcome, cost: Int64? = nil) -> VerdictDraft {
        VerdictDraft(
            outcome: outcome, reason: outcome == .refused ? reason : nil,
            words: Texts(["fr": "Voici.", "en": "Here.", "de": "Hier."]), cost: outcome == .accepted ? cost : nil)
    }

    func file(_ proposal: Proposal, by actor: Actor? = nil) async throws -> ProposalFile {
        try await files.open(proposal.number, of: process, by: actor ?? agent)
    }

    /// Moves every deadline into the past, as only time does.
    func passDeadlines() async throws {
        try await pool.execute("test.deadlines", "UPDATE assignment SET due_on = '2001-01-01'")
    }

    func number(_ sql: SQL) async throws -> Int { try await pool.query("test.number", sql)[0].get("n") }
}

/// Letters to residents and staff that say no more than their kind.
struct PlainStaffLetters: ProposalCorrespondent, ExaminerCorrespondent {
    func letter(_ notice: ProposalNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: "\(notice.event.name) \(notice.number)", body: "\(name), \(language)")
    }

    func letter(_ notice: ExaminerNotice, to name: String?, in language: Language) -> Letter {
        Letter(
            subject: "\(notice.event) \(notice.files.map(\.number))",
            body: "\(name ?? "-"), \(language), \(notice.files.map(\.title))")
    }
}

/// Runs a body with the cast.
func withHall(_ body: (Hall) async throws -> Void) async throws {
    try await withSquare { square in try await body(try await Hall.begin(square)) }
}
