public import Postgres

/// Why a proposal is not withdrawn.
public enum WithdrawalRefusal: Error, Hashable, Sendable {
    /// The city has answered already, or it is no longer theirs alone to take back.
    case settled
    /// Others' proposals were joined to it: they would go with it.
    case othersJoined
}

/// Proposals withdrawn by their authors: still readable, as withdrawn, with what was said and who supported.
public struct Withdrawals: Sendable {
    private let pool: Pool
    private let notices: ProposalNotices

    /// Withdrawals kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        notices = ProposalNotices(correspondent: correspondent)
    }

    /// What became of a proposal that its authors may still withdraw.
    public static func mayWithdraw(_ status: Proposal.Status) -> Bool { [.received, .inExamination].contains(status) }

    /// Withdraws a proposal for good and tells who follows it. Nothing happens when it is withdrawn already.
    ///
    /// - Throws: `WithdrawalRefusal`; `NotAllowed` unless the actor is an author with an account.
    public func withdraw(_ proposal: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("proposal.withdraw") { transaction in
            let row: Row? = try await transaction.one(
                "proposal.lock_own",
                """
                SELECT proposal.status FROM proposal
                JOIN proposal_author
                  ON proposal_author.proposal_id = proposal.id AND proposal_author.account_id = \(actor.account)
                WHERE proposal.id = \(proposal) AND proposal.published_at IS NOT NULL
                FOR NO KEY UPDATE OF proposal
                """)
            guard let row else { throw NotAllowed(roles: []) }
            // The schema's check leaves no other words.
            let status = Proposal.Status(rawValue: try row.get("status"))!
            if status == .withdrawn { return }
            try await withdraw(proposal, status, by: actor, in: transaction)
        }
    }

    /// The same for a proposal whose lock the transaction holds, and whose author it has recognised.
    func withdraw(
        _ proposal: ID<Proposal>, _ status: Proposal.Status, by actor: Actor, in transaction: Transaction
    ) async throws {
        guard Self.mayWithdraw(status) else { throw WithdrawalRefusal.settled }
        // Whoever joins another to it holds this lock too: this is read under it.
        let origins: Row? = try await transaction.one(
            "proposal.origins",
            "SELECT EXISTS (SELECT FROM proposal WHERE joined_into = \(proposal)) AS has_origins")
        if try origins?.get("has_origins") ?? false { throw WithdrawalRefusal.othersJoined }
        try await transaction.execute(
            "proposal.set_withdrawn",
            """
            UPDATE proposal
            SET status = 'withdrawn', withdrawn_at = clock_timestamp(), changed_at = clock_timestamp()
            WHERE id = \(proposal)
            """)
        try await Acts.record("proposal_withdrawn", by: actor, on: "proposal", proposal, in: transaction)
        try await notices.tell(.followers, of: .withdrawn, about: proposal, by: actor, in: transaction)
    }
}
