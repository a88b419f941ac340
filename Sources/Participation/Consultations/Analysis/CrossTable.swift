import Foundation
import Postgres

/// How the answers to two questions meet: how many gave both of each pair.
public struct CrossTable: Sendable, Hashable {
    /// A row or a column: the key of an option or the point of a scale, empty for what was written in beside options, with
    /// how many people chose it and answered the other question too.
    public struct Head: Sendable, Hashable {
        /// The key.
        public let key: String
        /// How many people.
        public let people: Int
    }

    /// The questions.
    public let row: QuestionnaireForm.Question, column: QuestionnaireForm.Question
    /// The rows and the columns in the order of the form.
    public let rows: [Head], columns: [Head]
    /// How many people are in both, row by row.
    public let counts: [[Int]]
    /// How many answered both questions, of so many that the filter lets through.
    public let people: Int, answers: Int

    /// Fewer people than this in a row say little.
    public static let few = 30

    /// Whether each person is in one cell, so that the sums of the lines are people.
    public var isExclusive: Bool { row.kind != .multiple && column.kind != .multiple }

    /// What of it may be published, where each person is in one cell; of other tables nothing is.
    public var grid: SmallCells.Grid? { isExclusive ? SmallCells.grid(counts) : nil }
}

extension QuestionnaireForm.Kind {
    /// Whether its answers are a few that can be told apart.
    public var isCrossed: Bool { [.single, .multiple, .scale].contains(self) }
}

extension Analyses {
    /// The cross-table of two questions; nil unless both have answers of which there are a few.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func cross(
        _ row: String, _ column: String, of questionnaire: Questionnaire, _ filter: AnswerFilter = AnswerFilter(),
        by actor: Actor
    ) async throws -> CrossTable? {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await Self.cross(row, column, of: questionnaire.id, filter, in: pool)
    }

    static func cross(
        _ row: String, _ column: String, of questionnaire: ID<Questionnaire>, _ filter: AnswerFilter,
        in executor: some Executor
    ) async throws -> CrossTable? {
        let form: JoinedForm = try await form(of: questionnaire, in: executor)
        guard let first = form.question(row), let second = form.question(column), row != column,
            first.kind.isCrossed, second.kind.isCrossed
        else { return nil }
        let answers: SQL = filter.condition(on: questionnaire, form)
        // What both answered, unpacked once.
        let both: SQL = """
            WITH told AS MATERIALIZED (
                SELECT \(sql: choices(row)) AS rows, \(sql: choices(column)) AS columns FROM response
                WHERE \(sql: answers) AND response.answers ? \(row) AND response.answers ? \(column))
            """
        let found: [Row] = try await executor.query(
            "analysis.cross",
            """
            \(sql: both)
            SELECT 'cell' AS part, "row", "column", count(*) AS count
            FROM told CROSS JOIN LATERAL unnest(rows) AS one ("row") CROSS JOIN LATERAL unnest(columns) AS two ("column")
            GROUP BY "row", "column"
            UNION ALL SELECT 'row', "row", NULL, count(*) FROM told CROSS JOIN LATERAL unnest(rows) AS one ("row") GROUP BY 2
            UNION ALL SELECT 'column', NULL, "column", count(*)
                FROM told CROSS JOIN LATERAL unnest(columns) AS two ("column") GROUP BY 3
            UNION ALL SELECT 'both', NULL, NULL, count(*) FROM told
            UNION ALL SELECT 'all', NULL, NULL, count(*) FROM response WHERE \(sql: answers)
            """)
        var cells: [String: [String: Int]] = [:]
        var (rows, columns): ([String: Int], [String: Int]) = ([:], [:])
        var (people, all) = (0, 0)
        for line in found {
            let count = Int(try line.get("count", as: Int64.self))
            let row: String = try line.get("row", as: String?.self) ?? ""
            let column: String = try line.get("column", as: String?.self) ?? ""
            switch try line.get("part", as: String.self) {
            case "cell": cells[row, default: [:]][column] = count
            case "row": rows[row] = count
            case "column": columns[column] = count
            case "both": people = count
            default: all = count
            }
        }
        let heads: (QuestionnaireForm.Question, [String: Int]) -> [CrossTable.Head] = { question, counts in
            question.crossed(counts).map { CrossTable.Head(key: $0, people: counts[$0] ?? 0) }
        }
        let (top, side) = (heads(second, columns), heads(first, rows))
        return CrossTable(
            row: first, column: second, rows: side, columns: top,
            counts: side.map { row in top.map { cells[row.key]?[$0.key] ?? 0 } }, people: people, answers: all)
    }

    /// The keys that were chosen, the point of a scale, and the empty key for what was written in.
    private static func choices(_ question: String) -> SQL {
        let told: SQL = "response.answers -> \(question)"
        return """
            (ARRAY(SELECT jsonb_array_elements_text(\(sql: told) -> 'chosen'))
             || CASE WHEN (\(sql: told)) ? 'number' THEN ARRAY[\(sql: told) ->> 'number'] ELSE '{}' END
             || CASE WHEN (\(sql: told)) ? 'other' THEN ARRAY[''] ELSE '{}' END)
            """
    }
}

extension QuestionnaireForm.Question {
    /// The keys of its answers in their order, those that earlier versions alone had at the end.
    fileprivate func crossed(_ counts: [String: Int]) -> [String] {
        var keys: [String] = options.map(\.key)
        if kind == .scale, let first = lowest.flatMap({ Int($0) }), let last = highest.flatMap({ Int($0) }),
            (first...max(first, last)).count <= 101
        {
            keys = (first...max(first, last)).map(String.init)
        }
        let known: Set<String> = Set(keys)
        return keys + counts.keys.filter { !known.contains($0) && !$0.isEmpty }.sorted()
            + (hasOther || counts[""] != nil ? [""] : [])
    }
}
