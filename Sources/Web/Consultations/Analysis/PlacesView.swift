import Foundation
import Participation

/// The places of a question on a map: how many in each square, with a table of the same.
struct PlacesView: Sendable {
    /// Squares of one shade.
    struct Shade: Sendable {
        let path: String
        let opacity: String
        let range: String
    }

    /// A count on its square, or a letter or number on the rim.
    struct Label: Sendable {
        let x: Int
        let y: Int
        let text: String
    }

    let id: String
    let title: String
    let words: String
    let width: Int
    let height: Int
    let surfaces: [MapView.Surface]
    let shades: [Shade]
    let labels: [Label]
    let heads: [Label]
    let side: String
    let rest: [String]
    let lines: [ChartView.Line]

    static let sample = PlacesView(
        id: "lieu", title: "Où manque-t-il un banc ?", words: "12 carrés", width: 1000, height: 600,
        surfaces: [MapView.Surface(name: "Nord", path: "M0 0L9 9Z")],
        shades: [Shade(path: "M0 0h9v9Z", opacity: "0.3", range: "5 à 9")], labels: [Label(x: 4, y: 4, text: "7")],
        heads: [Label(x: 1, y: 1, text: "A")], side: "Carrés de 100 m", rest: ["3 hors de la carte"],
        lines: [ChartView.Line(name: "B2", cells: ["7"])])

    /// The drawing of a grid over the districts; nil where there is nothing to draw.
    init?(
        _ grid: PlaceGrid, of question: QuestionnaireForm.Question, over districts: [District], _ strings: Strings
    ) {
        let ends: [MapPoint] = [
            grid.projection.point(east: 0, north: 0),
            grid.projection.point(east: Double(grid.columns * grid.side), north: Double(grid.rows * grid.side)),
        ].compactMap(\.self)
        guard ends.count == 2, let projection = MapProjection(ends) else { return nil }
        func place(_ point: MapPoint) -> (x: Int, y: Int) {
            let place = projection.place(point)
            return (Int(place.x.rounded()), Int(place.y.rounded()))
        }
        func word(_ key: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.analysis.\(key)", arguments)
        }
        func name(_ square: PlaceGrid.Square) -> String {
            ObservationMapScene.letters(square.column) + String(grid.rows - square.row)
        }
        id = question.key
        title = question.title(strings.language)
        words = strings.plural("consultations.analysis.squares", grid.squares.count)
        width = Int(MapProjection.width)
        height = Int(projection.height.rounded(.up))
        surfaces = districts.compactMap { district in
            district.outline.map { outline in
                MapView.Surface(
                    name: district.name(strings.language),
                    path: outline.polygons.flatMap { $0.map(projection.path) }.joined())
            }
        }
        let bounds: [Int] = ObservationMapScene.bounds(max(1, grid.squares.compactMap(\.count).max() ?? 1))
        var paths: [String] = Array(repeating: "", count: bounds.count)
        var labels: [Label] = []
        for square in grid.squares {
            let corners: [MapPoint] = grid.corners(of: square)
            guard corners.count == 4, let count = square.count else { continue }
            let (low, high) = (place(corners[0]), place(corners[2]))
            paths[bounds.lastIndex { count >= $0 } ?? 0] +=
                "M\(low.x) \(high.y)h\(high.x - low.x)v\(low.y - high.y)h\(low.x - high.x)Z"
            labels.append(Label(x: (low.x + high.x) / 2, y: (low.y + high.y) / 2 + 7, text: String(count)))
        }
        self.labels = labels
        shades = bounds.indices.filter { !paths[$0].isEmpty }.map { index in
            let most: Int? = index + 1 < bounds.count ? bounds[index + 1] - 1 : nil
            let range: String =
                most.map { most in
                    most == bounds[index]
                        ? strings.number(most)
                        : strings(
                            "walks.map.range",
                            ["least": strings.number(bounds[index]), "most": strings.number(most)])
                } ?? strings("walks.map.range.from", ["least": strings.number(bounds[index])])
            return Shade(path: paths[index], opacity: "0.\(15 + 20 * index)", range: range)
        }
        let columns: [Label] = (0..<grid.columns).compactMap { column in
            let corner = grid.corners(of: PlaceGrid.Square(column: column, row: grid.rows - 1, count: nil))
            guard corner.count == 4 else { return nil }
            return Label(
                x: (place(corner[0]).x + place(corner[2]).x) / 2, y: 18, text: ObservationMapScene.letters(column))
        }
        let rows: [Label] = (0..<grid.rows).compactMap { row in
            let corner = grid.corners(of: PlaceGrid.Square(column: 0, row: row, count: nil))
            guard corner.count == 4 else { return nil }
            return Label(
                x: 12, y: (place(corner[0]).y + place(corner[2]).y) / 2 + 6, text: String(grid.rows - row))
        }
        heads = columns + rows
        side = strings("walks.map.grid.side", ["metres": strings.number(grid.side)])
        rest = [
            grid.outside.flatMap { $0 > 0 ? strings.plural("walks.map.outside", $0) : nil },
            grid.outside == nil ? word("squares.hidden", ["least": strings.number(SmallCells.least)]) : nil,
        ].compactMap(\.self)
        lines = grid.squares.sorted {
            ($0.count ?? 0, $1.row, $0.column) > ($1.count ?? 0, $0.row, $1.column)
        }.map { ChartView.Line(name: name($0), cells: [$0.count.map { strings.number($0) } ?? word("hidden")]) }
    }

    private init(
        id: String, title: String, words: String, width: Int, height: Int, surfaces: [MapView.Surface], shades: [Shade],
        labels: [Label], heads: [Label], side: String, rest: [String], lines: [ChartView.Line]
    ) {
        self.id = id
        self.title = title
        self.words = words
        self.width = width
        self.height = height
        self.surfaces = surfaces
        self.shades = shades
        self.labels = labels
        self.heads = heads
        self.side = side
        self.rest = rest
        self.lines = lines
    }
}

/// The themes of the texts of a question, with an example of each.
struct ThemesView: Sendable {
    /// One theme.
    struct Theme: Sendable {
        let name: String
        let value: String
        let percent: String
        let isHidden: Bool
        let quote: String?
        let quoteLanguage: String?
    }

    let id: String
    let title: String
    let words: String
    let themes: [Theme]

    static let sample = ThemesView(
        id: "idee", title: "Que faudrait-il changer ?", words: "120 textes lus",
        themes: [
            Theme(
                name: "Bancs", value: "12 (10 %)", percent: "10.0", isHidden: true, quote: "Un banc à l’ombre",
                quoteLanguage: "fr")
        ])

    init(_ coded: CodedTexts, of question: QuestionnaireForm.Question, _ strings: Strings) {
        id = question.key
        title = question.title(strings.language)
        words = strings(
            "consultations.analysis.themes.coded",
            ["count": strings.number(coded.coded), "total": strings.number(coded.written)])
        themes = coded.themes.map { theme in
            Theme(
                name: theme.title(strings.language),
                value: theme.count.map { count in
                    strings(
                        "consultations.analysis.bar",
                        ["count": strings.number(count), "share": ChartView.share(count, of: coded.coded, strings)])
                } ?? strings("consultations.analysis.hidden"),
                percent: ChartView.percent(theme.count ?? 0, of: coded.coded), isHidden: theme.count == nil,
                quote: theme.quote,
                quoteLanguage: theme.language.flatMap { $0 == strings.language ? nil : $0.rawValue })
        }
    }

    private init(id: String, title: String, words: String, themes: [Theme]) {
        self.id = id
        self.title = title
        self.words = words
        self.themes = themes
    }
}
