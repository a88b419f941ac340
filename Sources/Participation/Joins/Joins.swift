import Foundation
public import Postgres

/// Proposals that say the same, joined by agents and taken apart again.
///
/// Nothing is moved by a join: supports, followers and comments stay where they were given, the origin says where it
/// went, and the target counts distinct people over its whole family. So nobody counts twice, and taking apart is exact.
public struct Joins: Sendable {
    let pool: Pool
    let notices: ProposalNotices

    /// The joins kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        notices = ProposalNotices(correspondent: correspondent)
    }

    /// What became of a proposal that can still be joined, split, or taken apart.
    static let open: Set<Proposal.Status> = [.received, .inExamination]

    // MARK: Joining

    /// Joins proposals of a process to another one of it, and tells everybody concerned.
    ///
    /// - Throws: `Refused<JoinRefusal>` with everything that stands in the way; `NotAllowed` unless the actor is an
    ///   agent of the process.
    public func join(
        _ origins: [Int64], into target: Int64, because reason: String, in process: ID<Process>, by actor: Actor
    ) async throws {
        try Self.check(reason)
        try await pool.transaction("proposal.join") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let members: [Proposal] = try await Self.lock(origins + [target], in: process, transaction)
            if origins.contains(target) { throw Refused(JoinRefusal.itself(target)) }
            guard let into = members.first(where: { $0.number == target }), members.count > 1 else {
                throw Refused(JoinRefusal.tooFew)
            }
            try await join(members.filter { $0.number != target }, into: into, because: reason, by: actor, transaction)
        }
    }

    /// Joins proposals of a process in a new one that says what they have in common. Its authors are theirs.
    ///
    /// - Returns: the number of the new proposal.
    /// - Throws: as ``join(_:into:because:in:by:)``; at least two are joined.
    public func join(
        _ origins: [Int64], as wording: Wording, because reason: String, in process: ID<Process>, by actor: Actor
    ) async throws -> Int64 {
        try Self.check(reason, wording.problems().map { .wording($0) })
        return try await pool.transaction("proposal.join_anew") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let members: [Proposal] = try await Self.lock(origins, in: process, transaction)
            guard members.count > 1, let first = members.first else { throw Refused(JoinRefusal.tooFew) }
            // What all have in common is kept; where they differ nothing is claimed.
            var draft = ProposalDraft(title: wording.title, body: wording.body, place: wording.place)
            if members.allSatisfy({ $0.theme == first.theme }) { draft.theme = first.theme }
            if members.allSatisfy({ $0.district == first.district }) { draft.district = first.district }
            if members.allSatisfy({ $0.point == first.point }) { draft.point = first.point }
            let made: Proposal = try await Self.publish(
                draft, authorsOf: members.map(\.id), in: process, language: first.language, by: actor, transaction)
            try await join(members, into: made, because: reason, by: actor, transaction)
            return made.number
        }
    }

    /// What a join would bring together.
    ///
    /// - Parameter target: nil for a new proposal.
    /// - Throws: `Refused<JoinRefusal>` and `NotAllowed` as the join would.
    public func preview(
        _ origins: [Int64], into target: Int64?, in process: ID<Process>, by actor: Actor
    ) async throws -> JoinPreview {
        try await pool.transaction("proposal.join_preview") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let numbers: [Int64] = origins + (target.map { [$0] } ?? [])
            let members: [Proposal] = try await Self.lock(numbers, in: process, transaction)
            if let target, origins.contains(target) { throw Refused(JoinRefusal.itself(target)) }
            guard members.count > 1 else { throw Refused(JoinRefusal.tooFew) }
            return try await Self.preview(members, target: target, transaction)
        }
    }

    // MARK: Taking apart

    /// Lets the origin of a join stand by itself again, as what it was: with every support, follower and comment that
    /// was given to it, before or since.
    ///
    /// - Throws: `Refused<JoinRefusal>`: `.undone`; `.settled` once the city has answered what they were joined to;
    ///   `NotAllowed` unless the actor is an agent of the process.
    public func undo(_ join: ID<Join>, because reason: String, in process: ID<Process>, by actor: Actor) async throws {
        try Self.check(reason)
        try await pool.transaction("proposal.unjoin") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let row: Row? = try await transaction.one(
                "join.origin",
                """
                SELECT proposal.id FROM proposal_join JOIN proposal ON proposal.id = proposal_join.origin_id
                WHERE proposal_join.id = \(join) AND proposal.process_id = \(process)
                """)
            guard let row else { throw Refused(JoinRefusal.undone) }
            let origin: ID<Proposal> = try row.get("id")
            guard let root = try await Family.lock(origin, in: transaction) else { throw Refused(JoinRefusal.undone) }
            guard Self.open.contains(root.status) else { throw Refused(JoinRefusal.settled(root.number)) }
            let undone: Row? = try await transaction.one(
                "join.undo",
                """
                UPDATE proposal_join
                SET undone_at = clock_timestamp(), undone_by = \(actor.account), undo_reason = \(reason)
                WHERE id = \(join) AND undone_at IS NULL
                RETURNING status_before
                """)
            guard let undone else { throw Refused(JoinRefusal.undone) }
            try await transaction.execute(
                "join.release",
                """
                UPDATE proposal SET status = \(try undone.get("status_before", as: String.self)), joined_into = NULL
                WHERE id = \(origin)
                """)
            try await Self.recount([root.id, origin], transaction)
            try await Acts.record("proposal_join_undone", by: actor, on: "proposal", origin, in: transaction)
            try await notices.tell(
                .everybody, of: .joinUndone(reason: reason), about: origin, by: actor, in: transaction)
        }
    }

    // MARK: Reading

    /// The joins of a process, the latest first, older than `last` when it is given.
    public func list(
        of process: ID<Process>, before last: ID<Join>? = nil, limit: Int = 50
    ) async throws -> [Join] {
        try await pool.query(
            "join.list",
            """
            \(sql: Self.selection)
            WHERE origin.process_id = \(process) AND (\(last)::uuid IS NULL OR proposal_join.id < \(last)::uuid)
            ORDER BY proposal_join.id DESC LIMIT \(limit)
            """
        ).map(Join.init(row:))
    }

    /// One join of a process.
    public func find(_ join: ID<Join>, in process: ID<Process>) async throws -> Join? {
        try await pool.one(
            "join.find",
            "\(sql: Self.selection) WHERE proposal_join.id = \(join) AND origin.process_id = \(process)"
        ).map(Join.init(row:))
    }

    /// Every join that a proposal was the origin of, the latest first: where it went and why, and whether it came back.
    public func history(of proposal: ID<Proposal>) async throws -> [Join] {
        try await pool.query(
            "join.history",
            """
            \(sql: Self.selection)
            WHERE proposal_join.origin_id = \(proposal) ORDER BY proposal_join.id DESC
            """
        ).map(Join.init(row:))
    }

    private static let selection: SQL = """
        SELECT proposal_join.id, origin.number AS origin, origin.title AS origin_title, target.number AS target,
               target.title AS target_title, proposal_join.reason, coalesce(account.name, '') AS name,
               proposal_join.joined_at, proposal_join.undone_at, proposal_join.undo_reason
        FROM proposal_join
        JOIN proposal AS origin ON origin.id = proposal_join.origin_id
        JOIN proposal AS target ON target.id = proposal_join.target_id
        LEFT JOIN account ON account.id = proposal_join.account_id
        """
}
