import Foundation
public import Postgres

/// Reports of walks: written by agents, published in versions.
public struct WalkReports: Sendable {
    let pool: Pool

    /// The reports kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// How long one text may be, in characters.
    public static let textLimit = 20_000
    /// How long a line may be.
    public static let lineLimit = 200

    // MARK: Reading

    /// The report of a walk as it is being written; an empty one where nobody has begun.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the walk's process.
    public func report(of walk: ID<Walk>, by actor: Actor) async throws -> WalkReport {
        try await Walks.require(walk, by: actor, in: pool)
        return try await Self.load(walk, in: pool)
    }

    /// The versions of a report, the last one first.
    public func versions(of walk: ID<Walk>) async throws -> [ReportVersion] {
        try await Self.versions(of: walk, in: pool)
    }

    static func versions(of walk: ID<Walk>, in executor: some Executor) async throws -> [ReportVersion] {
        try await executor.query(
            "walk_report.versions",
            """
            SELECT walk_report_version.number, walk_report_version.published_at
            FROM walk_report_version JOIN walk ON walk.id = walk_report_version.walk_id
            WHERE walk_report_version.walk_id = \(walk) AND walk.published_at IS NOT NULL
            ORDER BY walk_report_version.number DESC
            """
        ).map {
            ReportVersion(number: Int(try $0.get("number", as: Int32.self)), publishedAt: try $0.get("published_at"))
        }
    }

    static func load(_ walk: ID<Walk>, in executor: some Executor) async throws -> WalkReport {
        let answers: [[Row]] = try await executor.pipeline([
            (
                "walk_report.find",
                """
                SELECT revision, commissioner::text AS commissioner, weather::text AS weather, started_at, ended_at, length,
                       absent_services::text AS absent_services, introduction::text AS introduction, return_at,
                       return_place::text AS return_place, changed_at
                FROM walk_report WHERE walk_id = \(walk)
                """
            ),
            (
                "walk_report.sections",
                """
                SELECT walk_report_section.id, walk_report_section.kind, walk_theme.key,
                       walk_report_section.title::text AS title, walk_report_section.words::text AS words
                FROM walk_report_section LEFT JOIN walk_theme ON walk_theme.id = walk_report_section.theme_id
                WHERE walk_report_section.walk_id = \(walk) ORDER BY walk_report_section.position
                """
            ),
            (
                "walk_report.recommendations",
                """
                SELECT recommendation.id, recommendation.horizon, recommendation.owner, recommendation.owner_name,
                       recommendation.title::text AS title, recommendation.words::text AS words,
                       ARRAY(SELECT observation.number::bigint
                             FROM recommendation_observation
                             JOIN observation ON observation.id = recommendation_observation.observation_id
                             WHERE recommendation_observation.recommendation_id = recommendation.id
                               AND observation.state = 'published'
                             ORDER BY observation.number) AS observations
                FROM recommendation WHERE recommendation.walk_id = \(walk) ORDER BY recommendation.position
                """
            ),
        ])
        let versions: [ReportVersion] = try await versions(of: walk, in: executor)
        let row: Row? = answers[0].first
        let changed: Date? = try row?.get("changed_at")
        return WalkReport(
            revision: try row.map { Int(try $0.get("revision", as: Int32.self)) } ?? 0,
            facts: try row.map(WalkReportFacts.init(row:)) ?? WalkReportFacts(),
            sections: try answers[1].map { row in
                (
                    try row.get("id"),
                    ReportSection(
                        // The schema's check leaves no other word.
                        kind: ReportSection.Kind(rawValue: try row.get("kind"))!, theme: try row.get("key"),
                        title: try Texts(json: row.get("title")), words: try Texts(json: row.get("words")))
                )
            },
            recommendations: try answers[2].map { row in (try row.get("id"), try Recommendation(row: row)) },
            versions: versions,
            isChanged: changed.map { changed in versions.first.map { changed > $0.publishedAt } ?? true } ?? false)
    }

    // MARK: Parts of acts

    /// One change of a report: the walk held, its report begun where it is the first, the revision checked and counted. The
    /// body records its act.
    @discardableResult
    func change<T: Sendable>(
        _ walk: ID<Walk>, from revision: Int?, by actor: Actor,
        _ body: @Sendable (Transaction, Walk) async throws -> T
    ) async throws -> T {
        try await pool.transaction("walk_report.change") { transaction in
            let found: Walk = try await Walks.lock(walk, by: actor, in: transaction)
            try await transaction.execute(
                "walk_report.begin",
                "INSERT INTO walk_report (walk_id, revision) VALUES (\(walk), 0) ON CONFLICT DO NOTHING")
            let count: Int = try await transaction.execute(
                "walk_report.touch",
                """
                UPDATE walk_report SET revision = revision + 1, changed_at = clock_timestamp()
                WHERE walk_id = \(walk) AND (\(revision)::bigint IS NULL OR revision = \(revision))
                """)
            guard count == 1 else { throw WalkReportRefusal.changedMeanwhile }
            return try await body(transaction, found)
        }
    }

    static func check(_ texts: Texts, _ field: String, limit: Int) throws(WalkReportRefusal) {
        if texts.byLanguage.values.contains(where: { $0.count > limit }) {
            throw .tooLong(field: field, limit: limit)
        }
    }
}

extension WalkReportFacts {
    init(row: Row) throws {
        self.init(
            commissioner: try Texts(json: row.get("commissioner")), weather: try Texts(json: row.get("weather")),
            startedAt: try row.get("started_at"), endedAt: try row.get("ended_at"),
            length: try row.get("length", as: Int32?.self).map(Int.init),
            absentServices: try Texts(json: row.get("absent_services")),
            introduction: try Texts(json: row.get("introduction")), returnAt: try row.get("return_at"),
            returnPlace: try Texts(json: row.get("return_place")))
    }
}

extension Recommendation {
    init(row: Row) throws {
        self.init(
            // The schema's checks leave no other words.
            horizon: Horizon(rawValue: try row.get("horizon"))!,
            owner: RecommendationOwner(rawValue: try row.get("owner"))!, ownerName: try row.get("owner_name"),
            title: try Texts(json: row.get("title")), words: try Texts(json: row.get("words")),
            observations: try row.get("observations", as: [Int64].self).map(Int.init))
    }
}
