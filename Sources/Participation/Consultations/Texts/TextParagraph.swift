import Postgres

/// What stays of a paragraph of a text from version to version, whatever its words and its place become: all that people
/// write to it hangs here.
public struct TextParagraph: Sendable {
    /// Its identity.
    public let id: ID<TextParagraph>
    /// Its number in addresses: given once, in the order of the text when it came in, and never to another.
    public let number: Int
    /// How many comments and how many suggested wordings it has, those withdrawn left out.
    public let comments: Int, suggestions: Int

    /// What `init(row:)` reads, of the table `text_paragraph`.
    static let columns: SQL = """
        text_paragraph.id AS paragraph_id, text_paragraph.number AS paragraph_number, text_paragraph.comment_count,
        text_paragraph.suggestion_count
        """
}

extension TextParagraph {
    init(row: Row) throws {
        id = try row.get("paragraph_id")
        number = Int(try row.get("paragraph_number", as: Int32.self))
        comments = Int(try row.get("comment_count", as: Int32.self))
        suggestions = Int(try row.get("suggestion_count", as: Int32.self))
    }
}
