import Postgres

/// What came of something that people took part in: a letter tells it to them and to who follows the consultation.
public enum Outcome: Sendable {
    /// The minutes of an event are published.
    case minutes(Event)
    /// A debate is closed, with conclusions.
    case conclusions(Debate, of: Consultation)

    /// The name the outbox keeps.
    var kind: StaticString {
        switch self {
        case .minutes: "event_minutes"
        case .conclusions: "debate_concluded"
        }
    }
}

/// Whoever knows the words. Web does.
public protocol OutcomeCorrespondent: Sendable {
    /// The letter that tells `name` of `outcome`.
    func letter(_ outcome: Outcome, to name: String, in language: Language) -> Letter
}

/// Leaves letters about outcomes, in the transaction of the act.
struct OutcomeNotices: Sendable {
    let correspondent: any OutcomeCorrespondent

    /// One letter to each address of an audience.
    ///
    /// - Parameter audience: a query with the columns `email`, `name` and `language`.
    func tell(_ outcome: Outcome, to audience: SQL, in transaction: some Executor) async throws {
        let rows: [Row] = try await transaction.query(
            "outcome.audience",
            """
            SELECT DISTINCT ON (lower(audience.email)) audience.email, audience.name, audience.language
            FROM (\(sql: audience)) AS audience
            WHERE audience.email IS NOT NULL AND audience.name IS NOT NULL
            ORDER BY lower(audience.email), audience.name
            """)
        let letters: [(StaticString, SQL)] = try rows.compactMap { row in
            guard let address = EmailAddress(try row.get("email", as: String.self)) else { return nil }
            let language: Language = Language(rawValue: try row.get("language")) ?? .french
            let letter: Letter = correspondent.letter(outcome, to: try row.get("name"), in: language)
            return ("outbox.enqueue", Outbox.insertion(of: letter, kind: outcome.kind, to: address, in: language))
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    /// An audience: who follows the consultation; nobody where there is none.
    static func followers(of consultation: ID<Consultation>?) -> SQL {
        """
        SELECT account.email, account.name, account.language
        FROM consultation_follower JOIN account ON account.id = consultation_follower.account_id
        WHERE consultation_follower.consultation_id = \(consultation) AND account.closed_at IS NULL
        """
    }
}
