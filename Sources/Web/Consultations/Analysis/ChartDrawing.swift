import Foundation
import Participation

/// What a chart and its table are made of, by the kind of the question.
struct ChartDrawing {
    /// The table beside a chart.
    struct Table {
        let nameHead: String
        let heads: [String]
        let lines: [ChartView.Line]
    }

    /// One thing that was counted; without a count where it is left out.
    private struct Item {
        let name: String
        let count: Int?
        /// In per cent of how many.
        let whole: Int
    }

    let figures: QuestionFigures
    let question: QuestionnaireForm.Question
    let districts: [String: String]
    let strings: Strings

    private func words(_ key: String, _ arguments: [String: String] = [:]) -> String {
        strings("consultations.analysis.\(key)", arguments)
    }

    private var language: Language { strings.language }

    // MARK: Sentences

    /// « 412 réponses, sur 430 personnes interrogées ».
    var people: String {
        guard !figures.isHidden else { return words("few_people", ["least": strings.number(SmallCells.least)]) }
        return strings.plural("consultations.analysis.answered", figures.answered) + " "
            + strings.plural("consultations.analysis.asked", figures.asked)
    }

    /// What the bars measure.
    var caption: String {
        switch question.kind {
        case .multiple: words("caption.multiple")
        case .matrix: words("caption.matrix")
        case .ranking: words("caption.ranking")
        default: words("caption.share")
        }
    }

    /// What the figures say in a sentence: means and medians, points and words.
    var sentences: [String] {
        guard !figures.isHidden else { return [] }
        switch question.kind {
        case .scale:
            return figures.middle.map { middle in
                [
                    words(
                        "scale.middle",
                        ["mean": strings.decimal(middle.mean), "median": strings.decimal(middle.median, places: 1)])
                ]
            } ?? []
        case .number:
            return figures.numbers.map(spread) ?? []
        case .ranking where !figures.scores.isEmpty:
            return [words("borda", ["options": strings.number(question.options.count)])]
        case .place:
            return [strings.plural("consultations.analysis.points", figures.points)]
        case .shortText, .longText:
            return [strings.plural("consultations.analysis.words", figures.words)]
        default:
            return []
        }
    }

    private func spread(_ numbers: NumberFigures) -> [String] {
        let unit: String = question.unit(language)
        func value(_ value: Decimal) -> String { strings.decimal(value) + (unit.isEmpty ? "" : " \(unit)") }
        var sentences: [String] = []
        if let mean = numbers.mean { sentences.append(words("number.mean", ["mean": value(mean)])) }
        if let lower = numbers.lower, let median = numbers.median, let upper = numbers.upper {
            sentences.append(
                words(
                    "number.quartiles",
                    ["lower": value(lower), "median": value(median), "upper": value(upper)]))
        }
        if let least = numbers.least, let most = numbers.most {
            sentences.append(words("number.ends", ["least": value(least), "most": value(most)]))
        }
        return sentences
    }

    /// What has to be known to read the figures rightly.
    func notes(isChanged: Bool) -> [String] {
        var notes: [String] = []
        if isChanged { notes.append(words("changed")) }
        if figures.misfits > 0 { notes.append(strings.plural("consultations.analysis.misfits", figures.misfits)) }
        if figures.isPartial, !figures.isHidden {
            notes.append(words("partial", ["least": strings.number(SmallCells.least)]))
        }
        if (1..<ObservationTally.few).contains(figures.answered) { notes.append(words("careful")) }
        return notes
    }

    // MARK: Bars

    private var items: [Item] {
        guard !figures.isHidden else { return [] }
        switch question.kind {
        case .single, .multiple:
            var items: [Item] = question.options.map { item($0.title(language), $0.key) }
            if question.hasOther {
                let isHidden: Bool = figures.hidden.contains("")
                items.append(
                    Item(name: words("other_answer"), count: isHidden ? nil : figures.other, whole: figures.answered))
            }
            return items
        case .scale:
            return points.map { point in item(name(ofPoint: point), String(point)) }
        case .date:
            return (Set(figures.counts.keys).union(figures.hidden)).sorted().map { item(day($0), $0) }
        case .place:
            let keys: [String] = Set(figures.counts.keys).union(figures.hidden).filter { !$0.isEmpty }
                .sorted { (districts[$0] ?? $0) < (districts[$1] ?? $1) }
            return keys.map { item(districts[$0] ?? $0, $0) }
        case .number:
            return (figures.numbers?.classes ?? []).enumerated().map { place, one in
                let isLast: Bool = place + 1 == figures.numbers?.classes.count
                return Item(
                    name: words(
                        isLast ? "number.last_class" : "number.class",
                        ["from": strings.decimal(one.from, places: 6), "to": strings.decimal(one.to, places: 6)]),
                    count: one.count, whole: figures.answered)
            }
        default:
            return []
        }
    }

    private func item(_ name: String, _ key: String) -> Item {
        Item(
            name: name, count: figures.hidden.contains(key) ? nil : figures.counts[key] ?? 0, whole: figures.answered)
    }

    /// The points of the scale, and those that earlier versions had.
    private var points: [Int] {
        let known: [Int] = Set(figures.counts.keys).union(figures.hidden).compactMap { Int($0) }
        guard let lowest = question.lowest.flatMap({ Int($0) }), let highest = question.highest.flatMap({ Int($0) }),
            lowest <= highest, highest - lowest <= 100
        else { return known.sorted() }
        return Set(known).union(lowest...highest).sorted()
    }

    private func name(ofPoint point: Int) -> String {
        let means: String =
            String(point) == question.lowest
            ? question.lowestMeans(language) : String(point) == question.highest ? question.highestMeans(language) : ""
        return means.isEmpty ? strings.number(point) : "\(strings.number(point)) – \(means)"
    }

