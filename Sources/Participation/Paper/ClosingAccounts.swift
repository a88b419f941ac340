import Foundation
public import Postgres
import PublicRecord

/// Closing accounts, computed from marks, manifests, settlements, place reports and recorded discrepancies.
public struct ClosingAccounts: Sendable {
    /// Who reads the account before the result is public.
    public static let readers: [Role] = [.returningOfficer, .pollingOfficer, .adjudicator, .custodian, .auditor]

    private let pool: Pool

    /// The accounts of the votes in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The account of a vote as it stands.
    public func account(of vote: ID<Vote>) async throws -> ClosingAccount {
        try await Self.account(of: vote, in: pool)
    }

    static func account(of vote: ID<Vote>, in executor: some Executor) async throws -> ClosingAccount {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "account.places",
                """
                SELECT place.handle AS place, place.name::text AS name, report.received, report.issued, report.spoiled,
                       report.returned
                FROM place LEFT JOIN LATERAL (
                    SELECT received, issued, spoiled, returned FROM place_report
                    WHERE place_report.place_id = place.id ORDER BY version DESC LIMIT 1) AS report ON true
                WHERE place.vote_id = \(vote) ORDER BY place.handle
                """
            ),
            (
                "account.marks",
                """
                SELECT place.handle AS place, mark.channel, count(*) AS made, count(mark.annulled_at) AS annulled,
                       count(*) FILTER (
                           WHERE mark.annulled_at IS NULL AND mark.channel <> 'paper'
                             AND (sealed_ballot.mark_id IS NOT NULL OR EXISTS (
                                 SELECT FROM vote_destruction WHERE vote_destruction.vote_id = mark.vote_id))
                       ) AS sealed
                FROM mark LEFT JOIN sealed_ballot ON sealed_ballot.mark_id = mark.id
                LEFT JOIN place ON place.id = mark.place_id
                WHERE mark.vote_id = \(vote) GROUP BY place.handle, mark.channel
                """
            ),
            (
                "account.batches",
                """
                SELECT place.handle AS place, batch.papers, batch.spoiled, settlement.counted, settlement.blank,
                       settlement.invalid::text AS invalid
                FROM batch JOIN place ON place.id = batch.place_id
                LEFT JOIN settlement ON settlement.batch_id = batch.id AND settlement.reopened_at IS NULL
                WHERE batch.vote_id = \(vote)
                """
            ),
            (
                "account.discrepancies",
                """
                SELECT place.handle AS place, sum(discrepancy.difference) AS difference
                FROM discrepancy JOIN place ON place.id = discrepancy.place_id
                WHERE discrepancy.vote_id = \(vote) AND discrepancy.confirmed_at IS NOT NULL GROUP BY place.handle
                """
            ),
        ])
        var lines: [String?: ClosingAccount.Line] = [nil: ClosingAccount.Line(place: nil, name: nil)]
        var order: [String?] = [nil]
        for row in answers[0] {
            let place: String = try row.get("place")
            order.append(place)
            lines[place] = try ClosingAccount.Line(place: place, row: row)
        }
        for row in answers[1] { try lines[try row.get("place")]?.add(marks: row) }
        for row in answers[2] { try lines[try row.get("place")]?.add(batch: row) }
        for row in answers[3] { lines[try row.get("place")]?.explained = try row.get("difference") }
        for (place, waiting) in try await StubEnvelopes.waiting(of: vote, in: executor) {
            lines[place]?.attached = waiting.marked
            lines[place]?.received = waiting.received
        }
        return ClosingAccount(lines: order.compactMap { lines[$0] })
    }
}

extension ClosingAccount.Line {
    fileprivate init(place: String, row: Row) throws {
        self.init(place: place, name: try Texts(json: try row.get("name")))
        guard let received: Int = try row.get("received", as: Int?.self) else { return }
        report = ClosingAccount.Report(
            received: received, issued: try row.get("issued"), spoiled: try row.get("spoiled"),
            returned: try row.get("returned"))
    }

    fileprivate mutating func add(marks row: Row) throws {
        let marks = ClosingAccount.Marks(made: try row.get("made"), annulled: try row.get("annulled"))
        switch Channel(rawValue: try row.get("channel")) {
        case .online: online = marks
        case .kiosk: kiosk = marks
        case .paper: paper = marks
        case nil: preconditionFailure("the schema leaves no other channel")
        }
        sealed += try row.get("sealed", as: Int.self)
    }

    fileprivate mutating func add(batch row: Row) throws {
        batches += 1
        papers += try row.get("papers", as: Int.self)
        spoiled += try row.get("spoiled", as: Int.self)
        guard let counted: Int = try row.get("counted", as: Int?.self) else {
            unsettled += 1
            return
        }
        self.counted += counted
        blank += try row.get("blank", as: Int.self)
        invalid = Entry.ReasonCount.sum(invalid + (try ReasonCounts.read(try row.get("invalid"))))
    }
}
