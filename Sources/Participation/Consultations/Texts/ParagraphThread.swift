import Foundation
import Postgres

/// The comments on a paragraph of a text: one thread for all versions that have the paragraph.
struct ParagraphThread: CommentThread {
    let paragraph: ID<TextParagraph>

    var takesPositions: Bool { false }
    var cityRoles: [Role] { Consultations.planners }

    var scope: CommentScope {
        CommentScope(
            condition: """
                comment.thread_id = (SELECT text_paragraph.thread_id FROM text_paragraph
                                     WHERE text_paragraph.id = \(paragraph))
                """)
    }

    /// Locks the paragraph. A text that nobody can read yet is talked about by nobody.
    func lock(in transaction: Transaction) async throws -> LockedThread? {
        let row: Row? = try await transaction.one(
            "text_paragraph.lock",
            """
            SELECT text_paragraph.thread_id, consultation.process_id,
                   consultation.published_at IS NULL OR consultation_text.live_version IS NULL AS is_over
            FROM text_paragraph
            JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
            JOIN consultation ON consultation.id = consultation_text.consultation_id
            WHERE text_paragraph.id = \(paragraph)
            FOR NO KEY UPDATE OF text_paragraph
            """)
        return try row.map { row in
            LockedThread(
                root: paragraph.uuid, process: try row.get("process_id"), thread: try row.get("thread_id"),
                isOver: try row.get("is_over"))
        }
    }

    /// Open while answers are taken, where the paragraph is in the version that is read now.
    func isOpen(_ locked: LockedThread, in executor: some Executor) async throws -> Bool {
        let row: Row? = try await executor.one(
            "text_paragraph.is_open",
            "SELECT FROM text_paragraph \(sql: Self.whereOpen) AND text_paragraph.id = \(paragraph)")
        return row != nil
    }

    func recount(_ locked: LockedThread, in transaction: Transaction) async throws {
        try await transaction.execute(
            "text_paragraph.count_comments",
            """
            UPDATE text_paragraph
            SET comment_count = (SELECT count(*) FROM comment
                                 WHERE comment.thread_id = text_paragraph.thread_id AND comment.withdrawn_at IS NULL)
            WHERE text_paragraph.id = \(paragraph)
            """)
    }

    /// The paragraphs that residents write to now: of the live version, while the consultation collects.
    static let whereOpen: SQL = """
        JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
        JOIN consultation ON consultation.id = consultation_text.consultation_id
        JOIN text_passage ON text_passage.paragraph_id = text_paragraph.id
             AND text_passage.text_id = text_paragraph.text_id
             AND text_passage.version = consultation_text.live_version
        WHERE consultation.published_at IS NOT NULL AND \(sql: Consultation.stage) = 1
        """

    /// Where the comments on several paragraphs are read.
    static func places(
        _ paragraphs: [ID<TextParagraph>], in executor: some Executor
    ) async throws -> [CommentHost: CommentPlace] {
        let rows: [Row] = try await executor.query(
            "text_paragraph.comment_places",
            """
            SELECT text_paragraph.id, text_paragraph.number, consultation_text.handle, consultation_text.title,
                   consultation.handle AS consultation
            FROM text_paragraph
            JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
            JOIN consultation ON consultation.id = consultation_text.consultation_id
            WHERE text_paragraph.id = ANY (\(paragraphs))
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (
                    .paragraph(try row.get("id")),
                    .paragraph(
                        consultation: try row.get("consultation"), text: try row.get("handle"),
                        number: Int(try row.get("number", as: Int32.self)), title: try row.get("title"))
                )
            })
    }
}
