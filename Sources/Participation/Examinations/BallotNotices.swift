public import Logging
public import Postgres
public import ServiceLifecycle

/// Tells authors and followers that a vote with their proposal has been opened, and what its result is, once each.
///
/// Opening a vote and publishing its result do not wait for thousands of letters: they are written soon after.
public struct BallotNotices: Service {
    private let pool: Pool
    private let logger: Logger
    private let notices: ProposalNotices

    /// Notices with the words of the correspondent.
    public init(pool: Pool, logger: Logger, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        self.logger = logger
        notices = ProposalNotices(correspondent: correspondent)
    }

    /// Looks every five minutes until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(300), logger, "Nobody could be told of the ballot") {
            try await tell()
        }
    }

    /// Writes the letters that are due. Returns how many proposals they are about.
    @discardableResult
    public func tell() async throws -> Int {
        try await pool.transaction("ballot.tell") { transaction in
            let rows: [Row] = try await transaction.query(
                "ballot.untold",
                """
                WITH due AS (
                    SELECT vote_id, 'opened' AS kind FROM vote_opening
                    UNION ALL SELECT vote_id, 'published' FROM vote_publication
                ), told AS (
                    INSERT INTO ballot_notice (vote_id, kind)
                    SELECT due.vote_id, due.kind FROM due
                    WHERE EXISTS (SELECT FROM project JOIN project_proposal ON project_proposal.project_id = project.id
                                  WHERE project.vote_id = due.vote_id)
                    ON CONFLICT DO NOTHING RETURNING vote_id, kind
                )
                SELECT proposal.id, proposal.status, told.kind, vote.title::text AS vote
                FROM told JOIN vote ON vote.id = told.vote_id JOIN project ON project.vote_id = told.vote_id
                JOIN project_proposal ON project_proposal.project_id = project.id
                JOIN proposal ON proposal.id = project_proposal.proposal_id
                WHERE told.kind = 'opened' AND proposal.status = 'on_ballot'
                   OR told.kind = 'published' AND proposal.status IN ('selected', 'not_selected')
                """)
            var events: [ID<Proposal>: ProposalNotice.Event] = [:]
            for row in rows {
                let status: String = try row.get("status")
                events[ID(try row.get("id"))] =
                    switch status {
                    case "selected": .selected
                    case "not_selected": .notSelected
                    default: .onBallot(vote: try Texts(json: row.get("vote")))
                    }
            }
            try await notices.tell(.everybody, of: events, by: .system, in: transaction)
            return events.count
        }
    }
}
