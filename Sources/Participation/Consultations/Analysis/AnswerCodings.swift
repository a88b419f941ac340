import Foundation
import Postgres

/// How far two coders agree on the themes of the texts that both have read.
public struct CoderPair: Sendable {
    /// The coders' names; empty once an account is closed.
    public let first: String, second: String
    /// How many texts both have read.
    public let texts: Int
    /// Their agreement theme by theme, in the order of the code book.
    public let themes: [CohenKappa]
    /// Their agreement on all themes together; nil where it is not defined.
    public var pooled: Double? { CohenKappa.pooled(themes) }
}

/// A text on which coders disagree and that nobody has settled.
public struct CodingDispute: Sendable {
    /// The text.
    public let text: AnswerText
    /// What each coder found, by name.
    public let findings: [(coder: String, themes: [ID<AnswerTheme>])]
}

/// How a sample stands.
public struct CodingAgreement: Sendable {
    /// The code book.
    public let book: CodeBook
    /// How many texts of the sample each coder has read, by name.
    public let coders: [(name: String, texts: Int)]
    /// How many texts of the sample the reader has still to read before seeing what others found; nil for whoever has
    /// read none.
    public let own: Int?
    /// Each two coders with texts in common.
    public let pairs: [CoderPair]
    /// What has to be settled, at most ``AnswerCodings/mostDisputes``.
    public let disputes: [CodingDispute]
}

extension Analyses {
    /// The most disagreements that are listed at once.
    public static let mostDisputes = 20

