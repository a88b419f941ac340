public import Foundation
import Postgres

/// A wording that a proposal has had.
public struct ProposalVersion: Sendable {
    /// What made a wording.
    public enum Reason: String, Sendable, CaseIterable {
        case published, edited, suggestion, adapted
    }

    /// Its place among the wordings, from 1.
    public let number: Int
    /// The words.
    public let wording: Wording
    /// What it cost then, in cents.
    public let cost: Int64?
    /// What made it.
    public let reason: Reason
    /// When it was written.
    public let writtenAt: Date
}

extension Proposals {
    /// When each wording of a proposal was written and why, the latest first, without the words; five hundred at most.
    public func versions(of proposal: ID<Proposal>) async throws -> [(
        number: Int, reason: ProposalVersion.Reason, at: Date
    )] {
        try await pool.query(
            "proposal.versions",
            """
            SELECT number, reason, written_at FROM proposal_version WHERE proposal_id = \(proposal)
            ORDER BY number DESC LIMIT 500
            """
        ).map { row in
            (
                Int(try row.get("number", as: Int32.self)),
                // The schema's check leaves no other word.
                ProposalVersion.Reason(rawValue: try row.get("reason"))!, try row.get("written_at")
            )
        }
    }

    /// One wording and the one before it; nil for a number that there is not.
    public func version(
        _ number: Int, of proposal: ID<Proposal>
    ) async throws -> (version: ProposalVersion, before: ProposalVersion?)? {
        let versions: [ProposalVersion] = try await pool.query(
            "proposal.version",
            """
            SELECT number, title, body, place, cost, reason, written_at FROM proposal_version
            WHERE proposal_id = \(proposal) AND number <= \(number) ORDER BY number DESC LIMIT 2
            """
        ).map { row in
            ProposalVersion(
                number: Int(try row.get("number", as: Int32.self)),
                wording: Wording(title: try row.get("title"), body: try row.get("body"), place: try row.get("place")),
                cost: try row.get("cost"), reason: ProposalVersion.Reason(rawValue: try row.get("reason"))!,
                writtenAt: try row.get("written_at"))
        }
        guard let version = versions.first, version.number == number else { return nil }
        return (version, versions.dropFirst().first)
    }
}
