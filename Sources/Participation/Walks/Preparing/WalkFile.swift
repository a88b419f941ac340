public import Foundation
import Postgres

/// Somebody who does something on a walk for the others.
public struct CrewMember: Sendable {
    /// Whose account, what they are called, and where they get letters.
    public let account: ID<Account>, name: String, email: String
    /// What they do.
    public let role: CrewRole
}

/// A walk with all that its agents prepare.
public struct WalkFile: Sendable {
    /// The walk, its route and its themes.
    public let walk: Walk, route: Route, themes: [WalkTheme]
    /// Who does what, by role and name.
    public let crew: [CrewMember]
    /// What the forms say that they change: of the walk, and of the route, which other walks may share.
    public let revision: Int, routeRevision: Int
    /// How many people mean to come, companions included, and how many things have been seen.
    public let coming: Int, observations: Int
    /// People have walked the route: its line and its stops stay where they are.
    public let isRouteWalked: Bool
    /// The walks that follow it on the same route.
    public let next: [ID<Walk>]
    /// What the database takes for now.
    public let now: Date
}

/// A walk in the list of its agents.
public struct WalkLine: Sendable {
    /// The walk.
    public let walk: Walk
    /// How many people mean to come, companions included, and how many wait for a place.
    public let coming: Int, waiting: Int
    /// How many things were seen, how many of them nobody has read yet, and how many of those that are published the city
    /// has not answered.
    public let observations: Int, unread: Int, unanswered: Int
    /// What the database takes for now.
    public let now: Date
}

extension Walks {
    /// The walks of a process with what moves in them, the last to begin first.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func lines(of process: ID<Process>, by actor: Actor) async throws -> [WalkLine] {
        try await Authority.require(Self.planners, of: actor, process: process, in: pool)
        return try await pool.query(
            "walk.lines",
            """
            SELECT \(sql: Walk.columns), now() AS now, people.coming, people.waiting, seen.observations, seen.unread,
                   seen.unanswered
            FROM \(sql: Walk.tables)
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(1 + companions) FILTER (WHERE state = 'registered'), 0)::bigint AS coming,
                       coalesce(sum(1 + companions) FILTER (WHERE state = 'waiting'), 0)::bigint AS waiting
                FROM registration WHERE registration.gathering_id = gathering.id
            ) AS people
            CROSS JOIN LATERAL (
                SELECT count(*) AS observations, count(*) FILTER (WHERE state = 'received') AS unread,
                       count(*) FILTER (WHERE state = 'published' AND NOT EXISTS (
                           SELECT FROM observation_answer
                           WHERE observation_answer.observation_id = observation.id
                             AND observation_answer.published_at IS NOT NULL)) AS unanswered
                FROM observation WHERE observation.walk_id = walk.id
            ) AS seen
            WHERE walk.process_id = \(process)
            ORDER BY gathering.starts_at DESC, walk.handle
            """
        ).map { row in
            WalkLine(
                walk: try Walk(row: row), coming: try row.get("coming"), waiting: try row.get("waiting"),
                observations: try row.get("observations"), unread: try row.get("unread"),
                unanswered: try row.get("unanswered"), now: try row.get("now"))
        }
    }

    /// The walk with all that its agents prepare.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of its process, and where there is no such walk.
    public func file(_ id: ID<Walk>, by actor: Actor) async throws -> WalkFile {
        try await pool.transaction("walk.file") { transaction in
            let file: WalkFile = try await Self.file(id, in: transaction)
            try await Authority.require(
                Self.planners, of: actor, process: file.walk.process, in: transaction)
            return file
        }
    }

    static func file(_ id: ID<Walk>, in transaction: some Executor) async throws -> WalkFile {
        guard let walk = try await load(where: "walk.id = \(id)", in: transaction).first,
            let route = try await route(walk.route, in: transaction)
        else { throw NotAllowed(roles: planners) }
        let answers: [[Row]] = try await transaction.pipeline([
            (
                "walk.themes",
                """
                SELECT \(sql: WalkTheme.columns) FROM walk_theme WHERE walk_theme.walk_id = \(id)
                ORDER BY walk_theme.position, walk_theme.key
                """
            ),
            (
                "walk.crew_list",
                """
                SELECT walk_crew.role, account.id, account.name, coalesce(account.email, '') AS email
                FROM walk_crew JOIN account ON account.id = walk_crew.account_id
                WHERE walk_crew.walk_id = \(id)
                ORDER BY array_position(ARRAY['guide', 'note_taker', 'photographer', 'time_keeper'], walk_crew.role),
                         account.name, account.id
                """
            ),
            ("walk.next", "SELECT id FROM walk WHERE previous_id = \(id) ORDER BY id"),
            (
                "walk.counts",
                """
                SELECT walk.revision, route.revision AS route_revision, now() AS now,
                       (SELECT coalesce(sum(1 + companions), 0)::bigint FROM registration
                        WHERE gathering_id = walk.gathering_id AND state = 'registered') AS coming,
                       (SELECT count(*) FROM observation WHERE walk_id = walk.id) AS observations,
                       \(sql: isWalked("walk.route_id")) AS walked
                FROM walk JOIN route ON route.id = walk.route_id WHERE walk.id = \(id)
                """
            ),
        ])
        let counts: Row = answers[3][0]
        return WalkFile(
            walk: walk, route: route, themes: try answers[0].map(WalkTheme.init(row:)),
            crew: try answers[1].map { row in
                CrewMember(
                    account: try row.get("id"), name: try row.get("name"), email: try row.get("email"),
                    // The schema's check leaves no other word.
                    role: CrewRole(rawValue: try row.get("role"))!)
            },
            revision: Int(try counts.get("revision", as: Int32.self)),
            routeRevision: Int(try counts.get("route_revision", as: Int32.self)), coming: try counts.get("coming"),
            observations: try counts.get("observations"), isRouteWalked: try counts.get("walked"),
            next: try answers[2].map { try $0.get("id") }, now: try counts.get("now"))
    }

    /// Whether a published walk on the route has begun.
    static func isWalked(_ route: SQL) -> SQL {
        """
        EXISTS (
            SELECT FROM walk AS held JOIN gathering ON gathering.id = held.gathering_id
            WHERE held.route_id = \(sql: route) AND held.published_at IS NOT NULL
              AND gathering.cancelled_at IS NULL AND gathering.starts_at <= now())
        """
    }
}
