import Foundation
import Postgres

/// An observation that a service has: what was seen, and where its answer stands.
public struct AwaitedAnswer: Sendable {
    /// Where it stands.
    public enum Stage: String, Sendable, CaseIterable {
        /// The service has not answered.
        case waiting
        /// An answer waits for an agent to publish it.
        case written
        /// Something was promised, and its day is not over.
        case promised
        /// What was promised should be done by now.
        case late
        /// There is nothing more to do.
        case settled
    }

    /// What was seen.
    public let observation: Observation
    /// The walk, by its handle and its title.
    public let walkHandle: String, walkTitle: Texts
    /// The number of the stop and its title.
    public let stopNumber: Int?, stopTitle: Texts
    /// The service, and its name.
    public let service: ID<ExaminingService>, serviceName: Texts
    /// Where it stands.
    public let stage: Stage
    /// The last day for the answer, or the day that was promised; nil once there is none.
    public let due: Day?
    /// By how many days that is over; 0 or less when it is not.
    public let daysLate: Int
    /// What becomes of it, once an answer is published.
    public let followUp: FollowUp.Status?

    init(row: Row) throws {
        observation = try Observation(row: row)
        walkHandle = try row.get("handle")
        walkTitle = try Texts(json: row.get("walk_title"))
        stopNumber = try row.get("stop_number", as: Int32?.self).map(Int.init)
        stopTitle = try row.get("stop_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        service = try row.get("service_id")
        serviceName = try Texts(json: row.get("service_name"))
        // The statement gives no other word.
        stage = Stage(rawValue: try row.get("stage"))!
        due = try row.day("due")
        daysLate = Int(try row.get("late", as: Int32?.self) ?? 0)
        followUp = try row.get("follow_up", as: String?.self).flatMap(FollowUp.Status.init)
    }
}

extension ServiceAnswers {
    /// What a reader of the list asks for.
    public struct Filter: Sendable, Hashable {
        /// Where it stands; nil for everything that is not settled.
        public var stage: AwaitedAnswer.Stage?
        /// One service.
        public var service: ID<ExaminingService>?
        /// Whose answer, or whose promise, is overdue.
        public var overdue: Bool

        /// All that is not settled, unless something is asked for.
        public init(
            stage: AwaitedAnswer.Stage? = nil, service: ID<ExaminingService>? = nil, overdue: Bool = false
        ) {
            self.stage = stage
            self.service = service
            self.overdue = overdue
        }
    }

    /// What waits for the services of a process over all its walks, the first day first: agents see all, examiners what
    /// their services have.
    ///
    /// - Parameter last: the day and the observation that a page ended with.
    /// - Throws: `NotAllowed` unless the actor is an agent or an examiner of the process.
    public func awaited(
        _ filter: Filter, of process: ID<Process>, after last: (day: Day?, id: ID<Observation>)? = nil,
        limit: Int = 50, by actor: Actor
    ) async throws -> [AwaitedAnswer] {
        let mine: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        return try await pool.query(
            "answer.awaited",
            """
            WITH line AS (\(sql: lines(of: process, mine)))
            SELECT \(sql: Observation.columns), line.handle, line.walk_title, line.stop_number, line.stop_title,
                   line.service_id, line.service_name, line.stage, line.due::text AS due, line.late, line.follow_up
            FROM line JOIN observation ON observation.id = line.id
            WHERE (\(filter.stage?.rawValue)::text IS NULL AND line.stage <> 'settled'
                   OR line.stage = \(filter.stage?.rawValue))
              AND (\(filter.service)::uuid IS NULL OR line.service_id = \(filter.service))
              AND (NOT \(filter.overdue) OR line.late > 0)
              AND (\(last?.id)::uuid IS NULL OR (coalesce(line.due, 'infinity'), line.id)
                   > (\(last?.day?.description ?? "infinity")::text::date, \(last?.id)::uuid))
            ORDER BY coalesce(line.due, 'infinity'), line.id LIMIT \(limit)
            """
        ).map(AwaitedAnswer.init(row:))
    }

    /// How many are where, and how many are overdue.
    public struct Load: Sendable {
        /// By stage.
        public let stages: [AwaitedAnswer.Stage: Int]
        /// Those whose answer or promise is overdue.
        public let overdue: Int
    }

