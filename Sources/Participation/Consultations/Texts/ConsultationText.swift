public import Foundation
import Postgres

/// A text of a consultation, which residents annotate paragraph by paragraph.
public struct ConsultationText: Sendable {
    /// The most characters of its title and of what introduces it.
    public static let longestTitle = 200, longestIntroduction = 5_000

    /// Its identity.
    public let id: ID<ConsultationText>
    /// The consultation that it belongs to.
    public let consultation: ID<Consultation>
    /// Its handle in addresses, unique within the consultation.
    public let handle: String
    /// The language that it is written in: what is argued about is its wording.
    public let language: Language
    /// What it is called, and what readers should know first, in Markdown.
    public let title: String, introduction: String
    /// The version that is read and annotated; nil while there are drafts alone.
    public let liveVersion: Int?
    /// How many comments and suggested wordings its paragraphs have, and how many suggestions wait for an answer.
    public let comments: Int, suggestions: Int, pending: Int

    /// What `init(row:)` reads, of the table `consultation_text`.
    static let columns: SQL = """
        consultation_text.id, consultation_text.consultation_id, consultation_text.handle, consultation_text.language,
        consultation_text.title, consultation_text.introduction, consultation_text.live_version,
        (SELECT coalesce(sum(text_paragraph.comment_count), 0) FROM text_paragraph
         WHERE text_paragraph.text_id = consultation_text.id) AS comments,
        (SELECT coalesce(sum(text_paragraph.suggestion_count), 0) FROM text_paragraph
         WHERE text_paragraph.text_id = consultation_text.id) AS suggestions,
        (SELECT count(*) FROM text_suggestion
         WHERE text_suggestion.text_id = consultation_text.id AND text_suggestion.state = 'pending') AS pending
        """

    init(row: Row) throws {
        id = try row.get("id")
        consultation = try row.get("consultation_id")
        handle = try row.get("handle")
        // The schema's check leaves no other languages.
        language = Language(rawValue: try row.get("language"))!
        title = try row.get("title")
        introduction = try row.get("introduction")
        liveVersion = try row.get("live_version", as: Int32?.self).map { Int($0) }
        comments = Int(try row.get("comments", as: Int64.self))
        suggestions = Int(try row.get("suggestions", as: Int64.self))
        pending = Int(try row.get("pending", as: Int64.self))
    }
}

/// One version of a text: a draft until it is published, then as it is for ever.
public struct TextVersion: Sendable {
    /// The most characters of a note.
    public static let longestNote = 1_000

    /// Its number, from 1.
    public let number: Int
    /// What is new in it, in a few words.
    public let note: String
    /// Grows with each change of a draft.
    public let revision: Int
    /// When it was begun, and published; nil for a draft.
    public let createdAt: Date, publishedAt: Date?

    /// What `init(row:)` reads, of the table `text_version`.
    static let columns: SQL = """
        text_version.number, text_version.note, text_version.revision, text_version.created_at,
        text_version.published_at
        """

    init(row: Row) throws {
        number = Int(try row.get("number", as: Int32.self))
        note = try row.get("note")
        revision = Int(try row.get("revision", as: Int32.self))
        createdAt = try row.get("created_at")
        publishedAt = try row.get("published_at")
    }
}

/// One block of a text as it is typed or brought: a heading, a paragraph, an item of a list, a table.
public struct TextBlock: Hashable, Sendable {
    /// The most characters of one block, and the most blocks of a text.
    public static let longest = 10_000, most = 2_000

    /// The level of a heading, from 1; 0 for everything else.
    public let level: Int
    /// Markdown.
    public let body: String

    /// A block of that level with that Markdown.
    public init(level: Int, body: String) {
        self.level = level
        self.body = body
    }
}

/// The words of a paragraph in one version, in their place.
public struct TextPassage: Sendable {
    /// Its place in the version, from 1: the number that stands in the margin.
    public let place: Int
    /// Its level and its words.
    public let block: TextBlock
    /// The paragraph that it is; in a draft, the one that it will go on as: nil where it is a new one.
    public let paragraph: TextParagraph?
    /// An agent said which paragraph it is, not the comparison of words.
    public let isChosen: Bool
    /// Whether the city has answered what was written to the paragraph.
    public let hasReply: Bool

    /// What `init(row:)` reads, of `text_passage` and what ``joins`` joins.
    static let columns: SQL = """
        text_passage.place, text_passage.level, text_passage.body, text_passage.is_chosen,
        text_reply.paragraph_id IS NOT NULL AS has_reply, \(sql: TextParagraph.columns)
        """

    static let joins: SQL = """
        LEFT JOIN text_paragraph ON text_paragraph.id = text_passage.paragraph_id
        LEFT JOIN text_reply ON text_reply.paragraph_id = text_passage.paragraph_id
        """
}

extension TextPassage {
    init(row: Row) throws {
        place = Int(try row.get("place", as: Int32.self))
        block = TextBlock(level: Int(try row.get("level", as: Int32.self)), body: try row.get("body"))
        paragraph = try row.get("paragraph_id", as: UUID?.self) == nil ? nil : TextParagraph(row: row)
        isChosen = try row.get("is_chosen")
        hasReply = try row.get("has_reply")
    }
}

/// Why a text or a version of it is not kept or published.
public enum TextRefusal: Hashable, Sendable {
    case titleMissing
    case titleTooLong(by: Int), introductionTooLong(by: Int), noteTooLong(by: Int)
    /// No text without words.
    case empty
    /// More blocks than a text may have.
    case tooManyBlocks(Int)
    /// The block in that place is too long, by so many characters.
    case blockTooLong(place: Int, by: Int)
    /// Somebody has saved the draft, or published it, since it was read.
    case outdated
    /// There is no draft.
    case noDraft
    /// The draft says the same as the version that is read now.
    case unchanged
    /// What stands in that place of the draft is to go on as a paragraph that the version read now does not have.
    case unknownParagraph(place: Int)
    /// Two places of the draft would be the same paragraph.
    case sameParagraph(place: Int)
}
