public import Postgres

/// The texts of consultations as they are read: versions, passages, and what was written to each paragraph.
public struct ConsultationTexts: Sendable {
    let pool: Pool

    /// The texts kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Texts

    /// The texts of a consultation in their order, those without a version to read included.
    public func list(of consultation: ID<Consultation>) async throws -> [ConsultationText] {
        try await Self.load(where: "consultation_text.consultation_id = \(consultation)", in: pool)
    }

    /// The text with that handle of a consultation.
    public func find(_ handle: String, of consultation: ID<Consultation>) async throws -> ConsultationText? {
        try await Self.load(
            where: "consultation_text.consultation_id = \(consultation) AND consultation_text.handle = \(handle)",
            in: pool
        ).first
    }

    static func load(where condition: SQL, in executor: some Executor) async throws -> [ConsultationText] {
        try await executor.query(
            "text.list",
            """
            SELECT \(sql: ConsultationText.columns) FROM consultation_text WHERE \(sql: condition)
            ORDER BY consultation_text.position, consultation_text.handle
            """
        ).map(ConsultationText.init(row:))
    }

    // MARK: Versions

    /// The versions of a text, the latest first, the draft among them.
    public func versions(of text: ID<ConsultationText>) async throws -> [TextVersion] {
        try await pool.query(
            "text.versions",
            "SELECT \(sql: TextVersion.columns) FROM text_version WHERE text_id = \(text) ORDER BY number DESC"
        ).map(TextVersion.init(row:))
    }

    /// The passages of a version, in order.
    public func passages(of text: ID<ConsultationText>, version: Int) async throws -> [TextPassage] {
        try await Self.passages(of: text, version: version, in: pool)
    }

    static func passages(
        of text: ID<ConsultationText>, version: Int, in executor: some Executor
    ) async throws -> [TextPassage] {
        try await executor.query(
            "text.passages",
            """
            SELECT \(sql: TextPassage.columns) FROM text_passage \(sql: TextPassage.joins)
            WHERE text_passage.text_id = \(text) AND text_passage.version = \(version)
            ORDER BY text_passage.place
            """
        ).map(TextPassage.init(row:))
    }

    // MARK: Paragraphs

    /// A paragraph of a text by its lasting number, with its words in every published version; nil when there is none.
    public func paragraph(_ number: Int, of text: ID<ConsultationText>) async throws -> ParagraphStory? {
        let rows: [Row] = try await pool.query(
            "text.paragraph",
            """
            SELECT \(sql: TextPassage.columns), text_passage.version, text_version.published_at
            FROM text_passage \(sql: TextPassage.joins)
            JOIN text_version ON text_version.text_id = text_passage.text_id
                 AND text_version.number = text_passage.version
            WHERE text_paragraph.text_id = \(text) AND text_paragraph.number = \(number)
              AND text_version.published_at IS NOT NULL
            ORDER BY text_passage.version DESC
            """)
        guard let paragraph = try rows.first.map(TextParagraph.init(row:)) else { return nil }
        let reply: TextReply? = try await TextReply.find(paragraph.id, in: pool)
        return ParagraphStory(
            paragraph: paragraph, wordings: try rows.map(ParagraphStory.Wording.init(row:)), reply: reply)
    }

    /// Every paragraph that somebody wrote to, in the words of the last version that has it: those of the version read
    /// now in its order, then those that it no longer has.
    public func annotated(of text: ID<ConsultationText>) async throws -> [AnnotatedParagraph] {
        try await pool.query(
            "text.annotated",
            """
            SELECT * FROM (
                SELECT DISTINCT ON (text_passage.paragraph_id) \(sql: TextPassage.columns), text_passage.version,
                       text_passage.version = consultation_text.live_version AS is_live
                FROM text_passage \(sql: TextPassage.joins)
                JOIN consultation_text ON consultation_text.id = text_passage.text_id
                WHERE text_passage.text_id = \(text) AND text_passage.version <= consultation_text.live_version
                  AND (text_paragraph.comment_count > 0 OR text_paragraph.suggestion_count > 0
                       OR text_reply.paragraph_id IS NOT NULL)
                ORDER BY text_passage.paragraph_id, text_passage.version DESC
            ) AS found
            ORDER BY found.version DESC, found.place
            """
        ).map { row in
            AnnotatedParagraph(
                passage: try TextPassage(row: row), version: Int(try row.get("version", as: Int32.self)),
                isLive: try row.get("is_live"))
        }
    }
}

/// A paragraph that somebody wrote to.
public struct AnnotatedParagraph: Sendable {
    /// Its words in the last published version that has it.
    public let passage: TextPassage
    /// That version.
    public let version: Int
    /// Whether it is the version read now: otherwise the paragraph is gone, and what was written to it is read there.
    public let isLive: Bool
}
