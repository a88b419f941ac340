import Foundation
import Postgres

/// A theme of the code book of a question that is answered in words.
public struct AnswerTheme: Sendable, Hashable {
    /// Its identity.
    public let id: ID<AnswerTheme>
    /// What it is called, and when it applies.
    public let title: Texts, meaning: Texts
    /// How many texts have it, as they were settled or coded alike.
    public let count: Int
    /// An example in words of an answer, read for personal data, with its language; nil without one.
    public let quote: String?, quoteLanguage: Language?
}

/// The code book of a question with what came of it.
public struct CodeBook: Sendable {
    /// The themes in their order.
    public let themes: [AnswerTheme]
    /// How many texts are coded: settled, or read by whoever read them with the same result.
    public let coded: Int
    /// How many texts were drawn for several coders, how many of those are coded, and how many wait for a settlement.
    public let sample: Int, unsettled: Int
}

/// Why a code book or a coding is refused.
public enum CodingRefusal: Error, Hashable, Sendable {
    /// The theme has no title in any language.
    case titleless
    /// More themes than fit.
    case tooManyThemes(most: Int)
    /// Texts have the theme already: it cannot be removed.
    case themeInUse
    /// A theme, a text or a question that there is none of.
    case unknown
    /// The quote is not in the text; parts may be left out where […] stands.
    case notInText
    /// Nobody has said that the quote was read for personal data.
    case unchecked
}

extension Analyses {
    /// The most themes of a code book, and the most texts of a sample.
    public static let mostThemes = 40, largestSample = 2000

    // MARK: The code book

