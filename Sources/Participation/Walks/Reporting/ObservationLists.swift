import Foundation
public import Postgres

/// One page of a list of observations.
public struct ObservationList: Sendable {
    /// The observations of the page.
    public let observations: [PublishedObservation]
    /// How many the search finds in all, and how many with those that were joined to them.
    public let total: Int, voices: Int
    /// How many observations have a value of a facet, everything else of the search holding.
    public let facets: [ObservationSearch.Facet: [String: Int]]
    /// Where the pages before and after begin; nil when there is none.
    public let previous: ObservationCursor?, next: ObservationCursor?
}

/// A place between two observations of a list, for the page after or before it.
public struct ObservationCursor: Sendable, Hashable, CustomStringConvertible {
    let walk: ID<Walk>, number: Int
    /// Whether the page lies before that observation.
    let isBackwards: Bool

    init(_ observation: PublishedObservation, isBackwards: Bool) {
        walk = observation.walkID
        number = observation.number
        self.isBackwards = isBackwards
    }

    /// The cursor in an address; nil for everything that ``description`` does not write.
    public init?(_ text: String) {
        let parts: [Substring] = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, ["after", "before"].contains(parts[0]), let walk = ID<Walk>(String(parts[1])),
            let number = Int(parts[2]), (0...Int(Int32.max)).contains(number)
        else { return nil }
        self.walk = walk
        self.number = number
        isBackwards = parts[0] == "before"
    }

    /// The cursor as an address carries it: `after.01998f2a-….12`.
    public var description: String { "\(isBackwards ? "before" : "after").\(walk).\(number)" }
}

/// The published observations of walks: lists, a page at a time, the walk prepared last first and each by its numbers.
public struct ObservationLists: Sendable {
    let pool: Pool

    /// The lists of the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The most observations of one page.
    public static let pageSize = 24

    /// The page of a search that begins at the cursor; its first page without one.
    public func list(
        _ search: ObservationSearch, at cursor: ObservationCursor? = nil, size: Int = pageSize
    ) async throws -> ObservationList {
        let isBackwards: Bool = cursor?.isBackwards == true
        let answers: [[Row]] = try await pool.pipeline([
            ("observation.facets", Self.facets(search)), ("observation.voices", Self.voices(search)),
            ("observation.list", Self.page(search, at: cursor, limit: size + 1)),
        ])
        var facets: [ObservationSearch.Facet: [String: Int]] = [:]
        var total = 0
        for row in answers[0] {
            let count = Int(try row.get("count", as: Int64.self))
            if let facet = ObservationSearch.Facet(rawValue: try row.get("facet")) {
                if let value: String = try row.get("value") { facets[facet, default: [:]][value] = count }
            } else {
                total = count
            }
        }
        let found: [PublishedObservation] = try answers[2].map(PublishedObservation.init(row:))
        let kept: [PublishedObservation] = isBackwards ? found.prefix(size).reversed() : Array(found.prefix(size))
        let observations: [PublishedObservation] = try await PublishedObservation.withPhotos(kept, in: pool)
        let hasMore: Bool = found.count > size
        let hasPrevious: Bool = isBackwards ? hasMore : cursor != nil
        let hasNext: Bool = isBackwards || hasMore
        return ObservationList(
            observations: observations, total: total,
            voices: Int(try answers[1].first?.get("count", as: Int64.self) ?? 0), facets: facets,
            previous: hasPrevious ? observations.first.map { ObservationCursor($0, isBackwards: true) } : nil,
            next: hasNext ? observations.last.map { ObservationCursor($0, isBackwards: false) } : nil)
    }

    /// The next observations of a search after the cursor, for files: fewer than `limit` on the last piece.
    public func piece(
        _ search: ObservationSearch, after cursor: ObservationCursor?, limit: Int = 500
    ) async throws -> (observations: [PublishedObservation], next: ObservationCursor?) {
        let found: [PublishedObservation] = try await pool.query(
            "observation.piece", Self.page(search, at: cursor, limit: limit)
        ).map(PublishedObservation.init(row:))
        return (
            try await PublishedObservation.withPhotos(found, in: pool),
            found.count < limit ? nil : found.last.map { ObservationCursor($0, isBackwards: false) }
        )
    }

