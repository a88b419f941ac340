import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// The report of a walk: who writes it, what it needs to be published, and what a published one keeps and loses.
@Suite struct WalkReportTests {
    private static let introduction = WalkReportFacts(
        introduction: Texts(["fr": "Sur {observations} observations, {problems} problèmes."]))

    /// A photo of an observation, cleared or not.
    private static func photo(
        of observation: ID<Observation>, isCleared: Bool, position: Int = 1, _ pool: Pool
    ) async throws -> ID<Medium> {
        let id = ID<Medium>()
        try await pool.execute(
            "test.medium",
            "INSERT INTO medium (id, kind, name, alt) VALUES (\(id), 'image', 'photo.webp', 'Un banc')")
        for rendition in ["large", "small"] {
            try await pool.execute(
                "test.rendition",
                """
                INSERT INTO medium_rendition (medium_id, kind, rendition, media_type, width, height, bytes)
                VALUES (\(id), 'image', \(rendition), 'image/webp', 4, 3, 'x'::bytea)
                """)
        }
        try await pool.execute(
            "test.photo",
            """
            INSERT INTO observation_photo (client_id, observation_id, medium_id, purpose, position, cleared_at)
            VALUES (gen_random_uuid(), \(observation), \(id), 'seen', \(position),
                    CASE WHEN \(isCleared) THEN now() END)
            """)
        return id
    }

