import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// The fixed cast of the tests about deliveries: a process with a published vote, whose second project came from a
/// proposal of Ada's.
struct Yard: Sendable {
    let pool: Pool
    let square: Square
    let author: Actor
    let proposal: Proposal

    var process: ID<Participation.Process> { square.process }
    var deliveries: Deliveries {
        Deliveries(pool: pool, zone: Square.zone, correspondent: PlainDeliveryLetters())
    }

    let today = Day(Date(timeIntervalSinceNow: -86_400).formatted(.iso8601.year().month().day()))!
    let later = Day(year: 2098, month: 5, day: 1)!
    let plan = DeliveryPlan(
        service: "Espaces verts", plannedStart: nil, plannedEnd: Day(year: 2097, month: 5, day: 1)!)

    static func begin(_ pool: Pool) async throws -> Yard {
        let square: Square = try await .begin(pool)
        let author: Actor = try await square.resident("Ada")
        let proposal: Proposal = try await square.proposal("Un arbre", by: author)
        let polls = Polls(pool: pool)
        try await polls.votes.create(
            Polls.settings, projects: Polls.projects, in: square.process, by: .operator)
        let (vote, key) = try await polls.open(try await polls.vote())
        try await pool.execute(
            "test.link",
            """
            INSERT INTO project_proposal (project_id, proposal_id)
            SELECT id, \(proposal.id) FROM project WHERE key = 'tree'
            """)
        for choice in [["bench", "tree"], ["tree"], ["bench"]] {
            try await polls.cast(choice, try await polls.person(), vote)
        }
        try await polls.openings.close(vote.id, early: true, by: .operator)
        try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
        try await polls.counts.publish(vote.id, by: .operator)
        try await square.set(.onBallot, proposal)
        return Yard(pool: pool, square: square, author: author, proposal: proposal)
    }

    /// Begins the follow-up of one candidate.
    @discardableResult
    func begin(_ handle: String = "square-2") async throws -> Delivery {
        try await deliveries.begin([handle], in: process, plan, by: .operator)
        return try #require(try await deliveries.find(handle))
    }

    /// A turn of the second project.
    func turn(_ turn: DeliveryTurn) async throws {
        try await deliveries.record(turn, of: try await file().delivery.id, by: .operator)
    }

    func file() async throws -> DeliveryFile {
        try #require(try await deliveries.file("square-2"))
    }

    /// What has become of Ada's proposal.
    func status() async throws -> Proposal.Status { try await square.now(proposal).status }

    /// The addresses to which news of deliveries goes.
    func letters() async throws -> [String] {
        try await pool.query(
            "test.letters", "SELECT recipient FROM outbox WHERE kind = 'delivery' ORDER BY recipient"
        ).map { try $0.get("recipient") }
    }
}

/// Letters that say no more than what they are about.
struct PlainDeliveryLetters: DeliveryCorrespondent {
    func letter(_ notice: DeliveryNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: notice.handle, body: "\(notice.news)")
    }
}

/// Runs a body with the cast.
func withYard(_ body: (Yard) async throws -> Void) async throws {
    try await withDatabase { pool in try await body(try await Yard.begin(pool)) }
}
