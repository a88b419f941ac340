import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// What people note on a walk: taken once, from whoever may, and taken back by whoever sent it.
@Suite struct NotingTests {
    @Test func `an observation is stored once, however often and at once it is sent`() async throws {
        try await withPath { path in
            let draft: ObservationDraft = path.draft("Un banc cassé")
            let answers: [Observations.Reception] = try await withThrowingTaskGroup(
                of: Observations.Reception.self
            ) { group in
                for _ in 0..<20 { group.addTask { try await path.note(draft) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers == Array(repeating: .kept, count: 20))
            #expect(try await path.town.count("observation") == 1)
            // After the sheet has closed, a phone that did not hear the answer still hears it.
            try await path.walk.move(startsIn: .hours(-100), sheetClosesIn: -1)
            #expect(try await path.note(draft) == .kept)
            var other: ObservationDraft = draft
            other.key = Token()
            await #expect(throws: Refused(NotingRefusal.taken)) { try await path.note(other) }
        }
    }

    @Test func `what is noted is kept as it was said`() async throws {
        try await withPath { path in
            var draft: ObservationDraft = path.draft("Trop sombre")
            draft.stop = nil
            draft.point = MapPoint(latitude: 47.7461, longitude: 7.3402)
            draft.accuracy = 8.5
            draft.place = "devant le n° 12"
            draft.theme = path.walk.themes[0]
            draft.feeling = .veryBad
            draft.concerned = [.women, .seniors]
            (draft.manner, draft.people, draft.priority) = (.group, 6, 1)
            try await path.note(draft)
            let seen: Observation = try #require(try await path.arrived().first).observation
            #expect(seen.words == "Trop sombre" && seen.place == "devant le n° 12" && seen.stop == nil)
            #expect(seen.point == draft.point && seen.accuracy == 8.5 && seen.theme == draft.theme)
            #expect(
                seen.kind == .problem && seen.feeling == .veryBad && seen.concerned == [.women, .seniors])
            #expect(seen.manner == .group && seen.people == 6 && seen.priority == 1)
            #expect(seen.state == .received && seen.number == nil && seen.channel == .device)
        }
    }

    @Test func `length is counted as the database counts, so that families fit or are refused`() async throws {
        try await withPath { path in
            let family = "👩‍👩‍👧‍👦"
            var draft: ObservationDraft = path.draft(String(repeating: family, count: 2000))
            draft.place = String(repeating: family, count: 300)
            await #expect(
                throws: Refused<NotingRefusal>(reasons: [.placeTooLong(limit: 300), .wordsTooLong(limit: 2000)])
            ) { try await path.note(draft) }
            // Seven scalars each.
            (draft.words, draft.place) = (String(repeating: family, count: 285), String(repeating: family, count: 42))
            let answer = try await path.note(draft)
            #expect(answer == .kept)
        }
    }

    @Test func `the sheet is open with the code, from two hours before until it closes`() async throws {
        try await withPath { path in
            func refusal(code: String? = nil) async throws -> SheetRefusal? {
                do {
                    try await path.note(path.draft("Vu"), code: code)
                    return nil
                } catch let refusal as SheetRefusal { return refusal }
            }
            #expect(try await refusal(code: "zzzzzzzz") == .wrongCode)
            try await path.walk.move(startsIn: .hours(2) + 60)
            guard case .tooEarly = try await refusal() else {
                Issue.record("taken too early")
                return
            }
            try await path.walk.move(startsIn: .hours(2) - 60)
            #expect(try await refusal() == nil)
            try await path.walk.move(startsIn: .hours(-30), sheetClosesIn: 60)
            #expect(try await refusal() == nil)
            try await path.walk.move(startsIn: .hours(-30), sheetClosesIn: -1)
            guard case .closed = try await refusal() else {
                Issue.record("taken too late")
                return
            }
            try await path.walk.move(startsIn: 0)
            try await path.pool.execute(
                "test.cancel",
                "UPDATE gathering SET cancelled_at = now(), cancellation = '{\"fr\": \"Orage\"}'")
            #expect(try await refusal() == .cancelled)
            try await path.pool.execute("test.hide", "UPDATE walk SET published_at = NULL")
            #expect(try await refusal() == .wrongCode)
        }
    }

