public import Foundation
public import Postgres

/// Whoever knows the words of an invitation to write a proposal together. Web does.
public protocol CoAuthorCorrespondent: Sendable {
    /// The letter by which `inviter` asks somebody, of whom nothing but the address is known, to be an author of the
    /// proposal with that title.
    func invitation(
        _ token: Token, to title: String, by inviter: String, until end: Date, in language: Language
    ) -> Letter
}

/// What the reader of an invitation sees before they answer.
public struct CoAuthorInvitation: Sendable {
    /// The proposal as it stands.
    public let proposal: Proposal
    /// Who asks.
    public let inviter: String
    /// Until when it can be answered.
    public let expiresAt: Date
}

/// Writing together: an author invites others by their address, and whoever accepts is an author with the same rights.
///
/// A letter goes to every address, whether it has an account or not, so that nobody learns who has one.
public struct CoAuthors: Sendable {
    let pool: Pool
    private let secrets: Secrets
    private let throttle: Throttle
    private let correspondent: any CoAuthorCorrespondent

    /// Authors kept in the database of `pool`; tokens and addresses are hashed with keys of `secrets`.
    public init(pool: Pool, secrets: Secrets, correspondent: any CoAuthorCorrespondent) {
        self.pool = pool
        self.secrets = secrets
        self.correspondent = correspondent
        throttle = Throttle(pool: pool, secrets: secrets)
    }

    /// Why nobody is invited, or an invitation not accepted.
    public enum Refusal: Error, Hashable, Sendable {
        /// There is no such proposal or invitation, or it is none of the actor's.
        case absent
        /// It has as many authors and invitations as it may have.
        case tooMany(most: Int)
        /// Whoever has this address declined already.
        case declined
        /// The proposal is being examined, or further.
        case beyondEditing
        /// Somebody has to remain.
        case lastAuthor
    }

    /// Authors and invitations of one proposal.
    static let most = 10
    /// Days in which an invitation can be accepted.
    static let days = 14

    // MARK: Inviting

    /// Sends an invitation; one that waits for an answer already is sent again, with a new link.
    ///
    /// - Throws: `Refusal`; `Throttle.TooMany` when too many letters go to this address, or out of this network.
    public func invite(
        _ address: EmailAddress, to id: ID<Proposal>, from network: Network, in language: Language, by actor: Actor
    ) async throws {
        guard try await isAuthor(actor, of: id) else { throw Refusal.absent }
        try await throttle.count(.invitation(address, network))
        let token = Token()
        let hash: [UInt8] = addressHash(address, id)
        try await pool.transaction("coauthor.invite") { transaction in
            let proposal: Proposal = try await open(id, by: actor, transaction)
            let row: Row? = try await transaction.one(
                "coauthor.count",
                """
                SELECT account.name AS inviter,
                       (SELECT count(*) FROM proposal_author WHERE proposal_id = \(id))
                       + (SELECT count(*) FROM proposal_invitation
                          WHERE proposal_id = \(id) AND email IS NOT NULL AND address_hash <> \(hash)) AS people,
                       EXISTS (SELECT FROM proposal_invitation
                               WHERE proposal_id = \(id) AND address_hash = \(hash)
                                 AND declined_at IS NOT NULL) AS has_declined
                FROM account WHERE account.id = \(actor.account)
                """)
            guard let row else { throw Refusal.absent }
            guard try !row.get("has_declined", as: Bool.self) else { throw Refusal.declined }
            guard try row.get("people", as: Int.self) < Self.most else { throw Refusal.tooMany(most: Self.most) }
            let end: Row? = try await transaction.one(
                "coauthor.invitation",
                """
                INSERT INTO proposal_invitation (id, proposal_id, token_hash, address_hash, email, invited_by,
                                                 expires_at)
                VALUES (\(ID<OwnProposal.Invitation>()), \(id), \(tokenHash(token)), \(hash), \(address.text),
                        \(actor.account), now() + make_interval(days => \(Int32(Self.days))))
                ON CONFLICT ON CONSTRAINT proposal_invitation_once DO UPDATE
                SET token_hash = excluded.token_hash, email = excluded.email, invited_by = excluded.invited_by,
                    invited_at = now(), expires_at = excluded.expires_at, accepted_at = NULL
                RETURNING expires_at
                """)
            guard let end else { throw Refusal.absent }
            try await Outbox.enqueue(
                correspondent.invitation(
                    token, to: proposal.title, by: try row.get("inviter"), until: try end.get("expires_at"),
                    in: language),
                kind: "coauthor_invitation", to: address, in: language, within: transaction)
            try await Acts.record("coauthor_invited", by: actor, on: "proposal", id, in: transaction)
        }
    }

    /// Takes an invitation back that has not been answered.
    public func withdraw(
        _ invitation: ID<OwnProposal.Invitation>, of id: ID<Proposal>, by actor: Actor
    ) async throws {
        try await pool.transaction("coauthor.withdraw") { transaction in
            _ = try await own(id, by: actor, transaction)
            let gone: Int = try await transaction.execute(
                "coauthor.delete",
                """
                DELETE FROM proposal_invitation
                WHERE id = \(invitation) AND proposal_id = \(id) AND email IS NOT NULL
                """)
            guard gone == 1 else { throw Refusal.absent }
            try await Acts.record("coauthor_uninvited", by: actor, on: "proposal", id, in: transaction)
        }
    }

    // MARK: Answering

