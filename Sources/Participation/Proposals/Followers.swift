import Foundation
public import Postgres

/// Following: an account asks to hear what becomes of a proposal. Nobody else learns that it does.
public struct Followers: Sendable {
    private let pool: Pool

    /// The followers kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Whether the account follows the proposal.
    public func isFollowing(_ proposal: ID<Proposal>, _ account: ID<Account>) async throws -> Bool {
        try await pool.one(
            "follower.find",
            "SELECT 1 AS one FROM proposal_follower WHERE proposal_id = \(proposal) AND account_id = \(account)")
            != nil
    }

    /// The proposals that an account follows, the one followed last first; a thousand at most.
    public func list(of account: ID<Account>) async throws -> [ProposalCard] {
        try await pool.query(
            "follower.list",
            """
            SELECT proposal.number, proposal.title, left(proposal.body, 600) AS beginning, proposal.language,
                   proposal.status, proposal.theme_id, proposal.district_code, proposal.latitude, proposal.longitude,
                   proposal.cost, proposal.support_count, proposal.comment_count, proposal.published_at,
                   0::bigint AS key
            FROM proposal_follower JOIN proposal ON proposal.id = proposal_follower.proposal_id
            WHERE proposal_follower.account_id = \(account) AND proposal.published_at IS NOT NULL
            ORDER BY proposal_follower.since DESC, proposal.number DESC LIMIT 1000
            """
        ).map { try ProposalCard(row: $0, hidesCounts: true) }
    }

    /// Follows a published proposal from now on; once is enough.
    ///
    /// - Throws: `NotAllowed` unless the actor is a resident.
    public func follow(_ proposal: ID<Proposal>, by actor: Actor) async throws {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await pool.transaction("follower.follow") { transaction in
            let count: Int = try await transaction.execute(
                "follower.insert",
                """
                INSERT INTO proposal_follower (proposal_id, account_id)
                SELECT proposal.id, \(account) FROM proposal
                WHERE proposal.id = \(proposal) AND proposal.published_at IS NOT NULL
                ON CONFLICT DO NOTHING
                """)
            guard count > 0 else { return }
            try await Acts.record("proposal_followed", by: actor, on: "proposal", proposal, in: transaction)
        }
    }

    /// Follows it no longer.
    ///
    /// - Throws: `NotAllowed` unless the actor is a resident.
    public func unfollow(_ proposal: ID<Proposal>, by actor: Actor) async throws {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await pool.transaction("follower.unfollow") { transaction in
            let count: Int = try await transaction.execute(
                "follower.delete",
                "DELETE FROM proposal_follower WHERE proposal_id = \(proposal) AND account_id = \(account)")
            guard count > 0 else { return }
            try await Acts.record("proposal_unfollowed", by: actor, on: "proposal", proposal, in: transaction)
        }
    }
}
