import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// What was seen, as lists, counts and squares: nothing twice, nothing lost, and nothing that is not public.
@Suite struct ObservationListTests {
    /// Observations of every kind, state and place, the same in every run: one in nine waits to be read, one in eleven
    /// was set aside, one in seven was joined to the published one before it.
    static func fill(_ walk: WalkFixture, _ pool: Pool, count: Int) async throws {
        try await pool.execute(
            "test.fill",
            """
            INSERT INTO observation (id, walk_id, route_id, number, stop_id, latitude, longitude, theme_id, kind, feeling,
                                     concerned, words, place, language, channel, received_on, state, joined_into,
                                     published_at, follow_up, followed_at, due_on)
            SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(hashtext(\(walk.handle)) & 65535), 4, '0')
                    || lpad(n::text, 8, '0'))::uuid, \(walk.id), \(walk.route), n,
                   CASE WHEN n % 5 < 3 THEN (\(walk.stops))[n % 3 + 1] END,
                   CASE WHEN n % 5 IN (0, 3) THEN 47.744 + (n % 17) * 0.0007 WHEN n % 50 = 4 THEN 48.9 END,
                   CASE WHEN n % 5 IN (0, 3) THEN 7.338 + (n % 13) * 0.0007 WHEN n % 50 = 4 THEN 2.3 END,
                   CASE WHEN n % 4 > 0 THEN (\(walk.themes))[n % 3 + 1] END,
                   (ARRAY['strength', 'problem', 'idea'])[n % 3 + 1], CASE WHEN n % 3 > 0 THEN n % 5 - 2 END,
                   CASE n % 4 WHEN 0 THEN '{}'::text[] WHEN 1 THEN ARRAY['children'] ELSE ARRAY['children', 'women'] END,
                   CASE WHEN n % 2 = 0 THEN 'Un banc cassé' ELSE 'La lumière manque' END || ' ' || n,
                   CASE WHEN n % 5 = 4 THEN 'près du pont' ELSE '' END, 'fr', 'device', current_date,
                   CASE WHEN n % 9 = 0 THEN 'received' WHEN n % 11 = 0 THEN 'set_aside' ELSE 'published' END, NULL,
                   CASE WHEN n % 9 > 0 AND n % 11 > 0 THEN now() END,
                   CASE WHEN n % 6 = 1 AND n % 9 > 0 AND n % 11 > 0 THEN 'done' END,
                   CASE WHEN n % 6 = 1 AND n % 9 > 0 AND n % 11 > 0 THEN now() END, NULL
            FROM generate_series(1, \(count)) AS n
            """)
        try await pool.execute(
            "test.join",
            """
            UPDATE observation SET state = 'joined', joined_into = target.id, follow_up = NULL, followed_at = NULL
            FROM observation AS target
            WHERE observation.walk_id = \(walk.id) AND observation.number % 7 = 0 AND observation.state = 'published'
              AND target.walk_id = observation.walk_id AND target.number = observation.number - 1
              AND target.state = 'published' AND target.number % 7 > 0
            """)
    }