    /// The published observation with the number, or nil.
    public func find(_ number: Int, of walk: ID<Walk>) async throws -> PublishedObservation? {
        guard (0...Int(Int32.max)).contains(number) else { return nil }
        let found: [PublishedObservation] = try await pool.query(
            "observation.find",
            """
            SELECT \(sql: PublishedObservation.columns)
            FROM \(sql: ObservationSearch.tables) \(sql: PublishedObservation.answers)
            WHERE \(sql: ObservationSearch(in: .walk(walk)).found) AND observation.number = \(number)
            """
        ).map(PublishedObservation.init(row:))
        return try await PublishedObservation.withPhotos(found, in: pool).first
    }

    /// One page, chosen first from narrow rows and read afterwards.
    static func page(_ search: ObservationSearch, at cursor: ObservationCursor?, limit: Int) -> SQL {
        let isBackwards: Bool = cursor?.isBackwards == true
        let from: SQL =
            switch cursor {
            case nil: "true"
            case .some(let cursor) where cursor.isBackwards:
                """
                (observation.walk_id > \(cursor.walk)
                 OR observation.walk_id = \(cursor.walk) AND observation.number < \(cursor.number))
                """
            case .some(let cursor):
                """
                (observation.walk_id < \(cursor.walk)
                 OR observation.walk_id = \(cursor.walk) AND observation.number > \(cursor.number))
                """
            }
        let order: SQL =
            isBackwards
            ? "observation.walk_id, observation.number DESC" : "observation.walk_id DESC, observation.number"
        return """
            SELECT \(sql: PublishedObservation.columns)
            FROM (
                SELECT observation.id FROM \(sql: ObservationSearch.tables)
                WHERE \(sql: search.condition()) AND \(sql: from) ORDER BY \(sql: order) LIMIT \(limit)) AS chosen
            JOIN (\(sql: ObservationSearch.tables)) ON observation.id = chosen.id \(sql: PublishedObservation.answers)
            ORDER BY \(sql: order)
            """
    }

    private static func voices(_ search: ObservationSearch) -> SQL {
        "SELECT count(*) AS count FROM \(sql: ObservationSearch.counted) WHERE \(sql: search.condition())"
    }

    /// One pass over what the words find; then each facet counts what the other facets let through.
    private static func facets(_ search: ObservationSearch) -> SQL {
        let facets: [ObservationSearch.Facet] = ObservationSearch.Facet.allCases
        func name(_ facet: ObservationSearch.Facet) -> SQL { .identifier("value_\(facet.rawValue)") }
        func holds(_ facet: ObservationSearch.Facet) -> SQL { .identifier("of_\(facet.rawValue)") }
        let columns: SQL = facets.map { facet in
            """
            \(sql: facet.column) AS \(sql: name(facet)),
            coalesce(\(sql: search.condition(of: facet) ?? "true"), false) AS \(sql: holds(facet))
            """
        }.joined(separator: ", ")
        let counts: SQL = facets.map { facet in
            let others: SQL = facets.filter { $0 != facet }.map(holds).joined(separator: " AND ")
            let source: SQL =
                facet == .concerned
                ? "found CROSS JOIN LATERAL unnest(\(sql: name(facet))) AS told (value)"
                : "(SELECT found.*, \(sql: name(facet)) AS value FROM found) AS told"
            return """
                SELECT \(facet.rawValue) AS facet, value, count(*) AS count FROM \(sql: source)
                WHERE \(sql: others) GROUP BY value
                """
        }.joined(separator: " UNION ALL ")
        let all: SQL = facets.map(holds).joined(separator: " AND ")
        return """
            WITH found AS MATERIALIZED (
                SELECT \(sql: columns) FROM \(sql: ObservationSearch.tables) WHERE \(sql: search.found))
            \(sql: counts)
            UNION ALL SELECT 'all', NULL, count(*) FROM found WHERE \(sql: all)
            """
    }
}
