import Foundation
import Postgres

/// What somebody wrote, without anything that says who.
public struct AnswerText: Sendable, Hashable {
    /// The answers that it is a part of.
    public let response: ID<Response>
    /// What was written, and in which language the questionnaire was answered.
    public let words: String, language: Language
}

/// A page of texts.
public struct AnswerTextList: Sendable {
    /// The texts, in an order that says nothing.
    public let texts: [AnswerText]
    /// Where the next page begins; nil on the last.
    public let next: ID<Response>?
}

extension QuestionnaireForm.Question {
    /// Whether people write words to answer it, alone or beside something else.
    public var hasWords: Bool { kind.isText || hasOther || kind == .place }
}

extension Analyses {
    /// The most texts of one page.
    public static let pageSize = 25

    /// What was written to answer a question, all of it or what some words are found in, a page at a time.
    ///
    /// - Parameters:
    ///   - words: as on the web: whole words or their beginnings, phrases in quotation marks, words to leave out.
    ///   - theme: only texts with the theme, as they were settled or coded alike.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func texts(
        of question: String, in questionnaire: Questionnaire, words: String = "", theme: ID<AnswerTheme>? = nil,
        after last: ID<Response>? = nil, size: Int = pageSize, by actor: Actor
    ) async throws -> AnswerTextList {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        let found: SQL =
            words.isEmpty
            ? "true"
            : """
            to_tsvector(search_configuration(response.language), answer_words(response.answers)) @@ search_query(\(words))
            AND to_tsvector(search_configuration(response.language), \(sql: Self.words(question)))
                @@ search_query(\(words))
            """
        let coded: SQL =
            theme == nil
            ? "true"
            : """
            EXISTS (SELECT 1 FROM (\(sql: Self.settled(question, of: questionnaire.id))) AS settled
                    WHERE settled.response_id = response.id AND \(theme) = ANY (settled.themes))
            """
        let rows: [Row] = try await pool.query(
            "answer_text.list",
            """
            SELECT response.id, \(sql: Self.words(question)) AS words, response.language
            FROM response
            WHERE response.questionnaire_id = \(questionnaire.id) AND \(sql: Self.words(question)) <> ''
              AND (\(last)::uuid IS NULL OR response.id > \(last)) AND \(sql: found) AND \(sql: coded)
            ORDER BY response.id LIMIT \(size + 1)
            """)
        let texts: [AnswerText] = try rows.prefix(size).map(AnswerText.init(row:))
        return AnswerTextList(texts: texts, next: rows.count > size ? texts.last?.response : nil)
    }

    /// One text of a question; nil when there is none.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func text(
        _ response: ID<Response>, of question: String, in questionnaire: Questionnaire, by actor: Actor
    ) async throws -> AnswerText? {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await pool.one(
            "answer_text.find",
            """
            SELECT response.id, \(sql: Self.words(question)) AS words, response.language
            FROM response
            WHERE response.id = \(response) AND response.questionnaire_id = \(questionnaire.id)
              AND \(sql: Self.words(question)) <> ''
            """
        ).map(AnswerText.init(row:))
    }

    /// How many texts of a question some words are found in.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func countTexts(
        of question: String, in questionnaire: Questionnaire, words: String, by actor: Actor
    ) async throws -> Int {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        let row: Row? = try await pool.one(
            "answer_text.count",
            """
            SELECT count(*) AS count FROM response
            WHERE response.questionnaire_id = \(questionnaire.id)
              AND to_tsvector(search_configuration(response.language), answer_words(response.answers))
                  @@ search_query(\(words))
              AND to_tsvector(search_configuration(response.language), \(sql: Self.words(question)))
                  @@ search_query(\(words))
            """)
        return Int(try row?.get("count", as: Int64.self) ?? 0)
    }

    /// What somebody wrote to answer a question; empty where nothing was.
    static func words(_ question: String) -> SQL {
        """
        coalesce(response.answers -> \(question) ->> 'words', response.answers -> \(question) ->> 'other',
                 response.answers -> \(question) -> 'place' ->> 'words', '')
        """
    }
}

extension AnswerText {
    init(row: Row) throws {
        response = try row.get("id")
        words = try row.get("words")
        // The schema's check leaves no other words.
        language = Language(rawValue: try row.get("language"))!
    }
}
