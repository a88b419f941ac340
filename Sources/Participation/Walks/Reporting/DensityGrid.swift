import Foundation
import Postgres

/// Degrees as metres around a place: the equirectangular projection (J. P. Snyder, Map Projections – A Working Manual,
/// USGS Professional Paper 1395, 1987, page 91): x = R (λ − λ₀) cos φ₁, y = R (φ − φ₀).
///
/// R is the mean radius of the Earth, 6 371 008.8 m (IUGG, after Moritz, Geodetic Reference System 1980). φ₁ is the
/// middle latitude of what is shown: over a city the error stays below a metre in a thousand.
public struct LocalProjection: Sendable, Hashable {
    /// The metres of one degree of latitude: R π / 180.
    public static let metresPerDegree = 6_371_008.8 * .pi / 180

    /// The corner from which is measured.
    public let south: Double, west: Double
    /// The metres of one degree of longitude.
    public let metresPerLongitude: Double

    /// The projection over a box of degrees.
    public init(south: Double, west: Double, north: Double) {
        self.south = south
        self.west = west
        // Never zero, so that a box at a pole can be drawn too.
        metresPerLongitude = Self.metresPerDegree * max(cos((south + north) / 2 * .pi / 180), 0.01)
    }

    /// The point so many metres east and north of the corner.
    public func point(east: Double, north: Double) -> MapPoint? {
        MapPoint(latitude: south + north / Self.metresPerDegree, longitude: west + east / metresPerLongitude)
    }
}

/// How many observations there are in each square of a grid.
public struct DensityGrid: Sendable {
    /// A square of the grid.
    public struct Square: Sendable, Hashable {
        /// Its place from the corner: to the east and to the north, from 0.
        public let column: Int, row: Int
        /// How many observations of each kind.
        public let strengths: Int, problems: Int, ideas: Int
        /// How many in all.
        public var total: Int { strengths + problems + ideas }

        /// A square with so many observations.
        public init(column: Int, row: Int, strengths: Int = 0, problems: Int = 0, ideas: Int = 0) {
            self.column = column
            self.row = row
            self.strengths = strengths
            self.problems = problems
            self.ideas = ideas
        }
    }

    /// The side of a square, in metres.
    public let side: Int
    /// From degrees to metres.
    public let projection: LocalProjection
    /// How many squares from west to east and from south to north.
    public let columns: Int, rows: Int
    /// The squares with something in them, from the south-west, row by row.
    public let squares: [Square]
    /// What lies outside the grid, and what has no place on the map.
    public let outside: Int, placeless: Int

    /// Everything that was counted.
    public var total: Int { squares.reduce(outside + placeless) { $0 + $1.total } }

    /// The four corners of a square, from the south-west against the clock.
    public func corners(of square: Square) -> [MapPoint] {
        let (east, north) = (Double(square.column * side), Double(square.row * side))
        let side = Double(side)
        return [(east, north), (east + side, north), (east + side, north + side), (east, north + side)]
            .compactMap { projection.point(east: $0.0, north: $0.1) }
    }

    /// The middle of a square.
    public func middle(of square: Square) -> MapPoint? {
        projection.point(
            east: (Double(square.column) + 0.5) * Double(side), north: (Double(square.row) + 0.5) * Double(side))
    }

    /// The sides that a grid may have.
    public static let sides = [25, 50, 100, 200, 500, 1000, 2000, 5000]
    /// The most squares of a grid in one direction.
    public static let most = 16
}

/// A box of degrees.
public struct MapBox: Sendable, Hashable {
    /// Its sides.
    public let south: Double, west: Double, north: Double, east: Double

    /// The box, nil unless its sides are degrees of the earth and in order.
    public init?(south: Double, west: Double, north: Double, east: Double) {
        guard MapPoint(latitude: south, longitude: west) != nil, MapPoint(latitude: north, longitude: east) != nil,
            south <= north, west <= east
        else { return nil }
        self.south = south
        self.west = west
        self.north = north
        self.east = east
    }

