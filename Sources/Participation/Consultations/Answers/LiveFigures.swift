import Foundation
import Postgres

/// The figures of a synthesis, read from the answers as they are now, without small cells.
extension FigureCatalogue {
    /// The figures of these marks, all of which the catalogue has.
    func figures(
        _ marks: Set<FigureMark>, in executor: some Executor
    ) async throws -> [FigureMark: SynthesisFigure] {
        var figures: [FigureMark: SynthesisFigure] = [:]
        let counted: [String: QuestionnaireFigures] = try await counts(for: marks, in: executor)
        for mark in marks {
            switch mark {
            case .answers: figures[mark] = answers(counted)
            case .people(let handle): figures[mark] = people(handle, counted[handle])
            case .question(let handle, let key): figures[mark] = question(handle, key, counted[handle])
            case .crossing(let handle, let rows, let columns):
                figures[mark] = try await crossing(handle, rows, columns, in: executor)
            case .quotes(let handle, let key): figures[mark] = try await quotes(handle, key, in: executor)
            case .paper(let handle): figures[mark] = try await paper(handle, in: executor)
            case .arguments(let debate): figures[mark] = try await arguments(debate, in: executor)
            case .wordings(let text): figures[mark] = try await wordings(text, in: executor)
            }
        }
        return figures
    }

    /// What the answers to the questionnaires of the marks come to: each is counted once, whatever is shown of it.
    private func counts(
        for marks: Set<FigureMark>, in executor: some Executor
    ) async throws -> [String: QuestionnaireFigures] {
        var needed: Set<String> = []
        for mark in marks {
            switch mark {
            case .answers: needed.formUnion(asked.map(\.questionnaire.handle))
            case .people(let handle), .question(let handle, _): needed.insert(handle)
            default: break
            }
        }
        var counted: [String: QuestionnaireFigures] = [:]
        // A consultation has a few questionnaires; each is counted by itself.
        for one in asked where needed.contains(one.questionnaire.handle) {
            counted[one.questionnaire.handle] = try await Analyses.count(
                one.questionnaire.id, AnswerFilter(), in: executor
            ).published(one.form.versions.map(\.form))
        }
        return counted
    }

    // MARK: People

    private func answers(_ counted: [String: QuestionnaireFigures]) -> SynthesisFigure {
        let rows: [SynthesisFigure.Row] = asked.map { one in
            SynthesisFigure.Row(
                .texts(one.questionnaire.title), [counted[one.questionnaire.handle]?.answers ?? 0])
        }
        return SynthesisFigure(
            title: .word("answers"), count: counted.values.reduce(0) { $0 + $1.answers },
            tables: [
                SynthesisFigure.Table(
                    caption: .word("answers"), head: .word("questionnaire"),
                    columns: [SynthesisFigure.Column(.word("answers"))], rows: rows)
            ])
    }

    private func people(_ handle: String, _ figures: QuestionnaireFigures?) -> SynthesisFigure {
        let figures: QuestionnaireFigures = figures ?? QuestionnaireFigures()
        let columns = [
            SynthesisFigure.Column(.word("answers")), SynthesisFigure.Column(.word("share"), isShare: true),
        ]
        func cells(_ count: Int?, of all: Int) -> [Int?] { [count, count.flatMap { Self.share($0, of: all) }] }
        let ways: [SynthesisFigure.Row] = AnswerWay.allCases.compactMap { way in
            let isHidden: Bool = figures.hiddenWays.contains(way.rawValue)
            guard isHidden || figures.ways[way.rawValue] != nil else { return nil }
            return SynthesisFigure.Row(
                .word("way.\(way.rawValue)"),
                cells(isHidden ? nil : figures.ways[way.rawValue], of: figures.answers))
        }
        var tables = [
            SynthesisFigure.Table(caption: .word("ways"), head: .word("way"), columns: columns, rows: ways)
        ]
        for meaning in QuestionnaireForm.Meaning.allCases {
            guard let question = form(handle)?.question(meaning: meaning), let told = figures[question.key] else {
                continue
            }
            tables.append(
                SynthesisFigure.Table(
                    caption: .texts(question.title), head: .word(meaning.rawValue), columns: columns,
                    rows: question.options.map { option in
                        let isHidden: Bool = told.isHidden || told.hidden.contains(option.key)
                        return SynthesisFigure.Row(
                            .texts(option.title),
                            cells(isHidden ? nil : told.counts[option.key] ?? 0, of: told.answered))
                    }))
        }
        return SynthesisFigure(title: .word("people"), count: figures.answers, tables: tables)
    }

