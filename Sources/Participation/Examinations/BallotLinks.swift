import Foundation
import Postgres

/// Projects of votes that were proposals: kept while a draft is written anew, and told the result once it is published.
///
/// A project is known by its key; its row is written anew whenever a draft is edited.
enum BallotLinks {
    /// The proposals of a vote's projects, by the key of the project, and no longer linked.
    static func take(from vote: ID<Vote>, in transaction: some Executor) async throws -> [String: ID<Proposal>] {
        let rows: [Row] = try await transaction.query(
            "project_proposal.take",
            """
            DELETE FROM project_proposal USING project
            WHERE project.id = project_proposal.project_id AND project.vote_id = \(vote)
            RETURNING project.key, project_proposal.proposal_id
            """)
        return Dictionary(
            try rows.map { (try $0.get("key"), ID<Proposal>(try $0.get("proposal_id", as: UUID.self))) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Links the projects again that are still there. Proposals whose project is gone are accepted ones again.
    static func restore(
        _ links: [String: ID<Proposal>], to vote: ID<Vote>, by actor: Actor, in transaction: some Executor
    ) async throws {
        guard !links.isEmpty else { return }
        try await transaction.execute(
            "project_proposal.restore",
            """
            INSERT INTO project_proposal (project_id, proposal_id)
            SELECT project.id, link.proposal
            FROM unnest(\(Array(links.keys)), \(Array(links.values))) AS link (key, proposal)
            JOIN project ON project.key = link.key AND project.vote_id = \(vote)
            """)
        try await release(Array(links.values), by: actor, in: transaction)
    }

    /// Those of the proposals that no project leads to any more are accepted ones again.
    static func release(
        _ proposals: [ID<Proposal>], by actor: Actor, in transaction: some Executor
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "proposal.release",
            """
            UPDATE proposal SET status = 'accepted', changed_at = now()
            WHERE id = ANY (\(proposals)) AND status = 'on_ballot'
              AND NOT EXISTS (SELECT FROM project_proposal WHERE project_proposal.proposal_id = proposal.id)
            RETURNING id
            """)
        try await Acts.recordEach(
            "proposal_off_ballot", by: actor, on: "proposal",
            try rows.map { ID<Proposal>(try $0.get("id", as: UUID.self)) }, in: transaction)
    }

    /// Writes what the published result of a vote means for its proposals, in the act of publication.
    static func settle(_ vote: ID<Vote>, by actor: Actor, in transaction: some Executor) async throws {
        let row: Row? = try await transaction.one(
            "vote_count.result",
            """
            SELECT result FROM vote_count WHERE vote_id = \(vote) AND EXISTS (
                SELECT FROM project JOIN project_proposal ON project_proposal.project_id = project.id
                WHERE project.vote_id = \(vote))
            """)
        guard let row else { return }
        let result = try VoteResult(bytes: row.get("result"))
        let rows: [Row] = try await transaction.query(
            "proposal.settle",
            """
            UPDATE proposal SET status = CASE WHEN project.key = ANY (\(result.order)) THEN 'selected'
                                              ELSE 'not_selected' END, changed_at = now()
            FROM project JOIN project_proposal ON project_proposal.project_id = project.id
            WHERE project.vote_id = \(vote) AND project_proposal.proposal_id = proposal.id
              AND proposal.status = 'on_ballot'
            RETURNING proposal.id
            """)
        try await Acts.recordEach(
            "proposal_result", by: actor, on: "proposal",
            try rows.map { ID<Proposal>(try $0.get("id", as: UUID.self)) }, in: transaction)
    }
}
