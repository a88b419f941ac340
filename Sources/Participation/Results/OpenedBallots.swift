import Postgres
public import PublicRecord

extension Results {
    /// The election that a published result counted, put together from the public record alone.
    ///
    /// Papers that were left blank stand in the record as a number of their batch and not one by one; whatever of the
    /// counted ballots was not opened is therefore blank.
    public func election(_ vote: Vote, _ result: VoteResult) async throws -> Election? {
        guard let opening = vote.opening else { return nil }
        let definition: Definition = opening.definition
        let checker: BallotChecker = opening.checker
        var builder = try ElectionBuilder(
            budget: definition.cityBudget, projects: definition.competitors, ballotType: BallotType(definition.ballot))
        var opened: Int64 = 0
        try await forEachBallot(of: vote, definition) { _, lines in
            try builder.add(Choices(try checker.ballot(lines)))
            opened += 1
        }
        if opened < result.voters { try builder.add(Choices(try checker.ballot([])), times: result.voters - opened) }
        return try builder.election()
    }

    /// Gives every valid ballot that stands in the record, in its order.
    func forEachBallot(
        of vote: Vote, _ definition: Definition, _ body: (Channel?, [BallotLine]) throws -> Void
    ) async throws {
        var next: Int64 = 0
        while true {
            let rows: [Row] = try await pool.query(
                "result.ballots",
                """
                SELECT index, entry FROM record_entry
                WHERE vote_id = \(vote.id.uuid) AND index >= \(next) ORDER BY index LIMIT 10000
                """)
            for row in rows {
                next = try row.get("index", as: Int64.self) + 1
                guard
                    case .ballotOpened(let channel, _, let choices, _) = try Entry(
                        bytes: try row.get("entry", as: [UInt8].self)), choices != .null
                else { continue }
                try body(channel, try Ballot.lines(choices, type: definition.ballot.type))
            }
            if rows.count < 10_000 { return }
        }
    }
}