    /// Hundredths of a per cent.
    static func share(_ count: Int, of all: Int) -> Int? {
        all > 0 ? (count * 20_000 + all) / (2 * all) : nil
    }

    // MARK: Questions

    private func question(_ handle: String, _ key: String, _ figures: QuestionnaireFigures?) -> SynthesisFigure? {
        guard let question = form(handle)?.question(key), let told = figures?[key] else { return nil }
        return SynthesisFigure(
            title: .texts(question.title), count: told.isHidden ? nil : told.answered,
            chart: SynthesisFigure.Chart(question: question, figures: told))
    }

    private func quotes(
        _ handle: String, _ key: String, in executor: some Executor
    ) async throws -> SynthesisFigure? {
        guard let one = asked.first(where: { $0.questionnaire.handle == handle }),
            let question = one.form.question(key)
        else { return nil }
        let rows: [Row] = try await executor.query(
            "figures.quotes",
            """
            SELECT answer_quote.words, answer_quote.language, answer_theme.title::text AS theme
            FROM answer_quote JOIN answer_theme ON answer_theme.id = answer_quote.theme_id
            WHERE answer_theme.questionnaire_id = \(one.questionnaire.id) AND answer_theme.question = \(key)
            ORDER BY answer_theme.position
            """)
        return SynthesisFigure(
            title: .texts(question.title),
            quotes: try rows.map { row in
                SynthesisFigure.Quote(
                    try row.get("words"), in: try row.get("language"), of: .texts(try Texts(json: row.get("theme"))))
            })
    }

    // MARK: Paper, debates and texts

    private func paper(_ handle: String, in executor: some Executor) async throws -> SynthesisFigure? {
        guard let id = asked.first(where: { $0.questionnaire.handle == handle })?.questionnaire.id else { return nil }
        let quality: PaperQuality? = try await QuestionnaireSheets.quality(of: id, in: executor)
        let (compared, differing) = (quality?.whole.compared ?? 0, quality?.whole.differing ?? 0)
        let rows: [(String, Int?)] = [
            ("sheets", quality?.entered ?? 0), ("read_twice", quality?.readTwice ?? 0), ("compared", compared),
            ("differing", differing),
        ]
        return SynthesisFigure(
            title: .word("paper"),
            tables: [
                SynthesisFigure.Table(
                    caption: .word("paper"), head: .word("what"), columns: [SynthesisFigure.Column(.word("number"))],
                    rows: rows.map { SynthesisFigure.Row(.word($0.0), [$0.1]) })
            ]
                + (Self.share(differing, of: compared).map { share in
                    [
                        SynthesisFigure.Table(
                            caption: .word("error_rate"), head: .word("what"),
                            columns: [SynthesisFigure.Column(.word("share"), isShare: true)],
                            rows: [SynthesisFigure.Row(.word("error_rate"), [share])])
                    ]
                } ?? []))
    }

    /// The sides of a debate, and of each the arguments that most people found convincing.
    private func arguments(_ handle: String, in executor: some Executor) async throws -> SynthesisFigure? {
        guard let debate = debates.first(where: { $0.handle == handle }) else { return nil }
        let rows: [Row] = try await executor.query(
            "figures.arguments",
            """
            SELECT debate_side.title::text AS side, argument.title, argument.language,
                   count(argument.id) OVER (PARTITION BY debate_side.number) AS arguments,
                   row_number() OVER (PARTITION BY debate_side.number ORDER BY support.count DESC, argument.number) AS rank
            FROM debate JOIN debate_side ON debate_side.debate_id = debate.id
            LEFT JOIN argument ON argument.debate_id = debate.id AND argument.side = debate_side.number
                AND argument.withdrawn_at IS NULL AND argument.joined_into IS NULL
            LEFT JOIN LATERAL (SELECT count(*) FROM argument_support WHERE argument_id = argument.id) AS support ON true
            WHERE debate.consultation_id = \(consultation.id) AND debate.handle = \(handle)
            ORDER BY debate_side.number, rank
            """)
        var sides: [SynthesisFigure.Row] = []
        var quotes: [SynthesisFigure.Quote] = []
        for row in rows {
            let side: SynthesisFigure.Label = .texts(try Texts(json: row.get("side")))
            let rank: Int64 = try row.get("rank")
            if rank == 1 {
                sides.append(SynthesisFigure.Row(side, [Int(try row.get("arguments", as: Int64.self))]))
            }
            if rank <= 5, let title: String = try row.get("title"), let language: Language = try row.get("language") {
                quotes.append(SynthesisFigure.Quote(title, in: language, of: side))
            }
        }
        return SynthesisFigure(
            title: .texts(debate.question),
            tables: [
                SynthesisFigure.Table(
                    caption: .texts(debate.question), head: .word("side"),
                    columns: [SynthesisFigure.Column(.word("arguments"))], rows: sides)
            ], quotes: quotes)
    }

