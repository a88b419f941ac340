import Postgres

/// The wordings of proposals, as accepted suggestions and splits write them.
enum ProposalVersions {
    /// The number of the present wording.
    static func latest(of proposal: ID<Proposal>, in executor: some Executor) async throws -> Int {
        let row: Row? = try await executor.one(
            "version.latest",
            "SELECT coalesce(max(number), 0) AS number FROM proposal_version WHERE proposal_id = \(proposal)")
        return Int(try row?.get("number", as: Int32.self) ?? 0)
    }

    /// Gives a proposal, whose lock the caller holds, other words, and keeps them as a version credited to `actor`.
    ///
    /// - Returns: the number of that version.
    static func write(
        _ wording: Wording, of proposal: ID<Proposal>, because reason: String, by actor: Actor,
        in transaction: Transaction
    ) async throws -> Int {
        try await transaction.execute(
            "version.wording",
            """
            UPDATE proposal
            SET title = \(wording.title), body = \(wording.body), place = \(wording.place),
                changed_at = clock_timestamp()
            WHERE id = \(proposal)
            """)
        try await Drafts.addVersion(of: proposal, reason: reason, by: actor, transaction)
        return try await latest(of: proposal, in: transaction)
    }
}
