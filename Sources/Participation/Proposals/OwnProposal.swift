public import Foundation
import Postgres

/// A proposal as its authors see it: published or not, and with whom they write it.
public struct OwnProposal: Sendable {
    /// One of its authors.
    public struct Author: Sendable, Hashable {
        /// Their place among the authors, from 1.
        public let place: Int
        /// Their account; nil for a name on paper.
        public let account: ID<Account>?
        /// As others see them; empty once the account is closed.
        public let name: String
    }

    /// Somebody asked to be an author, who has not answered or has declined.
    public struct Invitation: Sendable, Hashable {
        /// Its identity.
        public let id: ID<Invitation>
        /// The address it went to; nil once it has been declined.
        public let email: String?
        /// When it was sent, and until when it can be accepted.
        public let invitedAt: Date, expiresAt: Date
    }

    /// The proposal, in whatever state it is.
    public let proposal: Proposal
    /// The handle and the title of its process.
    public let processSlug: String, processTitle: Texts
    /// Whether the process is demonstration data.
    public let demonstration: Bool
    /// Its authors in their order, the one who began it first.
    public let authors: [Author]
    /// Invitations without an answer, and those declined.
    public let invitations: [Invitation]
}

extension Drafts {
    /// The proposal with what its authors may know of it; nil unless the actor is one of them.
    public func find(_ id: ID<Proposal>, by actor: Actor) async throws -> OwnProposal? {
        guard case .resident(let account) = actor else { return nil }
        return try await own(where: "proposal.id = \(id)", account, limit: 1).first
    }

    /// The published proposal of that number, for one of its authors; nil for everybody else.
    public func find(number: Int64, by actor: Actor) async throws -> OwnProposal? {
        guard case .resident(let account) = actor else { return nil }
        return try await own(
            where: "proposal.number = \(number) AND proposal.published_at IS NOT NULL", account, limit: 1
        ).first
    }

    /// The drafts and proposals of the actor, the latest begun first, older than `last` when it is given.
    public func list(
        by actor: Actor, before last: ID<Proposal>? = nil, limit: Int = 25
    ) async throws -> [OwnProposal] {
        guard case .resident(let account) = actor else { return [] }
        return try await own(
            where: "(\(last)::uuid IS NULL OR proposal.id < \(last)::uuid)", account, limit: limit)
    }

    private func own(where condition: SQL, _ account: ID<Account>, limit: Int) async throws -> [OwnProposal] {
        try await pool.query(
            "draft.own",
            """
            SELECT \(sql: Proposal.columns), process.slug, process.title::text AS process_title, process.demonstration,
                   (SELECT json_agg(json_build_object(
                               'place', author.place, 'account', author.account_id,
                               'name', coalesce(author.name, account.name)) ORDER BY author.place)
                    FROM proposal_author AS author LEFT JOIN account ON account.id = author.account_id
                    WHERE author.proposal_id = proposal.id)::text AS authors,
                   coalesce(
                       (SELECT json_agg(json_build_object(
                                   'id', proposal_invitation.id, 'email', proposal_invitation.email,
                                   'invited', extract(epoch FROM proposal_invitation.invited_at),
                                   'expires', extract(epoch FROM proposal_invitation.expires_at))
                               ORDER BY proposal_invitation.invited_at, proposal_invitation.id)
                        FROM proposal_invitation
                        WHERE proposal_invitation.proposal_id = proposal.id
                          AND proposal_invitation.accepted_at IS NULL), '[]')::text AS invitations
            FROM proposal_author AS mine
            JOIN proposal ON proposal.id = mine.proposal_id
            JOIN process ON process.id = proposal.process_id
            WHERE mine.account_id = \(account) AND \(sql: condition)
            ORDER BY proposal.id DESC
            LIMIT \(limit)
            """
        ).map(OwnProposal.init(row:))
    }
}

extension OwnProposal {
    fileprivate init(row: Row) throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        proposal = try Proposal(row: row)
        processSlug = try row.get("slug")
        processTitle = try Texts(json: try row.get("process_title"))
        demonstration = try row.get("demonstration")
        authors = try decoder.decode([AuthorRow].self, from: Data(try row.get("authors", as: String.self).utf8)).map {
            Author(place: $0.place, account: $0.account.map { ID($0) }, name: $0.name)
        }
        invitations = try decoder.decode(
            [InvitationRow].self, from: Data(try row.get("invitations", as: String.self).utf8)
        ).map { Invitation(id: ID($0.id), email: $0.email, invitedAt: $0.invited, expiresAt: $0.expires) }
    }
}

private struct AuthorRow: Decodable {
    let place: Int
    let account: UUID?
    let name: String
}

private struct InvitationRow: Decodable {
    let id: UUID
    let email: String?
    let invited: Date, expires: Date
}
