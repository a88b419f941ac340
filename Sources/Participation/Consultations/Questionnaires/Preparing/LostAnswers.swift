import Postgres

/// What answers would lose by a change: somebody has chosen what would go, or would be shown under other words.
public struct LostAnswers: Error, Hashable, Sendable {
    /// One question, option or row that has answers.
    public struct Item: Hashable, Sendable {
        /// What becomes of it.
        public enum Fate: Hashable, Sendable {
            /// The question goes; the option or row of it goes.
            case questionGone, optionGone
            /// The option or row gets these words instead.
            case reworded(Texts)
        }

        /// The title of the question, and that of the option or row where it is about one.
        public let question: Texts, option: Texts?
        /// What becomes of it, and how many answers there are.
        public let fate: Fate, answers: Int
    }

    /// What would be lost; never empty when it is thrown.
    public let all: [Item]
}

extension Consultations {
    /// What a change of the draft takes from the answers to earlier versions.
    static func lost(
        from before: QuestionnaireForm, to after: QuestionnaireForm, of id: ID<Questionnaire>,
        in executor: some Executor
    ) async throws -> LostAnswers {
        let difference = FormDifference(from: before, to: after)
        let changes: [FormDifference.Change] = difference.changed.filter {
            !$0.removed.isEmpty || !$0.rewordedInFrench.isEmpty
        }
        let keys: [String] = difference.removed.map(\.key) + changes.map(\.before.key)
        guard !keys.isEmpty else { return LostAnswers(all: []) }
        let rows: [Row] = try await executor.query(
            "response.count_choices",
            """
            SELECT asked.key AS question, choice.kind, choice.key AS choice, count(*) AS answers
            FROM response CROSS JOIN unnest(\(keys)) AS asked (key)
            CROSS JOIN LATERAL (
                SELECT 'question' AS kind, '' AS key
                UNION ALL
                SELECT 'option', jsonb_array_elements_text(
                    coalesce(response.answers -> asked.key -> 'chosen', response.answers -> asked.key -> 'ranked', '[]'))
                UNION ALL
                SELECT 'row', cell.key FROM jsonb_each_text(coalesce(response.answers -> asked.key -> 'rows', '{}')) AS cell
                UNION ALL
                SELECT DISTINCT 'option', cell.value
                FROM jsonb_each_text(coalesce(response.answers -> asked.key -> 'rows', '{}')) AS cell
            ) AS choice
            WHERE response.questionnaire_id = \(id) AND response.answers ? asked.key
            GROUP BY asked.key, choice.kind, choice.key
            """)
        var counts: [Counted: Int] = [:]
        for row in rows {
            let counted = Counted(
                question: try row.get("question"), kind: try row.get("kind"), choice: try row.get("choice"))
            counts[counted] = try row.get("answers")
        }
        return LostAnswers(
            all: difference.removed.compactMap { question in
                counts[Counted(question: question.key, kind: "question", choice: "")].map {
                    .init(question: question.title, option: nil, fate: .questionGone, answers: $0)
                }
            } + changes.flatMap { $0.lost(counts) })
    }
}

private struct Counted: Hashable {
    let question: String, kind: String, choice: String
}

extension FormDifference.Change {
    /// A translation may be mended without asking.
    fileprivate var rewordedInFrench: [(before: QuestionnaireForm.Option, after: QuestionnaireForm.Option)] {
        reworded.filter { $0.before.title(.french) != $0.after.title(.french) }
    }

    fileprivate func lost(_ counts: [Counted: Int]) -> [LostAnswers.Item] {
        func answers(_ option: QuestionnaireForm.Option) -> Int? {
            // A row and a column may share a key: what is told apart is where it stood before.
            let kind: String = before.rows.contains(option) ? "row" : "option"
            return counts[Counted(question: before.key, kind: kind, choice: option.key)]
        }
        let gone: [LostAnswers.Item] = removed.compactMap { option in
            answers(option).map { .init(question: before.title, option: option.title, fate: .optionGone, answers: $0) }
        }
        return gone
            + rewordedInFrench.compactMap { old, new in
                answers(old).map {
                    .init(question: before.title, option: old.title, fate: .reworded(new.title), answers: $0)
                }
            }
    }
}
