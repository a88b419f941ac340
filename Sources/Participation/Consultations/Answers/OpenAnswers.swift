public import Foundation
public import Postgres

/// A column of the file of open answers.
public struct OpenAnswerColumn: Codable, Sendable, Hashable {
    /// What its values are.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The number of the row, in this file alone.
        case number
        case district
        case ageBand = "age_band"
        case way
        /// The key of an option, or several with blanks between.
        case option, options
        /// The keys of options in the order in which they were ranked.
        case ranking
        /// A point of a scale.
        case scale
        /// The class of a number: `0..10`, from its first number on and below its last.
        case numbers
        /// A month: `2026-11`.
        case month
        /// The middle of a cell of the map, in degrees.
        case latitude, longitude
    }

    /// Something that stands in a column.
    public struct Value: Codable, Sendable, Hashable {
        /// As it stands there, and what it means.
        public let value: String, title: Texts
    }

    /// Its name in the first line.
    public let name: String
    /// What its values are.
    public let kind: Kind
    /// What was asked; empty for what was not asked.
    public let title: Texts
    /// Its values, where there is a list of them.
    public let values: [Value]
    /// The question, and the row of a matrix, that it holds the answers to.
    let question: String?, row: String?

    init(
        _ name: String, _ kind: Kind, title: Texts = Texts([:]), values: [Value] = [], question: String? = nil,
        row: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.title = title
        self.values = values
        self.question = question
        self.row = row
    }
}

/// The open answers of a questionnaire: what the file holds, and what was hidden in it.
public struct OpenAnswerSet: Sendable {
    /// The questionnaire.
    public let questionnaire: ID<Questionnaire>
    /// The fewest people of each combination of district, age band and way.
    public let k: Int
    /// How many answers there were, and how many are in the file.
    public let answers: Int, published: Int
    /// In how many rows the district, the age band, the way or the place is hidden.
    public let hiddenDistrict: Int, hiddenAgeBand: Int, hiddenWay: Int, hiddenPlace: Int
    /// The columns of the file.
    public let columns: [OpenAnswerColumn]
    /// When it was made.
    public let publishedAt: Date

    init(row: Row) throws {
        func count(_ name: String) throws -> Int { Int(try row.get(name, as: Int32.self)) }
        questionnaire = try row.get("questionnaire_id")
        k = try count("k")
        answers = try count("answers")
        published = try count("published")
        hiddenDistrict = try count("hidden_district")
        hiddenAgeBand = try count("hidden_age_band")
        hiddenWay = try count("hidden_way")
        hiddenPlace = try count("hidden_place")
        let json: String = try row.get("columns")
        columns = try JSONDecoder().decode([OpenAnswerColumn].self, from: Data(json.utf8))
        publishedAt = try row.get("published_at")
    }
}

/// A row of the file of open answers.
public struct OpenAnswer: Sendable {
    /// Its number, which says nothing of an order.
    public let number: Int
    /// Its values, one for each column of the set.
    public let cells: [String]
}

/// Answers as open data. They are made once, with the first edition of the synthesis, and never again: drawn a second
/// time, or with other suppressions, two files could be laid over one another.
public struct OpenAnswers: Sendable {
    let pool: Pool

    /// The open answers kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// How high and how wide a cell of the map is, in degrees: some 550 metres each at 47° north.
    public static let cellHeight: Decimal = Decimal(5) / 1000, cellWidth: Decimal = Decimal(75) / 10_000

    // MARK: Reading

    /// What there is of a published consultation, by the order of its questionnaires.
    public func sets(of consultation: ID<Consultation>) async throws -> [OpenAnswerSet] {
        try await pool.query(
            "open_answers.sets",
            """
            SELECT open_answer_set.questionnaire_id, open_answer_set.k, open_answer_set.answers,
                   open_answer_set.published, open_answer_set.hidden_district, open_answer_set.hidden_age_band,
                   open_answer_set.hidden_way, open_answer_set.hidden_place,
                   open_answer_set.columns::text AS columns, open_answer_set.published_at
            FROM open_answer_set JOIN questionnaire ON questionnaire.id = open_answer_set.questionnaire_id
            JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE consultation.id = \(consultation) AND consultation.published_at IS NOT NULL
            ORDER BY questionnaire.position, questionnaire.handle
            """
        ).map(OpenAnswerSet.init(row:))
    }

