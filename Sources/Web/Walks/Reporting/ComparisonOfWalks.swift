import Hummingbird
import Participation

/// A walk beside the ones before it on the same route.
struct WalkComparisonPage: PageView {
    static let template = "walks/report-comparison"

    /// One of the walks, as the head of a column.
    struct Head: Sendable {
        let title: String
        let when: String
        let light: String
        let href: String
        let count: String
    }

    /// What was seen on one walk, of a stop or a theme.
    struct Cell: Sendable {
        let kinds: String
        let uneasy: String
        let answered: String
    }

    /// A stop or a theme across the walks.
    struct Line: Sendable {
        let name: String
        let cells: [Cell]
    }

    /// What was seen at a stop on one walk.
    struct Seen: Sendable {
        let walk: String
        let findings: [ObservationCard]
        let isEmpty: Bool
        let moreHref: String?
    }

    /// A stop with what was seen there, walk by walk.
    struct Place: Sendable {
        let name: String
        let sides: [Seen]
    }

    /// What was answered between two walks.
    struct Between: Sendable {
        let number: String
        let href: String
        let text: String
        let wroteIn: String?
        let status: StatusWord
        let answer: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let demonstration: Bool
    let heads: [Head]
    let few: String
    let lightWords: String?
    let stops: [Line]
    let themes: [Line]
    let hasThemes: Bool
    let between: [Between]
    let hasBetween: Bool
    let betweenWords: String
    let places: [Place]

    static let sample = WalkComparisonPage(
        title: "Autour de la gare", crumbs: [PlaceLink(label: "Diagonales", href: "/processes/x")], demonstration: true,
        heads: [Head(title: "2027", when: "3 mars 2027", light: "De nuit", href: "/walks/x", count: "12 observations")],
        few: "Moins de 10", lightWords: "L’une de nuit", stops: [.sample], themes: [.sample], hasThemes: true,
        between: [
            Between(
                number: "7", href: "/walks/w/observations/7", text: "Ein Brunnen", wroteIn: "de", status: .sample,
                answer: "Fait")
        ], hasBetween: true, betweenWords: "1 sur 2",
        places: [
            Place(
                name: "Arrêt 1",
                sides: [
                    Seen(walk: "2027", findings: [.sample], isEmpty: true, moreHref: "/walks/x/observations?stop=1")
                ])
        ])
}

extension WalkComparisonPage.Line {
    static let sample = WalkComparisonPage.Line(
        name: "Arrêt 1",
        cells: [WalkComparisonPage.Cell(kinds: "3 problèmes", uneasy: "2 sur 3", answered: "1 avec réponse")])
}

extension WalkComparisonPage {
    /// What of a stop stands side by side before a link leads to the rest.
    private static let mostAtStop = 6

    init(_ comparison: WalkComparison, in process: Participation.Process, _ strings: Strings) {
        let (words, language) = (WalkWords(strings), strings.language)
        let now: WalkComparison.Side = comparison.sides[0]
        title = now.walk.title(language)
        crumbs = now.walk.crumbs(in: process, strings)
        demonstration = process.demonstration
        heads = comparison.sides.map { side in
            Head(
                title: side.walk.title(language), when: strings.date(side.walk.gathering.startsAt),
                light: words.light(side.walk.light), href: "/walks/\(side.walk.handle)",
                count: strings.plural("walks.map.count", side.analysis.all.count))
        }
        few = strings("walks.analysis.few", ["count": strings.number(ObservationTally.few)])
        lightWords =
            Set(comparison.sides.map(\.walk.light)).count > 1 ? strings("walks.comparison.lights") : nil
        let numbers: [(number: Int, name: String)] =
            comparison.route.stops.map { ($0.number, "\($0.number). \($0.title(language))") }
            + [(0, strings("walks.map.elsewhere"))]
        let present: [(number: Int, name: String)] = numbers.filter { number, _ in
            number != 0 || comparison.sides.contains { $0.analysis.stops[0] != nil }
        }
        stops = present.map { number, name in
            Line(name: name, cells: comparison.sides.map { Cell($0.analysis.stops[number], strings) })
        }
        themes = comparison.themes.filter { theme in
            comparison.sides.contains { $0.analysis.themes[theme.key] != nil }
        }.map { theme in
            Line(
                name: theme.title(language),
                cells: comparison.sides.map { Cell($0.analysis.themes[theme.key], strings) })
        }
        hasThemes = !themes.isEmpty
        let card = ObservationWords(strings)
        let before: [PublishedObservation] = comparison.sides[1].observations
        let answered: [PublishedObservation] = before.filter { $0.followUp != nil }
        between = answered.map { observation in
            let told: ObservationCard = card.card(observation, showsWalk: false, characters: 140)
            return Between(
                number: told.number, href: told.href, text: told.text, wroteIn: told.wroteIn,
                // Only those with one are here.
                status: card.status(observation.followUp ?? .asked), answer: told.answer ?? "")
        }
        hasBetween = !between.isEmpty
        betweenWords = strings(
            "walks.comparison.between.words",
            ["answered": strings.number(answered.count), "count": strings.plural("walks.map.count", before.count)])
        places = present.map { number, name in
            Place(
                name: name,
                sides: comparison.sides.map { side in
                    let own: [PublishedObservation] = side.observations.filter { ($0.stop ?? 0) == number }
                    return Seen(
                        walk: "\(side.walk.title(language)), \(strings.date(side.walk.gathering.startsAt))",
                        findings: own.prefix(Self.mostAtStop).map {
                            card.card($0, showsWalk: false, characters: 200)
                        }, isEmpty: own.isEmpty,
                        moreHref: own.count > Self.mostAtStop || side.isCut
                            ? "/walks/\(side.walk.handle)/observations?stop=\(number)" : nil)
                })
        }
    }
}

extension WalkComparisonPage.Cell {
    /// The figures; words that say so where there is nothing.
    fileprivate init(_ tally: ObservationTally?, _ strings: Strings) {
        guard let tally else {
            (kinds, uneasy, answered) = (strings("walks.comparison.nothing"), "", "")
            return
        }
        kinds = tally.kinds(strings)
        uneasy = strings(
            "walks.comparison.uneasy",
            ["count": strings.number(tally.uneasy), "total": strings.number(tally.felt)])
        answered = strings.plural("walks.report.figures.answered", tally.answered)
    }
}

/// Walks on one route side by side.
struct WalkComparisonController: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let comparisons: WalkComparisons

    /// Adds `/walks/{walk}/comparison`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/comparison", use: page)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        guard let process = try await processes.find(walk.process),
            let comparison = try await comparisons.compare(walk)
        else { throw Absent() }
        let strings: Strings = site.strings(context)
        let page = WalkComparisonPage(comparison, in: process, strings)
        return site.page(
            page, title: "\(strings("walks.comparison.title")) – \(page.title)", request, context,
            scripts: ["print.js"])
    }
}