    @Test func `the crew and agents note at any time, and nobody else`() async throws {
        try await withPath { path in
            try await path.walk.move(startsIn: .hours(-100), sheetClosesIn: -1)
            let crew: Account = try await path.town.resident("Nour")
            try await path.walk.enlist(crew.id)
            let agent: Account = try await path.town.resident(
                "Agathe", roles: [HeldRole(.participationAgent)])
            let other: Account = try await path.town.resident("Ada")
            try await path.note(path.draft("Dicté"), code: "", by: .resident(crew.id))
            try await path.note(
                path.draft("Relu"), code: "", by: .official(agent.id, .participationAgent))
            for actor in [Actor.resident(other.id), .official(other.id, .participationAgent)] {
                await #expect(throws: SheetRefusal.wrongCode) {
                    try await path.note(path.draft("Rien"), code: "", by: actor)
                }
            }
            #expect(try await path.town.count("observation") == 2)
        }
    }

    @Test func `everything that is wrong is said at once`() async throws {
        try await withPath { path in
            let elsewhere: WalkFixture = try await .make(path.pool, handle: "canal")
            var draft = ObservationDraft(id: ID(), key: Token(), language: .french, channel: .device)
            draft.place = String(repeating: "x", count: 301)
            draft.stop = elsewhere.stops[0]
            draft.theme = elsewhere.themes[0]
            draft.accuracy = .infinity
            (draft.manner, draft.people, draft.priority) = (.group, 0, 4)
            await #expect(
                throws: Refused<NotingRefusal>(reasons: [
                    .notRandom, .placeTooLong(limit: 300), .pointTooVague, .kindMissing, .wordsMissing,
                    .peopleOutOfRange(most: 200), .priorityOutOfRange, .unknownStop, .unknownTheme,
                ])
            ) { try await path.note(draft) }
            var short: ObservationDraft = path.draft(String(repeating: "é", count: 2001))
            short.stop = nil
            await #expect(
                throws: Refused<NotingRefusal>(reasons: [.placeMissing, .wordsTooLong(limit: 2000)])
            ) { try await path.note(short) }
            #expect(try await path.town.count("observation") == 0)
        }
    }

    @Test func `what is taken back is gone, and a copy under way does not bring it back`()
        async throws
    {
        try await withPath { path in
            let (first, second) = (path.draft("Une"), path.draft("Deux"))
            try await path.note(first)
            try await path.addPhoto(to: first)
            await #expect(throws: NotAllowed.self) { try await path.takeBack(first, key: Token()) }
            try await path.takeBack(first)
            #expect(try await path.town.count("observation") == 0)
            #expect(try await path.town.count("medium") == 0)
            #expect(try await path.note(first) == .takenBack)
            // The answer that it was stored was lost, or it has not even come.
            try await path.takeBack(second)
            #expect(try await path.note(second) == .takenBack)
            #expect(try await path.town.count("observation") == 0)
        }
    }

    @Test func `what was published or joined is not taken back`() async throws {
        try await withPath { path in
            let (draft, copy) = (path.draft("Publiée"), path.draft("La même"))
            try await path.note(draft)
            try await path.note(copy)
            try await path.pool.execute(
                "test.join",
                "UPDATE observation SET state = 'joined', joined_into = \(draft.id) WHERE id = \(copy.id)")
            await #expect(throws: Observations.AlreadyRead.self) { try await path.takeBack(copy) }
            await #expect(throws: Observations.AlreadyRead.self) { try await path.takeBack(draft) }
            #expect(try await path.town.count("observation") == 2)
        }
    }

    @Test func `noting and taking back at once leaves nothing behind`() async throws {
        try await withPath { path in
            for round in 0..<10 {
                let draft: ObservationDraft = path.draft("Tour \(round)")
                async let noted: Observations.Reception = path.note(draft)
                async let gone: Void = path.takeBack(draft)
                _ = try await (noted, gone)
            }
            #expect(try await path.town.count("observation") == 0)
        }
    }

    @Test func `a photo is hung once, four at most, by who has the key`() async throws {
        try await withPath { path in
            let draft: ObservationDraft = path.draft("Un arbre")
            try await path.note(draft)
            let photo = ID<ObservationPhoto>(UUID())
            for _ in 0..<2 { try await path.addPhoto(photo, to: draft) }
            #expect(try await path.town.count("medium") == 1)
            await #expect(throws: NotAllowed.self) {
                try await path.observations.turn(
                    of: ID(UUID()), for: draft.id, key: Token(), code: path.walk.code, by: .visitor)
            }
            for _ in 0..<3 { try await path.addPhoto(to: draft) }
            await #expect(throws: Refused(NotingRefusal.tooManyPhotos(limit: 4))) {
                try await path.addPhoto(to: draft)
            }
            let photos: [Medium] = try #require(try await path.arrived().first).photos
            #expect(photos.count == 4)
        }
    }

    @Test func `a photo is shown to everybody once it is cleared and its observation published`()
        async throws
    {
        try await withPath { path in
            let draft: ObservationDraft = path.draft("Un arbre")
            try await path.note(draft)
            try await path.addPhoto(to: draft)
            let id: ID<Medium> = try #require(try await path.arrived().first?.photos.first).id
            let media = Media(pool: path.pool)
            let (crew, other) = (
                try await path.town.resident("Nour"), try await path.town.resident("Ada")
            )
            let agent: Account = try await path.town.resident(
                "Agathe", roles: [HeldRole(.participationAgent)])
            try await path.walk.enlist(crew.id)
            func isSeen(by reader: ID<Account>?) async throws -> Bool {
                try await media.find(id, .small, for: reader) != nil
            }
            #expect(try await isSeen(by: crew.id))
            #expect(try await isSeen(by: agent.id))
            #expect(try await !isSeen(by: nil))
            #expect(try await !isSeen(by: other.id))
            try await path.pool.execute(
                "test.publish",
                "UPDATE observation SET state = 'published', number = 1, published_at = now()")
            #expect(try await !isSeen(by: nil))
            try await path.pool.execute("test.clear", "UPDATE observation_photo SET cleared_at = now()")
            #expect(try await isSeen(by: nil))
            try await path.pool.execute("test.aside", "UPDATE observation SET state = 'set_aside'")
            #expect(try await !isSeen(by: nil))
        }
    }

    @Test func `the crew counts heads, over what was counted before`() async throws {
        try await withPath { path in
            let heads = HeadCounts(pool: path.pool)
            let crew: Account = try await path.town.resident("Nour")
            try await path.walk.enlist(crew.id, as: .guide)
            let actor = Actor.resident(crew.id)
            try await heads.write([.women: 7, .children: 2], of: path.walk.id, by: actor)
            try await heads.write([.women: 8, .elected: 0], of: path.walk.id, by: actor)
            #expect(try await heads.list(of: path.walk.id, by: actor) == [.women: 8, .elected: 0])
            await #expect(throws: Refused(reasons: [HeadCounts.OutOfRange(category: .men)])) {
                try await heads.write([.men: 10_001], of: path.walk.id, by: actor)
            }
            await #expect(throws: NotAllowed.self) {
                try await heads.write([:], of: path.walk.id, by: .visitor)
            }
            #expect(try await path.town.count("walk_head_count") == 2)
        }
    }

    @Test func `what arrived is listed by stop, whole and once, page by page`() async throws {
        try await withPath { path in
            for number in 0..<12 {
                var draft: ObservationDraft = path.draft("Vue \(number)")
                draft.stop = number % 4 == 3 ? nil : path.walk.stops[number % 4]
                draft.place = "ici"
                try await path.note(draft)
            }
            var (found, place): ([ArrivedObservations.Item], ArrivedObservations.Place?) = ([], nil)
            repeat {
                let page: [ArrivedObservations.Item] = try await path.arrived(behind: place, limit: 5)
                found += page
                place =
                    page.count == 5
                    ? page.last.flatMap { ArrivedObservations.Place($0.place.description) } : nil
            } while place != nil
            #expect(Set(found.map(\.observation.words)).count == 12 && found.count == 12)
            #expect(found.map { $0.stop ?? 100 } == [1, 1, 1, 2, 2, 2, 3, 3, 3, 100, 100, 100])
        }
    }
}