    /// The rows after a number, a thousand at most: a file is written piece by piece while it is read.
    public func rows(of set: OpenAnswerSet, after last: Int = 0) async throws -> [OpenAnswer] {
        try await pool.query(
            "open_answers.rows",
            """
            SELECT number, district, age_band, way, answers::text AS answers FROM open_answer
            WHERE questionnaire_id = \(set.questionnaire) AND number > \(last) ORDER BY number LIMIT 1000
            """
        ).map { try OpenAnswer(row: $0, columns: set.columns) }
    }

    // MARK: Making

    /// Makes the open answers of all questionnaires of a consultation, in the transaction of the first edition.
    static func release(of consultation: Consultation, in transaction: some Executor) async throws {
        // A consultation has a few questionnaires; each is a file of its own.
        for asked in try await FigureCatalogue.forms(of: consultation.id, in: transaction) {
            try await release(asked.questionnaire.id, asked.form, in: transaction)
        }
    }

    private static func release(
        _ questionnaire: ID<Questionnaire>, _ form: JoinedForm, in transaction: some Executor
    ) async throws {
        let traits: SQL = traits(of: form)
        let counted: [Row] = try await transaction.query(
            "open_answers.traits",
            """
            SELECT district, age_band, way, count(*) AS count
            FROM (SELECT \(sql: traits) FROM response WHERE response.questionnaire_id = \(questionnaire)) AS told
            GROUP BY district, age_band, way
            """)
        let counts: [Anonymity.Traits: Int] = Dictionary(
            uniqueKeysWithValues: try counted.map { row in
                (
                    Anonymity.Traits(
                        district: try row.get("district"), ageBand: try row.get("age_band"), way: try row.get("way")),
                    Int(try row.get("count", as: Int64.self))
                )
            })
        let all: Int = counts.values.reduce(0, +)
        let shown: [Anonymity.Traits: Anonymity.Traits] = Anonymity.shown(for: counts) ?? [:]
        func hidden(_ trait: KeyPath<Anonymity.Traits, String>) -> Int {
            counts.reduce(0) { $0 + (shown[$1.key]?[keyPath: trait] == Anonymity.hidden ? $1.value : 0) }
        }
        let numbers: QuestionnaireFigures = try await Analyses.count(questionnaire, AnswerFilter(), in: transaction)
        let published: QuestionnaireFigures = numbers.published(form.versions.map(\.form))
        let months: [String: Set<String>] = try await hiddenMonths(of: questionnaire, form, in: transaction)
        let places: OpenPlaces = try await .find(in: questionnaire, form, in: transaction)
        let columns = String(decoding: try ConsultationEditions.encoder.encode(columns(of: form)), as: UTF8.self)
        try await transaction.execute(
            "open_answers.set",
            """
            INSERT INTO open_answer_set (questionnaire_id, k, answers, published, hidden_district, hidden_age_band,
                                         hidden_way, hidden_place, columns, published_at)
            VALUES (\(questionnaire), \(Anonymity.k), \(all), \(shown.isEmpty ? 0 : all), \(hidden(\.district)),
                    \(hidden(\.ageBand)), \(hidden(\.way)), \(places.hidden), \(columns)::jsonb, clock_timestamp())
            """)
        guard !shown.isEmpty else { return }
        try await transaction.execute(
            "open_answers.draw",
            draw(
                questionnaire, traits, Array(shown), OpenKinds(form, published), OpenHidden(published, months),
                OpenClasses(published), places))
    }

    /// The months that fewer than five people gave as an answer, and those that would give them away, by the question.
    private static func hiddenMonths(
        of questionnaire: ID<Questionnaire>, _ form: JoinedForm, in transaction: some Executor
    ) async throws -> [String: Set<String>] {
        var counts: [String: [String: Int]] = [:]
        for row in try await transaction.query(
            "open_answers.months",
            """
            SELECT told.key AS question, left(told.value ->> 'day', 7) AS month, count(*) AS count
            FROM response CROSS JOIN LATERAL jsonb_each(response.answers) AS told
            WHERE response.questionnaire_id = \(questionnaire)
              AND told.key = ANY (\(form.questions.filter { $0.kind == .date }.map(\.key))) AND told.value ? 'day'
            GROUP BY 1, 2
            """)
        {
            counts[try row.get("question"), default: [:]][try row.get("month")] = Int(
                try row.get("count", as: Int64.self))
        }
        return counts.mapValues { SmallCells.hidden(in: $0) }
    }

