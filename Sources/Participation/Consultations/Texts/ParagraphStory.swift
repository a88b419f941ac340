public import Foundation
import Postgres

/// A paragraph of a text with its words in every published version, the latest first, and the city's reply.
public struct ParagraphStory: Sendable {
    /// Its words in one version.
    public struct Wording: Sendable {
        /// The version, and when it was published.
        public let version: Int, publishedAt: Date
        /// The words and their place.
        public let passage: TextPassage

        init(row: Row) throws {
            version = Int(try row.get("version", as: Int32.self))
            publishedAt = try row.get("published_at")
            passage = try TextPassage(row: row)
        }
    }

    /// The paragraph.
    public let paragraph: TextParagraph
    /// Its words, the latest first; there is one at least.
    public let wordings: [Wording]
    /// What the city answers; nil while it has not.
    public let reply: TextReply?

    /// Its words in a version; nil where the version does not have it.
    public func wording(in version: Int?) -> Wording? { wordings.first { $0.version == version } }
}

/// What the city answers to all that was written to a paragraph.
public struct TextReply: Sendable {
    /// The most characters of a reply.
    public static let longest = 5_000

    /// Markdown, and its language.
    public let body: String, language: Language
    /// When it was written, and mended.
    public let writtenAt: Date, changedAt: Date?

    static func find(_ paragraph: ID<TextParagraph>, in executor: some Executor) async throws -> TextReply? {
        try await executor.one(
            "text.reply",
            """
            SELECT body, language, written_at, changed_at FROM text_reply WHERE paragraph_id = \(paragraph)
            """
        ).map { row in
            // The schema's check leaves no other languages.
            TextReply(
                body: try row.get("body"), language: Language(rawValue: try row.get("language"))!,
                writtenAt: try row.get("written_at"), changedAt: try row.get("changed_at"))
        }
    }
}
