import Foundation
import Participation
import Postgres

extension DemoTown {
    private static func json(_ texts: Texts) -> String {
        String(decoding: (try? JSONEncoder().encode(texts.byLanguage)) ?? Data("{}".utf8), as: UTF8.self)
    }

    /// The walk with its route, its themes and its crew, published; nothing when it is there already.
    func prepare(_ walk: DemoWalk, in process: ID<Participation.Process>) async throws {
        guard try await Walks(pool: house.pool).find(walk.handle) == nil else { return }
        let previous: Walk? =
            if let handle = walk.previous { try await Walks(pool: house.pool).find(handle) } else { nil }
        let crew: [(ID<Account>?, String)] = [(agent.account, "guide"), (noteTaker.account, "note_taker")]
        try await house.pool.transaction("demo.walk") { transaction in
            let route: UUID = previous?.route.uuid ?? UUID()
            if previous == nil {
                let line = walk.route.line.map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",")
                try await transaction.execute(
                    "demo.route",
                    """
                    INSERT INTO route (id, process_id, name, line, length)
                    VALUES (\(route), \(process), \(Self.json(walk.route.name))::jsonb,
                            \("{\"type\":\"LineString\",\"coordinates\":[\(line)]}")::jsonb, 1200)
                    """)
                for (index, stop) in walk.route.stops.enumerated() {
                    try await transaction.execute(
                        "demo.stop",
                        """
                        INSERT INTO stop (id, route_id, number, title, prompt, latitude, longitude)
                        VALUES (\(UUID()), \(route), \(Int32(index + 1)), \(Self.json(stop.title))::jsonb,
                                \(Self.json(stop.prompt))::jsonb, \(stop.point.latitude), \(stop.point.longitude))
                        """)
                }
            }
            let gathering = UUID()
            let id = UUID()
            try await transaction.execute(
                "demo.gathering",
                """
                INSERT INTO gathering (id, starts_at, ends_at, places, most_companions)
                VALUES (\(gathering), \(walk.startsAt), \(walk.endsAt), 20, 3)
                """)
            try await transaction.execute(
                "demo.walk",
                """
                INSERT INTO walk (
                    id, process_id, handle, gathering_id, route_id, title, aim, audience, audiences, meeting_place,
                    meeting_latitude, meeting_longitude, light, code, sheet_closes_at, previous_id, published_at)
                VALUES (
                    \(id), \(process), \(walk.handle), \(gathering), \(route), \(Self.json(walk.title))::jsonb,
                    \(Self.json(walk.aim))::jsonb, \(Self.json(walk.audience))::jsonb,
                    \(walk.audiences.map(\.rawValue)), \(Self.json(walk.meetingPlace))::jsonb,
                    \(walk.route.stops[0].point.latitude), \(walk.route.stops[0].point.longitude),
                    \(walk.light.rawValue), \(walk.code), \(walk.sheetClosesAt), \(previous?.id.uuid), now())
                """)
            for (index, principle) in Demonstration.principles.enumerated() {
                try await transaction.execute(
                    "demo.theme",
                    """
                    INSERT INTO walk_theme (id, walk_id, position, key, title)
                    VALUES (\(UUID()), \(id), \(Int32(index + 1)), \(principle.key),
                            \(Self.json(principle.title))::jsonb)
                    """)
            }
            for (account, role) in crew {
                try await transaction.execute(
                    "demo.crew",
                    "INSERT INTO walk_crew (walk_id, account_id, role) VALUES (\(id), \(account), \(role))")
            }
        }
    }

    /// Sixty observations of a walk that is over, published; nothing when there are some already.
    func observe(_ handle: String, after date: Date) async throws {
        let walks = Walks(pool: house.pool)
        guard let walk = try await walks.find(handle), let route = try await walks.route(walk.route) else { return }
        let themes: [WalkTheme] = try await walks.themes(of: walk.id)
        guard
            try await house.pool.one(
                "demo.observed", "SELECT 1 FROM observation WHERE walk_id = \(walk.id) LIMIT 1") == nil
        else { return }
        let kinds: [Observation.Kind] = [.problem, .strength, .idea, .problem]
        let words: [Observation.Kind: [String]] = [
            .problem: ["La lampe est cassée.", "Das Pflaster ist uneben.", "Le banc est loin."],
            .strength: ["On voit l’eau.", "People say hello here.", "C’est calme."],
            .idea: ["Une rampe le long de l’escalier.", "Ein Trinkbrunnen.", "A map of the way back."],
        ]
        try await house.pool.transaction("demo.observations") { transaction in
            for index in 0..<60 {
                let stop: Stop = route.stops[index / 10]
                let kind: Observation.Kind = kinds[index % kinds.count]
                let said: [String] = words[kind] ?? []
                try await transaction.execute(
                    "demo.observation",
                    """
                    INSERT INTO observation (
                        id, walk_id, route_id, number, stop_id, latitude, longitude, theme_id, kind, feeling, concerned,
                        words, language, channel, received_on, state, published_at)
                    VALUES (
                        \(UUID()), \(walk.id), \(walk.route), \(Int32(index + 1)), \(stop.id),
                        \(stop.point.latitude + Double(index % 5 - 2) * 0.0001),
                        \(stop.point.longitude + Double(index % 7 - 3) * 0.0001), \(themes[index % 6].id),
                        \(kind.rawValue), \(kind == .problem ? Int16(-1 - index % 2) : Int16(index % 3)),
                        \([Concerned.allCases[index % Concerned.allCases.count].rawValue]),
                        \(said[index % said.count]), \("fr"), \("form"), \(date)::date, \("published"), now())
                    """)
            }
        }
    }
}
