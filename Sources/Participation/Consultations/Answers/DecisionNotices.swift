import Foundation
public import Logging
import Postgres
public import ServiceLifecycle

/// What somebody is told about the decisions after a consultation.
public struct DecisionNotice: Sendable {
    /// What happened.
    public enum News: Sendable {
        /// The city answers something that they said, in decisions with these numbers and headings.
        case answered([(number: Int, title: Texts)])
        /// What became of decisions, the earliest first; the token ends these letters.
        case turned([DecisionTurn], Token)
    }

    /// The consultation, by its title and its handle.
    public let title: Texts, consultation: String
    /// What happened.
    public let news: News
}

/// Whoever knows the words of letters about decisions. Web does.
public protocol DecisionCorrespondent: Sendable {
    /// The letter that tells `name` of `notice`.
    func letter(_ notice: DecisionNotice, to name: String, in language: Language) -> Letter
}

extension Decisions {
    /// Tells whoever has an account and said something that a published decision answers: once for each decision, in one
    /// letter, in the transaction of the publication.
    func tellAuthors(of consultation: Consultation, in transaction: some Executor) async throws {
        let rows: [Row] = try await transaction.query(
            "decision.tell_authors",
            """
            WITH voice AS (
                SELECT decision_voice.decision_id, decision_voice.kind, decision_voice.target
                FROM decision_voice JOIN decision ON decision.id = decision_voice.decision_id
                WHERE decision.consultation_id = \(consultation.id)
            ), said AS (
                SELECT voice.decision_id, proposal_author.account_id
                FROM voice JOIN proposal ON voice.kind = 'proposal' AND proposal.number::text = voice.target
                JOIN proposal_author ON proposal_author.proposal_id = proposal.id
                UNION
                SELECT voice.decision_id, comment.account_id
                FROM voice JOIN comment ON voice.kind = 'comment' AND comment.id::text = voice.target
                UNION
                SELECT voice.decision_id, argument.account_id
                FROM voice JOIN debate ON voice.kind = 'argument' AND debate.consultation_id = \(consultation.id)
                JOIN argument ON argument.debate_id = debate.id
                    AND debate.handle || '/' || argument.number = voice.target
                UNION
                SELECT voice.decision_id, text_suggestion.account_id
                FROM voice JOIN consultation_text ON voice.kind = 'wording'
                    AND consultation_text.consultation_id = \(consultation.id)
                JOIN text_suggestion ON text_suggestion.text_id = consultation_text.id
                    AND consultation_text.handle || '/' || text_suggestion.number = voice.target
            ), told AS (
                INSERT INTO decision_told (decision_id, account_id)
                SELECT said.decision_id, account.id FROM said JOIN account ON account.id = said.account_id
                WHERE account.email IS NOT NULL AND account.closed_at IS NULL
                ON CONFLICT ON CONSTRAINT decision_told_once DO NOTHING RETURNING decision_id, account_id
            )
            SELECT account.id, account.email, account.name, account.language, decision.number,
                   decision.title::text AS title
            FROM told JOIN account ON account.id = told.account_id JOIN decision ON decision.id = told.decision_id
            ORDER BY account.id, decision.number
            """)
        let readers: [ID<Account>: [Row]] = Dictionary(grouping: rows) { row in
            // The statement gives identities.
            (try? row.get("id", as: ID<Account>.self)) ?? ID()
        }
        let letters: [(StaticString, SQL)] = try readers.values.compactMap { lines in
            let first: Row = lines[0]
            return try letter(
                .answered(
                    try lines.map { (Int(try $0.get("number", as: Int32.self)), try Texts(json: $0.get("title"))) }),
                of: (consultation.title, consultation.handle), to: first, kind: "decision_answers")
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    /// Tells those who follow consultations what became of their decisions: everything new in one letter, and one letter
    /// a day at most. The marks and the letters are one transaction.
    ///
    /// - Returns: how many turns were told.
    @discardableResult
    public func tellFollowers(_ followers: ConsultationFollowers) async throws -> Int {
        try await pool.transaction("decision.tell_followers") { transaction in
            let due: [ID<Consultation>] = try await transaction.query(
                "decision.digests",
                """
                INSERT INTO decision_digest (consultation_id, sent_on)
                SELECT DISTINCT decision.consultation_id, (clock_timestamp() AT TIME ZONE \(zone))::date
                FROM decision_turn JOIN decision ON decision.id = decision_turn.decision_id
                WHERE decision_turn.told_at IS NULL
                ON CONFLICT ON CONSTRAINT decision_digest_once DO NOTHING RETURNING consultation_id
                """
            ).map { try $0.get("consultation_id") }
            guard !due.isEmpty else { return 0 }
            let news: [Row] = try await transaction.query(
                "decision.tell_turns",
                """
                WITH told AS (
                    UPDATE decision_turn SET told_at = clock_timestamp() FROM decision
                    WHERE decision.id = decision_turn.decision_id AND decision.consultation_id = ANY (\(due))
                      AND decision_turn.told_at IS NULL
                    RETURNING decision.consultation_id, \(sql: DecisionTurn.columns)
                )
                SELECT told.* FROM told ORDER BY told.id
                """)
            var turns: [ID<Consultation>: [DecisionTurn]] = [:]
            for row in news {
                turns[try row.get("consultation_id"), default: []].append(try DecisionTurn(row: row))
            }
            let readers: [Row] = try await transaction.query(
                "decision.followers",
                """
                SELECT consultation.id AS consultation_id, consultation.title::text AS title, consultation.handle,
                       account.id, account.email, account.name, account.language
                FROM consultation_follower JOIN account ON account.id = consultation_follower.account_id
                JOIN consultation ON consultation.id = consultation_follower.consultation_id
                WHERE consultation.id = ANY (\(due)) AND account.email IS NOT NULL AND account.closed_at IS NULL
                """)
            let letters: [(StaticString, SQL)] = try readers.compactMap { row in
                let consultation: ID<Consultation> = try row.get("consultation_id")
                return try letter(
                    .turned(
                        turns[consultation] ?? [], followers.token(of: consultation, try row.get("id"))),
                    of: (try Texts(json: row.get("title")), try row.get("handle")), to: row, kind: "decision_turns")
            }
            if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
            return news.count
        }
    }

    /// The statement that leaves a letter for the account of a row; nil without an address.
    private func letter(
        _ news: DecisionNotice.News, of consultation: (title: Texts, handle: String), to row: Row, kind: StaticString
    ) throws -> (StaticString, SQL)? {
        guard let address = EmailAddress(try row.get("email", as: String.self)) else { return nil }
        let language: Language = Language(rawValue: try row.get("language")) ?? .french
        let notice = DecisionNotice(title: consultation.title, consultation: consultation.handle, news: news)
        let letter: Letter = correspondent.letter(notice, to: try row.get("name"), in: language)
        return ("outbox.enqueue", Outbox.insertion(of: letter, kind: kind, to: address, in: language))
    }
}

/// Tells followers of consultations, again and again, what became of decisions.
public struct DecisionDigests: Service {
    private let decisions: Decisions
    private let followers: ConsultationFollowers
    private let logger: Logger

    /// Digests of these decisions, for these followers.
    public init(_ decisions: Decisions, for followers: ConsultationFollowers, logger: Logger) {
        self.decisions = decisions
        self.followers = followers
        self.logger = logger
    }

    /// Looks every half hour until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(1800), logger, "Nobody could be told what became of decisions") {
            try await decisions.tellFollowers(followers)
        }
    }
}
