public import Foundation
public import Participation
public import Postgres

/// A walk that lies in the database, made by plain SQL: for tests of what happens on it and after it.
///
/// Three stops (Gare, Square, Canal) along one street, three themes (`light`, `upkeep`, `signs`).
///
///     let walk = try await WalkFixture.make(pool, startsIn: .hours(-1))
///     try await walk.observation("Un banc cassé", stop: 1, state: .published, number: 1)
public struct WalkFixture: Sendable {
    let pool: Pool
    /// Its identity, its handle in addresses, and the code of its sheet.
    public let id: ID<Walk>, handle: String, code: String
    /// The process that it belongs to.
    public let process: ID<Participation.Process>
    /// The gathering behind it, and the way that it follows.
    public let gathering: ID<Gathering>, route: ID<Route>
    /// In their order.
    public let stops: [ID<Stop>], themes: [ID<WalkTheme>]

    /// The middles of the stops.
    public static let points: [MapPoint] = [0.0, 0.004, 0.008].map {
        MapPoint(latitude: 47.744 + $0, longitude: 7.338 + $0)!
    }

    /// A walk of two hours; its sheet takes observations for a day after its end.
    ///
    /// - Parameters:
    ///   - process: nil for one of its own, with the handle of the walk.
    ///   - route: nil for one of its own; that of another walk, whose successor it becomes.
    ///   - startsIn: how long after now it begins, in seconds; negative in the past.
    ///   - code: nil for one that nobody else has.
    public static func make(
        _ pool: Pool, in process: ID<Participation.Process>? = nil, handle: String = "gare",
        after previous: WalkFixture? = nil, startsIn: TimeInterval = -1800, code: String? = nil,
        isPublished: Bool = true, light: Walk.Light = .day
    ) async throws -> WalkFixture {
        let home: ID<Participation.Process> =
            if let known = process ?? previous?.process { known } else { try await Self.process(handle, pool) }
        let (walk, gathering) = (ID<Walk>(), ID<Gathering>())
        let route: ID<Route> = previous?.route ?? ID<Route>()
        let stops: [ID<Stop>] = previous?.stops ?? points.map { _ in ID<Stop>() }
        let themes: [ID<WalkTheme>] = [ID(), ID(), ID()]
        let letters = Array("23456789abcdefghjkmnpqrstuvwxyz")
        let code: String = code ?? String((0..<8).map { _ in letters.randomElement()! })
        let line: [[Double]] = points.map { [$0.longitude, $0.latitude] }
        let title = "{\"fr\": \"Marche \(handle)\", \"en\": \"Walk \(handle)\", \"de\": \"Rundgang \(handle)\"}"
        try await pool.transaction("test.walk") { transaction in
            try await transaction.execute(
                "test.gathering",
                """
                INSERT INTO gathering (id, starts_at, ends_at, places, most_companions)
                VALUES (\(gathering), now() + make_interval(secs => \(startsIn)),
                        now() + make_interval(secs => \(startsIn + 7200)), 20, 3)
                """)
            if previous == nil {
                try await transaction.execute(
                    "test.route",
                    """
                    INSERT INTO route (id, process_id, name, line, length)
                    VALUES (\(route), \(home), '{"fr": "Le tour de la gare", "en": "Around the station"}',
                            jsonb_build_object('type', 'LineString', 'coordinates', \("\(line)")::jsonb), 1200)
                    """)
                try await transaction.execute(
                    "test.stops",
                    """
                    INSERT INTO stop (id, route_id, number, title, prompt, latitude, longitude)
                    SELECT made.id, \(route), made.number, made.title::jsonb,
                           '{"fr": "Que voyez-vous ?", "en": "What do you see?", "de": "Was sehen Sie?"}',
                           made.latitude, made.longitude
                    FROM unnest(\(stops), ARRAY[1, 2, 3],
                                ARRAY['{"fr": "Gare", "en": "Station", "de": "Bahnhof"}', '{"fr": "Square"}',
                                      '{"fr": "Canal"}'],
                                \(points.map(\.latitude)), \(points.map(\.longitude)))
                         AS made (id, number, title, latitude, longitude)
                    """)
            }
            try await transaction.execute(
                "test.walk",
                """
                INSERT INTO walk (id, process_id, handle, gathering_id, route_id, title, aim, meeting_place,
                                  meeting_latitude, meeting_longitude, light, code, sheet_closes_at, previous_id,
                                  published_at)
                VALUES (\(walk), \(home), \(handle), \(gathering), \(route), \(title)::jsonb,
                        '{"fr": "Voir la gare ensemble.", "en": "Look at the station together."}',
                        '{"fr": "Devant la gare", "en": "In front of the station"}',
                        \(points[0].latitude), \(points[0].longitude), \(light.rawValue), \(code),
                        now() + make_interval(secs => \(startsIn + 7200 + 86_400)), \(previous?.id),
                        CASE WHEN \(isPublished) THEN now() END)
                """)
            try await transaction.execute(
                "test.themes",
                """
                INSERT INTO walk_theme (id, walk_id, position, key, title)
                SELECT made.id, \(walk), made.position, made.key, made.title::jsonb
                FROM unnest(\(themes), ARRAY[1, 2, 3], ARRAY['light', 'upkeep', 'signs'],
                            ARRAY['{"fr": "Éclairage", "en": "Light", "de": "Licht"}',
                                  '{"fr": "Entretien", "en": "Upkeep", "de": "Pflege"}',
                                  '{"fr": "Repères", "en": "Signs", "de": "Orientierung"}'])
                     AS made (id, position, key, title)
                """)
        }
        return WalkFixture(
            pool: pool, id: walk, handle: handle, code: code, process: home, gathering: gathering, route: route,
            stops: stops, themes: themes)
    }