    /// District, age band and way of a response, as it says them.
    private static func traits(of form: JoinedForm) -> SQL {
        func said(_ meaning: QuestionnaireForm.Meaning) -> SQL {
            guard let key = form.question(meaning: meaning)?.key else { return "''" }
            return "coalesce(response.answers -> \(key)::text -> 'chosen' ->> 0, '')"
        }
        return "\(sql: said(.district)) AS district, \(sql: said(.ageBand)) AS age_band, response.way"
    }

    /// The statement that writes the rows: numbered in an order drawn by lot, with what may be shown of each.
    private static func draw(
        _ questionnaire: ID<Questionnaire>, _ traits: SQL,
        _ shown: [(key: Anonymity.Traits, value: Anonymity.Traits)], _ kinds: OpenKinds, _ hidden: OpenHidden,
        _ classes: OpenClasses, _ places: OpenPlaces
    ) -> SQL {
        """
        INSERT INTO open_answer (questionnaire_id, number, district, age_band, way, answers)
        SELECT \(questionnaire), row_number() OVER (ORDER BY drawn.lot), drawn.district, drawn.age_band, drawn.way,
               drawn.answers
        FROM (
            SELECT gen_random_uuid() AS lot, shown.district, shown.age_band, shown.way,
                   (SELECT coalesce(jsonb_object_agg(open.key, open.value) FILTER (WHERE open.value IS NOT NULL), '{}')
                    FROM (
                        SELECT told.key, CASE kind.kind
                            WHEN 'option' THEN (
                                SELECT jsonb_build_object('chosen', coalesce(jsonb_agg(
                                           CASE one.key WHEN '' THEN '_other' ELSE one.key END ORDER BY one.place), '[]'))
                                FROM (SELECT key, place
                                      FROM jsonb_array_elements_text(coalesce(told.value -> 'chosen', '[]'))
                                           WITH ORDINALITY AS chosen (key, place)
                                      UNION ALL SELECT '', 1000 WHERE told.value ? 'other') AS one
                                WHERE NOT \(sql: hidden.holds("''", "one.key")))
                            WHEN 'month' THEN CASE WHEN NOT \(sql: hidden.holds("''", "left(told.value ->> 'day', 7)"))
                                THEN jsonb_build_object('month', left(told.value ->> 'day', 7)) END
                            WHEN 'scale' THEN CASE WHEN NOT \(sql: hidden.holds("''", "told.value ->> 'number'"))
                                THEN told.value END
                            WHEN 'ranking' THEN
                                CASE WHEN NOT \(sql: hidden.holds("''", "coalesce(told.value -> 'ranked' ->> 0, '')"))
                                THEN jsonb_build_object('ranked', jsonb_build_array(told.value -> 'ranked' -> 0)) END
                            WHEN 'matrix' THEN (
                                SELECT jsonb_build_object('rows', coalesce(jsonb_object_agg(line.key, line.value), '{}'))
                                FROM jsonb_each(coalesce(told.value -> 'rows', '{}')) AS line
                                WHERE NOT \(sql: hidden.holds("line.key", "line.value #>> '{}'")))
                            WHEN 'numbers' THEN (
                                SELECT jsonb_build_object('class', class.label)
                                FROM unnest(\(classes.questions), \(classes.begins), \(classes.labels))
                                     AS class (question, begins, label)
                                WHERE class.question = told.key
                                  AND class.begins::numeric <= (told.value ->> 'number')::numeric
                                ORDER BY class.begins::numeric DESC LIMIT 1)
                            WHEN 'place' THEN (
                                SELECT jsonb_build_object('latitude', cell.latitude, 'longitude', cell.longitude)
                                FROM unnest(\(places.questions), \(places.latitudes), \(places.longitudes))
                                     AS cell (question, latitude, longitude)
                                WHERE shown.district <> \(Anonymity.hidden) AND cell.question = told.key
                                  AND cell.latitude = \(sql: OpenPlaces.latitude)
                                  AND cell.longitude = \(sql: OpenPlaces.longitude))
                            ELSE told.value END AS value
                        FROM jsonb_each(told_response.answers) AS told
                        JOIN unnest(\(kinds.questions), \(kinds.kinds)) AS kind (question, kind)
                            ON kind.question = told.key
                    ) AS open) AS answers
            FROM (
                SELECT response.answers, \(sql: traits) FROM response
                WHERE response.questionnaire_id = \(questionnaire)
            ) AS told_response
            JOIN unnest(\(shown.map(\.key.district)), \(shown.map(\.key.ageBand)), \(shown.map(\.key.way)),
                        \(shown.map(\.value.district)), \(shown.map(\.value.ageBand)), \(shown.map(\.value.way)))
                 AS shown (own_district, own_age_band, own_way, district, age_band, way)
                ON shown.own_district = told_response.district AND shown.own_age_band = told_response.age_band
                AND shown.own_way = told_response.way
        ) AS drawn
        ORDER BY drawn.lot
        """
    }

