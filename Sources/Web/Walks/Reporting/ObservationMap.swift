import Foundation
import Participation

/// The drawing of what was seen: the way with its stops, and either each observation or how many there are in each
/// square of a grid.
struct ObservationMap: Sendable {
    /// Squares of one shade, drawn at once.
    struct Shade: Sendable {
        let name: String
        let path: String
        /// From how many to how many observations.
        let range: String
    }

    /// A number or a letter on the drawing.
    struct Label: Sendable {
        let x: Int
        let y: Int
        let text: String
    }

    /// A stop.
    struct Stop: Sendable {
        let x: Int
        let y: Int
        let number: String
        let title: String
    }

    /// An observation of the page: its shape says what it is.
    struct Mark: Sendable {
        let x: Int
        let y: Int
        let kind: String
        let shape: String
        let number: String
        let title: String
    }

    /// What a shape means.
    struct Key: Sendable {
        let kind: String
        let shape: String
        let name: String
    }

    /// A square as a line of the table: its name on the drawing, and its figures.
    struct Line: Sendable {
        let name: String
        let strengths: String
        let problems: String
        let ideas: String
        let total: String
    }

    let words: String
    let width: Int
    let height: Int
    let line: String?
    let stops: [Stop]
    let shades: [Shade]
    let counts: [Label]
    let heads: [Label]
    /// Observations that are not on this page of the list, as points of one path.
    let dots: String?
    let marks: [Mark]
    let keys: [Key]
    let isGrid: Bool
    /// The size of the squares in words, and what is in none of them.
    let gridWords: String?
    let outside: String?
    let table: [Line]
    let pointsHref: String
    let outlinesHref: String
    let tiles: String?
    let attribution: String?

    static let sample = ObservationMap(
        words: "12 observations", width: 1000, height: 600, line: "M0 0L10 10",
        stops: [Stop(x: 3, y: 4, number: "1", title: "Gare")],
        shades: [Shade(name: "1", path: "M0 0h9v9h-9Z", range: "1 à 3")],
        counts: [Label(x: 4, y: 4, text: "3")], heads: [Label(x: 1, y: 1, text: "A")], dots: "M1 1h0",
        marks: [Mark(x: 5, y: 5, kind: "problem", shape: "M0 0Z", number: "7", title: "Un banc cassé")],
        keys: [Key(kind: "problem", shape: "M0 0Z", name: "Problème")], isGrid: true,
        gridWords: "Carrés de 50 m", outside: "2 hors de la carte",
        table: [Line(name: "B2", strengths: "1", problems: "2", ideas: "0", total: "3")],
        pointsHref: "/walks/x/observations/map.geojson", outlinesHref: "/districts.geojson",
        tiles: "https://tiles.example/{z}/{x}/{y}.png", attribution: "Tiles")

    /// The outline of a kind around the middle of a marker: no two are alike without their colours.
    static func shape(_ kind: Observation.Kind) -> String {
        switch kind {
        case .strength: "M-17 0a17 17 0 1 0 34 0a17 17 0 1 0 -34 0Z"
        case .problem: "M0 -23L21 14H-21Z"
        case .idea: "M0 -23L23 0L0 23L-23 0Z"
        }
    }
}

/// What a map is drawn of.
struct ObservationMapScene {
    let scene: ObservationScene
    let projection: MapProjection
    let strings: Strings
    let pointsHref: String
    let tiles: MapTiles?

    init?(_ scene: ObservationScene, box: MapBox?, pointsHref: String, tiles: MapTiles?) {
        guard let box, let projection = MapProjection(box.corners) else { return nil }
        self.scene = scene
        self.projection = projection
        strings = scene.strings
        self.pointsHref = pointsHref
        self.tiles = tiles
    }

    private var height: Int { Int(projection.height.rounded(.up)) }

    private func place(_ point: MapPoint) -> (x: Int, y: Int) {
        let place = projection.place(point)
        return (Int(place.x.rounded()), Int(place.y.rounded()))
    }

    private func isInside(_ place: (x: Int, y: Int)) -> Bool {
        (0...Int(MapProjection.width)).contains(place.x) && (0...height).contains(place.y)
    }

    private var line: String? {
        let points: [MapPoint] = scene.route?.line ?? []
        guard points.count > 1 else { return nil }
        return "M" + points.map { place($0) }.map { "\($0.x) \($0.y)" }.joined(separator: "L")
    }

    private var stops: [ObservationMap.Stop] {
        (scene.route?.stops ?? []).map { stop in
            let place = place(stop.point)
            return ObservationMap.Stop(
                x: place.x, y: place.y, number: String(stop.number), title: stop.title(strings.language))
        }
    }

    private var keys: [ObservationMap.Key] {
        let words = WalkWords(strings)
        return Observation.Kind.allCases.map {
            ObservationMap.Key(kind: $0.rawValue, shape: ObservationMap.shape($0), name: words.kind($0))
        }
    }

    // MARK: Points

    /// Each observation of the page with its number, the others as dots.
    func points(_ page: [PublishedObservation], others: [MapPoint], total: Int) -> ObservationMap {
        var spread = MarkSpread(around: stops)
        var outside = 0
        let marks: [ObservationMap.Mark] = page.compactMap { observation in
            guard let point = observation.point else { return nil }
            let exact = place(point)
            guard isInside(exact) else {
                outside += 1
                return nil
            }
            let free = spread.place(exact)
            return ObservationMap.Mark(
                x: free.x, y: free.y, kind: observation.kind.rawValue, shape: ObservationMap.shape(observation.kind),
                number: String(observation.number), title: Markdown.excerpt(observation.words, characters: 80))
        }
        let places: Set<[Int]> = Set(others.map { place($0) }.filter(isInside).map { [$0.x, $0.y] })
        let dots: String = places.sorted { $0.lexicographicallyPrecedes($1) }.map { "M\($0[0]) \($0[1])h0" }.joined()
        return map(
            words: strings.plural("walks.map.words", total), shades: [], counts: [], heads: [],
            dots: dots.isEmpty ? nil : dots, marks: marks, gridWords: nil,
            outside: outside == 0 ? nil : strings.plural("walks.map.outside", outside), table: [], isGrid: false)
    }

