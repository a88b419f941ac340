public import Logging
public import Postgres
public import ServiceLifecycle

/// Tells services, once for each observation, that the last day for their answer is over.
public struct AnswerReminders: Service {
    private let pool: Pool
    private let zone: String
    private let logger: Logger
    private let notices: ServiceNotices

    /// Reminders with the words of the correspondent; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String, logger: Logger, correspondent: any ServiceCorrespondent) {
        self.pool = pool
        self.zone = zone
        self.logger = logger
        notices = ServiceNotices(correspondent: correspondent)
    }

    /// Looks every hour until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(3600), logger, "No service could be reminded of its observations") {
            try await remind()
        }
    }

    /// Writes the letters that are due, one to each reader. Returns how many observations they are about.
    @discardableResult
    public func remind() async throws -> Int {
        try await pool.transaction("answer.remind") { transaction in
            let rows: [Row] = try await transaction.query(
                "answer.overdue",
                """
                UPDATE observation_assignment SET reminded_at = now()
                FROM observation
                WHERE observation.id = observation_assignment.observation_id AND observation.state = 'published'
                  AND observation.follow_up IS NULL AND observation_assignment.withdrawn_at IS NULL
                  AND observation_assignment.reminded_at IS NULL
                  AND observation_assignment.due_on < (clock_timestamp() AT TIME ZONE \(zone))::date
                  AND NOT EXISTS (SELECT FROM observation_answer
                                  WHERE observation_answer.observation_id = observation.id
                                    AND observation_answer.service_id = observation_assignment.service_id)
                RETURNING observation_assignment.id
                """)
            try await notices.tell(.overdue, of: try rows.map { ID(try $0.get("id")) }, in: transaction)
            return rows.count
        }
    }
}
