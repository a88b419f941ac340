public import Postgres

/// The roll of a vote on paper, for places without network. Who takes a list out is recorded.
public struct RollLists: Sendable {
    /// Who may take a list.
    public static let readers: [Role] = [.pollingOfficer, .returningOfficer]

    private let pool: Pool

    /// The lists of the rolls in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The people whose line is among `lines`, in their order.
    ///
    /// - Throws: `NotAllowed` unless the actor is a polling or returning officer of the vote, or the operator.
    public func take(_ lines: ClosedRange<Int>, of vote: ID<Vote>, by actor: Actor) async throws -> [RollEntry] {
        try await pool.transaction("roll_list.take") { transaction in
            try await Authority.require(Self.readers, of: actor, for: vote, in: transaction)
            try await Acts.record(
                "roll_printed", by: actor, on: "vote", vote,
                detail: ["first": String(lines.lowerBound), "last": String(lines.upperBound)], in: transaction)
        }
        return try await Rolls(pool: pool).lines(of: vote, after: lines.lowerBound - 1, limit: lines.count)
            .filter { lines.contains($0.line) }
    }
}
