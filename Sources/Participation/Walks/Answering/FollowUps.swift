import Foundation
public import Postgres

/// What becomes of what was seen on walks, as everybody reads it.
public struct FollowUps: Sendable {
    /// Whose observations.
    public enum Scope: Sendable, Hashable {
        case walk(ID<Walk>)
        /// Of all published walks of a process.
        case process(ID<Process>)

        var condition: SQL {
            switch self {
            case .walk(let id): "walk.id = \(id)"
            case .process(let id): "walk.process_id = \(id)"
            }
        }
    }

    let pool: Pool
    let zone: String

    /// The observations kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// The order of the statuses: what goes on comes before what has ended.
    public static let order: [FollowUp.Status] = [.underWay, .planned, .study, .asked, .done, .refused]

    /// A place in the list.
    public struct Place: Sendable, Hashable {
        let rank: Int
        let day: Day?
        let id: ID<Observation>

        /// The place of an observation.
        public init(_ line: FollowUp) {
            rank = FollowUps.order.firstIndex(of: line.status) ?? 0
            day = line.dueOn
            id = line.observation.id
        }

        /// As it stands in an address.
        public var text: String { "\(rank).\(day?.description ?? "").\(id)" }

        /// The place that an address names.
        public init?(_ text: String) {
            let parts: [Substring] = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let rank = Int(parts[0]), FollowUps.order.indices.contains(rank),
                let id = ID<Observation>(String(parts[2]))
            else { return nil }
            self.rank = rank
            day = Day(String(parts[1]))
            self.id = id
        }
    }

    /// What services have, by where it stands and then by the day that was promised.
    public func list(
        _ filter: FollowUpFilter, of scope: Scope, after last: Place? = nil, limit: Int = 60
    ) async throws -> [FollowUp] {
        let rows: [Row] = try await pool.query(
            "follow_up.list",
            """
            WITH line AS (\(sql: lines(of: scope)))
            SELECT \(sql: Observation.columns), \(sql: Self.columns)
            FROM line JOIN observation ON observation.id = line.id
            WHERE \(sql: Self.condition(filter))
              AND (\(last?.id)::uuid IS NULL OR (line.rank, coalesce(line.due, 'infinity'), line.id)
                   > (\(last?.rank)::integer, \(last?.day?.description ?? "infinity")::text::date, \(last?.id)::uuid))
            ORDER BY line.rank, coalesce(line.due, 'infinity'), line.id LIMIT \(limit)
            """)
        return try await follow(rows)
    }

    /// The latest fifty answers and turns, the latest first, for a feed.
    public func latest(of scope: Scope) async throws -> [FollowUp] {
        let rows: [Row] = try await pool.query(
            "follow_up.latest",
            """
            WITH line AS (\(sql: lines(of: scope)))
            SELECT \(sql: Observation.columns), \(sql: Self.columns)
            FROM line JOIN observation ON observation.id = line.id
            WHERE line.followed_at IS NOT NULL ORDER BY line.followed_at DESC, line.id LIMIT 50
            """)
        return try await follow(rows)
    }

    /// How many are where.
    public struct Counts: Sendable {
        /// By status, over everything that services have.
        public let statuses: [FollowUp.Status: Int]
        /// What is late.
        public let late: Int
        /// Published observations that no service has been given.
        public let open: Int
        /// The services and the themes that there are, by name.
        public let services: [(id: ID<ExaminingService>, name: Texts)], themes: [(key: String, title: Texts)]
    }

    /// The counts of the whole, whatever a filter leaves.
    public func counts(of scope: Scope) async throws -> Counts {
        let answers: [[Row]] = try await pool.pipeline([
            (
                "follow_up.counts",
                """
                SELECT line.status, count(*) AS count, count(*) FILTER (WHERE line.late > 0) AS late
                FROM (\(sql: lines(of: scope))) AS line GROUP BY line.status
                """
            ),
            (
                "follow_up.open",
                """
                SELECT count(*) AS count FROM observation JOIN walk ON walk.id = observation.walk_id
                WHERE \(sql: scope.condition) AND walk.published_at IS NOT NULL AND observation.state = 'published'
                  AND observation.follow_up IS NULL AND NOT EXISTS (
                      SELECT FROM observation_assignment WHERE observation_id = observation.id
                      AND withdrawn_at IS NULL)
                """
            ),
            (
                "follow_up.services",
                """
                SELECT service.id, service.name::text AS name FROM service
                WHERE service.id IN (SELECT line.service_id FROM (\(sql: lines(of: scope))) AS line)
                ORDER BY service.name->>'fr', service.id
                """
            ),
            (
                "follow_up.themes",
                """
                SELECT DISTINCT ON (line.theme_key) line.theme_key, line.theme_title
                FROM (\(sql: lines(of: scope))) AS line WHERE line.theme_key IS NOT NULL ORDER BY line.theme_key
                """
            ),
        ])
        return Counts(
            statuses: Dictionary(
                uniqueKeysWithValues: try answers[0].map { row in
                    (FollowUp.Status(rawValue: try row.get("status"))!, Int(try row.get("count", as: Int64.self)))
                }), late: try answers[0].reduce(0) { $0 + Int(try $1.get("late", as: Int64.self)) },
            open: try answers[1].first.map { Int(try $0.get("count", as: Int64.self)) } ?? 0,
            services: try answers[2].map { (ID(try $0.get("id")), try Texts(json: $0.get("name"))) },
            themes: try answers[3].map { (try $0.get("theme_key"), try Texts(json: $0.get("theme_title"))) })
    }

