import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// What agents prepare before anybody walks: a process with an agent, another process with another one.
private struct Office: Sendable {
    let pool: Pool
    let process: ID<Participation.Process>
    let agent: Actor
    let stranger: Actor

    var walks: Walks { Walks(pool: pool) }
    var gatherings: Gatherings {
        Gatherings(pool: pool, secrets: Town(pool: pool).secrets, correspondent: PlainGatheringLetters())
    }
    var start: Date { Date(timeIntervalSince1970: 4_000_000_000) }

    static func begin(_ pool: Pool) async throws -> Office {
        let square: Square = try await .begin(pool)
        let elsewhere: ID<Participation.Process> = try await Square.call(
            "elsewhere", Square.ideas, pool)
        func agent(_ name: String, of process: ID<Participation.Process>) async throws -> Actor {
            let role = HeldRole(.participationAgent, for: .process(process))
            return .official(try await square.town.resident(name, roles: [role]).id, .participationAgent)
        }
        return Office(
            pool: pool, process: square.process, agent: try await agent("Alma", of: square.process),
            stranger: try await agent("Basile", of: elsewhere))
    }

    func schedule(_ change: (inout WalkSchedule) -> Void = { _ in }) -> WalkSchedule {
        var schedule = WalkSchedule(startsAt: start, endsAt: start.addingTimeInterval(7200))
        change(&schedule)
        return schedule
    }

    func plan(_ handle: String = "gare", _ change: (inout WalkPlan) -> Void = { _ in }) async throws
        -> ID<Walk>
    {
        var plan = WalkPlan(handle: handle, title: Texts(["fr": "La gare"]), schedule: schedule())
        change(&plan)
        return try await walks.plan(plan, in: process, by: agent)
    }

    func file(_ id: ID<Walk>) async throws -> WalkFile { try await walks.file(id, by: agent) }

    static let line: [MapPoint] = [(47.74, 7.33), (47.75, 7.34)].map {
        MapPoint(latitude: $0.0, longitude: $0.1)!
    }

    static func stop(_ title: String, _ id: ID<Stop>? = nil, at index: Int = 0) -> StopDraft {
        StopDraft(id: id, title: Texts(["fr": title]), prompt: Texts([:]), point: line[index])
    }

    func draw(_ stops: [StopDraft], line: [MapPoint] = line, of id: ID<Walk>) async throws {
        try await walks.draw(
            RouteDraft(line: line, stops: stops), of: id, revision: try await file(id).routeRevision,
            by: agent)
    }

    /// Everything that publication asks for.
    func complete(_ id: ID<Walk>) async throws {
        let texts = Texts(["fr": "Voir"])
        try await walks.describe(
            id,
            WalkPurpose(title: texts, aim: texts, perimeter: texts, audience: texts, audiences: [.women]),
            revision: try await file(id).revision, by: agent)
        try await walks.locate(
            id,
            WalkPlace(meetingPlace: texts, meetingPoint: nil, accessibility: texts, imageRights: texts),
            revision: try await file(id).revision, telling: gatherings, by: agent)
        try await draw([Self.stop("Gare"), Self.stop("Square", at: 1)], of: id)
        let templates: [WalkTemplate] = try await WalkTemplates(pool: pool).list()
        try await walks.adopt(templates[0].id, for: id, by: agent)
    }

    func acts() async throws -> [String] {
        try await Acts(pool: pool).list(kinds: ["walk", "walk_template"]).map(\.act).reversed()
    }
}

