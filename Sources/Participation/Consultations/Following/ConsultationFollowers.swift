import Foundation
public import Postgres

/// Following: an account asks to be told when a stage of a consultation begins. Nobody else learns that it does.
public struct ConsultationFollowers: Sendable {
    let pool: Pool
    private let secrets: Secrets
    private let correspondent: any ConsultationCorrespondent

    /// The followers kept in the database of `pool`, with letters in the words of the correspondent.
    public init(pool: Pool, secrets: Secrets, correspondent: any ConsultationCorrespondent) {
        self.pool = pool
        self.secrets = secrets
        self.correspondent = correspondent
    }

    /// Whether the account follows the consultation.
    public func isFollowing(_ consultation: ID<Consultation>, _ account: ID<Account>) async throws -> Bool {
        try await pool.one(
            "consultation_follower.find",
            """
            SELECT 1 AS one FROM consultation_follower
            WHERE consultation_id = \(consultation) AND account_id = \(account)
            """) != nil
    }

    /// Follows a published consultation from now on; once is enough.
    ///
    /// - Throws: `NotAllowed` unless the actor is a resident.
    public func follow(_ consultation: ID<Consultation>, by actor: Actor) async throws {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await pool.transaction("consultation_follower.follow") { transaction in
            let count: Int = try await transaction.execute(
                "consultation_follower.insert",
                """
                INSERT INTO consultation_follower (consultation_id, account_id, link_hash)
                SELECT consultation.id, \(account), \(hash(of: token(of: consultation, account))) FROM consultation
                WHERE consultation.id = \(consultation) AND consultation.published_at IS NOT NULL
                ON CONFLICT DO NOTHING
                """)
            guard count > 0 else { return }
            try await Acts.record(
                "consultation_followed", by: actor, on: "consultation", consultation, in: transaction)
        }
    }

    /// Follows it no longer.
    ///
    /// - Throws: `NotAllowed` unless the actor is a resident.
    public func unfollow(_ consultation: ID<Consultation>, by actor: Actor) async throws {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await pool.transaction("consultation_follower.unfollow") { transaction in
            let count: Int = try await transaction.execute(
                "consultation_follower.delete",
                """
                DELETE FROM consultation_follower
                WHERE consultation_id = \(consultation) AND account_id = \(account)
                """)
            guard count > 0 else { return }
            try await Acts.record(
                "consultation_unfollowed", by: actor, on: "consultation", consultation, in: transaction)
        }
    }

    /// Follows it no longer, by the link of a letter. Done twice it is done once; a link that nobody has does nothing.
    public func unfollow(_ consultation: ID<Consultation>, by token: Token) async throws {
        try await pool.transaction("consultation_follower.unfollow_by_link") { transaction in
            let row: Row? = try await transaction.one(
                "consultation_follower.delete_by_link",
                """
                DELETE FROM consultation_follower
                WHERE consultation_id = \(consultation) AND link_hash = \(hash(of: token)) RETURNING account_id
                """)
            guard let row else { return }
            try await Acts.record(
                "consultation_unfollowed", by: .resident(try row.get("account_id")), on: "consultation", consultation,
                in: transaction)
        }
    }

    /// Leaves the letters about stages that have begun since the last time: for each published consultation the stage
    /// it is in, once. Returns how many consultations they are about.
    ///
    /// The mark and the letters are one transaction: after a crash there are both or neither.
    @discardableResult
    public func tellStages() async throws -> Int {
        try await pool.transaction("consultation.tell_stages") { transaction in
            let rows: [Row] = try await transaction.query(
                "consultation.told",
                """
                INSERT INTO consultation_told (consultation_id, stage)
                SELECT consultation.id, \(sql: Consultation.stage) FROM consultation
                WHERE consultation.published_at IS NOT NULL
                ON CONFLICT DO NOTHING RETURNING consultation_id
                """)
            let begun: [ID<Consultation>] = try rows.map { try $0.get("consultation_id") }
            guard !begun.isEmpty else { return 0 }
            let consultations: [Consultation] = try await Consultations.load(
                where: "consultation.id = ANY (\(begun))", in: transaction)
            try await tell(nil, of: consultations, in: transaction)
            return begun.count
        }
    }

    /// One letter to each follower of these consultations, in the transaction of the act.
    ///
    /// - Parameter news: nil for the stage in which each of them is.
    func tell(
        _ news: ConsultationNotice.News?, of consultations: [Consultation], in transaction: some Executor
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "consultation_follower.list",
            """
            SELECT consultation_follower.consultation_id, account.id, account.email, account.name, account.language
            FROM consultation_follower JOIN account ON account.id = consultation_follower.account_id
            WHERE consultation_follower.consultation_id = ANY (\(consultations.map(\.id)))
              AND account.email IS NOT NULL AND account.closed_at IS NULL
            """)
        let known: [ID<Consultation>: Consultation] = Dictionary(
            uniqueKeysWithValues: consultations.map { ($0.id, $0) })
        let letters: [(StaticString, SQL)] = try rows.compactMap { row in
            guard let consultation = known[try row.get("consultation_id")],
                let address = EmailAddress(try row.get("email", as: String.self))
            else { return nil }
            let language: Language = Language(rawValue: try row.get("language")) ?? .french
            let notice = ConsultationNotice(
                consultation: consultation, news: news ?? .began(consultation.stage),
                token: token(of: consultation.id, try row.get("id")))
            let letter: Letter = correspondent.letter(notice, to: try row.get("name"), in: language)
            return ("outbox.enqueue", Outbox.insertion(of: letter, kind: "consultation", to: address, in: language))
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    /// What ends it from a letter. It is made from who follows what and the installation's secret, so that every letter
    /// can carry it while a copy of the database opens nothing.
    func token(of consultation: ID<Consultation>, _ account: ID<Account>) -> Token {
        let bytes: [UInt8] = Array("\(consultation) \(account)".utf8)
        // A keyed hash is as long as a token.
        return Token(bytes: secrets.keyedHash(bytes, label: "consultation follower link"))!
    }

    private func hash(of token: Token) -> [UInt8] { token.hash(secrets, label: "consultation follower") }
}