    /// How many rows of a walk are in a state.
    static func count(_ walk: WalkFixture, _ states: [String], _ pool: Pool) async throws -> Int {
        let row: Row? = try await pool.one(
            "test.count",
            "SELECT count(*) AS count FROM observation WHERE walk_id = \(walk.id) AND state = ANY (\(states))")
        return Int(try #require(try row?.get("count", as: Int64.self)))
    }

    static let searches: [[ObservationSearch.Facet: String]] = [
        [:], [.kind: "problem"], [.theme: "light"], [.stop: "2"], [.stop: "0"], [.feeling: "-1"],
        [.concerned: "women"], [.answer: "any"], [.answer: "none", .kind: "idea"], [.light: "night"],
        [.theme: "signs", .concerned: "children", .kind: "strength"], [.walk: "canal"], [.theme: "unknown"],
    ]

    @Test(arguments: searches.indices)
    func `pages forward and back hold every observation once, and each facet counts what choosing it would show`(
        _ index: Int
    ) async throws {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, handle: "gare", startsIn: .hours(-3))
            let other: WalkFixture = try await .make(
                pool, in: walk.process, handle: "canal", startsIn: .hours(-30), light: .night)
            try await Self.fill(walk, pool, count: 90)
            try await Self.fill(other, pool, count: 60)
            let lists = ObservationLists(pool: pool)
            for words in ["", "banc", "lumieres", "-banc"] {
                let search = ObservationSearch(
                    in: .process(walk.process), words: words, chosen: Self.searches[index])
                let whole: [String] = try await lists.list(search, size: 1000).observations.map(Self.name)
                var (forward, last): ([[String]], ObservationList) = ([], try await lists.list(search, size: 7))
                let total: Int = last.total
                forward.append(last.observations.map(Self.name))
                while let next = last.next {
                    last = try await lists.list(search, at: next, size: 7)
                    #expect(last.total == total)
                    forward.append(last.observations.map(Self.name))
                }
                #expect(forward.flatMap { $0 } == whole && whole.count == total && Set(whole).count == total)
                var back: [[String]] = [last.observations.map(Self.name)]
                while let previous = last.previous {
                    last = try await lists.list(search, at: previous, size: 7)
                    back.insert(last.observations.map(Self.name), at: 0)
                }
                #expect(back.flatMap { $0 } == whole)
                var (pieces, cursor): ([String], ObservationCursor?) = ([], nil)
                repeat {
                    let piece = try await lists.piece(search, after: cursor, limit: 11)
                    pieces += piece.observations.map(Self.name)
                    cursor = piece.next
                } while cursor != nil
                #expect(pieces == whole)
                for (facet, values) in last.facets where facet != .answer {
                    for (value, count) in values {
                        var chosen = search
                        chosen.chosen[facet] = value
                        #expect(try await lists.list(chosen, size: 1).total == count, "\(facet) \(value)")
                    }
                }
            }
        }
    }

    private static func name(_ observation: PublishedObservation) -> String {
        "\(observation.walk) \(observation.number)"
    }

    @Test(arguments: [nil, 25, 100, 1000], [nil, "problem"])
    func `the squares of the grid, what is outside and what has no place sum to everything that counts`(
        _ side: Int?, _ kind: String?
    ) async throws {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, startsIn: .hours(-3))
            try await Self.fill(walk, pool, count: 150)
            let lists = ObservationLists(pool: pool)
            let search = ObservationSearch(in: .walk(walk.id), chosen: [.kind: kind ?? ""])
            let box: MapBox = try #require(try await lists.frame(search))
            let grid: DensityGrid = try await lists.grid(search, over: box, side: side)
            let list: ObservationList = try await lists.list(search)
            #expect(grid.total == list.voices && list.voices > list.total)
            #expect(grid.outside > 0 && grid.placeless > 0 && grid.squares.count > 1)
            #expect(grid.columns <= DensityGrid.most && grid.rows <= DensityGrid.most)
            if kind == nil {
                let published: Int = try await Self.count(walk, ["published"], pool)
                let counted: Int = try await Self.count(walk, ["published", "joined"], pool)
                #expect(list.total == published && list.voices == counted)
            } else {
                #expect(grid.squares.allSatisfy { $0.strengths == 0 && $0.ideas == 0 })
            }
            // Each square holds what the box of its corners holds.
            let square: DensityGrid.Square = try #require(grid.squares.max { $0.total < $1.total })
            let corners: [MapPoint] = grid.corners(of: square)
            let inside = try #require(
                try await lists.inside(
                    MapBox(
                        south: corners[0].latitude, west: corners[0].longitude, north: corners[2].latitude,
                        east: corners[2].longitude)!, search, limit: 1000))
            #expect(inside.reduce(0) { $0 + 1 + $1.others } == square.total)
        }
    }

    @Test func `a square of a hundred metres is a hundred metres wide and high`() throws {
        let projection = LocalProjection(south: 47.74, west: 7.33, north: 47.75)
        let corner: MapPoint = try #require(projection.point(east: 100, north: 100))
        // The great circle between the corners, by the haversine formula on the same radius.
        func distance(_ one: MapPoint, _ other: MapPoint) -> Double {
            let (a, b) = (one.latitude * .pi / 180, other.latitude * .pi / 180)
            let (up, aside) = (b - a, (other.longitude - one.longitude) * .pi / 180)
            let half = pow(sin(up / 2), 2) + cos(a) * cos(b) * pow(sin(aside / 2), 2)
            return 2 * 6_371_008.8 * asin(half.squareRoot())
        }
        let origin: MapPoint = try #require(MapPoint(latitude: 47.74, longitude: 7.33))
        let east: MapPoint = try #require(MapPoint(latitude: 47.74, longitude: corner.longitude))
        let north: MapPoint = try #require(MapPoint(latitude: corner.latitude, longitude: 7.33))
        #expect(abs(distance(origin, east) - 100) < 0.1 && abs(distance(origin, north) - 100) < 0.001)
    }

    @Test func `figures by theme, stop and light sum to all, joined observations with their own feelings`() async throws
    {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, startsIn: .hours(-3), light: .night)
            try await Self.fill(walk, pool, count: 120)
            let lists = ObservationLists(pool: pool)
            let analysis: ObservationAnalysis = try await lists.analysis(ObservationSearch(in: .walk(walk.id)))
            let all: ObservationTally = analysis.all
            let counted: Int = try await Self.count(walk, ["published", "joined"], pool)
            #expect(all.count == counted)
            #expect((analysis.themes.values.map(\.count) + [analysis.themeless.count]).reduce(0, +) == all.count)
            #expect(analysis.stops.values.map(\.count).reduce(0, +) == all.count)
            #expect(analysis.lights == [.night: all] && analysis.concerned[.children]?.count ?? 0 > 0)
            let felt: Row? = try await pool.one(
                "test.felt",
                """
                SELECT count(*) AS count FROM observation
                WHERE walk_id = \(walk.id) AND state IN ('published', 'joined') AND feeling = -2
                """)
            #expect(all.feelings[0] == Int(try #require(try felt?.get("count", as: Int64.self))))
            let compared = try await lists.analyses(of: [walk.id])
            #expect(compared[walk.id]?.all == all)
        }
    }

    @Test func `what is not read, was set aside or belongs to a walk that is not public is nowhere`() async throws {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, startsIn: .hours(-3))
            let hidden: WalkFixture = try await .make(
                pool, in: walk.process, handle: "secret", startsIn: .hours(-3), isPublished: false)
            try await walk.observation("Publiée", state: .published, number: 1)
            try await walk.observation("Reçue")
            try await walk.observation("Écartée", state: .setAside, number: 2)
            try await hidden.observation("Cachée", state: .published, number: 1)
            let lists = ObservationLists(pool: pool)
            for scope in [
                ObservationSearch.Scope.process(walk.process), .walk(hidden.id), .walks([walk.id, hidden.id]),
            ] {
                let search = ObservationSearch(in: scope)
                let list: ObservationList = try await lists.list(search)
                #expect(list.observations.allSatisfy { $0.words == "Publiée" } && list.total == list.voices)
                let counted: Int = scope == .walk(hidden.id) ? 0 : 1
                #expect(list.total == counted && list.facets[.kind]?.values.reduce(0, +) ?? 0 == counted)
                #expect(try await lists.analysis(search).all.count == counted)
                #expect(try await lists.places(search, limit: 10).count == counted)
                #expect(try await lists.piece(search, after: nil).observations.count == counted)
            }
            #expect(try await lists.find(2, of: walk.id) == nil)
            #expect(try await lists.find(1, of: hidden.id) == nil)
            #expect(try await lists.find(1, of: walk.id)?.words == "Publiée")
        }
    }

    @Test func `a cursor that nobody gave is no cursor`() {
        for text in ["", "after", "after.1.2", "after..3", "before.x.1", "after.\(UUID().uuidString).-1"] {
            #expect(ObservationCursor(text) == nil)
        }
        #expect(
            ObservationCursor("after.01998f2a-0000-7000-8000-000000000000.12")?.description.hasSuffix(".12") == true)
    }
}