    @Test func `a report is published in versions, and none of them changes`() async throws {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, startsIn: .hours(-3))
            let reports = WalkReports(pool: pool)
            try await walk.observation("Un banc cassé", kind: .problem, state: .published, number: 1)
            try await walk.observation(
                "Un joli square", stop: 2, theme: 2, kind: .strength, state: .published, number: 2)
            await #expect(throws: WalkReportRefusal.introductionMissing) {
                try await reports.publish(walk.id, by: .operator)
            }
            try await reports.write(Self.introduction, for: walk.id, by: .operator)
            try await reports.write(
                ReportSection(
                    kind: .theme, theme: "light", title: Texts(["fr": "La lumière"]),
                    words: Texts(["fr": "{observations} fois, dont {problems} problème."])), for: walk.id, by: .operator
            )
            let advice = Recommendation(
                horizon: .immediate, owner: .town, title: Texts(["fr": "Réparer"]), observations: [1])
            try await reports.write(advice, for: walk.id, by: .operator)
            #expect(try await reports.find(walk.id) == nil)
            #expect(try await reports.publish(walk.id, by: .operator) == 1)
            let first: PublishedReport = try #require(try await reports.find(walk.id))
            #expect(first.content.introduction(.french) == "Sur 2 observations, 1 problèmes.")
            #expect(first.content.sections[0].words(.french) == "1 fois, dont 1 problème.")
            #expect(first.content.recommendations[0].observations == [1] && first.content.observations.count == 2)
            try await walk.observation("Un autre banc", kind: .problem, state: .published, number: 3)
            try await reports.write(
                WalkReportFacts(introduction: Texts(["fr": "Deux"])), for: walk.id, by: .operator)
            #expect(try await reports.report(of: walk.id, by: .operator).isChanged)
            #expect(try await reports.publish(walk.id, by: .operator) == 2)
            let (second, earlier) = (
                try #require(try await reports.find(walk.id)), try #require(try await reports.find(walk.id, version: 1))
            )
            #expect(second.content.introduction(.french) == "Deux" && second.content.observations.count == 3)
            #expect(
                earlier.content.introduction == first.content.introduction && earlier.content.observations.count == 2)
            #expect(second.versions.map(\.number) == [2, 1] && earlier.version?.number == 1)
            #expect(try await reports.find(walk.id, version: 3) == nil)
            await #expect(throws: PostgresError.self) {
                try await pool.execute("test.change", "UPDATE walk_report_version SET content = '{}'")
            }
        }
    }

    @Test func `what was withdrawn after publication is in no version, and neither is a photo that is not cleared`()
        async throws
    {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, startsIn: .hours(-3))
            let reports = WalkReports(pool: pool)
            let kept: ID<Observation> = try await walk.observation("Gardée", state: .published, number: 1)
            let withdrawn: ID<Observation> = try await walk.observation("Retirée", state: .published, number: 2)
            try await walk.observation("Pas encore lue")
            let cleared: ID<Medium> = try await Self.photo(of: kept, isCleared: true, pool)
            let raw: ID<Medium> = try await Self.photo(of: kept, isCleared: false, position: 2, pool)
            try await reports.write(Self.introduction, for: walk.id, by: .operator)
            try await reports.publish(walk.id, by: .operator)
            let before: PublishedReport = try #require(try await reports.find(walk.id))
            #expect(before.content.observations.map(\.words) == ["Gardée", "Retirée"] && before.withdrawn == 0)
            #expect(before.content.observations[0].photos.map(\.id) == [cleared])
            #expect(Set(try await reports.pictures([cleared, raw]).keys) == [cleared])
            try await pool.execute(
                "test.withdraw", "UPDATE observation SET state = 'set_aside' WHERE id = \(withdrawn)")
            try await pool.execute(
                "test.unclear", "UPDATE observation_photo SET cleared_at = NULL WHERE medium_id = \(cleared)")
            let after: PublishedReport = try #require(try await reports.find(walk.id))
            #expect(after.content.observations.map(\.words) == ["Gardée"] && after.withdrawn == 1)
            #expect(after.content.observations[0].photos.isEmpty)
            #expect(try await reports.pictures([cleared, raw]).isEmpty)
            // A walk that is taken back takes its report with it.
            try await pool.execute("test.hide", "UPDATE walk SET published_at = NULL WHERE id = \(walk.id)")
            #expect(try await reports.find(walk.id) == nil)
        }
    }

    @Test func `words that an agent takes out are in no version any more, and were never frozen in one`() async throws {
        try await withSquare { square in
            let walk: WalkFixture = try await .make(square.pool, in: square.process, startsIn: .hours(-3))
            let reports = WalkReports(pool: square.pool)
            let named = "Monsieur Durand gare sa voiture ici"
            let id: ID<Observation> = try await walk.observation(named, state: .published, number: 1)
            let photo: ID<Medium> = try await Self.photo(of: id, isCleared: true, square.pool)
            try await square.pool.execute("test.alt", "UPDATE medium SET alt = \(named) WHERE id = \(photo)")
            try await square.pool.execute("test.place", "UPDATE observation SET place = 'Chez Durand'")
            try await reports.write(Self.introduction, for: walk.id, by: square.agent)
            try await reports.publish(walk.id, by: square.agent)
            let frozen: Row = try #require(
                try await square.pool.one("test.frozen", "SELECT content::text AS text FROM walk_report_version"))
            #expect(try !frozen.get("text", as: String.self).contains("Durand"))
            let before: ReportContent = try #require(try await reports.find(walk.id)).content
            #expect(before.observations[0].words == named && before.observations[0].photos[0].alt == named)
            #expect(before.observations[0].point == WalkFixture.points[0])
            let corrections = Corrections(pool: square.pool)
            try await corrections.redact(id, from: named, to: "Une voiture ici", of: walk.id, by: square.agent)
            try await corrections.correct(
                id, to: .init(stop: 1, point: nil, words: "Devant la gare", theme: "light"), of: walk.id,
                by: square.agent)
            let after: ReportContent = try #require(try await reports.find(walk.id, version: 1)).content
            #expect(after.observations.map(\.words) == ["Une voiture ici"])
            #expect(after.observations[0].place == "Devant la gare")
            #expect(after.observations[0].photos.map(\.alt) == ["Une voiture ici"])
        }
    }

    @Test func `a report is refused with the reason, and nobody but agents of the process writes it`() async throws {
        try await withSquare { square in
            let walk: WalkFixture = try await .make(square.pool, in: square.process, startsIn: .hours(-3))
            let stranger: WalkFixture = try await .make(square.pool, handle: "ailleurs", startsIn: .hours(48))
            let reports = WalkReports(pool: square.pool)
            let ada: Actor = try await square.resident("Ada")
            try await walk.observation("Un banc cassé", state: .published, number: 1)
            try await walk.observation("Pas lue", number: 2)
            func refuses(_ reason: WalkReportRefusal, _ body: () async throws -> Void) async {
                do {
                    try await body()
                    Issue.record("\(reason) did not come")
                } catch { #expect(error as? WalkReportRefusal == reason) }
            }
            let now = Date()
            await refuses(.endsBeforeItBegins) {
                try await reports.write(
                    WalkReportFacts(startedAt: now, endedAt: now), for: walk.id, by: square.agent)
            }
            await refuses(.lengthOutOfRange) {
                try await reports.write(WalkReportFacts(length: 0), for: walk.id, by: square.agent)
            }
            await refuses(.returnBeforeTheWalk) {
                try await reports.write(
                    WalkReportFacts(returnAt: now.addingTimeInterval(-86_400)), for: walk.id, by: square.agent)
            }
            let title = Texts(["fr": "Réparer"])
            await refuses(.noSuchObservation([2, 7])) {
                try await reports.write(
                    Recommendation(horizon: .study, owner: .police, title: title, observations: [1, 2, 7]),
                    for: walk.id, by: square.agent)
            }
            await refuses(.ownerMissing) {
                try await reports.write(
                    Recommendation(horizon: .study, owner: .other, title: title), for: walk.id, by: square.agent)
            }
            await refuses(.noSuchTheme) {
                try await reports.write(
                    ReportSection(kind: .theme, theme: "nothing", title: title, words: title), for: walk.id,
                    by: square.agent)
            }
            await refuses(.wordless) {
                try await reports.write(
                    ReportSection(kind: .practice, title: title, words: Texts([:])), for: walk.id, by: square.agent)
            }
            #expect(try await reports.report(of: walk.id, by: square.agent).recommendations.isEmpty)
            try await reports.write(Self.introduction, for: walk.id, from: 0, by: square.agent)
            await refuses(.changedMeanwhile) {
                try await reports.write(Self.introduction, for: walk.id, from: 0, by: square.agent)
            }
            await refuses(.changedMeanwhile) { try await reports.publish(walk.id, from: 0, by: square.agent) }
            try await reports.write(Self.introduction, for: stranger.id, by: .operator)
            await refuses(.notHeld) { try await reports.publish(stranger.id, by: .operator) }
            for actor in [ada, .visitor, square.agent] {
                let id: ID<Walk> = actor == square.agent ? ID() : walk.id
                await #expect(throws: NotAllowed.self) { try await reports.report(of: id, by: actor) }
                await #expect(throws: NotAllowed.self) { try await reports.preview(of: id, by: actor) }
                await #expect(throws: NotAllowed.self) { try await reports.publish(id, by: actor) }
                await #expect(throws: NotAllowed.self) {
                    try await reports.write(Self.introduction, for: id, by: actor)
                }
            }
        }
    }

    @Test func `parts of a report change places and go, and leave no gap in their order`() async throws {
        try await withDatabase { pool in
            let walk: WalkFixture = try await .make(pool, startsIn: .hours(-3))
            let reports = WalkReports(pool: pool)
            var ids: [ID<ReportSection>] = []
            for name in ["un", "deux", "trois"] {
                ids.append(
                    try await reports.write(
                        ReportSection(kind: .practice, title: Texts(["fr": name]), words: Texts(["fr": name])),
                        for: walk.id, by: .operator))
            }
            func names() async throws -> [String] {
                try await reports.report(of: walk.id, by: .operator).sections.map { $0.section.title(.french) }
            }
            try await reports.moveUp(ids[2], in: walk.id, by: .operator)
            #expect(try await names() == ["un", "trois", "deux"])
            try await reports.moveUp(ids[0], in: walk.id, by: .operator)
            #expect(try await names() == ["un", "trois", "deux"])
            try await reports.remove(ids[0], from: walk.id, by: .operator)
            try await reports.moveUp(ids[1], in: walk.id, by: .operator)
            #expect(try await names() == ["deux", "trois"])
        }
    }

    @Test func `a second walk stands beside the first by stop and by theme`() async throws {
        try await withDatabase { pool in
            let before: WalkFixture = try await .make(pool, handle: "gare-1", startsIn: .hours(-9000))
            let now: WalkFixture = try await .make(
                pool, handle: "gare-2", after: before, startsIn: .hours(-3), light: .night)
            try await before.observation(
                "Sombre", stop: 1, kind: .problem, feeling: .veryBad, state: .published, number: 1)
            try await before.observation("Non lue", stop: 1)
            try await now.observation("Éclairé", stop: 1, kind: .strength, feeling: .good, state: .published, number: 1)
            let (walks, comparisons) = (Walks(pool: pool), WalkComparisons(pool: pool))
            let walk: Walk = try #require(try await walks.find("gare-2"))
            let comparison: WalkComparison = try #require(try await comparisons.compare(walk))
            #expect(comparison.sides.map(\.walk.handle) == ["gare-2", "gare-1"])
            #expect(comparison.sides.map { $0.analysis.stops[1]?.problems } == [0, 1])
            #expect(comparison.sides.map { $0.analysis.themes["light"]?.strengths } == [1, 0])
            #expect(comparison.sides.map { $0.observations.map(\.words) } == [["Éclairé"], ["Sombre"]])
            #expect(comparison.themes.map(\.key) == ["light", "upkeep", "signs"])
            #expect(try await comparisons.compare(try #require(try await walks.find("gare-1"))) == nil)
            try await pool.execute("test.hide", "UPDATE walk SET published_at = NULL WHERE id = \(before.id)")
            #expect(try await comparisons.compare(walk) == nil)
        }
    }
}