/// Nothing places two observations of one person side by side, or in order: in the schema, and in the rows.
@Suite struct NotingPrivacyTests {
    /// Every column that could hold a moment, an account, a network or a count of arrivals.
    @Test func `the tables have no place for who, when or after what`() async throws {
        try await withDatabase { pool in
            let columns: [String] = try await pool.query(
                "test.columns",
                """
                SELECT table_name || '.' || column_name AS name FROM information_schema.columns
                WHERE table_name IN ('observation', 'observation_photo', 'observation_taken_back')
                  AND (data_type ~ 'timestamp|date|time|interval|inet|cidr' OR is_identity = 'YES'
                       OR column_default LIKE '%nextval%' OR column_default LIKE '%now()%'
                       OR column_name ~ 'account|session|device|agent|address|network|_by$|revision|version')
                ORDER BY 1
                """
            ).map { try $0.get("name") }
            #expect(
                columns == [
                    // The day; everything else is of agents, after they have read it.
                    "observation.due_on", "observation.followed_at", "observation.published_at",
                    "observation.received_on", "observation_photo.cleared_at", "observation_photo.cleared_by",
                ])
            let references: [String] = try await pool.query(
                "test.references",
                """
                SELECT DISTINCT conrelid::regclass || ' > ' || confrelid::regclass AS name FROM pg_constraint
                WHERE contype = 'f'
                  AND conrelid IN ('observation'::regclass, 'observation_photo'::regclass) ORDER BY 1
                """
            ).map { try $0.get("name") }
            #expect(
                references == [
                    "observation > observation", "observation > stop", "observation > walk",
                    "observation > walk_sheet", "observation > walk_theme",
                    "observation_photo > account", "observation_photo > medium",
                    "observation_photo > observation",
                ])
            // An index on the key or the day would group what one device or one day sent.
            let indexes: [String] = try await pool.query(
                "test.indexes",
                "SELECT indexdef FROM pg_indexes WHERE tablename IN ('observation', 'observation_photo')"
            ).map { try $0.get("indexdef") }
            #expect(
                !indexes.isEmpty
                    && indexes.allSatisfy { !$0.contains("key_hash") && !$0.contains("received_on") })
        }
    }

    @Test func `an identity that tells the time is refused, and by the schema too`() async throws {
        try await withPath { path in
            var draft: ObservationDraft = path.draft("Vu")
            draft.id = ID()
            await #expect(throws: Refused(NotingRefusal.notRandom)) { try await path.note(draft) }
            await #expect(throws: (any Error).self) {
                try await path.pool.execute(
                    "test.insert",
                    """
                    INSERT INTO observation (id, walk_id, route_id, place, kind, words, language, channel, received_on)
                    VALUES (\(draft.id), \(path.walk.id), \(path.walk.route), 'ici', 'idea', 'x', 'fr', 'form',
                            current_date)
                    """)
            }
        }
    }

    /// Somebody signed in notes three things with photos; what lies in the database afterwards is looked through whole.
    @Test func `no row tells that three observations came from one phone, or which came first`()
        async throws
    {
        try await withPath { path in
            let crew: Account = try await path.town.resident("Nour")
            try await path.walk.enlist(crew.id)
            let tables: [String] = try await path.pool.query(
                "test.tables",
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).map { try $0.get("name") }
            func counts() async throws -> [String: Int] {
                var counts: [String: Int] = [:]
                for table in tables { counts[table] = try await path.town.count(table) }
                return counts
            }
            let before: [String: Int] = try await counts()
            let drafts: [ObservationDraft] = ["Une", "Deux", "Trois"].map(path.draft)
            for draft in drafts {
                try await path.note(draft, by: .resident(crew.id))
                try await path.addPhoto(to: draft, by: .resident(crew.id))
            }
            let grown: [String] = try await counts().filter { before[$0.key] != $0.value }.keys.sorted()
            #expect(grown == ["medium", "medium_rendition", "observation", "observation_photo"])

            let row: Row = try #require(
                try await path.pool.one(
                    "test.rows",
                    """
                    SELECT count(DISTINCT key_hash) AS keys, count(DISTINCT received_on) AS days,
                           bool_and(observation.xmin IS NOT NULL) AS is_there
                    FROM observation
                    """))
            #expect(try row.get("keys", as: Int.self) == 3 && row.get("days", as: Int.self) == 1)
            let media: Row = try #require(
                try await path.pool.one(
                    "test.media",
                    """
                    SELECT count(*) AS count, count(uploaded_by) AS people, count(DISTINCT created_at) AS moments,
                           count(DISTINCT name) AS names,
                           bool_and(to_char(created_at AT TIME ZONE \(Path.zone), 'HH24:MI:SS.US') = '00:00:00.000000')
                               AS is_day,
                           bool_and(get_byte(uuid_send(id), 6) >> 4 = 4) AS is_random
                    FROM medium
                    """))
            #expect(try media.get("count", as: Int.self) == 3 && media.get("people", as: Int.self) == 0)
            #expect(try media.get("moments", as: Int.self) == 1 && media.get("names", as: Int.self) == 1)
            #expect(try media.get("is_day", as: Bool.self) && media.get("is_random", as: Bool.self))
        }
    }
}

