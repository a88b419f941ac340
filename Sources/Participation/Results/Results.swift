public import Postgres
import PublicRecord

/// Published results.
public struct Results: Sendable {
    let pool: Pool

    /// The results kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The result of the vote, once it is published; nil before.
    public func find(_ vote: Vote) async throws -> VoteResult? {
        guard vote.publishedAt != nil else { return nil }
        let row: Row? = try await pool.one(
            "result.find", "SELECT result FROM vote_count WHERE vote_id = \(vote.id.uuid)")
        return try row.map { try VoteResult(bytes: try $0.get("result")) }
    }
}
