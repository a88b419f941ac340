import Foundation
import Postgres

/// A proposal that is joined to none, with all that were joined to it, directly or not: what one person supports once.
///
/// Whoever changes what a family counts, or who belongs to it, holds the lock of its root first, so that each count is
/// made of everything that was committed before it.
enum Family {
    /// Locks the root of the family of `member` and returns it; nil when there is no such published proposal.
    static func lock(_ member: ID<Proposal>, in transaction: Transaction) async throws -> Proposal? {
        while true {
            let row: Row? = try await transaction.one(
                "family.lock",
                """
                SELECT \(sql: Proposal.columns) FROM proposal
                WHERE proposal.id = (SELECT proposal_root(\(member))) AND proposal.published_at IS NOT NULL
                FOR NO KEY UPDATE
                """)
            guard let root = try row.map(Proposal.init(row:)) else { return nil }
            // While we waited for the lock the root may have been joined to another, or the member taken out.
            let now: Row? = try await transaction.one(
                "family.root", "SELECT proposal_root(\(member)) AS root")
            if try now?.get("root", as: UUID?.self) == root.id.uuid { return root }
        }
    }

    /// Locks several proposals, always in one order, so that two acts never wait for each other.
    static func lock(_ numbers: [Int64], in transaction: Transaction) async throws -> [Proposal] {
        try await transaction.query(
            "family.lock_all",
            """
            SELECT \(sql: Proposal.columns) FROM proposal
            WHERE proposal.number = ANY (\(numbers)) AND proposal.published_at IS NOT NULL
            ORDER BY proposal.id FOR NO KEY UPDATE
            """
        ).map(Proposal.init(row:))
    }

    /// Counts the supporters of every member of the family of `root` anew: distinct people over the member and all that
    /// were joined to it.
    static func countSupports(of root: ID<Proposal>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "family.count_supports",
            """
            UPDATE proposal
            SET support_count = (
                SELECT count(DISTINCT proposal_support.person_id) FROM proposal_support
                WHERE proposal_support.proposal_id IN (SELECT proposal_family(proposal.id)))
            WHERE proposal.id IN (SELECT proposal_family(\(root)))
            """)
    }

    /// Counts the comments of every member likewise; those withdrawn are no longer there.
    static func countComments(of root: ID<Proposal>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "family.count_comments",
            """
            UPDATE proposal
            SET comment_count = (
                SELECT count(*) FROM comment
                JOIN proposal AS member ON member.thread_id = comment.thread_id
                WHERE member.id IN (SELECT proposal_family(proposal.id)) AND comment.withdrawn_at IS NULL)
            WHERE proposal.id IN (SELECT proposal_family(\(root)))
            """)
    }
}
