public import Foundation
import Postgres

/// Another wording that somebody suggests for one paragraph of a text.
public struct TextSuggestion: Sendable {
    /// What became of it.
    public enum State: String, Sendable, CaseIterable {
        case pending
        /// It is in the draft of the next version, or in that version since.
        case adopted
        /// The city has said why it is not.
        case answered
        case withdrawn
    }

    /// The most characters of an explanation, and of the city's reason.
    public static let longestReason = 1_000

    /// Its identity.
    public let id: ID<TextSuggestion>
    /// Its number among the suggestions to the text, from 1.
    public let number: Int
    /// The paragraph, by identity and by its lasting number.
    public let paragraph: ID<TextParagraph>, paragraphNumber: Int
    /// The version that it was written against, and the words of the paragraph there.
    public let baseVersion: Int, base: TextBlock
    /// What is suggested, in Markdown; why, which may be empty; and in which language that is said.
    public let body: String, explanation: String, language: Language
    /// The account that made it and its name, empty once it is closed.
    public let account: ID<Account>, name: String
    /// When it was made.
    public let madeAt: Date
    /// What became of it, when, and what the city says to it.
    public let state: State, decidedAt: Date?, reason: String
    /// The version whose draft took it up, and when that was published.
    public let version: Int?, versionPublishedAt: Date?

    /// What `init(row:)` reads, of `text_suggestion` and what ``joins`` joins.
    static let columns: SQL = """
        text_suggestion.id, text_suggestion.number, text_suggestion.paragraph_id,
        text_paragraph.number AS paragraph_number, text_suggestion.base_version, base.level AS base_level,
        base.body AS base_body, text_suggestion.body, text_suggestion.explanation, text_suggestion.language,
        text_suggestion.account_id, account.name, text_suggestion.made_at, text_suggestion.state,
        text_suggestion.decided_at, text_suggestion.reason, text_suggestion.version,
        taken.published_at AS version_published_at
        """

    static let joins: SQL = """
        JOIN account ON account.id = text_suggestion.account_id
        JOIN text_paragraph ON text_paragraph.id = text_suggestion.paragraph_id
        JOIN text_passage AS base ON base.text_id = text_suggestion.text_id
             AND base.version = text_suggestion.base_version AND base.paragraph_id = text_suggestion.paragraph_id
        LEFT JOIN text_version AS taken ON taken.text_id = text_suggestion.text_id
             AND taken.number = text_suggestion.version
        """

    init(row: Row) throws {
        id = try row.get("id")
        number = Int(try row.get("number", as: Int32.self))
        paragraph = try row.get("paragraph_id")
        paragraphNumber = Int(try row.get("paragraph_number", as: Int32.self))
        baseVersion = Int(try row.get("base_version", as: Int32.self))
        base = TextBlock(level: Int(try row.get("base_level", as: Int32.self)), body: try row.get("base_body"))
        body = try row.get("body")
        explanation = try row.get("explanation")
        // The schema's checks leave no other languages and states.
        language = Language(rawValue: try row.get("language"))!
        state = State(rawValue: try row.get("state"))!
        account = try row.get("account_id")
        name = try row.get("name")
        madeAt = try row.get("made_at")
        decidedAt = try row.get("decided_at")
        reason = try row.get("reason")
        version = try row.get("version", as: Int32?.self).map { Int($0) }
        versionPublishedAt = try row.get("version_published_at")
    }
}

/// Why a wording is not suggested, adopted or answered.
public enum TextSuggestionRefusal: Hashable, Sendable {
    /// Nobody suggests wordings for this paragraph now: the collection has ended, or the version read now is without it.
    case closed
    case bodyMissing
    case bodyTooLong(by: Int), explanationTooLong(by: Int)
    /// The words are those of the paragraph.
    case unchanged
    /// Another version has been published since the reader saw the text.
    case outdated
    /// Somebody has decided already.
    case decided
    /// The draft of the next version no longer has the paragraph.
    case gone
    case reasonMissing
    case reasonTooLong(by: Int)
    /// Too much in too short a time; the next may come in so many seconds.
    case tooFast(seconds: Int)
}