    /// The code book of a question.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func codeBook(
        of question: String, in questionnaire: Questionnaire, by actor: Actor
    ) async throws -> CodeBook {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await Self.codeBook(of: question, in: questionnaire.id, in: pool)
    }

    static func codeBook(
        of question: String, in questionnaire: ID<Questionnaire>, in executor: some Executor
    ) async throws -> CodeBook {
        let themes: [AnswerTheme] = try await executor.query(
            "answer_theme.list",
            """
            WITH settled AS MATERIALIZED (\(sql: settled(question, of: questionnaire)))
            SELECT theme.id, theme.title::text AS title, theme.meaning::text AS meaning, quote.words AS quote,
                   quote.language AS quote_language,
                   (SELECT count(*) FROM settled WHERE theme.id = ANY (settled.themes)) AS count
            FROM answer_theme AS theme LEFT JOIN answer_quote AS quote ON quote.theme_id = theme.id
            WHERE theme.questionnaire_id = \(questionnaire) AND theme.question = \(question)
            ORDER BY theme.position
            """
        ).map(AnswerTheme.init(row:))
        let row: Row? = try await executor.one(
            "answer_theme.state",
            """
            WITH settled AS MATERIALIZED (\(sql: settled(question, of: questionnaire)))
            SELECT (SELECT count(*) FROM settled WHERE themes IS NOT NULL) AS coded,
                   (SELECT count(*) FROM settled WHERE themes IS NULL) AS unsettled,
                   (SELECT count(*) FROM answer_sample
                    WHERE questionnaire_id = \(questionnaire) AND question = \(question)) AS sample
            """)
        return CodeBook(
            themes: themes, coded: Int(try row?.get("coded", as: Int64.self) ?? 0),
            sample: Int(try row?.get("sample", as: Int64.self) ?? 0),
            unsettled: Int(try row?.get("unsettled", as: Int64.self) ?? 0))
    }

    /// Each coded text with its themes: as settled, else as all coders found alike, else null.
    static func settled(_ question: String, of questionnaire: ID<Questionnaire>) -> SQL {
        """
        SELECT response_id,
               CASE WHEN bool_or(coder_id IS NULL) THEN max(themes) FILTER (WHERE coder_id IS NULL)
                    WHEN count(DISTINCT themes) = 1 THEN max(themes) END::uuid[] AS themes
        FROM (
            SELECT coding.response_id, coding.coder_id,
                   ARRAY(SELECT theme_id FROM answer_coding_theme WHERE coding_id = coding.id ORDER BY theme_id)::text
                       AS themes
            FROM answer_coding AS coding
            WHERE coding.questionnaire_id = \(questionnaire) AND coding.question = \(question)) AS coded
        GROUP BY response_id
        """
    }

    /// Adds a theme at the end of the code book.
    ///
    /// - Throws: `CodingRefusal.titleless`, `.tooManyThemes`, `.unknown`; `NotAllowed` unless the actor is an agent of the
    ///   process.
    @discardableResult
    public func addTheme(
        _ title: Texts, meaning: Texts, to question: String, of questionnaire: Questionnaire, by actor: Actor
    ) async throws -> ID<AnswerTheme> {
        guard !title.isEmpty else { throw CodingRefusal.titleless }
        let id = ID<AnswerTheme>()
        try await pool.transaction("answer_theme.add") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            guard try await Self.form(of: questionnaire.id, in: transaction).question(question)?.hasWords == true else {
                throw CodingRefusal.unknown
            }
            let added: Int = try await transaction.execute(
                "answer_theme.insert",
                """
                INSERT INTO answer_theme (id, questionnaire_id, question, position, title, meaning)
                SELECT \(id), \(questionnaire.id), \(question), coalesce(max(position), 0) + 1, \(title.json)::jsonb,
                       \(meaning.json)::jsonb
                FROM answer_theme WHERE questionnaire_id = \(questionnaire.id) AND question = \(question)
                HAVING count(*) < \(Self.mostThemes)
                """)
            guard added == 1 else { throw CodingRefusal.tooManyThemes(most: Self.mostThemes) }
            try await Acts.record(
                "answer_theme_added", by: actor, on: "questionnaire", questionnaire.id,
                detail: ["question": question], in: transaction)
        }
        return id
    }

    /// Changes the words of a theme.
    ///
    /// - Throws: `CodingRefusal.titleless`, `.unknown`; `NotAllowed` unless the actor is an agent of the process.
    public func changeTheme(
        _ theme: ID<AnswerTheme>, title: Texts, meaning: Texts, of questionnaire: Questionnaire, by actor: Actor
    ) async throws {
        guard !title.isEmpty else { throw CodingRefusal.titleless }
        try await pool.transaction("answer_theme.change") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            let changed: Int = try await transaction.execute(
                "answer_theme.update",
                """
                UPDATE answer_theme SET title = \(title.json)::jsonb, meaning = \(meaning.json)::jsonb
                WHERE id = \(theme) AND questionnaire_id = \(questionnaire.id)
                """)
            guard changed == 1 else { throw CodingRefusal.unknown }
            try await Acts.record(
                "answer_theme_changed", by: actor, on: "questionnaire", questionnaire.id, in: transaction)
        }
    }

    /// Removes a theme that no text has.
    ///
    /// - Throws: `CodingRefusal.themeInUse`, `.unknown`; `NotAllowed` unless the actor is an agent of the process.
    public func removeTheme(_ theme: ID<AnswerTheme>, of questionnaire: Questionnaire, by actor: Actor) async throws {
        try await pool.transaction("answer_theme.remove") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "answer_theme.uses",
                """
                SELECT EXISTS (SELECT 1 FROM answer_coding_theme WHERE theme_id = answer_theme.id) AS is_used
                FROM answer_theme WHERE id = \(theme) AND questionnaire_id = \(questionnaire.id)
                """)
            guard let row else { throw CodingRefusal.unknown }
            guard try !row.get("is_used", as: Bool.self) else { throw CodingRefusal.themeInUse }
            try await transaction.execute("answer_theme.delete", "DELETE FROM answer_theme WHERE id = \(theme)")
            try await Acts.record(
                "answer_theme_removed", by: actor, on: "questionnaire", questionnaire.id, in: transaction)
        }
    }

    // MARK: Quotes

    /// Gives a theme an example: words of an answer, where parts may be left out and replaced by « […] ».
    ///
    /// - Parameter isChecked: whether the agent has read it for names, addresses and whatever else tells who wrote it.
    /// - Throws: `CodingRefusal.unchecked`, `.notInText`, `.unknown`; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func quote(
        _ words: String, from response: ID<Response>, for theme: ID<AnswerTheme>, isChecked: Bool,
        of questionnaire: Questionnaire, by actor: Actor
    ) async throws {
        guard isChecked else { throw CodingRefusal.unchecked }
        try await pool.transaction("answer_quote.give") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            let theme: Row? = try await transaction.one(
                "answer_quote.theme",
                "SELECT id, question FROM answer_theme WHERE id = \(theme) AND questionnaire_id = \(questionnaire.id)")
            guard let theme else { throw CodingRefusal.unknown }
            let text: Row? = try await transaction.one(
                "answer_quote.text",
                """
                SELECT response.language, \(sql: Self.words(try theme.get("question"))) AS words FROM response
                WHERE response.id = \(response) AND response.questionnaire_id = \(questionnaire.id)
                """)
            guard let text else { throw CodingRefusal.unknown }
            guard words.count <= 1000, Self.isQuoted(words, from: try text.get("words")) else {
                throw CodingRefusal.notInText
            }
            let id: ID<AnswerTheme> = try theme.get("id")
            try await transaction.execute(
                "answer_quote.keep",
                """
                INSERT INTO answer_quote (theme_id, words, language)
                VALUES (\(id), \(words), \(try text.get("language", as: String.self)))
                ON CONFLICT (theme_id) DO UPDATE SET words = excluded.words, language = excluded.language
                """)
            try await Acts.record(
                "answer_quoted", by: actor, on: "questionnaire", questionnaire.id, in: transaction)
        }
    }

    /// Takes the example of a theme away.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func unquote(_ theme: ID<AnswerTheme>, of questionnaire: Questionnaire, by actor: Actor) async throws {
        try await pool.transaction("answer_quote.drop") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            let dropped: Int = try await transaction.execute(
                "answer_quote.delete",
                """
                DELETE FROM answer_quote USING answer_theme
                WHERE answer_quote.theme_id = \(theme) AND answer_theme.id = theme_id
                  AND answer_theme.questionnaire_id = \(questionnaire.id)
                """)
            guard dropped == 1 else { return }
            try await Acts.record(
                "answer_quote_removed", by: actor, on: "questionnaire", questionnaire.id, in: transaction)
        }
    }

    /// Whether the parts of a quote stand in the text in their order; blanks count as one.
    static func isQuoted(_ quote: String, from text: String) -> Bool {
        func flat(_ text: some StringProtocol) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let parts: [String] = quote.replacing("[...]", with: "[…]").split(separator: "[…]").map(flat)
            .filter { !$0.isEmpty }
        guard !parts.isEmpty else { return false }
        var rest: Substring = flat(text)[...]
        for part in parts {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}

extension AnswerTheme {
    init(row: Row) throws {
        id = try row.get("id")
        title = try Texts(json: row.get("title"))
        meaning = try Texts(json: row.get("meaning"))
        count = Int(try row.get("count", as: Int64.self))
        quote = try row.get("quote")
        quoteLanguage = try row.get("quote_language", as: String?.self).flatMap(Language.init(rawValue:))
    }
}