    /// The columns of the file: four of the row, then those of each question that has any.
    private static func columns(of form: JoinedForm) -> [OpenAnswerColumn] {
        func values(_ options: [QuestionnaireForm.Option]) -> [OpenAnswerColumn.Value] {
            options.map { OpenAnswerColumn.Value(value: $0.key, title: $0.title) }
        }
        func told(_ meaning: QuestionnaireForm.Meaning, _ kind: OpenAnswerColumn.Kind) -> OpenAnswerColumn {
            let question: QuestionnaireForm.Question? = form.question(meaning: meaning)
            return OpenAnswerColumn(
                kind.rawValue, kind, title: question?.title ?? Texts([:]), values: values(question?.options ?? []))
        }
        let first: [OpenAnswerColumn] = [
            OpenAnswerColumn("number", .number), told(.district, .district), told(.ageBand, .ageBand),
            OpenAnswerColumn("way", .way),
        ]
        return first
            + form.questions.filter { $0.meaning == nil }.flatMap { question -> [OpenAnswerColumn] in
                func column(
                    _ kind: OpenAnswerColumn.Kind, named name: String? = nil, row: QuestionnaireForm.Option? = nil
                ) -> OpenAnswerColumn {
                    OpenAnswerColumn(
                        name ?? question.key, kind, title: row?.title ?? question.title,
                        values: values(question.options),
                        question: question.key, row: row?.key)
                }
                switch question.kind {
                case .single: return [column(.option)]
                case .multiple: return [column(.options)]
                case .matrix: return question.rows.map { column(.option, named: "\(question.key).\($0.key)", row: $0) }
                case .ranking: return [column(.ranking)]
                case .scale: return [column(.scale)]
                case .number: return [column(.numbers)]
                case .date: return [column(.month)]
                case .place:
                    return [
                        column(.latitude, named: "\(question.key).latitude"),
                        column(.longitude, named: "\(question.key).longitude"),
                    ]
                case .shortText, .longText, .photo, .information: return []
                }
            }
    }
}

/// How the answers to each question are shown: words and photos not at all, what says who somebody is elsewhere.
private struct OpenKinds {
    let questions: [String], kinds: [String]

    init(_ form: JoinedForm, _ published: QuestionnaireFigures) {
        // What is asked of a district or an age alone would give back what is hidden of those.
        let traits: Set<String> = Set(form.questions.filter { $0.meaning != nil }.map(\.key))
        let looked: [String: Set<String>] = QuestionnaireFigures.looked(form.versions.map(\.form))
        let hidden: Set<String> = Set(published.questions.filter(\.isHidden).map(\.question))
        let shown: [QuestionnaireForm.Question] = form.questions.filter { question in
            question.meaning == nil && !hidden.contains(question.key)
                && (looked[question.key] ?? []).isDisjoint(with: traits)
        }
        let pairs: [(String, String)] = shown.compactMap { question in
            switch question.kind {
            case .single, .multiple: (question.key, "option")
            case .matrix: (question.key, "matrix")
            case .ranking: (question.key, "ranking")
            case .scale: (question.key, "scale")
            case .number: (question.key, "numbers")
            case .date: (question.key, "month")
            case .place: (question.key, "place")
            case .shortText, .longText, .photo, .information: nil
            }
        }
        questions = pairs.map(\.0)
        kinds = pairs.map(\.1)
    }
}

/// What few chose, and what would give that away, is in no row: the same keys that the published figures leave out.
private struct OpenHidden {
    let questions: [String], rows: [String], keys: [String]

    init(_ published: QuestionnaireFigures, _ months: [String: Set<String>]) {
        var lines: [(question: String, row: String, key: String)] = []
        for question in published.questions {
            for key in question.hidden where question.kind != .date { lines.append((question.question, "", key)) }
            for (row, keys) in question.hiddenCells {
                for key in keys { lines.append((question.question, row, key)) }
            }
        }
        for (question, keys) in months { for key in keys { lines.append((question, "", key)) } }
        questions = lines.map(\.question)
        rows = lines.map(\.row)
        keys = lines.map(\.key)
    }

