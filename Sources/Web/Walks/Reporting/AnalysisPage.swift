import Participation

/// What observations come to, in charts and tables.
struct AnalysisPage: PageView {
    static let template = "walks/map-analysis"

    /// A table of what was seen by a facet.
    struct Table: Sendable {
        let id: String
        let title: String
        let words: String
        let head: String
        let lines: [Line]
        let chart: ResultPage.Chart?
    }

    /// One value of the facet.
    struct Line: Sendable {
        let name: String
        let strengths: String
        let problems: String
        let ideas: String
        let total: String
        let feelings: [String]
        let felt: String
        let answered: String
        /// So few that shares would deceive.
        let isFew: Bool
    }

    let title: String
    let crumbs: [PlaceLink]
    let observationsHref: String
    let lead: String
    /// The filters of the address hold here too; nil without any.
    let isFiltered: Bool
    let allHref: String
    let few: String
    let feelingHeads: [String]
    let tables: [Table]
    let isEmpty: Bool

    static let sample = AnalysisPage(
        title: "Autour de la gare", crumbs: [PlaceLink(label: "Diagonales", href: "/processes/x")],
        observationsHref: "/walks/x/observations", lead: "12 observations", isFiltered: true,
        allHref: "/walks/x/analysis", few: "Moins de 10",
        feelingHeads: ["Très mal", "Mal", "Ni l’un ni l’autre", "Bien", "Très bien"],
        tables: [
            Table(
                id: "themes", title: "Par thème", words: "…", head: "Thème",
                lines: [
                    Line(
                        name: "Éclairage", strengths: "1", problems: "2", ideas: "0", total: "3",
                        feelings: ["0", "1", "0", "0", "0"], felt: "1", answered: "2", isFew: true)
                ], chart: ResultPage.sample.chart)
        ], isEmpty: true)
}

extension AnalysisPage {
    init(_ scene: ObservationScene, _ query: ObservationQuery, _ analysis: ObservationAnalysis) {
        let strings: Strings = scene.strings
        let words = WalkWords(strings)
        title = scene.title
        crumbs = scene.crumbs
        observationsHref = query.filters(of: scene.here)
        lead = strings.plural("walks.analysis.lead", analysis.all.count)
        isFiltered = query.search(in: scene.scope).isFilter
        allHref = "\(scene.base)/analysis"
        few = strings("walks.analysis.few", ["count": strings.number(ObservationTally.few)])
        feelingHeads = Observation.Feeling.allCases.map(words.feeling)
        isEmpty = analysis.all.count == 0
        let none: String = strings("walks.analysis.none")
        let themes: [(String, ObservationTally)] =
            scene.themes.compactMap { theme in analysis.themes[theme.key].map { (theme.title(strings.language), $0) } }
            + (analysis.themeless.count > 0 ? [(none, analysis.themeless)] : [])
        let stops: [(String, ObservationTally)] = scene.values(of: .stop).compactMap { value, name in
            Int(value).flatMap { analysis.stops[$0] }.map { (name, $0) }
        }
        let lights: [(String, ObservationTally)] = Walk.Light.allCases.compactMap { light in
            analysis.lights[light].map { (words.light(light), $0) }
        }
        let groups: [(String, ObservationTally)] =
            Concerned.allCases.compactMap { group in analysis.concerned[group].map { (words.concerned(group), $0) } }
            + (analysis.unconcerned.count > 0 ? [(none, analysis.unconcerned)] : [])
        tables = [
            Self.table("themes", .kinds, themes, strings),
            scene.walk == nil ? nil : Self.table("stops", .feelings, stops, strings),
            scene.walk == nil ? Self.table("lights", .feelings, lights, strings) : nil,
            Self.table("groups", .kinds, groups, strings),
        ].compactMap(\.self)
    }

    /// What the bars of a chart show.
    private enum Bars {
        case kinds, feelings
    }

    private static func table(
        _ id: String, _ bars: Bars, _ values: [(name: String, tally: ObservationTally)], _ strings: Strings
    ) -> Table? {
        guard !values.isEmpty else { return nil }
        return Table(
            id: id, title: strings("walks.analysis.\(id)"), words: strings("walks.analysis.\(id).words"),
            head: strings("walks.analysis.\(id).head"), lines: values.map { Line($0.name, $0.tally, strings) },
            chart: bars == .kinds ? kinds(id, values, strings) : feelings(id, values, strings))
    }

    /// A bar for each value, as long as it has observations; its note says of which kinds.
    private static func kinds(
        _ id: String, _ values: [(name: String, tally: ObservationTally)], _ strings: Strings
    ) -> ResultPage.Chart {
        let most: Int = max(values.map(\.tally.count).max() ?? 1, 1)
        return ResultPage.Chart(
            caption: strings("walks.analysis.\(id).chart"), nameHead: strings("walks.analysis.\(id).head"),
            valueHead: strings("walks.analysis.total"), noteHead: strings("walks.analysis.kinds"), legend: nil,
            bars: values.map { name, tally in
                ResultPage.Bar(
                    name: name, value: strings.number(tally.count), percent: percent(tally.count, of: most),
                    selected: false, note: tally.kinds(strings))
            })
    }

    /// A bar for each value: the share of those who feel uneasy, of those who said how they feel.
    private static func feelings(
        _ id: String, _ values: [(name: String, tally: ObservationTally)], _ strings: Strings
    ) -> ResultPage.Chart {
        ResultPage.Chart(
            caption: strings("walks.analysis.\(id).chart"), nameHead: strings("walks.analysis.\(id).head"),
            valueHead: strings("walks.analysis.uneasy"), noteHead: strings("walks.analysis.certainty"), legend: nil,
            bars: values.map { name, tally in
                ResultPage.Bar(
                    name: name,
                    value: strings(
                        "walks.analysis.of",
                        ["count": strings.number(tally.uneasy), "total": strings.number(tally.felt)]),
                    percent: percent(tally.uneasy, of: max(tally.felt, 1)), selected: false,
                    note: strings(
                        tally.felt < ObservationTally.few ? "walks.analysis.uncertain" : "walks.analysis.certain"))
            })
    }

    /// A per cent with a point, as an attribute of a drawing wants it.
    private static func percent(_ part: Int, of whole: Int) -> String {
        let tenths: Int = part * 1000 / whole
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension AnalysisPage.Line {
    init(_ name: String, _ tally: ObservationTally, _ strings: Strings) {
        self.name = name
        strengths = strings.number(tally.strengths)
        problems = strings.number(tally.problems)
        ideas = strings.number(tally.ideas)
        total = strings.number(tally.count)
        feelings = tally.feelings.map { strings.number($0) }
        felt = strings.number(tally.felt)
        answered = strings.number(tally.answered)
        isFew = tally.isFew
    }
}

extension ObservationTally {
    /// « 3 points forts, 9 problèmes, 2 idées ».
    func kinds(_ strings: Strings) -> String {
        [
            strings.plural("walks.analysis.strengths", strengths), strings.plural("walks.analysis.problems", problems),
            strings.plural("walks.analysis.ideas", ideas),
        ].joined(separator: ", ")
    }
}