@Suite(.database) struct PreparingTests {
    @Test func `a walk is prepared, published, taken back and deleted`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        await #expect(
            throws: WalkRefusal.notReady([.aim, .meeting, .accessibility, .route, .stops, .themes])
        ) {
            try await office.walks.publish(id, by: office.agent)
        }
        try await office.complete(id)
        try await office.walks.publish(id, by: office.agent)
        let file: WalkFile = try await office.file(id)
        #expect(file.walk.publishedAt != nil)
        #expect(file.route.length == 1340)
        #expect(WalkCode.read(file.walk.code.uppercased()) == file.walk.code)
        await #expect(throws: WalkRefusal.published) {
            try await office.walks.publish(id, by: office.agent)
        }
        await #expect(throws: WalkRefusal.published) {
            try await office.walks.remove(id, by: office.agent)
        }
        try await office.walks.withdraw(id, by: office.agent)
        try await office.walks.remove(id, by: office.agent)
        #expect(try await office.walks.find("gare") == nil)
        let left: Row? = try await office.pool.one(
            "test.left", "SELECT (SELECT count(*) FROM route) + (SELECT count(*) FROM gathering) AS rows")
        #expect(try left?.get("rows") == 0)
        #expect(
            try await office.acts() == [
                "walk_planned", "walk_described", "walk_located", "route_drawn", "walk_template_adopted",
                "walk_published", "walk_withdrawn", "walk_removed",
            ])
    }

    @Test func `only agents of the process prepare its walks, and others see none`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        let (walks, texts): (Walks, Texts) = (office.walks, Texts(["fr": "x"]))
        for actor in [
            office.stranger, .visitor, .resident(office.agent.account!), .official(ID(), .examiner),
        ] {
            let acts: [(String, () async throws -> Void)] = [
                (
                    "plan",
                    {
                        _ = try await walks.plan(
                            WalkPlan(handle: "x", title: texts, schedule: office.schedule()), in: office.process,
                            by: actor)
                    }
                ),
                (
                    "describe",
                    {
                        try await walks.describe(
                            id,
                            WalkPurpose(
                                title: texts, aim: texts, perimeter: texts, audience: texts, audiences: []),
                            revision: 1, by: actor)
                    }
                ),
                (
                    "locate",
                    {
                        try await walks.locate(
                            id,
                            WalkPlace(
                                meetingPlace: texts, meetingPoint: nil, accessibility: texts, imageRights: texts),
                            revision: 1, telling: office.gatherings, by: actor)
                    }
                ),
                ("schedule", { try await walks.schedule(id, office.schedule(), revision: 1, by: actor) }),
                (
                    "draw",
                    { try await walks.draw(RouteDraft(line: [], stops: []), of: id, revision: 1, by: actor) }
                ),
                ("setThemes", { try await walks.setThemes([], of: id, revision: 1, by: actor) }),
                ("adopt", { try await walks.adopt(ID(), for: id, by: actor) }),
                (
                    "name",
                    { try await walks.name(EmailAddress("alma@example.fr")!, .guide, of: id, by: actor) }
                ),
                ("release", { try await walks.release(ID(), .guide, of: id, by: actor) }),
                ("publish", { try await walks.publish(id, by: actor) }),
                ("withdraw", { try await walks.withdraw(id, by: actor) }),
                ("remove", { try await walks.remove(id, by: actor) }),
                ("file", { _ = try await walks.file(id, by: actor) }),
                ("lines", { _ = try await walks.lines(of: office.process, by: actor) }),
                (
                    "template",
                    {
                        _ = try await WalkTemplates(pool: office.pool).create(
                            texts, [WalkThemeDraft(key: nil, title: texts, prompt: texts)], by: actor)
                    }
                ),
            ]
            for (name, act) in acts {
                await #expect(throws: NotAllowed.self, "\(name) by \(actor)") { try await act() }
            }
        }
        // An agent of one process does not write what is every process's.
        await #expect(throws: NotAllowed.self) {
            try await WalkTemplates(pool: office.pool).create(texts, [], by: office.agent)
        }
    }

    @Test func `a schedule that cannot be is refused`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        let start: Date = office.start
        let cases: [(WalkRefusal, WalkSchedule)] = [
            (.endsBeforeItBegins, office.schedule { $0.endsAt = start }),
            (.endsBeforeItBegins, office.schedule { $0.endsAt = start.addingTimeInterval(90_000) }),
            (.rainDateTooEarly, office.schedule { $0.rainStartsAt = start.addingTimeInterval(60) }),
            (.sheetClosesTooEarly, office.schedule { $0.sheetClosesAt = start }),
            (
                .registrationClosesTooLate,
                office.schedule { $0.registrationClosesAt = start.addingTimeInterval(1) }
            ),
            (.placesOutOfRange, office.schedule { $0.places = 0 }),
            (.companionsOutOfRange, office.schedule { $0.mostCompanions = 21 }),
        ]
        for (refusal, schedule) in cases {
            await #expect(throws: refusal) {
                try await office.walks.schedule(id, schedule, revision: 1, by: office.agent)
            }
        }
        try await office.walks.schedule(
            id, office.schedule { $0.places = 12 }, revision: 1, by: office.agent)
        #expect(try await office.file(id).walk.gathering.places == 12)
        await #expect(throws: WalkRefusal.changedMeanwhile) {
            try await office.walks.schedule(id, office.schedule(), revision: 1, by: office.agent)
        }
    }

    @Test func `a date that residents know is moved and not rewritten`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        try await office.complete(id)
        try await office.walks.publish(id, by: office.agent)
        let revision: Int = try await office.file(id).revision
        await #expect(throws: WalkRefusal.dateIsKnown) {
            try await office.walks.schedule(
                id, office.schedule { $0.startsAt -= 60 }, revision: revision, by: office.agent)
        }
        try await office.walks.schedule(
            id, office.schedule { $0.places = 5 }, revision: revision, by: office.agent)
    }

    @Test func `calendars follow another title, place or rain date, and who registered is told of the place`()
        async throws
    {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        try await office.complete(id)
        func sequence() async throws -> Int {
            let gathering: ID<Gathering> = try await office.file(id).walk.gathering.id
            return try #require(try await office.gatherings.occasion(of: gathering)).sequence
        }
        #expect(try await sequence() == 0, "nobody has a calendar of what is not published")
        try await office.walks.publish(id, by: office.agent)
        _ = try await office.gatherings.enter(
            RegistrationDraft(name: "Jeanne", email: "jeanne@example.fr"),
            for: try await office.file(id).walk.gathering.id, language: .french, by: office.agent)
        func locate(_ place: String) async throws {
            try await office.walks.locate(
                id,
                WalkPlace(
                    meetingPlace: Texts(["fr": place]), meetingPoint: nil, accessibility: Texts(["fr": "Voir"]),
                    imageRights: Texts([:])), revision: try await office.file(id).revision, telling: office.gatherings,
                by: office.agent)
        }
        try await locate("Voir")
        #expect(try await sequence() == 0, "the place is the same")
        try await locate("Au square")
        #expect(try await sequence() == 1)
        let texts = Texts(["fr": "Autre titre"])
        try await office.walks.describe(
            id, WalkPurpose(title: texts, aim: texts, perimeter: texts, audience: texts, audiences: []),
            revision: try await office.file(id).revision, by: office.agent)
        #expect(try await sequence() == 2)
        try await office.walks.schedule(
            id, office.schedule { $0.rainStartsAt = office.start.addingTimeInterval(90_000) },
            revision: try await office.file(id).revision, by: office.agent)
        #expect(try await sequence() == 3)
        let letters: [Row] = try await office.pool.query(
            "test.letters", "SELECT recipient, body FROM outbox WHERE kind = 'gathering_relocated'")
        #expect(try letters.map { try $0.get("recipient", as: String.self) } == ["jeanne@example.fr"])
    }

    @Test func `a walk with registrations is not taken back, nor given fewer places than people`()
        async throws
    {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        try await office.complete(id)
        try await office.walks.publish(id, by: office.agent)
        let file: WalkFile = try await office.file(id)
        try await office.pool.execute(
            "test.registration",
            """
            INSERT INTO registration (id, gathering_id, name, email, language, companions, state, token_hash)
            VALUES (gen_random_uuid(), \(file.walk.gathering.id), 'Ada', 'ada@example.fr', 'fr', 2, 'registered',
                    sha256('x'))
            """)
        #expect(try await office.file(id).coming == 3)
        await #expect(throws: WalkRefusal.hasRegistrations) {
            try await office.walks.withdraw(id, by: office.agent)
        }
        await #expect(throws: WalkRefusal.placesTaken) {
            try await office.walks.schedule(
                id, office.schedule { $0.places = 2 }, revision: file.revision, by: office.agent)
        }
    }

    @Test func `a second walk follows the route of the first, with its words and themes`()
        async throws
    {
        let office: Office = try await .begin(TestDatabase.pool)
        let first: ID<Walk> = try await office.plan()
        try await office.complete(first)
        await #expect(throws: WalkRefusal.previousIsLater) {
            try await office.plan("again") { $0.previous = first }
        }
        await #expect(throws: WalkRefusal.noSuchPreviousWalk) {
            try await office.plan("again") { $0.previous = ID() }
        }
        let second: ID<Walk> = try await office.plan("again") {
            $0.previous = first
            $0.schedule.startsAt += 86_400
            $0.schedule.endsAt += 86_400
        }
        let (before, after): (WalkFile, WalkFile) = (
            try await office.file(first), try await office.file(second)
        )
        #expect(after.route.id == before.route.id && after.walk.previous == first)
        #expect(after.themes.map(\.key) == before.themes.map(\.key) && !after.themes.isEmpty)
        #expect(Set(after.themes.map(\.id)).isDisjoint(with: before.themes.map(\.id)))
        #expect(after.walk.aim == before.walk.aim && before.next == [second])
        await #expect(throws: WalkRefusal.isFollowed) {
            try await office.walks.remove(first, by: office.agent)
        }
        try await office.walks.remove(second, by: office.agent)
        #expect(try await office.file(first).route.stops.count == 2)
        await #expect(throws: WalkRefusal.handleTaken) { try await office.plan("gare") }
    }

    @Test func `stops keep their identity when they are moved, renamed and put in another order`()
        async throws
    {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        try await office.draw(["A", "B", "C"].map { Office.stop($0) }, of: id)
        let stops: [Stop] = try await office.file(id).route.stops
        try await office.draw(
            [Office.stop("C", stops[2].id), Office.stop("D"), Office.stop("A bis", stops[0].id, at: 1)],
            of: id)
        let after: [Stop] = try await office.file(id).route.stops
        #expect(after.map { $0.title(.french) } == ["C", "D", "A bis"])
        #expect(after.map(\.number) == [1, 2, 3])
        #expect(after[0].id == stops[2].id && after[2].id == stops[0].id)
        #expect(after[2].point == Office.line[1])
        await #expect(throws: WalkRefusal.changedMeanwhile) {
            try await office.draw([Office.stop("B", stops[1].id)], of: id)
        }
        await #expect(throws: WalkRefusal.stopUntitled) {
            try await office.draw([Office.stop("")], of: id)
        }
        await #expect(throws: WalkRefusal.onePoint) {
            try await office.draw([], line: [Office.line[0]], of: id)
        }
        await #expect(throws: WalkRefusal.tooManyStops) {
            try await office.draw((0..<100).map { Office.stop("\($0)") }, of: id)
        }
        await #expect(throws: WalkRefusal.changedMeanwhile) {
            try await office.walks.draw(
                RouteDraft(line: [], stops: []), of: id, revision: 1, by: office.agent)
        }
        try await office.draw([], line: [], of: id)
        #expect(try await office.file(id).route.length == nil)
    }

    @Test func `two agents who draw at once do not write over each other`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        let done: Int = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<6 {
                group.addTask {
                    do {
                        try await office.walks.draw(
                            RouteDraft(line: Office.line, stops: [Office.stop("\(index)")]), of: id, revision: 1,
                            by: office.agent)
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 1)
        #expect(try await office.file(id).route.stops.count == 1)
    }

    @Test func `a route that people have walked is corrected in words alone`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let walk: WalkFixture = try await .make(office.pool, in: office.process, handle: "held")
        let file: WalkFile = try await office.file(walk.id)
        #expect(file.isRouteWalked)
        var stops: [StopDraft] = file.route.stops.map {
            StopDraft(id: $0.id, title: $0.title, prompt: $0.prompt, point: $0.point)
        }
        stops[0].title = Texts(["fr": "Nouveau nom"])
        try await office.draw(stops, line: file.route.line, of: walk.id)
        #expect(try await office.file(walk.id).route.stops[0].title(.french) == "Nouveau nom")
        await #expect(throws: WalkRefusal.routeWalked) {
            try await office.draw(Array(stops.dropLast()), line: file.route.line, of: walk.id)
        }
        await #expect(throws: WalkRefusal.routeWalked) { try await office.draw(stops, of: walk.id) }
        await #expect(throws: WalkRefusal.routeWalked) {
            try await office.draw(stops.reversed(), line: file.route.line, of: walk.id)
        }
    }

    @Test
    func `a theme keeps its key when it is renamed, and does not go while something stands under it`()
        async throws
    {
        let office: Office = try await .begin(TestDatabase.pool)
        let walk: WalkFixture = try await .make(office.pool, in: office.process, handle: "themes")
        try await walk.observation("Une lampe", stop: 1)
        let file: WalkFile = try await office.file(walk.id)
        var drafts: [WalkThemeDraft] = file.themes.map {
            WalkThemeDraft(key: $0.key, title: $0.title, prompt: $0.prompt)
        }
        drafts[0].title = Texts(["fr": "Éclairage public"])
        drafts.swapAt(0, 1)
        drafts.append(
            WalkThemeDraft(key: nil, title: Texts(["fr": "Eau & fontaines"]), prompt: Texts([:])))
        try await office.walks.setThemes(drafts, of: walk.id, revision: file.revision, by: office.agent)
        let after: WalkFile = try await office.file(walk.id)
        #expect(after.themes.map(\.key) == ["upkeep", "light", "signs", "eau-fontaines"])
        #expect(after.themes[1].id == file.themes[0].id)
        #expect(after.themes[1].title(.french) == "Éclairage public")
        await #expect(throws: WalkRefusal.themeInUse) {
            try await office.walks.setThemes([], of: walk.id, revision: after.revision, by: office.agent)
        }
        let many: [WalkThemeDraft] = (0..<21).map {
            WalkThemeDraft(key: nil, title: Texts(["fr": "\($0)"]), prompt: Texts([:]))
        }
        await #expect(throws: WalkRefusal.tooManyThemes) {
            try await office.walks.setThemes(
                many, of: walk.id, revision: after.revision, by: office.agent)
        }
    }

    @Test func `an account gets a role once, and loses it`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let id: ID<Walk> = try await office.plan()
        let email = EmailAddress("alma@example.fr")!
        try await office.walks.name(email, .guide, of: id, by: office.agent)
        try await office.walks.name(email, .timeKeeper, of: id, by: office.agent)
        await #expect(throws: WalkRefusal.roleHeld) {
            try await office.walks.name(email, .guide, of: id, by: office.agent)
        }
        await #expect(throws: WalkRefusal.noSuchAccount) {
            try await office.walks.name(
                EmailAddress("personne@example.fr")!, .guide, of: id, by: office.agent)
        }
        let crew: [CrewMember] = try await office.file(id).crew
        #expect(crew.map(\.role) == [.guide, .timeKeeper])
        try await office.walks.release(crew[0].account, .guide, of: id, by: office.agent)
        #expect(try await office.file(id).crew.map(\.role) == [.timeKeeper])
    }

    @Test func `two sets of themes are there from the beginning, in three languages`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let templates = WalkTemplates(pool: office.pool)
        let shipped: [WalkTemplate] = try await templates.list()
        #expect(shipped.count == 2)
        #expect(shipped.allSatisfy { $0.themes.count == 6 })
        for template in shipped {
            for texts in [template.name] + template.themes.flatMap({ [$0.title, $0.prompt] }) {
                #expect(Set(texts.byLanguage.keys) == ["fr", "en", "de"])
            }
        }
        let theme = WalkThemeDraft(key: nil, title: Texts(["fr": "Ombre"]), prompt: Texts([:]))
        let id: ID<WalkTemplate> = try await templates.create(
            Texts(["fr": "Été"]), [theme, theme], by: .operator)
        let kept: WalkTemplate = try #require(try await templates.find(id))
        #expect(kept.themes.map(\.key) == ["ombre", "ombre-2"])
        await #expect(throws: WalkRefusal.changedMeanwhile) {
            try await templates.edit(id, kept.name, kept.themes, revision: 7, by: .operator)
        }
        try await templates.edit(id, kept.name, kept.themes.reversed(), revision: 1, by: .operator)
        #expect(try await templates.find(id)?.themes.map(\.key) == ["ombre-2", "ombre"])
        try await templates.retire(id, true, by: .operator)
        #expect(try await templates.list().last?.retiredAt != nil)
        let walk: ID<Walk> = try await office.plan()
        try await office.walks.adopt(id, for: walk, by: office.agent)
        #expect(try await office.file(walk).themes.isEmpty)
        try await templates.retire(id, false, by: .operator)
        try await office.walks.adopt(id, for: walk, by: office.agent)
        try await office.walks.adopt(shipped[0].id, for: walk, by: office.agent)
        #expect(try await office.file(walk).themes.map(\.key).prefix(2) == ["ombre-2", "ombre"])
    }

    @Test func `the list counts what waits to be read and what waits for an answer`() async throws {
        let office: Office = try await .begin(TestDatabase.pool)
        let walk: WalkFixture = try await .make(office.pool, in: office.process, handle: "held")
        try await walk.observation("Une lampe")
        try await walk.observation("Un banc", state: .published, number: 1)
        func line() async throws -> WalkLine {
            try #require(try await office.walks.lines(of: office.process, by: office.agent).first)
        }
        let before: WalkLine = try await line()
        #expect([before.observations, before.unread, before.unanswered] as [Int] == [2, 1, 1])
        try await office.pool.execute(
            "test.answer",
            """
            WITH made AS (
                INSERT INTO service (id, process_id, name, email)
                VALUES (gen_random_uuid(), \(office.process), '{"fr": "Voirie"}', NULL) RETURNING id)
            INSERT INTO observation_answer (id, observation_id, service_id, decision, words, published_at)
            SELECT gen_random_uuid(), observation.id, made.id, 'done', '{"fr": "Fait."}', now()
            FROM observation, made WHERE observation.number = 1
            """)
        #expect(try await line().unanswered == 0)
    }
}