    /// A condition: what stands at the row and the key of the question `told.key` is hidden.
    func holds(_ row: SQL, _ key: SQL) -> SQL {
        """
        EXISTS (SELECT 1 FROM unnest(\(questions), \(rows), \(keys)) AS hidden (question, line, key)
                WHERE hidden.question = told.key AND hidden.line = \(sql: row) AND hidden.key = \(sql: key))
        """
    }
}

/// The classes of numbers: an odd number may say who somebody is, and a class that few are in is hidden.
private struct OpenClasses {
    let questions: [String], begins: [String], labels: [String]

    init(_ figures: QuestionnaireFigures) {
        let lines: [(String, String, String)] = figures.questions.flatMap { question in
            (question.numbers?.classes ?? []).map { one in
                let isHidden: Bool = one.count == nil
                return (question.question, "\(one.from)", isHidden ? Anonymity.hidden : "\(one.from)..\(one.to)")
            }
        }
        questions = lines.map(\.0)
        begins = lines.map(\.1)
        labels = lines.map(\.2)
    }
}

/// The cells of the map in which enough people put a place.
private struct OpenPlaces {
    let questions: [String], latitudes: [String], longitudes: [String]
    /// How many places lie in other cells.
    let hidden: Int

    /// The middle of the cell of a place `told.value`, as text.
    static let latitude: SQL = """
        ((floor((told.value -> 'place' ->> 'latitude')::numeric / 0.005) + 0.5) * 0.005)::text
        """
    static let longitude: SQL = """
        ((floor((told.value -> 'place' ->> 'longitude')::numeric / 0.0075) + 0.5) * 0.0075)::text
        """

    static func find(
        in questionnaire: ID<Questionnaire>, _ form: JoinedForm, in executor: some Executor
    ) async throws -> OpenPlaces {
        let asked: [String] = form.questions.filter { $0.kind == .place && $0.meaning == nil }.map(\.key)
        guard !asked.isEmpty else { return OpenPlaces(questions: [], latitudes: [], longitudes: [], hidden: 0) }
        let rows: [Row] = try await executor.query(
            "open_answers.places",
            """
            SELECT told.key AS question, \(sql: latitude) AS latitude, \(sql: longitude) AS longitude, count(*) AS count
            FROM response CROSS JOIN LATERAL jsonb_each(response.answers) AS told
            WHERE response.questionnaire_id = \(questionnaire) AND told.key = ANY (\(asked))
              AND told.value -> 'place' ? 'latitude'
            GROUP BY 1, 2, 3
            """)
        let cells: [(question: String, latitude: String, longitude: String, count: Int)] = try rows.map { row in
            (
                try row.get("question"), try row.get("latitude"), try row.get("longitude"),
                Int(try row.get("count", as: Int64.self))
            )
        }
        let shown = cells.filter { $0.count >= Anonymity.k }
        return OpenPlaces(
            questions: shown.map(\.question), latitudes: shown.map(\.latitude), longitudes: shown.map(\.longitude),
            hidden: cells.reduce(0) { $0 + ($1.count < Anonymity.k ? $1.count : 0) })
    }
}

extension OpenAnswer {
    /// What may be shown of an answer.
    private struct Value: Decodable {
        let chosen: [String]?, rows: [String: String]?, ranked: [String]?
        let number: String?, `class`: String?, month: String?, latitude: String?, longitude: String?
    }

    init(row: Row, columns: [OpenAnswerColumn]) throws {
        let number = Int(try row.get("number", as: Int32.self))
        let traits: [OpenAnswerColumn.Kind: String] = [
            .number: String(number), .district: try row.get("district"), .ageBand: try row.get("age_band"),
            .way: try row.get("way"),
        ]
        let json: String = try row.get("answers")
        let answers: [String: Value] = try JSONDecoder().decode([String: Value].self, from: Data(json.utf8))
        self.number = number
        cells = columns.map { column in
            guard let question = column.question else { return traits[column.kind] ?? "" }
            guard let answer = answers[question] else { return "" }
            switch column.kind {
            case .option, .options:
                return (column.row.map { answer.rows?[$0] ?? "" })
                    ?? (answer.chosen ?? []).joined(separator: " ")
            case .ranking: return (answer.ranked ?? []).joined(separator: " ")
            case .scale: return answer.number ?? ""
            case .numbers: return answer.class ?? ""
            case .month: return answer.month ?? ""
            case .latitude: return answer.latitude ?? ""
            case .longitude: return answer.longitude ?? ""
            case .number, .district, .ageBand, .way: return ""
            }
        }
    }
}
