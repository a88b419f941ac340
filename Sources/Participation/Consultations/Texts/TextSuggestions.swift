import Foundation
public import Postgres

/// Suggested wordings of paragraphs: made by whoever has an account, adopted into the next draft or answered by agents.
public struct TextSuggestions: Sendable {
    private let pool: Pool
    private let throttle: Throttle
    private let notices: TextNotices

    /// The suggestions kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, secrets: Secrets, correspondent: any TextCorrespondent) {
        self.pool = pool
        throttle = Throttle(pool: pool, secrets: secrets)
        notices = TextNotices(correspondent: correspondent)
    }

    // MARK: Reading

    /// The suggestions for one paragraph, those that wait first, then the latest, at most 200.
    public func list(for paragraph: ID<TextParagraph>) async throws -> [TextSuggestion] {
        try await load(where: "text_suggestion.paragraph_id = \(paragraph)", limit: 200)
    }

    /// The suggestions to a text in that state, numbered below `last` where that is given, the latest first.
    public func list(
        to text: ID<ConsultationText>, _ state: TextSuggestion.State, before last: Int? = nil, limit: Int = 50
    ) async throws -> [TextSuggestion] {
        try await load(
            where: """
                text_suggestion.text_id = \(text) AND text_suggestion.state = \(state.rawValue)
                AND (\(last)::bigint IS NULL OR text_suggestion.number < \(last)::bigint)
                """, limit: limit)
    }

    /// One suggestion to a text, by its number.
    public func find(_ number: Int, to text: ID<ConsultationText>) async throws -> TextSuggestion? {
        try await load(where: "text_suggestion.text_id = \(text) AND text_suggestion.number = \(number)", limit: 1)
            .first
    }

    private func load(where condition: SQL, limit: Int) async throws -> [TextSuggestion] {
        try await pool.query(
            "text_suggestion.list",
            """
            SELECT \(sql: TextSuggestion.columns) FROM text_suggestion \(sql: TextSuggestion.joins)
            WHERE \(sql: condition)
            ORDER BY text_suggestion.state <> 'pending', text_suggestion.number DESC LIMIT \(limit)
            """
        ).map(TextSuggestion.init(row:))
    }

    // MARK: Making

    /// Suggests another wording of a paragraph, written against version `base`.
    ///
    /// - Returns: the number of the suggestion.
    /// - Throws: `Refused<TextSuggestionRefusal>`; `NotAllowed` without an account.
    @discardableResult
    public func make(
        _ body: String, because explanation: String, in language: Language, for paragraph: ID<TextParagraph>,
        of text: ID<ConsultationText>, against base: Int, by actor: Actor
    ) async throws -> Int {
        try Self.check(body, explanation)
        guard let account = actor.account else { throw NotAllowed(roles: []) }
        do {
            try await throttle.count(.saying(account))
        } catch let wait as Throttle.TooMany {
            throw Refused(TextSuggestionRefusal.tooFast(seconds: wait.seconds))
        }
        return try await pool.transaction("text_suggestion.make") { transaction in
            // Numbers and versions of the text stand still while this is written.
            try await transaction.execute(
                "text_suggestion.lock_text", "SELECT FROM consultation_text WHERE id = \(text) FOR NO KEY UPDATE")
            let row: Row? = try await transaction.one(
                "text_suggestion.base",
                """
                SELECT text_passage.body, consultation_text.live_version
                FROM text_paragraph \(sql: ParagraphThread.whereOpen)
                  AND text_paragraph.id = \(paragraph) AND text_paragraph.text_id = \(text)
                """)
            guard let row else { throw Refused(TextSuggestionRefusal.closed) }
            guard try Int(row.get("live_version", as: Int32.self)) == base else {
                throw Refused(TextSuggestionRefusal.outdated)
            }
            guard try row.get("body", as: String.self) != body else { throw Refused(TextSuggestionRefusal.unchanged) }
            let id = ID<TextSuggestion>()
            let made: Row? = try await transaction.one(
                "text_suggestion.insert",
                """
                INSERT INTO text_suggestion (id, text_id, number, paragraph_id, base_version, body, explanation,
                                             language, account_id)
                SELECT \(id), \(text), coalesce(max(number), 0) + 1, \(paragraph), \(base), \(body), \(explanation),
                       \(language), \(account)
                FROM text_suggestion WHERE text_id = \(text)
                RETURNING number
                """)
            try await Self.recount(paragraph, in: transaction)
            try await Acts.record("text_suggestion_made", by: actor, on: "text_suggestion", id, in: transaction)
            return Int(try made!.get("number", as: Int32.self))
        }
    }

    /// Takes a suggestion back before the city has decided.
    ///
    /// - Throws: `Refused<TextSuggestionRefusal>`, `.decided`; `NotAllowed` unless the actor made it.
    public func withdraw(_ suggestion: TextSuggestion, by actor: Actor) async throws {
        guard let account = actor.account, account == suggestion.account else { throw NotAllowed(roles: []) }
        try await pool.transaction("text_suggestion.withdraw") { transaction in
            try await transaction.execute(
                "text_paragraph.lock_suggested",
                "SELECT FROM text_paragraph WHERE id = \(suggestion.paragraph) FOR NO KEY UPDATE")
            try await Self.decide(suggestion.id, .withdrawn, by: account, in: transaction)
            try await Self.recount(suggestion.paragraph, in: transaction)
            try await Acts.record(
                "text_suggestion_withdrawn", by: actor, on: "text_suggestion", suggestion.id, in: transaction)
        }
    }

    // MARK: Deciding

    /// Takes a suggestion into the draft of the next version, as it stands or as the agent adapted it, and tells whoever
    /// made it. A draft is begun where there is none.
    ///
    /// - Throws: `Refused<TextSuggestionRefusal>`: `.decided`, `.gone`; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func adopt(
        _ suggestion: TextSuggestion, as block: TextBlock, of text: ID<ConsultationText>, by actor: Actor
    ) async throws {
        try Self.check(block.body, "")
        try await pool.transaction("text_suggestion.adopt") { transaction in
            let text: ConsultationText = try await TextDrafts.lock(text, by: actor, in: transaction)
            let draft: TextVersion = try await TextDrafts.draft(of: text, over: nil, in: transaction)
            let count: Int = try await transaction.execute(
                "text_suggestion.take",
                """
                UPDATE text_passage SET level = \(block.level), body = \(block.body), is_chosen = true
                WHERE text_id = \(text.id) AND version = \(draft.number) AND paragraph_id = \(suggestion.paragraph)
                """)
            guard count > 0 else { throw Refused(TextSuggestionRefusal.gone) }
            try await TextDrafts.grow(draft, of: text.id, in: transaction)
            try await Self.decide(
                suggestion.id, .adopted, by: actor.account, version: draft.number, in: transaction)
            try await Acts.record(
                "text_suggestion_adopted", by: actor, on: "text_suggestion", suggestion.id, in: transaction)
            try await notices.tell(
                .suggestionAdopted(number: suggestion.number), suggestion.account, about: suggestion.paragraph,
                in: transaction)
        }
    }

    /// Answers a suggestion that is not adopted, and tells whoever made it why.
    ///
    /// - Throws: `Refused<TextSuggestionRefusal>`: an answer has a reason; `NotAllowed` unless the actor is an agent of
    ///   the process.
    public func answer(
        _ suggestion: TextSuggestion, because reason: String, of text: ID<ConsultationText>, by actor: Actor
    ) async throws {
        guard !reason.isEmpty else { throw Refused(TextSuggestionRefusal.reasonMissing) }
        let excess: Int = reason.unicodeScalars.count - TextSuggestion.longestReason
        guard excess <= 0 else { throw Refused(TextSuggestionRefusal.reasonTooLong(by: excess)) }
        try await pool.transaction("text_suggestion.answer") { transaction in
            _ = try await TextDrafts.lock(text, by: actor, in: transaction)
            try await Self.decide(suggestion.id, .answered, by: actor.account, reason: reason, in: transaction)
            try await Acts.record(
                "text_suggestion_answered", by: actor, on: "text_suggestion", suggestion.id, in: transaction)
            try await notices.tell(
                .suggestionAnswered(number: suggestion.number, reason: reason), suggestion.account,
                about: suggestion.paragraph, in: transaction)
        }
    }

    // MARK: Parts

    private static func check(_ body: String, _ explanation: String) throws {
        var reasons: [TextSuggestionRefusal] = []
        if body.isEmpty { reasons.append(.bodyMissing) }
        let long: Int = body.unicodeScalars.count - TextBlock.longest
        if long > 0 { reasons.append(.bodyTooLong(by: long)) }
        let longer: Int = explanation.unicodeScalars.count - TextSuggestion.longestReason
        if longer > 0 { reasons.append(.explanationTooLong(by: longer)) }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    private static func decide(
        _ suggestion: ID<TextSuggestion>, _ state: TextSuggestion.State, by account: ID<Account>?,
        reason: String = "", version: Int? = nil, in transaction: Transaction
    ) async throws {
        let count: Int = try await transaction.execute(
            "text_suggestion.decide",
            """
            UPDATE text_suggestion
            SET state = \(state.rawValue), decided_at = clock_timestamp(), decided_by = \(account),
                reason = \(reason), version = \(version)
            WHERE id = \(suggestion) AND state = 'pending'
            """)
        guard count > 0 else { throw Refused(TextSuggestionRefusal.decided) }
    }

    private static func recount(_ paragraph: ID<TextParagraph>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "text_paragraph.count_suggestions",
            """
            UPDATE text_paragraph
            SET suggestion_count = (SELECT count(*) FROM text_suggestion
                                    WHERE text_suggestion.paragraph_id = \(paragraph)
                                      AND text_suggestion.state <> 'withdrawn')
            WHERE text_paragraph.id = \(paragraph)
            """)
    }
}
