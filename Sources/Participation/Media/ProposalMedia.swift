import Foundation
public import Postgres

/// Photos and documents of proposals: added, described, ordered and taken away by their authors, before publication and
/// until the proposal has been examined, and by agents once it is public.
public struct ProposalMedia: Sendable {
    /// Photos and documents that one proposal may have; a constraint says the same.
    public static let limit = 8

    private let pool: Pool

    /// The media of the proposals kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Reading

    /// The media of a proposal, in their order.
    public func list(of proposal: ID<Proposal>) async throws -> [Medium] {
        try await pool.query(
            "proposal_medium.list",
            """
            SELECT \(sql: Medium.columns)
            FROM proposal_medium JOIN medium ON medium.id = proposal_medium.medium_id \(sql: Medium.renditions)
            WHERE proposal_medium.proposal_id = \(proposal) ORDER BY proposal_medium.position
            """
        ).map(Medium.init(row:))
    }

    /// The first image of each of these proposals that has one.
    public func covers(of proposals: [ID<Proposal>]) async throws -> [ID<Proposal>: Medium] {
        let rows: [Row] = try await pool.query(
            "proposal_medium.covers",
            """
            SELECT DISTINCT ON (proposal_medium.proposal_id) proposal_medium.proposal_id, \(sql: Medium.columns)
            FROM proposal_medium JOIN medium ON medium.id = proposal_medium.medium_id \(sql: Medium.renditions)
            WHERE proposal_medium.proposal_id = ANY (\(proposals)) AND medium.kind = 'image'
            ORDER BY proposal_medium.proposal_id, proposal_medium.position
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (ID(try row.get("proposal_id", as: UUID.self)), try Medium(row: row))
            })
    }

    /// The small renditions of the first images of a proposal, to be put on paper: their bytes and what they show.
    public func pictures(of proposal: ID<Proposal>, limit: Int) async throws -> [(bytes: [UInt8], alt: String)] {
        try await pool.query(
            "proposal_medium.pictures",
            """
            SELECT medium_rendition.bytes, medium.alt
            FROM proposal_medium
            JOIN medium ON medium.id = proposal_medium.medium_id
            JOIN medium_rendition ON medium_rendition.medium_id = medium.id AND medium_rendition.rendition = 'small'
            WHERE proposal_medium.proposal_id = \(proposal) ORDER BY proposal_medium.position LIMIT \(limit)
            """
        ).map { (try $0.get("bytes"), try $0.get("alt")) }
    }

    /// The proposal of that number, draft or published, if the actor may change its media now; nil for everybody else.
    public func find(_ number: Int64, by actor: Actor) async throws -> Proposal? {
        try await pool.one(
            "proposal_medium.find",
            """
            SELECT \(sql: Proposal.columns) FROM proposal
            WHERE proposal.number = \(number) AND \(sql: Self.mayChange(actor))
            """
        ).map(Proposal.init(row:))
    }

    // MARK: Writing

    /// Adds a photo or document at the end of those of a proposal.
    ///
    /// - Throws: `MediaRefusal.tooMany`; `NotAllowed` unless the actor is an author or an agent of the process.
    @discardableResult
    public func add(_ medium: PreparedMedium, to proposal: ID<Proposal>, by actor: Actor) async throws -> ID<Medium> {
        try await pool.transaction("proposal_medium.add") { transaction in
            try await Self.lock(proposal, by: actor, transaction)
            return try await Self.add(medium, to: proposal, by: actor, in: transaction)
        }
    }

    /// The same as a part of an act that has checked who acts and holds the lock of the proposal's row.
    static func add(
        _ medium: PreparedMedium, to proposal: ID<Proposal>, by actor: Actor, in transaction: some Executor
    ) async throws -> ID<Medium> {
        let row: Row? = try await transaction.one(
            "proposal_medium.last",
            """
            SELECT count(*) AS count, coalesce(max(position), 0) AS last
            FROM proposal_medium WHERE proposal_id = \(proposal)
            """)
        guard let row, try row.get("count", as: Int.self) < limit else { throw MediaRefusal.tooMany(limit: limit) }
        let id: ID<Medium> = try await medium.store(by: actor, in: transaction)
        try await transaction.execute(
            "proposal_medium.insert",
            """
            INSERT INTO proposal_medium (proposal_id, medium_id, position)
            VALUES (\(proposal), \(id), \(row.get("last", as: Int32.self) + 1))
            """)
        try await Acts.record(
            "proposal_medium_added", by: actor, on: "proposal", proposal, detail: ["kind": medium.kind.rawValue],
            in: transaction)
        return id
    }

    /// Says anew what an image shows.
    ///
    /// - Throws: `Refused<MediaRefusal>`: `.altMissing`, `.altTooLong`; `NotAllowed` as in ``add(_:to:by:)``.
    public func describe(
        _ medium: ID<Medium>, as alt: String, isDecorative: Bool, of proposal: ID<Proposal>, by actor: Actor
    ) async throws {
        let reasons: [MediaRefusal] = Media.misfits(of: alt, isDecorative: isDecorative)
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
        try await pool.transaction("proposal_medium.describe") { transaction in
            try await Self.lock(proposal, by: actor, transaction)
            let count: Int = try await transaction.execute(
                "medium.describe",
                """
                UPDATE medium SET alt = \(isDecorative ? "" : alt)
                FROM proposal_medium
                WHERE medium.id = \(medium) AND medium.kind = 'image' AND proposal_medium.medium_id = medium.id
                  AND proposal_medium.proposal_id = \(proposal)
                """)
            guard count == 1 else { return }
            try await Acts.record(
                "proposal_medium_described", by: actor, on: "proposal", proposal, in: transaction)
        }
    }

    /// Changes places with the medium before; the first one stays where it is.
    ///
    /// - Throws: `NotAllowed` as in ``add(_:to:by:)``.
    public func moveUp(_ medium: ID<Medium>, of proposal: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("proposal_medium.move") { transaction in
            try await Self.lock(proposal, by: actor, transaction)
            try await transaction.execute(
                "proposal_medium.swap",
                """
                WITH lower AS (
                    SELECT position FROM proposal_medium WHERE proposal_id = \(proposal) AND medium_id = \(medium)
                ), upper AS (
                    SELECT max(proposal_medium.position) AS position FROM proposal_medium, lower
                    WHERE proposal_id = \(proposal) AND proposal_medium.position < lower.position
                )
                UPDATE proposal_medium
                SET position = lower.position + upper.position - proposal_medium.position
                FROM lower, upper
                WHERE proposal_id = \(proposal) AND proposal_medium.position IN (lower.position, upper.position)
                  AND upper.position IS NOT NULL
                """)
        }
    }

    /// Takes a photo or document away for good; those after it move up.
    ///
    /// - Throws: `NotAllowed` as in ``add(_:to:by:)``.
    public func remove(_ medium: ID<Medium>, of proposal: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("proposal_medium.remove") { transaction in
            try await Self.lock(proposal, by: actor, transaction)
            let row: Row? = try await transaction.one(
                "proposal_medium.delete",
                """
                DELETE FROM proposal_medium
                WHERE proposal_id = \(proposal) AND medium_id = \(medium) RETURNING position
                """)
            guard let row else { return }
            try await transaction.execute(
                "proposal_medium.close_gap",
                """
                UPDATE proposal_medium SET position = position - 1
                WHERE proposal_id = \(proposal) AND position > \(row.get("position", as: Int32.self))
                """)
            try await Acts.record(
                "proposal_medium_removed", by: actor, on: "proposal", proposal, in: transaction)
        }
    }

    // MARK: Parts

    /// Locks the proposal's row, so that two files at once get two places; refuses whoever may not change its media.
    private static func lock(_ id: ID<Proposal>, by actor: Actor, _ transaction: some Executor) async throws {
        let row: Row? = try await transaction.one(
            "proposal_medium.lock",
            """
            SELECT proposal.id FROM proposal WHERE proposal.id = \(id) AND \(sql: mayChange(actor)) FOR UPDATE
            """)
        guard row != nil else { throw NotAllowed(roles: [.participationAgent]) }
    }

    /// A condition on a row of `proposal`: the actor may change its media.
    private static func mayChange(_ actor: Actor) -> SQL {
        switch actor {
        case .operator, .system: "true"
        case .official(let account, .participationAgent):
            "(proposal.published_at IS NOT NULL AND \(sql: isAgent(account)))"
        case .resident(let account):
            """
            (proposal.status IN ('draft', 'received', 'in_examination') AND \(sql: isAuthor(account)))
            """
        case .official, .code, .visitor: "false"
        }
    }

    private static func isAuthor(_ account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM proposal_author
                WHERE proposal_author.proposal_id = proposal.id AND proposal_author.account_id = \(account))
        """
    }

    private static func isAgent(_ account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM role_grant
                WHERE role_grant.account_id = \(account) AND role_grant.role = 'participation_agent'
                  AND role_grant.revoked_at IS NULL AND role_grant.vote_id IS NULL
                  AND (role_grant.process_id IS NULL OR role_grant.process_id = proposal.process_id))
        """
    }
}

extension ProposalMedia: MediaUse {
    static let isPublic: SQL = """
        EXISTS (SELECT FROM proposal_medium JOIN proposal ON proposal.id = proposal_medium.proposal_id
                WHERE proposal_medium.medium_id = medium.id AND proposal.published_at IS NOT NULL)
        """

    /// Authors see those of their drafts; nobody else does.
    static func isOpen(to account: ID<Account>) -> SQL {
        """
        EXISTS (SELECT FROM proposal_medium JOIN proposal ON proposal.id = proposal_medium.proposal_id
                WHERE proposal_medium.medium_id = medium.id AND \(sql: isAuthor(account)))
        """
    }
}
