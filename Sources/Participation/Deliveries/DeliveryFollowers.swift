import Postgres

/// What a follower of a delivery is told.
public struct DeliveryNotice: Sendable, Hashable {
    /// What has happened.
    public enum News: Sendable, Hashable {
        case update(title: Texts, words: Texts)
        case rescheduled(from: Day, to: Day, Texts)
        case done
        case abandoned(Texts)
    }

    /// The title and the handle of the delivery.
    public let title: Texts, handle: String
    /// What has happened.
    public let news: News

    /// News of a delivery.
    public init(title: Texts, handle: String, news: News) {
        self.title = title
        self.handle = handle
        self.news = news
    }
}

/// Whoever knows the words: turns a notice into a letter. Web does.
public protocol DeliveryCorrespondent: Sendable {
    /// The letter that tells `name` of `notice` in `language`.
    func letter(_ notice: DeliveryNotice, to name: String, in language: Language) -> Letter
}

extension Deliveries {
    /// Follows a delivery; to follow it twice is to follow it.
    public func follow(_ id: ID<Delivery>, by account: ID<Account>) async throws {
        try await pool.transaction("delivery.follow") { transaction in
            let added: Int = try await transaction.execute(
                "delivery.follower",
                """
                INSERT INTO delivery_follower (delivery_id, account_id) VALUES (\(id), \(account))
                ON CONFLICT ON CONSTRAINT delivery_follower_once DO NOTHING
                """)
            guard added > 0 else { return }
            try await Acts.record("delivery_followed", by: .resident(account), on: "delivery", id, in: transaction)
        }
    }

    /// Stops following a delivery, and with it the proposals behind it: whoever says stop gets no more letters.
    public func unfollow(_ id: ID<Delivery>, by account: ID<Account>) async throws {
        try await pool.transaction("delivery.unfollow") { transaction in
            let own: Int = try await transaction.execute(
                "delivery.unfollower",
                "DELETE FROM delivery_follower WHERE delivery_id = \(id) AND account_id = \(account)")
            let inherited: Int = try await transaction.execute(
                "delivery.unfollower_proposals",
                """
                WITH RECURSIVE \(sql: Self.family(of: id))
                DELETE FROM proposal_follower USING family
                WHERE proposal_follower.proposal_id = family.id AND proposal_follower.account_id = \(account)
                """)
            guard own + inherited > 0 else { return }
            try await Acts.record("delivery_unfollowed", by: .resident(account), on: "delivery", id, in: transaction)
        }
    }

    /// Whether the account follows the delivery, itself or by a proposal behind it.
    public func isFollowed(_ id: ID<Delivery>, by account: ID<Account>) async throws -> Bool {
        try await pool.one(
            "delivery.is_followed",
            """
            WITH RECURSIVE \(sql: Self.family(of: id))
            SELECT 1 AS found WHERE EXISTS (
                SELECT FROM delivery_follower WHERE delivery_id = \(id) AND account_id = \(account)
                UNION ALL
                SELECT FROM proposal_follower JOIN family ON family.id = proposal_follower.proposal_id
                WHERE proposal_follower.account_id = \(account))
            """) != nil
    }

    /// Leaves a letter for everybody who follows the delivery, follows a proposal behind it, or wrote one: in the
    /// transaction of the act it tells of, one letter for each address.
    func tell(_ news: DeliveryNotice.News, of delivery: Delivery, in transaction: some Executor) async throws {
        let rows: [Row] = try await transaction.query(
            "delivery.followers",
            """
            WITH RECURSIVE \(sql: Self.family(of: delivery.id)),
            following (account_id) AS (
                SELECT account_id FROM delivery_follower WHERE delivery_id = \(delivery.id)
                UNION
                SELECT proposal_follower.account_id
                FROM proposal_follower JOIN family ON family.id = proposal_follower.proposal_id
                UNION
                SELECT proposal_author.account_id
                FROM proposal_author JOIN family ON family.id = proposal_author.proposal_id
                WHERE proposal_author.account_id IS NOT NULL
            )
            SELECT account.email, account.name, account.language
            FROM account JOIN following ON following.account_id = account.id
            WHERE account.email IS NOT NULL AND account.closed_at IS NULL
            """)
        let notice = DeliveryNotice(title: delivery.title, handle: delivery.handle, news: news)
        let letters: [(StaticString, SQL)] = try rows.compactMap { row in
            guard let address = EmailAddress(try row.get("email", as: String.self)) else { return nil }
            let language: Language = Language(rawValue: try row.get("language")) ?? .french
            let letter: Letter = correspondent.letter(notice, to: try row.get("name"), in: language)
            return ("outbox.enqueue", Outbox.insertion(of: letter, kind: "delivery", to: address, in: language))
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    /// The proposals behind a delivery, with those joined to them, as the table `family` of a recursive query.
    private static func family(of id: ID<Delivery>) -> SQL {
        """
        family (id) AS (
            SELECT proposal_id FROM delivery_proposal WHERE delivery_id = \(id)
            UNION
            SELECT proposal.id FROM proposal JOIN family ON proposal.joined_into = family.id
        )
        """
    }
}
