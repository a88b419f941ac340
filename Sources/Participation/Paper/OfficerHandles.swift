import Postgres

/// How the record names officers: `returning_officer-1`. The role and a number of this vote, never the name; whoever
/// signs twice in a role has one number.
enum OfficerHandles {
    /// The handle of an account in a role, made on first use. The caller holds the vote.
    static func handle(
        of account: ID<Account>, as role: Role, in vote: ID<Vote>, _ transaction: Transaction
    ) async throws -> String {
        try await transaction.execute(
            "officer_handle.make",
            """
            INSERT INTO officer_handle (vote_id, account_id, role, number)
            SELECT \(vote), \(account), \(role), coalesce(max(number), 0) + 1
            FROM officer_handle WHERE vote_id = \(vote) AND role = \(role)
            ON CONFLICT (vote_id, account_id, role) DO NOTHING
            """)
        let row: Row? = try await transaction.one(
            "officer_handle.find",
            """
            SELECT number FROM officer_handle
            WHERE vote_id = \(vote) AND account_id = \(account) AND role = \(role)
            """)
        return "\(role.rawValue)-\(try row?.get("number", as: Int.self) ?? 0)"
    }
}