    // MARK: Squares

    /// How many there are in each square.
    func grid(_ grid: DensityGrid) -> ObservationMap {
        let bounds: [Int] = Self.bounds(grid.squares.map(\.total).max() ?? 1)
        var paths: [String] = Array(repeating: "", count: bounds.count)
        var counts: [ObservationMap.Label] = []
        for square in grid.squares {
            let corners: [MapPoint] = grid.corners(of: square)
            guard corners.count == 4 else { continue }
            let (low, high) = (place(corners[0]), place(corners[2]))
            let shade: Int = bounds.lastIndex { square.total >= $0 } ?? 0
            paths[shade] += "M\(low.x) \(high.y)h\(high.x - low.x)v\(low.y - high.y)h\(low.x - high.x)Z"
            counts.append(
                // In the corner, where no stop covers it.
                ObservationMap.Label(x: low.x + 6, y: high.y + 16, text: String(square.total)))
        }
        let shades: [ObservationMap.Shade] = bounds.indices.filter { !paths[$0].isEmpty }.map { index in
            let most: Int? = index + 1 < bounds.count ? bounds[index + 1] - 1 : nil
            return ObservationMap.Shade(
                name: String(index + 1), path: paths[index], range: range(bounds[index], most))
        }
        return map(
            words: strings.plural("walks.map.grid.words", grid.squares.count), shades: shades, counts: counts,
            heads: heads(grid), dots: nil, marks: [],
            gridWords: strings("walks.map.grid.side", ["metres": strings.number(grid.side)]),
            outside: outside(grid),
            table: grid.squares.sorted { ($0.total, $1.row, $0.column) > ($1.total, $0.row, $1.column) }.map { square in
                ObservationMap.Line(
                    name: name(of: square, grid), strengths: strings.number(square.strengths),
                    problems: strings.number(square.problems), ideas: strings.number(square.ideas),
                    total: strings.number(square.total))
            }, isGrid: true)
    }

    /// The least of each of at most four shades: the steps are equal in what they multiply by.
    static func bounds(_ most: Int) -> [Int] {
        var bounds: [Int] = [1]
        for step in 1..<4 {
            let least = Int(pow(Double(most), Double(step) / 4).rounded()) + 1
            if least > bounds[bounds.count - 1], least <= most { bounds.append(least) }
        }
        return bounds
    }

    private func range(_ least: Int, _ most: Int?) -> String {
        guard let most else { return strings("walks.map.range.from", ["least": strings.number(least)]) }
        return least == most
            ? strings.number(least)
            : strings("walks.map.range", ["least": strings.number(least), "most": strings.number(most)])
    }

    private func outside(_ grid: DensityGrid) -> String? {
        let words: [String] =
            (grid.outside > 0 ? [strings.plural("walks.map.outside", grid.outside)] : [])
            + (grid.placeless > 0 ? [strings.plural("walks.map.placeless", grid.placeless)] : [])
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Columns by letters from the west, rows by numbers from the north, as on the plan of a city.
    private func name(of square: DensityGrid.Square, _ grid: DensityGrid) -> String {
        Self.letters(square.column) + String(grid.rows - square.row)
    }

    static func letters(_ column: Int) -> String {
        let last = String(UnicodeScalar(UInt8(65 + column % 26)))
        return column < 26 ? last : letters(column / 26 - 1) + last
    }

    private func heads(_ grid: DensityGrid) -> [ObservationMap.Label] {
        func middle(_ column: Int, _ row: Int) -> (x: Int, y: Int)? {
            grid.middle(of: DensityGrid.Square(column: column, row: row)).map { place($0) }
        }
        let top: [ObservationMap.Label] = (0..<grid.columns).compactMap { column in
            middle(column, grid.rows - 1).map { ObservationMap.Label(x: $0.x, y: 16, text: Self.letters(column)) }
        }
        let side: [ObservationMap.Label] = (0..<grid.rows).compactMap { row in
            middle(0, row).map { ObservationMap.Label(x: 10, y: $0.y, text: String(grid.rows - row)) }
        }
        let (wide, high) = (0...Int(MapProjection.width), 24...max(24, height))
        return (top + side).filter { wide.contains($0.x) && ($0.y == 16 || high.contains($0.y)) }
    }

    private func map(
        words: String, shades: [ObservationMap.Shade], counts: [ObservationMap.Label], heads: [ObservationMap.Label],
        dots: String?, marks: [ObservationMap.Mark], gridWords: String?, outside: String?, table: [ObservationMap.Line],
        isGrid: Bool
    ) -> ObservationMap {
        ObservationMap(
            words: words, width: Int(MapProjection.width), height: height, line: line, stops: stops, shades: shades,
            counts: counts, heads: heads, dots: dots, marks: marks, keys: isGrid ? [] : keys, isGrid: isGrid,
            gridWords: gridWords, outside: outside, table: table, pointsHref: pointsHref,
            outlinesHref: "/districts.geojson", tiles: tiles?.template, attribution: tiles?.attribution)
    }
}
