public import Logging
public import Postgres
public import ServiceLifecycle

/// Reminds people with an account, once and by letter, of choices they have kept and not confirmed.
///
/// A fifth of voters elsewhere stop one click early. What they chose is not in the letter: the service cannot read it.
public struct BasketReminders: Service {
    /// Turns the name of a person, the title and the handle of a vote into a letter.
    public typealias Words = @Sendable (_ name: String, _ vote: Texts, _ slug: String, Language) -> Letter

    private let pool: Pool
    private let logger: Logger
    private let words: Words

    /// Reminders with these words.
    public init(pool: Pool, logger: Logger, words: @escaping Words) {
        self.pool = pool
        self.logger = logger
        self.words = words
    }

    /// Looks every quarter of an hour until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(900), logger, "Nobody could be reminded of their choices") {
            try await remind()
        }
    }

    /// Writes the letters that are due: for baskets left for two hours, in votes that are open and in which the person
    /// has not voted. Returns how many.
    @discardableResult
    public func remind() async throws -> Int {
        try await pool.transaction("basket.remind") { transaction in
            let rows: [Row] = try await transaction.query(
                "basket.due",
                """
                UPDATE basket SET reminded_at = now()
                FROM session, account, vote
                WHERE basket.reminded_at IS NULL AND basket.saved_at < now() - interval '2 hours'
                  AND session.id = basket.session_id AND account.id = session.account_id AND vote.id = basket.vote_id
                  AND account.email IS NOT NULL AND now() BETWEEN vote.opens_at AND vote.closes_at
                  AND NOT EXISTS (SELECT FROM vote_closing WHERE vote_closing.vote_id = vote.id)
                  AND NOT EXISTS (SELECT FROM mark WHERE mark.vote_id = vote.id
                                  AND mark.person_id = account.person_id AND mark.annulled_at IS NULL)
                RETURNING account.email, account.name, account.language, vote.slug, vote.title::text AS title
                """)
            for row in rows {
                guard let address = EmailAddress(try row.get("email")) else { continue }
                let language: Language = Language(rawValue: try row.get("language")) ?? .french
                let letter: Letter = words(
                    try row.get("name"), try Texts(json: try row.get("title")), try row.get("slug"), language)
                try await Outbox.enqueue(letter, kind: "basket_left", to: address, in: language, within: transaction)
            }
            return rows.count
        }
    }
}