    /// A day, a month or a year in words.
    private func day(_ key: String) -> String {
        if let day = Day(key) { return strings.day(day) }
        let parts: [Substring] = key.split(separator: "-")
        guard parts.count == 2, let month = Int(parts[1]) else { return key }
        return "\(strings("calendar.month.\(month)")) \(parts[0])"
    }

    var bars: [ChartView.Bar] {
        if question.kind == .ranking { return rankingBars }
        return items.map { item in
            guard let count = item.count else { return bar(hidden: item.name) }
            return ChartView.Bar(
                name: item.name,
                value: words(
                    "bar",
                    ["count": strings.number(count), "share": ChartView.share(count, of: item.whole, strings)]),
                percent: ChartView.percent(count, of: item.whole), isHidden: false)
        }
    }

    private func bar(hidden name: String) -> ChartView.Bar {
        ChartView.Bar(name: name, value: words("hidden"), percent: "0", isHidden: true)
    }

    // MARK: Rankings

    /// The options by their points, those with as many in the form's order; by first places where points are left out.
    private var ranked: [QuestionnaireForm.Option] {
        question.options.enumerated().sorted { one, other in
            let (first, second) = (score(one.element.key), score(other.element.key))
            return first == second ? one.offset < other.offset : first > second
        }.map(\.element)
    }

    private func score(_ key: String) -> Int {
        figures.scores.isEmpty ? figures.first(key) : figures.scores[key] ?? 0
    }

    private var rankingBars: [ChartView.Bar] {
        guard !figures.isHidden else { return [] }
        guard !figures.scores.isEmpty else {
            return question.options.map { option in
                let name: String = option.title(language)
                guard !figures.hidden.contains(option.key) else { return bar(hidden: name) }
                return ChartView.Bar(
                    name: name,
                    value: strings.plural("consultations.analysis.firsts", figures.first(option.key)),
                    percent: ChartView.percent(figures.first(option.key), of: figures.answered), isHidden: false)
            }
        }
        let most: Int = figures.answered * max(1, question.options.count - 1)
        return ranked.map { option in
            ChartView.Bar(
                name: option.title(language),
                value: strings.plural("consultations.analysis.score", score(option.key)),
                percent: ChartView.percent(score(option.key), of: most), isHidden: false)
        }
    }

    // MARK: Matrices

    /// From light to dark in the order of the columns; never white, so that each part is seen on paper.
    var shades: [ChartView.Shade] {
        let last: Int = max(1, question.options.count - 1)
        return question.options.enumerated().map { place, option in
            ChartView.Shade(name: option.title(language), shade: shade(place, last))
        }
    }

    private func shade(_ place: Int, _ last: Int) -> String {
        let hundredths: Int = 12 + 88 * place / last
        return hundredths >= 100 ? "1" : "0.\(hundredths)"
    }

    var stacks: [ChartView.Stack] {
        guard question.kind == .matrix, !figures.isHidden else { return [] }
        return question.rows.map { row in
            guard figures.hiddenCells[row.key] == nil else {
                return ChartView.Stack(
                    name: row.title(language), value: words("hidden_row"), parts: [], isHidden: true)
            }
            let people: Int = figures.answered(row: row.key)
            var before = 0
            let last: Int = max(1, question.options.count - 1)
            let parts: [ChartView.Part] = question.options.enumerated().compactMap { place, option in
                let count: Int = figures.cells[row.key]?[option.key] ?? 0
                guard count > 0 else { return nil }
                let (from, to) = (before * 1000 / people, (before + count) * 1000 / people)
                before += count
                return ChartView.Part(x: String(from), width: String(to - from), shade: shade(place, last))
            }
            return ChartView.Stack(
                name: row.title(language), value: strings.plural("consultations.analysis.answered_row", people),
                parts: parts, isHidden: false)
        }
    }

    // MARK: Table

    var table: Table {
        switch question.kind {
        case .matrix where !figures.isHidden: matrixTable
        case .ranking where !figures.isHidden: rankingTable
        default:
            Table(
                nameHead: words("head.answer"), heads: [words("head.people"), words("head.share")],
                lines: items.map { item in
                    ChartView.Line(
                        name: item.name,
                        cells: item.count.map {
                            [strings.number($0), ChartView.share($0, of: item.whole, strings)]
                        } ?? [words("hidden"), words("hidden")])
                })
        }
    }

    private var matrixTable: Table {
        Table(
            nameHead: words("head.row"),
            heads: question.options.map { $0.title(language) } + [words("head.people")],
            lines: question.rows.map { row in
                let hidden: Set<String>? = figures.hiddenCells[row.key]
                let people: Int = figures.answered(row: row.key)
                return ChartView.Line(
                    name: row.title(language),
                    cells: question.options.map { option in
                        guard hidden?.contains(option.key) != true else { return words("hidden") }
                        let count: Int = figures.cells[row.key]?[option.key] ?? 0
                        // Without all cells of the row its sum is not known here, nor are shares of it.
                        guard hidden == nil else { return strings.number(count) }
                        return words(
                            "bar",
                            ["count": strings.number(count), "share": ChartView.share(count, of: people, strings)])
                    } + [hidden == nil ? strings.number(people) : words("hidden")])
            })
    }

    private var rankingTable: Table {
        Table(
            nameHead: words("head.option"), heads: [words("head.points"), words("head.firsts")],
            lines: ranked.map { option in
                ChartView.Line(
                    name: option.title(language),
                    cells: [
                        figures.scores.isEmpty ? words("hidden") : strings.number(score(option.key)),
                        figures.hidden.contains(option.key)
                            ? words("hidden") : strings.number(figures.first(option.key)),
                    ])
            })
    }
}
