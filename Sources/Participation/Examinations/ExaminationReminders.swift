public import Logging
public import Postgres
public import ServiceLifecycle

/// Tells services, once for each file, that its last day is over and their opinion is awaited.
public struct ExaminationReminders: Service {
    private let pool: Pool
    private let zone: String
    private let logger: Logger
    private let notices: ExaminerNotices

    /// Reminders with the words of the correspondent; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String, logger: Logger, correspondent: any ExaminerCorrespondent) {
        self.pool = pool
        self.zone = zone
        self.logger = logger
        notices = ExaminerNotices(correspondent: correspondent)
    }

    /// Looks every hour until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(3600), logger, "No service could be reminded of its files") {
            try await remind()
        }
    }

    /// Writes the letters that are due, one to each reader. Returns how many files they are about.
    @discardableResult
    public func remind() async throws -> Int {
        try await pool.transaction("examination.remind") { transaction in
            let rows: [Row] = try await transaction.query(
                "examination.overdue",
                """
                UPDATE assignment SET reminded_at = now()
                FROM examination JOIN proposal ON proposal.id = examination.proposal_id
                WHERE examination.id = assignment.examination_id AND proposal.status = 'in_examination'
                  AND assignment.withdrawn_at IS NULL AND assignment.reminded_at IS NULL
                  AND assignment.due_on < (clock_timestamp() AT TIME ZONE \(zone))::date
                  AND NOT EXISTS (SELECT FROM verdict WHERE verdict.examination_id = examination.id)
                  AND NOT EXISTS (SELECT FROM opinion WHERE opinion.examination_id = examination.id
                                  AND opinion.service_id = assignment.service_id)
                RETURNING assignment.id
                """)
            try await notices.tell(.overdue, of: try rows.map { ID(try $0.get("id")) }, in: transaction)
            return rows.count
        }
    }
}