    /// Moves the walk: it begins in so many seconds, and its sheet closes in so many.
    public func move(startsIn: TimeInterval, sheetClosesIn: TimeInterval? = nil) async throws {
        try await pool.execute(
            "test.move",
            """
            UPDATE gathering
            SET starts_at = now() + make_interval(secs => \(startsIn)),
                ends_at = now() + make_interval(secs => \(startsIn + 7200))
            WHERE id = \(gathering)
            """)
        try await pool.execute(
            "test.move",
            """
            UPDATE walk SET sheet_closes_at = now() + make_interval(secs => \(sheetClosesIn ?? startsIn + 93_600))
            WHERE id = \(id)
            """)
    }

    /// Gives an account a role on site.
    public func enlist(_ account: ID<Account>, as role: CrewRole = .noteTaker) async throws {
        try await pool.execute(
            "test.crew",
            "INSERT INTO walk_crew (walk_id, account_id, role) VALUES (\(id), \(account), \(role.rawValue))")
    }

    /// What somebody saw.
    ///
    /// - Parameters:
    ///   - stop: the number of the stop; nil for a point between the first two.
    ///   - theme: its place among the themes, from 1; nil for none.
    ///   - number: needed when it is published.
    @discardableResult
    public func observation(
        _ words: String, stop: Int? = 1, theme: Int? = 1, kind: Observation.Kind = .problem,
        feeling: Observation.Feeling? = nil, concerned: [Concerned] = [], state: Observation.State = .received,
        number: Int? = nil
    ) async throws -> ID<Observation> {
        let made = ID<Observation>(UUID())
        let point: MapPoint? = stop == nil ? MapPoint(latitude: 47.746, longitude: 7.34) : nil
        try await pool.execute(
            "test.observation",
            """
            INSERT INTO observation (id, walk_id, route_id, number, stop_id, latitude, longitude, accuracy, theme_id,
                                     kind, feeling, concerned, words, language, channel, received_on, state,
                                     published_at)
            VALUES (\(made), \(id), \(route), \(number.map(Int32.init)), \(stop.map { stops[$0 - 1] }),
                    \(point?.latitude), \(point?.longitude), \(point.map { _ in 12.0 }),
                    \(theme.map { themes[$0 - 1] }), \(kind.rawValue), \(feeling.map { Int16($0.rawValue) }),
                    \(concerned.map(\.rawValue)), \(words), 'fr', 'device', current_date, \(state.rawValue),
                    CASE WHEN \(state == .published) THEN now() END)
            """)
        return made
    }

    private static func process(_ slug: String, _ pool: Pool) async throws -> ID<Participation.Process> {
        try await Processes(pool: pool).create(
            ProcessDraft(
                slug: slug, title: Texts(["fr": slug]), summary: Texts([:]), description: Texts([:]),
                phases: [
                    PhaseDraft(
                        kind: .ideas, title: Texts(["fr": "Idées"]), description: Texts([:]),
                        starts: Day(year: 2000, month: 1, day: 1)!, ends: Day(year: 2999, month: 1, day: 1)!)
                ]), by: .operator)
    }
}

extension TimeInterval {
    /// So many hours.
    public static func hours(_ count: Double) -> Self { count * 3600 }
}