    /// The smallest box around the points, and a rim of so many metres; nil when there is none.
    public init?(around points: some Sequence<MapPoint>, rim: Double = 0) {
        var sides: (south: Double, west: Double, north: Double, east: Double)?
        for point in points {
            let now = sides ?? (point.latitude, point.longitude, point.latitude, point.longitude)
            sides = (
                min(now.south, point.latitude), min(now.west, point.longitude), max(now.north, point.latitude),
                max(now.east, point.longitude)
            )
        }
        guard let sides else { return nil }
        let high: Double = rim / LocalProjection.metresPerDegree
        let scale: LocalProjection = LocalProjection(south: sides.south, west: sides.west, north: sides.north)
        let wide: Double = rim / scale.metresPerLongitude
        self.init(
            south: max(-90, sides.south - high), west: max(-180, sides.west - wide), north: min(90, sides.north + high),
            east: min(180, sides.east + wide))
    }

    /// The box with so many metres more on each side.
    public func widened(by rim: Double) -> MapBox? {
        MapBox(around: corners, rim: rim)
    }

    /// Its south-western and its north-eastern corner.
    public var corners: [MapPoint] {
        [(south, west), (north, east)].compactMap { MapPoint(latitude: $0.0, longitude: $0.1) }
    }

    /// The sides in the columns `south`, `west`, `north` and `east`; nil where they are null.
    init?(row: Row) throws {
        guard let south: Double = try row.get("south"), let west: Double = try row.get("west"),
            let north: Double = try row.get("north"), let east: Double = try row.get("east")
        else { return nil }
        self.init(south: south, west: west, north: north, east: east)
    }

    /// Its size in metres, from west to east and from south to north.
    public var metres: (wide: Double, high: Double) {
        let scale = LocalProjection(south: south, west: west, north: north)
        return ((east - west) * scale.metresPerLongitude, (north - south) * LocalProjection.metresPerDegree)
    }
}

extension ObservationLists {
    /// The grid over a box of what a search finds, joined observations counted with the ones they were joined to.
    ///
    /// - Parameter side: in metres, one of ``DensityGrid/sides``; nil for the smallest that keeps the grid to
    ///   ``DensityGrid/most`` squares in each direction. A smaller one than that is not drawn.
    public func grid(
        _ search: ObservationSearch, over box: MapBox, side: Int? = nil
    ) async throws -> DensityGrid {
        let size = box.metres
        let least: Int =
            DensityGrid.sides.first { max(size.wide, size.high) / Double($0) < Double(DensityGrid.most) }
            ?? Int((max(size.wide, size.high) / Double(DensityGrid.most - 1)).rounded(.up))
        let side: Int = max(side.flatMap { DensityGrid.sides.contains($0) ? $0 : nil } ?? least, least)
        let projection = LocalProjection(south: box.south, west: box.west, north: box.north)
        let columns = Int(size.wide / Double(side)) + 1
        let rows = Int(size.high / Double(side)) + 1
        let found: [Row] = try await pool.query(
            "observation.grid",
            """
            SELECT "column", "row",
                   count(*) FILTER (WHERE kind = 'strength') AS strengths,
                   count(*) FILTER (WHERE kind = 'problem') AS problems,
                   count(*) FILTER (WHERE kind = 'idea') AS ideas
            FROM (
                SELECT observation.kind,
                       floor((coalesce(observation.longitude, stop.longitude) - \(projection.west))
                             * \(projection.metresPerLongitude) / \(Double(side)))::bigint AS "column",
                       floor((coalesce(observation.latitude, stop.latitude) - \(projection.south))
                             * \(LocalProjection.metresPerDegree) / \(Double(side)))::bigint AS "row"
                FROM \(sql: ObservationSearch.counted) WHERE \(sql: search.condition())
            ) AS placed
            GROUP BY "row", "column" ORDER BY "row", "column"
            """)
        var (squares, outside, placeless): ([DensityGrid.Square], Int, Int) = ([], 0, 0)
        for row in found {
            func count(_ name: String) throws -> Int { Int(try row.get(name, as: Int64.self)) }
            let (strengths, problems, ideas) = (try count("strengths"), try count("problems"), try count("ideas"))
            guard let east: Int64 = try row.get("column"), let north: Int64 = try row.get("row") else {
                placeless += strengths + problems + ideas
                continue
            }
            guard (0..<columns).contains(Int(east)), (0..<rows).contains(Int(north)) else {
                outside += strengths + problems + ideas
                continue
            }
            squares.append(
                DensityGrid.Square(
                    column: Int(east), row: Int(north), strengths: strengths, problems: problems, ideas: ideas))
        }
        return DensityGrid(
            side: side, projection: projection, columns: columns, rows: rows, squares: squares, outside: outside,
            placeless: placeless)
    }