    /// What the link of an invitation shows; nil when it has been answered, taken back, or is too old.
    public func invitation(_ token: Token) async throws -> CoAuthorInvitation? {
        try await pool.one(
            "coauthor.find",
            """
            SELECT \(sql: Proposal.columns), account.name AS inviter, proposal_invitation.expires_at
            FROM proposal_invitation
            JOIN proposal ON proposal.id = proposal_invitation.proposal_id
            JOIN account ON account.id = proposal_invitation.invited_by
            WHERE proposal_invitation.token_hash = \(tokenHash(token)) AND proposal_invitation.email IS NOT NULL
              AND proposal_invitation.expires_at > now()
            """
        ).map {
            CoAuthorInvitation(
                proposal: try Proposal(row: $0), inviter: try $0.get("inviter"), expiresAt: try $0.get("expires_at"))
        }
    }

    /// Accepts an invitation: the account is an author from now on. The link proves the mailbox; whichever account its
    /// reader signs in to is theirs to choose.
    ///
    /// - Returns: the proposal.
    @discardableResult
    public func accept(_ token: Token, by actor: Actor) async throws -> ID<Proposal> {
        guard case .resident(let account) = actor else { throw Refusal.absent }
        return try await pool.transaction("coauthor.accept") { transaction in
            let id: ID<Proposal> = try await answer(token, "accepted_at", transaction)
            guard try await status(of: id, transaction) else { throw Refusal.beyondEditing }
            // Whoever is an author already stays at their place.
            try await transaction.execute(
                "coauthor.add",
                """
                INSERT INTO proposal_author (proposal_id, place, account_id)
                SELECT \(id), coalesce(max(place), 0) + 1, \(account) FROM proposal_author WHERE proposal_id = \(id)
                ON CONFLICT ON CONSTRAINT proposal_author_once DO NOTHING
                """)
            try await transaction.execute(
                "coauthor.follow",
                """
                INSERT INTO proposal_follower (proposal_id, account_id)
                SELECT id, \(account) FROM proposal WHERE id = \(id) AND published_at IS NOT NULL
                ON CONFLICT DO NOTHING
                """)
            try await Acts.record("coauthor_joined", by: actor, on: "proposal", id, in: transaction)
            return id
        }
    }

    /// Declines an invitation; nobody can invite the same address to the same proposal again.
    public func decline(_ token: Token) async throws {
        try await pool.transaction("coauthor.decline") { transaction in
            let id: ID<Proposal> = try await answer(token, "declined_at", transaction)
            try await Acts.record("coauthor_declined", by: .visitor, on: "proposal", id, in: transaction)
        }
    }

    // MARK: Leaving

    /// Takes the actor's own name off a proposal.
    ///
    /// - Throws: `Refusal.lastAuthor` when nobody would remain; `.absent`.
    public func leave(_ id: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("coauthor.leave") { transaction in
            _ = try await own(id, by: actor, transaction)
            let gone: Int = try await transaction.execute(
                "coauthor.remove",
                """
                DELETE FROM proposal_author
                WHERE proposal_id = \(id) AND account_id = \(actor.account)
                  AND EXISTS (SELECT FROM proposal_author AS other
                              WHERE other.proposal_id = \(id)
                                AND other.account_id IS DISTINCT FROM \(actor.account))
                """)
            guard gone == 1 else { throw Refusal.lastAuthor }
            try await Acts.record("coauthor_left", by: actor, on: "proposal", id, in: transaction)
        }
    }

    // MARK: Parts

    private func own(_ id: ID<Proposal>, by actor: Actor, _ transaction: Transaction) async throws -> Proposal {
        do { return try await Drafts.lock(id, by: actor, transaction) } catch is Refused<DraftRefusal> {
            throw Refusal.absent
        }
    }

    /// The proposal, if its authors may still change who they are.
    private func open(_ id: ID<Proposal>, by actor: Actor, _ transaction: Transaction) async throws -> Proposal {
        let proposal: Proposal = try await own(id, by: actor, transaction)
        guard [.draft, .received].contains(proposal.status) else { throw Refusal.beyondEditing }
        return proposal
    }

    /// Asked before a letter is counted, so that strangers cannot fill somebody's count.
    private func isAuthor(_ actor: Actor, of id: ID<Proposal>) async throws -> Bool {
        try await pool.one(
            "coauthor.is_author",
            "SELECT 1 AS found FROM proposal_author WHERE proposal_id = \(id) AND account_id = \(actor.account)") != nil
    }

    /// Whether authors may still join the proposal, which is locked: two who accept at once get two places.
    private func status(of id: ID<Proposal>, _ transaction: Transaction) async throws -> Bool {
        try await transaction.one(
            "coauthor.lock",
            "SELECT 1 AS found FROM proposal WHERE id = \(id) AND status IN ('draft', 'received') FOR UPDATE") != nil
    }

    private func answer(_ token: Token, _ column: SQL, _ transaction: Transaction) async throws -> ID<Proposal> {
        let row: Row? = try await transaction.one(
            "coauthor.answer",
            """
            UPDATE proposal_invitation SET \(sql: column) = now(), email = NULL
            WHERE token_hash = \(tokenHash(token)) AND email IS NOT NULL AND expires_at > now()
            RETURNING proposal_id
            """)
        guard let row else { throw Refusal.absent }
        return try row.get("proposal_id")
    }

    private func tokenHash(_ token: Token) -> [UInt8] { token.hash(secrets, label: "coauthor invitation") }

    /// Bound to the proposal, so that the hashes of two proposals say nothing about who was invited to both.
    private func addressHash(_ address: EmailAddress, _ proposal: ID<Proposal>) -> [UInt8] {
        secrets.keyedHash(Array("\(proposal) \(address.text)".utf8), label: "coauthor address")
    }
}
