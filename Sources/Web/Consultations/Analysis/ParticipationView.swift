import Participation

/// Who took part: how many in each way, from each district, in each age band, as people themselves say.
struct ParticipationView: Sendable {
    /// One of the three.
    struct Table: Sendable {
        let id: String
        let title: String
        let words: String
        let nameHead: String
        let bars: [ChartView.Bar]
        let lines: [ChartView.Line]
    }

    let tables: [Table]

    static let sample = ParticipationView(tables: [
        Table(
            id: "ways", title: "Par moyen", words: "430 réponses", nameHead: "Moyen", bars: ChartView.sample.bars,
            lines: ChartView.sample.lines)
    ])

    /// The tables of figures, published ones or all of them. Nothing is compared with the population: who answers a
    /// consultation is no sample of it.
    init(
        _ figures: QuestionnaireFigures, _ form: JoinedForm, districts: [String: String], _ strings: Strings
    ) {
        let words = ConsultationWords(strings)
        var tables: [Table] = []
        if !figures.ways.isEmpty || !figures.hiddenWays.isEmpty {
            let lines: [(String, Int?)] = AnswerWay.allCases.compactMap { way in
                if figures.hiddenWays.contains(way.rawValue) { return (words.way(way), nil) }
                return figures.ways[way.rawValue].map { (words.way(way), $0) }
            }
            tables.append(
                Self.table(
                    "ways", lines, of: figures.answers, said: nil, strings))
        }
        for (id, meaning) in [("districts", QuestionnaireForm.Meaning.district), ("ages", .ageBand)] {
            guard let question = form.question(meaning: meaning), let one = figures[question.key], !one.isHidden else {
                continue
            }
            let lines: [(String, Int?)] = question.options.map { option in
                let name: String =
                    (meaning == .district ? districts[option.key] : nil) ?? option.title(strings.language)
                return (name, one.hidden.contains(option.key) ? nil : one.counts[option.key] ?? 0)
            }
            tables.append(Self.table(id, lines, of: one.answered, said: figures.answers, strings))
        }
        self.tables = tables
    }

    private init(tables: [Table]) {
        self.tables = tables
    }

    private static func table(
        _ id: String, _ lines: [(name: String, count: Int?)], of people: Int, said: Int?, _ strings: Strings
    ) -> Table {
        func words(_ key: String) -> String { strings("consultations.analysis.\(key)") }
        let cells: [(name: String, value: String, share: String, percent: String, isHidden: Bool)] = lines.map {
            guard let count = $0.count else { return ($0.name, words("hidden"), words("hidden"), "0", true) }
            return (
                $0.name, strings.number(count), ChartView.share(count, of: people, strings),
                ChartView.percent(count, of: people), false
            )
        }
        return Table(
            id: id, title: words("participation.\(id)"),
            words: said.map { all in
                strings(
                    "consultations.analysis.participation.said",
                    ["count": strings.number(people), "total": strings.number(all)])
            } ?? strings.plural("consultations.analysis.participation.all", people),
            nameHead: words("participation.\(id).head"),
            bars: cells.map { cell in
                ChartView.Bar(
                    name: cell.name,
                    value: cell.isHidden
                        ? cell.value
                        : strings("consultations.analysis.bar", ["count": cell.value, "share": cell.share]),
                    percent: cell.percent, isHidden: cell.isHidden)
            },
            lines: cells.map { ChartView.Line(name: $0.name, cells: [$0.value, $0.share]) })
    }
}