/// The cast of the tests about noting: a walk that goes on now.
struct Path: Sendable {
    static let zone = "Europe/Paris"

    let pool: Pool
    let town: Town
    let walk: WalkFixture

    var observations: Observations {
        Observations(pool: pool, secrets: town.secrets, zone: Self.zone)
    }

    /// A problem at the first stop, as a phone sends it.
    @Sendable func draft(_ words: String) -> ObservationDraft {
        var draft = ObservationDraft(id: ID(UUID()), key: Token(), language: .french, channel: .device)
        draft.stop = walk.stops[0]
        draft.kind = .problem
        draft.words = words
        return draft
    }

    @discardableResult
    func note(
        _ draft: ObservationDraft, code: String? = nil, by actor: Actor = .visitor
    ) async throws -> Observations.Reception {
        try await observations.note(draft, of: walk.id, code: code ?? walk.code, by: actor)
    }

    func takeBack(_ draft: ObservationDraft, key: Token? = nil) async throws {
        try await observations.takeBack(
            draft.id, key: key ?? draft.key, of: walk.id, code: walk.code, by: .visitor)
    }

    func addPhoto(
        _ photo: ID<ObservationPhoto> = ID(UUID()), to draft: ObservationDraft,
        by actor: Actor = .visitor
    ) async throws {
        let path = "\(TestCluster.repository)/Tests/Fixtures/media/photo.webp"
        let file = try UploadedFile(
            name: "IMG_\(draft.words).webp", bytes: [UInt8](try Data(contentsOf: URL(filePath: path))))
        try await observations.addPhoto(
            try await Media.prepare(file, alt: "Un arbre"), as: photo, to: draft.id, key: draft.key,
            code: walk.code,
            by: actor)
    }

    /// What the crew sees.
    func arrived(
        behind place: ArrivedObservations.Place? = nil, limit: Int = 50
    ) async throws -> [ArrivedObservations.Item] {
        try await ArrivedObservations(pool: pool).list(
            of: walk.id, behind: place, limit: limit, by: .operator)
    }
}

/// Runs a body on a walk that goes on now.
func withPath(_ body: (Path) async throws -> Void) async throws {
    try await withDatabase { pool in
        try await body(Path(pool: pool, town: Town(pool: pool), walk: try await WalkFixture.make(pool)))
    }
}