    /// What maps of a search show: the stops of its walks with some land around them, or what was seen where there are no
    /// stops; nil where nothing has a place on the map. A point sent from far away does not make the walk a speck.
    public func frame(_ search: ObservationSearch) async throws -> MapBox? {
        let row: Row? = try await pool.one(
            "observation.frame",
            """
            SELECT min(stop.latitude) AS south, min(stop.longitude) AS west, max(stop.latitude) AS north,
                   max(stop.longitude) AS east
            FROM walk JOIN stop ON stop.route_id = walk.route_id
            WHERE walk.published_at IS NOT NULL AND \(sql: search.walks)
            """)
        guard let stops = try row.flatMap(MapBox.init(row:)) else {
            return try await box(search).flatMap { $0.widened(by: 100) }
        }
        return stops.widened(by: max(150, 0.3 * max(stops.metres.wide, stops.metres.high)))
    }

    /// The places of what a search finds, at most `limit`, by walk and number: a table's own order
    /// would tell in which order they arrived.
    public func places(_ search: ObservationSearch, limit: Int) async throws -> [MapPoint] {
        try await pool.query(
            "observation.places",
            """
            SELECT coalesce(observation.latitude, stop.latitude) AS latitude,
                   coalesce(observation.longitude, stop.longitude) AS longitude
            FROM \(sql: ObservationSearch.tables) WHERE \(sql: search.condition())
            ORDER BY observation.walk_id, observation.number LIMIT \(limit)
            """
        ).compactMap { try MapPoint(row: $0) }
    }

    /// The themes of the walks in which is looked, each key once.
    public func themes(_ search: ObservationSearch) async throws -> [WalkTheme] {
        try await pool.query(
            "observation.themes",
            """
            SELECT \(sql: WalkTheme.columns) FROM (
                SELECT DISTINCT ON (walk_theme.key) walk_theme.* FROM walk_theme
                JOIN walk ON walk.id = walk_theme.walk_id
                WHERE walk.published_at IS NOT NULL AND \(sql: search.walks)
                ORDER BY walk_theme.key, walk.id DESC) AS walk_theme
            ORDER BY walk_theme.position, walk_theme.key
            """
        ).map(WalkTheme.init(row:))
    }

    /// The box around what a search finds; nil where nothing has a place on the map.
    public func box(_ search: ObservationSearch) async throws -> MapBox? {
        let row: Row? = try await pool.one(
            "observation.box",
            """
            SELECT min(coalesce(observation.latitude, stop.latitude)) AS south,
                   min(coalesce(observation.longitude, stop.longitude)) AS west,
                   max(coalesce(observation.latitude, stop.latitude)) AS north,
                   max(coalesce(observation.longitude, stop.longitude)) AS east
            FROM \(sql: ObservationSearch.tables) WHERE \(sql: search.condition())
            """)
        return try row.flatMap(MapBox.init(row:))
    }

    /// What a search finds inside a box, at most `limit`; nil when there is more.
    public func inside(
        _ box: MapBox, _ search: ObservationSearch, limit: Int
    ) async throws -> [PublishedObservation]? {
        let found: [PublishedObservation] = try await pool.query(
            "observation.inside",
            """
            SELECT \(sql: PublishedObservation.columns)
            FROM \(sql: ObservationSearch.tables) \(sql: PublishedObservation.answers)
            WHERE \(sql: search.condition())
              AND coalesce(observation.latitude, stop.latitude) BETWEEN \(box.south) AND \(box.north)
              AND coalesce(observation.longitude, stop.longitude) BETWEEN \(box.west) AND \(box.east)
            ORDER BY observation.walk_id, observation.number LIMIT \(limit + 1)
            """
        ).map(PublishedObservation.init(row:))
        return found.count > limit ? nil : found
    }
}
