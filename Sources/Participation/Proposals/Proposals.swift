public import Postgres

/// The proposals of a city, as everybody reads them.
public struct Proposals: Sendable {
    let pool: Pool

    /// The proposals kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The published proposal of that number, whatever became of it; nil for a draft and for a number nobody has.
    public func find(_ number: Int64) async throws -> Proposal? {
        try await pool.one(
            "proposal.find",
            """
            SELECT \(sql: Proposal.columns) FROM proposal
            WHERE proposal.number = \(number) AND proposal.published_at IS NOT NULL
            """
        ).map(Proposal.init(row:))
    }
}
