import Foundation
public import Postgres

/// What the answers to questionnaires come to: figures, cross-tables, texts, places and files.
public struct Analyses: Sendable {
    let pool: Pool

    /// The analyses of the answers in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The frozen versions of a questionnaire as one form.
    public func form(of questionnaire: ID<Questionnaire>) async throws -> JoinedForm {
        try await Self.form(of: questionnaire, in: pool)
    }

    /// What the answers that a filter lets through come to, counted now.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func count(
        _ questionnaire: Questionnaire, _ filter: AnswerFilter = AnswerFilter(), by actor: Actor
    ) async throws -> QuestionnaireFigures {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await count(questionnaire.id, filter)
    }

    /// The same, for the service itself: one snapshot of the answers, read in one pass.
    func count(
        _ questionnaire: ID<Questionnaire>, _ filter: AnswerFilter = AnswerFilter()
    ) async throws -> QuestionnaireFigures {
        try await pool.transaction("analysis.count", isolation: .repeatableRead) { transaction in
            try await Self.count(questionnaire, filter, in: transaction)
        }
    }

    static func count(
        _ questionnaire: ID<Questionnaire>, _ filter: AnswerFilter, in executor: some Executor
    ) async throws -> QuestionnaireFigures {
        let form: JoinedForm = try await Self.form(of: questionnaire, in: executor)
        let answers: SQL = filter.condition(on: questionnaire, form)
        var figures = QuestionnaireFigures()
        var byKey: [String: QuestionFigures] = [:]
        for question in form.questions {
            byKey[question.key] = QuestionFigures(question: question.key, kind: question.kind)
        }
        for row in try await executor.query("analysis.ways", Self.ways(answers)) {
            figures.ways[try row.get("way")] = Int(try row.get("count", as: Int64.self))
        }
        for row in try await executor.query("analysis.asked", Self.asked(answers, Self.looked(form))) {
            let count = Int(try row.get("count", as: Int64.self))
            let version = Int(try row.get("version", as: Int32.self))
            figures.answers += count
            figures.versions[version, default: 0] += count
            let known = try Answers(json: row.get("answers"))
            let asked = form.versions.first { $0.number == version }?.form.asked(given: known) ?? []
            for question in asked.flatMap(\.questions) { byKey[question.key]?.asked += count }
        }
        for row in try await executor.query("analysis.answers", Self.values(answers)) {
            try byKey[row.get("question", as: String.self)]?.add(row)
        }
        figures.questions = form.questions.compactMap { question in
            byKey[question.key].map { one in
                var one: QuestionFigures = one
                one.finish(options: question.options.count)
                return one
            }
        }
        guard !filter.isFilter else { return figures }
        // A form has a few questions of places, and a few whose texts are coded.
        for question in form.questions where question.kind == .place {
            figures.places[question.key] = try await places(
                of: question.key, in: questionnaire, AnswerFilter(), in: executor)
        }
        for question in try await codedQuestions(of: questionnaire, in: executor) {
            let book: CodeBook = try await codeBook(of: question, in: questionnaire, in: executor)
            figures.coded[question] = CodedTexts(book, written: figures.written(question))
        }
        return figures
    }

    /// The questions with a code book.
    private static func codedQuestions(
        of questionnaire: ID<Questionnaire>, in executor: some Executor
    ) async throws -> [String] {
        try await executor.query(
            "analysis.coded",
            "SELECT DISTINCT question FROM answer_theme WHERE questionnaire_id = \(questionnaire) ORDER BY question"
        ).map { try $0.get("question") }
    }

    static func form(of questionnaire: ID<Questionnaire>, in executor: some Executor) async throws -> JoinedForm {
        JoinedForm(
            try await executor.query(
                "analysis.versions",
                """
                SELECT number, form::text AS form FROM questionnaire_version
                WHERE questionnaire_id = \(questionnaire) AND frozen_at IS NOT NULL ORDER BY number DESC
                """
            ).map { (Int(try $0.get("number", as: Int32.self)), try QuestionnaireForm(json: $0.get("form"))) })
    }

    // MARK: Statements

    private static func ways(_ answers: SQL) -> SQL {
        "SELECT response.way, count(*) AS count FROM response WHERE \(sql: answers) GROUP BY response.way"
    }

    /// The questions that conditions look at.
    private static func looked(_ form: JoinedForm) -> [String] {
        var looked: Set<String> = []
        for section in form.versions.flatMap(\.form.sections) {
            let conditions = [section.condition] + section.questions.map(\.condition)
            looked.formUnion(conditions.compactMap(\.self).flatMap(\.tests).map(\.question))
        }
        return looked.sorted()
    }

    /// How many gave each combination of answers to the questions that conditions look at: what was asked of whom follows
    /// from it by the form itself.
    private static func asked(_ answers: SQL, _ looked: [String]) -> SQL {
        guard !looked.isEmpty else {
            return """
                SELECT response.version, '{}' AS answers, count(*) AS count FROM response WHERE \(sql: answers)
                GROUP BY response.version
                """
        }
        return """
            SELECT version, answers::text AS answers, count(*) AS count
            FROM (
                SELECT response.version,
                       (SELECT coalesce(jsonb_object_agg(told.key, \(sql: value)), '{}')
                        FROM jsonb_each(response.answers) AS told WHERE told.key = ANY (\(looked))) AS answers
                FROM response WHERE \(sql: answers)
            ) AS given
            GROUP BY version, answers
            """
    }

    /// What is counted of an answer `told.value`: equal answers become equal, and words are left where they are.
    private static let value: SQL = """
        CASE WHEN told.value ? 'words' THEN '{"words": ""}'::jsonb
             WHEN told.value ? 'rows' THEN '{"rows": {}}'
             WHEN told.value ? 'other' THEN jsonb_set(told.value, '{other}', '""')
             WHEN told.value ? 'place' THEN jsonb_build_object('place', jsonb_build_object('words', '')
                 || CASE WHEN told.value -> 'place' ? 'latitude' THEN '{"latitude": 0, "longitude": 0}'::jsonb ELSE '{}' END
                 || CASE WHEN told.value -> 'place' ? 'district'
                         THEN jsonb_build_object('district', told.value -> 'place' -> 'district') ELSE '{}' END)
             WHEN told.value ? 'photo' THEN '{"photo": "00000000-0000-0000-0000-000000000000", "alt": ""}'
             ELSE told.value END
        """

    /// Each answer that was given and how many gave it, the rows of matrices one by one.
    private static func values(_ answers: SQL) -> SQL {
        """
        SELECT given.question, given.value::text AS value, cell.key AS row, cell.value AS "column", count(*) AS count,
               count(*) FILTER (WHERE coalesce(cell.place, 1) = 1) AS people, coalesce(sum(given.words), 0)::bigint AS words
        FROM (
            SELECT told.key AS question, \(sql: value) AS value, told.value -> 'rows' AS rows,
                   CASE WHEN told.value ? 'words' THEN
                       cardinality(string_to_array(
                           btrim(regexp_replace(told.value ->> 'words', '\\s+', ' ', 'g')), ' ')) END AS words
            FROM response CROSS JOIN LATERAL jsonb_each(response.answers) AS told
            WHERE \(sql: answers)
        ) AS given
        LEFT JOIN LATERAL jsonb_each_text(given.rows) WITH ORDINALITY AS cell (key, value, place) ON true
        GROUP BY given.question, given.value, cell.key, cell.value
        """
    }
}

extension QuestionFigures {
    /// Counts a row of `values`: an answer, or one cell of a matrix, with how many gave it.
    fileprivate mutating func add(_ row: Row) throws {
        let count = Int(try row.get("count", as: Int64.self))
        let answer: AnswerValue = try JSONDecoder().decode(
            AnswerValue.self, from: Data(row.get("value", as: String.self).utf8))
        if case .rows = answer, kind == .matrix {
            if let key: String = try row.get("row"), let column: String = try row.get("column") {
                cells[key, default: [:]][column, default: 0] += count
            }
            // Of the cells of one person, the first stands for the person.
            answered += Int(try row.get("people", as: Int64.self))
        } else {
            // The cells of what is no matrix any more are one answer.
            let people = Int(try row.get("people", as: Int64.self))
            guard people > 0 else { return }
            add(answer, times: people, words: Int(try row.get("words", as: Int64.self)))
        }
    }
}

extension QuestionnaireFigures {
    /// How many texts there are of a question: answers in words, or what was written beside options.
    func written(_ question: String) -> Int {
        guard let figures = self[question] else { return 0 }
        return figures.kind.isText || figures.kind == .place ? figures.answered : figures.other
    }
}
