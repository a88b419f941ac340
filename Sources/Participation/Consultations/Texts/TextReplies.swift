public import Postgres

/// What the city answers to what was written to a paragraph.
public struct TextReplies: Sendable {
    private let pool: Pool
    private let notices: TextNotices

    /// The replies kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, correspondent: any TextCorrespondent) {
        self.pool = pool
        notices = TextNotices(correspondent: correspondent)
    }

    /// Answers all that was written to a paragraph, or mends the answer. Those who wrote are told of the first one.
    ///
    /// - Throws: `Refused<TextReplyRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func write(
        _ body: String, in language: Language, to paragraph: ID<TextParagraph>, of text: ID<ConsultationText>,
        by actor: Actor
    ) async throws {
        guard !body.isEmpty else { throw Refused(TextReplyRefusal.empty) }
        let excess: Int = body.unicodeScalars.count - TextReply.longest
        guard excess <= 0 else { throw Refused(TextReplyRefusal.tooLong(by: excess)) }
        try await pool.transaction("text_reply.write") { transaction in
            _ = try await TextDrafts.lock(text, by: actor, in: transaction)
            // No row comes back where the reply already said this.
            let row: Row? = try await transaction.one(
                "text_reply.upsert",
                """
                INSERT INTO text_reply (paragraph_id, body, language, account_id)
                SELECT id, \(body), \(language), \(actor.account) FROM text_paragraph
                WHERE id = \(paragraph) AND text_id = \(text)
                ON CONFLICT (paragraph_id) DO UPDATE
                SET body = excluded.body, language = excluded.language, account_id = excluded.account_id,
                    changed_at = clock_timestamp()
                WHERE text_reply.body <> excluded.body
                RETURNING changed_at IS NULL AS is_first
                """)
            guard let row else { return }
            try await Acts.record("text_reply_written", by: actor, on: "text_paragraph", paragraph, in: transaction)
            guard try row.get("is_first") else { return }
            try await notices.tellWriters(.replied, about: paragraph, by: actor, in: transaction)
        }
    }
}

/// Why a reply is not kept.
public enum TextReplyRefusal: Hashable, Sendable {
    case empty
    case tooLong(by: Int)
}
