import Foundation
public import Postgres

/// Proposals with two ideas in them, split by agents.
///
/// A part becomes a proposal of its own, in the name of the same authors; the origin goes on with what remains. Supports
/// do not move: nobody said which of the two ideas they meant. They stay with the origin, and their givers are told, so
/// that they can support the part as well, or instead.
public struct Splits: Sendable {
    private let joins: Joins
    private var pool: Pool { joins.pool }

    /// The splits kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, correspondent: any ProposalCorrespondent) {
        joins = Joins(pool: pool, correspondent: correspondent)
    }

    /// Takes a part out of a proposal and tells its authors, its followers and everybody who supports it.
    ///
    /// - Parameters:
    ///   - rest: the words that the proposal goes on with; the same ones when nothing has to be left out.
    ///   - part: those of the new proposal.
    ///   - version: the version that was split: no change of the authors in between is overwritten.
    /// - Returns: the number of the new proposal.
    /// - Throws: `Refused<JoinRefusal>` with everything that stands in the way; `NotAllowed` unless the actor is an
    ///   agent of the process.
    public func split(
        _ number: Int64, leaving rest: Wording, part: Wording, over version: Int, because reason: String,
        in process: ID<Process>, by actor: Actor
    ) async throws -> Int64 {
        try Joins.check(
            reason, rest.problems().map { .wording($0) } + part.problems().map { .partWording($0) })
        return try await pool.transaction("proposal.split") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            guard let origin = try await Joins.lock([number], in: process, transaction).first else {
                throw Refused(JoinRefusal.unknown([number]))
            }
            let before: Int = try await ProposalVersions.latest(of: origin.id, in: transaction)
            guard before == version else { throw Refused(JoinRefusal.outdated) }
            var after: Int = before
            if rest != Wording(title: origin.title, body: origin.body, place: origin.place) {
                after = try await ProposalVersions.write(
                    rest, of: origin.id, because: "edited", by: actor, in: transaction)
            }
            var draft = ProposalDraft(origin)
            (draft.title, draft.body, draft.place) = (part.title, part.body, part.place)
            // The cost was that of both, and the point perhaps that of the other.
            draft.cost = nil
            draft.point = nil
            let made: Proposal = try await Joins.publish(
                draft, authorsOf: [origin.id], in: process, language: origin.language, by: actor, transaction)
            try await transaction.execute(
                "split.insert",
                """
                INSERT INTO proposal_split (part_id, origin_id, version_before, version_after, reason, account_id)
                VALUES (\(made.id), \(origin.id), \(before), \(after), \(reason), \(actor.account))
                """)
            try await Acts.record("proposal_split", by: actor, on: "proposal", origin.id, in: transaction)
            let event = ProposalNotice.Event.split(part: made.number, title: made.title, reason: reason)
            try await joins.notices.tell(.everybody, of: event, about: origin.id, by: actor, in: transaction)
            try await joins.notices.tellSupporters(of: event, about: origin.id, in: transaction)
            return made.number
        }
    }

    /// Undoes a split: the part is joined to its origin, so that whoever supported it counts there, and the origin has
    /// its former words again unless somebody changed them since.
    ///
    /// - Throws: as ``split(_:leaving:part:over:because:in:by:)``; `.undone`.
    public func undo(_ part: Int64, because reason: String, in process: ID<Process>, by actor: Actor) async throws {
        try Joins.check(reason)
        try await pool.transaction("proposal.unsplit") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let row: Row? = try await transaction.one(
                "split.origin",
                """
                SELECT origin.number, proposal_split.version_before, proposal_split.version_after
                FROM proposal_split
                JOIN proposal AS part ON part.id = proposal_split.part_id
                JOIN proposal AS origin ON origin.id = proposal_split.origin_id
                WHERE part.number = \(part) AND part.process_id = \(process) AND proposal_split.undone_at IS NULL
                """)
            guard let row else { throw Refused(JoinRefusal.undone) }
            let number: Int64 = try row.get("number")
            let members: [Proposal] = try await Joins.lock([number, part], in: process, transaction)
            // Both are roots, of this process, and open: lock refuses everything else.
            let origin: Proposal = members.first { $0.number == number }!
            let taken: Proposal = members.first { $0.number == part }!
            let count: Int = try await transaction.execute(
                "split.undo",
                """
                UPDATE proposal_split SET undone_at = clock_timestamp()
                WHERE part_id = \(taken.id) AND undone_at IS NULL
                """)
            guard count > 0 else { throw Refused(JoinRefusal.undone) }
            try await restore(
                origin.id, to: Int(try row.get("version_before", as: Int32.self)),
                ifStill: Int(try row.get("version_after", as: Int32.self)), by: actor, transaction)
            try await Acts.record("proposal_split_undone", by: actor, on: "proposal", origin.id, in: transaction)
            try await joins.join([taken], into: origin, because: reason, by: actor, transaction)
        }
    }

    /// The splits of a process, the latest first.
    public func list(of process: ID<Process>, limit: Int = 50) async throws -> [Split] {
        try await pool.query(
            "split.list",
            """
            \(sql: Self.selection)
            WHERE origin.process_id = \(process) ORDER BY proposal_split.split_at DESC, part.id LIMIT \(limit)
            """
        ).map(Split.init(row:))
    }

    /// The splits that a proposal has a part in: what was taken out of it, and what it was taken out of.
    public func list(with proposal: ID<Proposal>) async throws -> [Split] {
        try await pool.query(
            "split.history",
            """
            \(sql: Self.selection)
            WHERE proposal_split.origin_id = \(proposal) OR proposal_split.part_id = \(proposal)
            ORDER BY proposal_split.split_at
            """
        ).map(Split.init(row:))
    }

    private static let selection: SQL = """
        SELECT origin.number AS origin, origin.title AS origin_title, part.number AS part, part.title AS part_title,
               proposal_split.reason, coalesce(account.name, '') AS name, proposal_split.split_at,
               proposal_split.undone_at
        FROM proposal_split
        JOIN proposal AS origin ON origin.id = proposal_split.origin_id
        JOIN proposal AS part ON part.id = proposal_split.part_id
        LEFT JOIN account ON account.id = proposal_split.account_id
        """

    /// Gives a proposal the words of version `before`, when `after` is still its latest.
    private func restore(
        _ proposal: ID<Proposal>, to before: Int, ifStill after: Int, by actor: Actor, _ transaction: Transaction
    ) async throws {
        guard before != after, try await ProposalVersions.latest(of: proposal, in: transaction) == after else { return }
        let row: Row? = try await transaction.one(
            "split.words",
            "SELECT title, body, place FROM proposal_version WHERE proposal_id = \(proposal) AND number = \(before)")
        // The split refers to that version.
        _ = try await ProposalVersions.write(
            try Wording(row: row!), of: proposal, because: "edited", by: actor, in: transaction)
    }
}