    /// Draws texts at random for several coders, in addition to those drawn before.
    ///
    /// - Returns: how many were drawn: fewer where there are no more.
    /// - Throws: `CodingRefusal.unknown`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func draw(
        _ count: Int, of question: String, in questionnaire: Questionnaire, by actor: Actor
    ) async throws -> Int {
        try await pool.transaction("answer_sample.draw") { transaction in
            _ = try await Consultations.lock(questionnaire.consultation, by: actor, in: transaction)
            guard try await Self.form(of: questionnaire.id, in: transaction).question(question)?.hasWords == true else {
                throw CodingRefusal.unknown
            }
            let drawn: Int = try await transaction.execute(
                "answer_sample.insert",
                """
                INSERT INTO answer_sample (response_id, questionnaire_id, question)
                SELECT response.id, response.questionnaire_id, \(question) FROM response
                WHERE response.questionnaire_id = \(questionnaire.id) AND \(sql: Self.words(question)) <> ''
                  AND NOT EXISTS (SELECT 1 FROM answer_sample AS known
                                  WHERE known.questionnaire_id = \(questionnaire.id) AND known.question = \(question)
                                    AND known.response_id = response.id)
                ORDER BY random()
                LIMIT (SELECT greatest(0, least(\(Int64(count)), \(Int64(Self.largestSample)) - count(*))) FROM answer_sample
                       WHERE questionnaire_id = \(questionnaire.id) AND question = \(question))
                """)
            try await Acts.record(
                "answer_sample_drawn", by: actor, on: "questionnaire", questionnaire.id,
                detail: ["question": question, "texts": String(drawn)], in: transaction)
            return drawn
        }
    }

    /// The next text of the sample that the actor has not read; nil when there is none. What others found is not said.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func next(
        of question: String, in questionnaire: Questionnaire, by actor: Actor
    ) async throws -> (text: AnswerText, left: Int)? {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        let row: Row? = try await pool.one(
            "answer_sample.next",
            """
            SELECT response.id, \(sql: Self.words(question)) AS words, response.language,
                   count(*) OVER () AS left
            FROM answer_sample AS sample JOIN response ON response.id = sample.response_id
            WHERE sample.questionnaire_id = \(questionnaire.id) AND sample.question = \(question)
              AND NOT EXISTS (SELECT 1 FROM answer_coding AS coding
                              WHERE coding.questionnaire_id = \(questionnaire.id) AND coding.question = \(question)
                                AND coding.response_id = response.id AND coding.coder_id = \(actor.account))
            ORDER BY response.id LIMIT 1
            """)
        return try row.map { (try AnswerText(row: $0), Int(try $0.get("left", as: Int64.self))) }
    }

    /// Says which themes a text has, none being a finding too. A coder who finds otherwise later replaces the finding.
    ///
    /// - Throws: `CodingRefusal.unknown`; `NotAllowed` unless the actor is an agent of the process.
    public func code(
        _ response: ID<Response>, as themes: Set<ID<AnswerTheme>>, of question: String,
        in questionnaire: Questionnaire, by actor: Actor
    ) async throws {
        guard let coder = actor.account else { throw NotAllowed(roles: Consultations.planners) }
        try await keep(themes, for: response, of: question, in: questionnaire, coder: coder, by: actor)
    }

    /// Settles which themes a text has after coders disagreed.
    ///
    /// - Throws: `CodingRefusal.unknown`; `NotAllowed` unless the actor is an agent of the process.
    public func settle(
        _ response: ID<Response>, as themes: Set<ID<AnswerTheme>>, of question: String,
        in questionnaire: Questionnaire, by actor: Actor
    ) async throws {
        try await keep(themes, for: response, of: question, in: questionnaire, coder: nil, by: actor)
    }

    private func keep(
        _ themes: Set<ID<AnswerTheme>>, for response: ID<Response>, of question: String,
        in questionnaire: Questionnaire, coder: ID<Account>?, by actor: Actor
    ) async throws {
        try await pool.transaction("answer_coding.keep") { transaction in
            try await Consultations.require(questionnaire.consultation, by: actor, in: transaction)
            let known: Row? = try await transaction.one(
                "answer_coding.known",
                """
                SELECT (SELECT count(*) FROM answer_theme
                        WHERE id = ANY (\(Array(themes))) AND questionnaire_id = \(questionnaire.id)
                          AND question = \(question)) AS themes
                FROM response WHERE response.id = \(response) AND response.questionnaire_id = \(questionnaire.id)
                  AND \(sql: Self.words(question)) <> ''
                """)
            guard let known, try known.get("themes", as: Int64.self) == Int64(themes.count) else {
                throw CodingRefusal.unknown
            }
            let row: Row? = try await transaction.one(
                "answer_coding.insert",
                """
                INSERT INTO answer_coding (id, response_id, questionnaire_id, question, coder_id)
                VALUES (\(ID<CoderPair>()), \(response), \(questionnaire.id), \(question), \(coder))
                ON CONFLICT ON CONSTRAINT answer_coding_once DO UPDATE SET question = excluded.question
                RETURNING id
                """)
            let coding: UUID? = try row?.get("id")
            try await transaction.execute(
                "answer_coding.clear", "DELETE FROM answer_coding_theme WHERE coding_id = \(coding)")
            try await transaction.execute(
                "answer_coding.themes",
                """
                INSERT INTO answer_coding_theme (coding_id, theme_id, questionnaire_id, question)
                SELECT \(coding), theme, \(questionnaire.id), \(question) FROM unnest(\(Array(themes))) AS told (theme)
                """)
            try await Acts.record(
                coder == nil ? "answer_settled" : "answer_coded", by: actor, on: "questionnaire", questionnaire.id,
                detail: ["question": question], in: transaction)
        }
    }

    /// How far the coders of a question agree, and on what they do not.
    ///
    /// A coder who is still reading the sample is not shown what others found: codings are independent.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func agreement(
        on question: String, in questionnaire: Questionnaire, by actor: Actor
    ) async throws -> CodingAgreement {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        let book: CodeBook = try await Self.codeBook(of: question, in: questionnaire.id, in: pool)
        let rows: [Row] = try await pool.query(
            "answer_coding.sample",
            """
            SELECT coding.response_id, coding.coder_id, coalesce(account.name, '') AS name,
                   ARRAY(SELECT theme_id FROM answer_coding_theme WHERE coding_id = coding.id) AS themes
            FROM answer_coding AS coding
            JOIN answer_sample AS sample USING (questionnaire_id, question, response_id)
            LEFT JOIN account ON account.id = coding.coder_id
            WHERE coding.questionnaire_id = \(questionnaire.id) AND coding.question = \(question)
            ORDER BY coding.response_id, coding.coder_id
            """)
        var findings: [ID<Response>: [ID<Account>: Set<ID<AnswerTheme>>]] = [:]
        var settled: Set<ID<Response>> = []
        var names: [ID<Account>: String] = [:]
        var read: [ID<Account>: Int] = [:]
        for row in rows {
            let response: ID<Response> = try row.get("response_id")
            guard let coder: ID<Account> = try row.get("coder_id") else {
                settled.insert(response)
                continue
            }
            names[coder] = try row.get("name")
            read[coder, default: 0] += 1
            findings[response, default: [:]][coder] = Set(try row.get("themes", as: [ID<AnswerTheme>].self))
        }
        let coders: [ID<Account>] = names.keys.sorted { (names[$0]!, "\($0)") < (names[$1]!, "\($1)") }
        let own: Int? = actor.account.flatMap { read[$0] }.map { book.sample - $0 }
        let isOpen: Bool = own.map { $0 <= 0 } ?? true
        let open: [ID<Response>] = findings.filter { !settled.contains($0.key) && Set($0.value.values).count > 1 }
            .map(\.key).sorted { "\($0)" < "\($1)" }
        let disputes: [CodingDispute] =
            isOpen
            ? try await texts(Array(open.prefix(Self.mostDisputes)), of: question).map { text in
                CodingDispute(
                    text: text,
                    findings: coders.compactMap { coder in
                        findings[text.response]?[coder].map { themes in
                            (names[coder]!, book.themes.map(\.id).filter(themes.contains))
                        }
                    })
            } : []
        return CodingAgreement(
            book: book, coders: coders.map { (names[$0]!, read[$0] ?? 0) }, own: own,
            pairs: isOpen ? Self.pairs(coders, names, findings, book.themes.map(\.id)) : [], disputes: disputes)
    }

    private func texts(_ responses: [ID<Response>], of question: String) async throws -> [AnswerText] {
        try await pool.query(
            "answer_text.some",
            """
            SELECT response.id, \(sql: Self.words(question)) AS words, response.language
            FROM response WHERE response.id = ANY (\(responses)) ORDER BY response.id
            """
        ).map(AnswerText.init(row:))
    }

    /// Every two coders who have read a text in common, and how they agree on each theme.
    static func pairs(
        _ coders: [ID<Account>], _ names: [ID<Account>: String],
        _ findings: [ID<Response>: [ID<Account>: Set<ID<AnswerTheme>>]], _ themes: [ID<AnswerTheme>]
    ) -> [CoderPair] {
        var pairs: [CoderPair] = []
        for (place, first) in coders.enumerated() {
            for second in coders[(place + 1)...] {
                let shared: [(Set<ID<AnswerTheme>>, Set<ID<AnswerTheme>>)] = findings.values.compactMap { found in
                    guard let one = found[first], let other = found[second] else { return nil }
                    return (one, other)
                }
                guard !shared.isEmpty else { continue }
                pairs.append(
                    CoderPair(
                        first: names[first] ?? "", second: names[second] ?? "", texts: shared.count,
                        themes: themes.map { theme in
                            CohenKappa(
                                both: shared.count { $0.0.contains(theme) && $0.1.contains(theme) },
                                first: shared.count { $0.0.contains(theme) && !$0.1.contains(theme) },
                                second: shared.count { !$0.0.contains(theme) && $0.1.contains(theme) },
                                neither: shared.count { !$0.0.contains(theme) && !$0.1.contains(theme) })
                        }))
            }
        }
        return pairs
    }
}
