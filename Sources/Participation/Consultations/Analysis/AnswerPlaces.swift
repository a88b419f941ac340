import Foundation
import Postgres

/// How many people showed a place in each square of a grid.
public struct PlaceGrid: Sendable, Hashable, Codable {
    /// A square with places in it.
    public struct Square: Sendable, Hashable, Codable {
        /// Its place from the south-western corner: to the east and to the north, from 0.
        public let column: Int, row: Int
        /// How many places; nil where that is not published.
        public var count: Int?

        /// A square with so many places.
        public init(column: Int, row: Int, count: Int?) {
            self.column = column
            self.row = row
            self.count = count
        }
    }

    /// The corner from which is measured, and the northern end.
    public let south: Double, west: Double, north: Double
    /// The side of a square in metres, and how many there are in each direction.
    public let side: Int, columns: Int, rows: Int
    /// The squares with something in them, from the south-west.
    public var squares: [Square]
    /// How many lie outside the grid; nil where that is not published.
    public var outside: Int?

    /// From degrees to metres.
    public var projection: LocalProjection { LocalProjection(south: south, west: west, north: north) }

    /// The four corners of a square, from the south-west against the clock.
    public func corners(of square: Square) -> [MapPoint] {
        let (east, north) = (Double(square.column * side), Double(square.row * side))
        let side = Double(side)
        return [(east, north), (east + side, north), (east + side, north + side), (east, north + side)]
            .compactMap { projection.point(east: $0.0, north: $0.1) }
    }

    /// The grid without squares of fewer than ``SmallCells/least`` people, and without what would give those away: what
    /// lies outside is a cell like any other. The place itself is never published.
    public var published: PlaceGrid {
        var counts: [Int: Int] = Dictionary(
            uniqueKeysWithValues: squares.enumerated().map { ($0.offset, $0.element.count ?? 0) })
        counts[-1] = outside ?? 0
        let hidden: Set<Int> = SmallCells.hidden(in: counts)
        var published: PlaceGrid = self
        published.squares = squares.enumerated().filter { !hidden.contains($0.offset) }.map(\.element)
        if hidden.contains(-1) { published.outside = nil }
        return published
    }
}

extension Analyses {
    /// How the places of a question lie; nil without any.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func places(
        of question: String, in questionnaire: Questionnaire, _ filter: AnswerFilter = AnswerFilter(), by actor: Actor
    ) async throws -> PlaceGrid? {
        try await Consultations.require(questionnaire.consultation, by: actor, in: pool)
        return try await Self.places(of: question, in: questionnaire.id, filter, in: pool)
    }

    /// The grid covers what lies between the first and the last hundredth in each direction: a point sent from far away
    /// does not make the city one square.
    static func places(
        of question: String, in questionnaire: ID<Questionnaire>, _ filter: AnswerFilter, in executor: some Executor
    ) async throws -> PlaceGrid? {
        let answers: SQL = filter.condition(on: questionnaire, try await form(of: questionnaire, in: executor))
        let points: SQL = """
            SELECT (place ->> 'latitude')::double precision AS latitude,
                   (place ->> 'longitude')::double precision AS longitude
            FROM (SELECT response.answers -> \(question) -> 'place' AS place FROM response
                  WHERE \(sql: answers) AND response.answers -> \(question) -> 'place' ? 'latitude') AS told
            """
        let frame: Row? = try await executor.one(
            "analysis.frame",
            """
            SELECT percentile_disc(0.01) WITHIN GROUP (ORDER BY latitude) AS south,
                   percentile_disc(0.01) WITHIN GROUP (ORDER BY longitude) AS west,
                   percentile_disc(0.99) WITHIN GROUP (ORDER BY latitude) AS north,
                   percentile_disc(0.99) WITHIN GROUP (ORDER BY longitude) AS east
            FROM (\(sql: points)) AS points
            """)
        guard let box = try frame.flatMap(MapBox.init(row:))?.widened(by: 50) else { return nil }
        let size = box.metres
        let longest: Double = max(size.wide, size.high)
        let side: Int =
            DensityGrid.sides.filter { $0 >= 100 }.first { longest / Double($0) < Double(DensityGrid.most) }
            ?? Int((longest / Double(DensityGrid.most - 1)).rounded(.up))
        let projection = LocalProjection(south: box.south, west: box.west, north: box.north)
        let (columns, rows) = (Int(size.wide / Double(side)) + 1, Int(size.high / Double(side)) + 1)
        var grid = PlaceGrid(
            south: box.south, west: box.west, north: box.north, side: side, columns: columns, rows: rows, squares: [],
            outside: 0)
        let found: [Row] = try await executor.query(
            "analysis.grid",
            """
            SELECT "row", "column", count(*) AS count
            FROM (
                SELECT floor((longitude - \(projection.west)) * \(projection.metresPerLongitude)
                             / \(Double(side)))::bigint AS "column",
                       floor((latitude - \(projection.south)) * \(LocalProjection.metresPerDegree)
                             / \(Double(side)))::bigint AS "row"
                FROM (\(sql: points)) AS points
            ) AS placed
            GROUP BY "row", "column" ORDER BY "row", "column"
            """)
        for row in found {
            let (east, north) = (Int(try row.get("column", as: Int64.self)), Int(try row.get("row", as: Int64.self)))
            let count = Int(try row.get("count", as: Int64.self))
            if (0..<columns).contains(east), (0..<rows).contains(north) {
                grid.squares.append(PlaceGrid.Square(column: east, row: north, count: count))
            } else {
                grid.outside = (grid.outside ?? 0) + count
            }
        }
        return grid
    }
}