    /// The paragraphs of a text to which something was said, and how often.
    private func wordings(_ handle: String, in executor: some Executor) async throws -> SynthesisFigure? {
        guard let text = texts.first(where: { $0.handle == handle }) else { return nil }
        let rows: [Row] = try await executor.query(
            "figures.wordings",
            """
            SELECT text_paragraph.number, text_paragraph.comment_count, text_paragraph.suggestion_count,
                   (SELECT count(*) FROM text_suggestion
                    WHERE text_suggestion.paragraph_id = text_paragraph.id AND state = 'adopted') AS adopted
            FROM text_paragraph JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
            WHERE consultation_text.consultation_id = \(consultation.id) AND consultation_text.handle = \(handle)
              AND text_paragraph.comment_count + text_paragraph.suggestion_count > 0
            ORDER BY text_paragraph.number
            """)
        return SynthesisFigure(
            title: .texts(text.title),
            tables: [
                SynthesisFigure.Table(
                    caption: .texts(text.title), head: .word("paragraph"),
                    columns: ["comments", "wordings", "adopted"].map { SynthesisFigure.Column(.word($0)) },
                    rows: try rows.map { row in
                        let number = String(try row.get("number", as: Int32.self))
                        return SynthesisFigure.Row(
                            .texts(Texts(["fr": number])),
                            [
                                Int(try row.get("comment_count", as: Int32.self)),
                                Int(try row.get("suggestion_count", as: Int32.self)),
                                Int(try row.get("adopted", as: Int64.self)),
                            ])
                    })
            ])
    }
}

extension FigureCatalogue {
    /// The answers to one question by those to another, without small cells. Where somebody can be in several cells,
    /// nothing of them may be published.
    fileprivate func crossing(
        _ handle: String, _ rows: String, _ columns: String, in executor: some Executor
    ) async throws -> SynthesisFigure? {
        guard let one = asked.first(where: { $0.questionnaire.handle == handle }),
            let table = try await Analyses.cross(rows, columns, of: one.questionnaire.id, AnswerFilter(), in: executor)
        else { return nil }
        func label(_ key: String, of question: QuestionnaireForm.Question) -> SynthesisFigure.Label {
            if key.isEmpty { return .word("other") }
            return .texts(question.options.first { $0.key == key }?.title ?? Texts(["fr": key]))
        }
        let grid: SmallCells.Grid? = table.grid
        func shown(_ row: Int, _ column: Int, _ count: Int) -> Int? {
            grid?.shows(row, column) == true ? count : nil
        }
        let lines: [SynthesisFigure.Row] = table.rows.enumerated().map { place, head in
            SynthesisFigure.Row(
                label(head.key, of: table.row),
                table.counts[place].enumerated().map { shown(place, $0.offset, $0.element) }
                    + [shown(place, table.columns.count, head.people)])
        }
        return SynthesisFigure(
            title: .texts(table.row.title), count: table.people < SmallCells.least ? nil : table.people,
            tables: [
                SynthesisFigure.Table(
                    caption: .texts(table.column.title), head: .texts(table.row.title),
                    columns: table.columns.map { SynthesisFigure.Column(label($0.key, of: table.column)) }
                        + [SynthesisFigure.Column(.word("all"))],
                    rows: lines)
            ])
    }
}