    // MARK: Parts

    private static let columns: SQL = """
        line.handle, line.walk_title, line.stop_number, line.stop_title, line.theme_title, line.service_name,
        line.status, line.answer_words, line.due::text AS due, line.late, line.followed_at
        """

    private static func condition(_ filter: FollowUpFilter) -> SQL {
        """
        (\(filter.status?.rawValue)::text IS NULL OR line.status = \(filter.status?.rawValue))
        AND (\(filter.service)::uuid IS NULL OR line.service_id = \(filter.service))
        AND (\(filter.theme)::text IS NULL OR line.theme_key = \(filter.theme))
        AND (NOT \(filter.late) OR line.late > 0)
        """
    }

    /// The photos of the lines, in one statement.
    private func follow(_ rows: [Row]) async throws -> [FollowUp] {
        let ids: [ID<Observation>] = try rows.map { ID(try $0.get("id")) }
        let photos: [Row] = try await pool.query(
            "follow_up.photos",
            """
            SELECT \(sql: WalkPhoto.columns) FROM \(sql: WalkPhoto.tables)
            WHERE observation_photo.observation_id = ANY (\(ids)) AND observation_photo.cleared_at IS NOT NULL
              AND observation_photo.purpose IN ('seen', 'before', 'after')
            ORDER BY observation_photo.position DESC
            """)
        var pairs: [UUID: [WalkPhoto.Purpose: Medium]] = [:]
        for row in photos {
            let photo = try WalkPhoto(row: row)
            pairs[try row.get("observation_id"), default: [:]][photo.purpose] = photo.medium
        }
        return try zip(rows, ids).map { row, id in try FollowUp(row: row, photos: pairs[id.uuid] ?? [:]) }
    }

    /// One row for each published observation of the published walks that a service has, or has answered.
    private func lines(of scope: Scope) -> SQL {
        """
        SELECT placed.id, placed.handle, placed.walk_title, placed.stop_number, placed.stop_title, placed.theme_key,
               placed.theme_title, placed.service_id, placed.service_name, placed.status, placed.answer_words,
               placed.due, placed.followed_at,
               array_position(\(Self.order.map(\.rawValue)), placed.status) - 1 AS rank,
               CASE WHEN placed.followed_at IS NULL THEN NULL
                    ELSE (clock_timestamp() AT TIME ZONE \(zone))::date - placed.due END AS late
        FROM (
            SELECT observation.id, walk.handle, walk.title::text AS walk_title, stop.number AS stop_number,
                   stop.title::text AS stop_title, walk_theme.key AS theme_key, walk_theme.title::text AS theme_title,
                   service.id AS service_id, service.name::text AS service_name,
                   coalesce(observation.follow_up, 'asked') AS status, standing.words::text AS answer_words,
                   CASE WHEN observation.follow_up IS NULL THEN assignment.due_on ELSE observation.due_on END AS due,
                   observation.followed_at
            FROM observation JOIN walk ON walk.id = observation.walk_id
            LEFT JOIN stop ON stop.id = observation.stop_id
            LEFT JOIN walk_theme ON walk_theme.id = observation.theme_id
            LEFT JOIN observation_assignment AS assignment
                ON assignment.observation_id = observation.id AND assignment.withdrawn_at IS NULL
            LEFT JOIN LATERAL (
                SELECT service_id, words FROM observation_answer
                WHERE observation_id = observation.id AND published_at IS NOT NULL
                ORDER BY published_at DESC LIMIT 1
            ) AS standing ON true
            JOIN service ON service.id = coalesce(standing.service_id, assignment.service_id)
            WHERE \(sql: scope.condition) AND walk.published_at IS NOT NULL AND observation.state = 'published'
        ) AS placed
        """
    }
}