    /// The counts of the same list.
    ///
    /// - Throws: as ``awaited(_:of:after:limit:by:)``.
    public func load(of process: ID<Process>, by actor: Actor) async throws -> Load {
        let mine: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        let rows: [Row] = try await pool.query(
            "answer.load",
            """
            SELECT line.stage, count(*) AS count, count(*) FILTER (WHERE line.late > 0) AS overdue
            FROM (\(sql: lines(of: process, mine))) AS line GROUP BY line.stage
            """)
        return Load(
            stages: Dictionary(
                uniqueKeysWithValues: try rows.map { row in
                    (AwaitedAnswer.Stage(rawValue: try row.get("stage"))!, Int(try row.get("count", as: Int64.self)))
                }), overdue: try rows.reduce(0) { $0 + Int(try $1.get("overdue", as: Int64.self)) })
    }

    /// One observation that a service has, with its answers; nil unless the actor may answer it.
    public func file(
        _ id: ID<Observation>, of process: ID<Process>, by actor: Actor
    ) async throws -> (line: AwaitedAnswer, answers: [ServiceAnswer], photos: [WalkPhoto])? {
        let mine: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        let answers: [[Row]] = try await pool.pipeline([
            (
                "answer.line",
                """
                WITH line AS (\(sql: lines(of: process, mine)))
                SELECT \(sql: Observation.columns), line.handle, line.walk_title, line.stop_number, line.stop_title,
                       line.service_id, line.service_name, line.stage, line.due::text AS due, line.late, line.follow_up
                FROM line JOIN observation ON observation.id = line.id WHERE line.id = \(id)
                """
            ),
            ("observation.answers", ServiceAnswer.selection(where: "observation_answer.observation_id = \(id)")),
            (
                "observation.photos",
                """
                SELECT \(sql: WalkPhoto.columns) FROM \(sql: WalkPhoto.tables)
                WHERE observation_photo.observation_id = \(id)
                ORDER BY observation_photo.position
                """
            ),
        ])
        guard let row = answers[0].first else { return nil }
        return (
            try AwaitedAnswer(row: row), try answers[1].map(ServiceAnswer.init(row:)),
            try answers[2].map(WalkPhoto.init(row:))
        )
    }

    /// One row for each observation that a service has.
    private func lines(of process: ID<Process>, _ services: [ID<ExaminingService>]?) -> SQL {
        """
        SELECT placed.id, placed.handle, placed.walk_title, placed.stop_number, placed.stop_title, placed.service_id,
               placed.service_name, placed.follow_up, placed.stage, placed.due,
               CASE WHEN placed.stage = 'settled' THEN NULL ELSE today.day - placed.due END AS late
        FROM (
            SELECT observation.id, walk.handle, walk.title::text AS walk_title, stop.number AS stop_number,
                   stop.title::text AS stop_title, service.id AS service_id, service.name::text AS service_name,
                   observation.follow_up,
                   CASE WHEN draft.id IS NOT NULL THEN 'written' WHEN observation.follow_up IS NULL THEN 'waiting'
                        WHEN observation.follow_up IN ('done', 'refused') THEN 'settled'
                        WHEN observation.due_on < (clock_timestamp() AT TIME ZONE \(zone))::date THEN 'late'
                        ELSE 'promised' END AS stage,
                   CASE WHEN observation.follow_up IS NULL THEN assignment.due_on ELSE observation.due_on END AS due
            FROM observation_assignment AS assignment
            JOIN observation ON observation.id = assignment.observation_id AND observation.state = 'published'
            JOIN walk ON walk.id = observation.walk_id
            JOIN service ON service.id = assignment.service_id
            LEFT JOIN stop ON stop.id = observation.stop_id
            LEFT JOIN observation_answer AS draft
                ON draft.observation_id = observation.id AND draft.published_at IS NULL
                AND draft.service_id = assignment.service_id
            WHERE walk.process_id = \(process) AND assignment.withdrawn_at IS NULL
              AND (\(services)::uuid[] IS NULL OR assignment.service_id = ANY (\(services)::uuid[]))
        ) AS placed CROSS JOIN (SELECT (clock_timestamp() AT TIME ZONE \(zone))::date AS day) AS today
        """
    }
}
