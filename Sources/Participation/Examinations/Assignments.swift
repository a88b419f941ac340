import Foundation
public import Postgres

/// Files given to services, one by one or many at once, and taken back.
public struct Assignments: Sendable {
    /// What giving files to services would do.
    public struct Plan: Sendable {
        /// One proposal that was chosen.
        public struct Line: Sendable {
            /// The proposal.
            public let number: Int64, title: String, language: Language, status: Proposal.Status
            /// Whether its examination would begin with this act, and its authors be told.
            public let begins: Bool
            /// Whether it can be given at all: it was received or is being examined, and has not been answered.
            public let isOpen: Bool
            /// The services that have it already.
            public let services: [ID<ExaminingService>]
        }

        /// The proposals that were chosen, by number; those that the process does not have are left out.
        public let lines: [Line]
    }

    /// What giving files to services did.
    public struct Outcome: Sendable {
        /// What the act can be undone by.
        public let batch: ID<Assignments>
        /// How many assignments there are more than before.
        public let count: Int
    }

    let pool: Pool
    let zone: String
    let authors: ProposalNotices
    let examiners: ExaminerNotices

    /// Assignments kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String, correspondent: any ProposalCorrespondent & ExaminerCorrespondent) {
        self.pool = pool
        self.zone = zone
        authors = ProposalNotices(correspondent: correspondent)
        examiners = ExaminerNotices(correspondent: correspondent)
    }

    /// What ``assign(_:to:due:of:by:)`` would find.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func plan(_ numbers: [Int64], of process: ID<Process>, by actor: Actor) async throws -> Plan {
        try await Authority.require([.participationAgent], of: actor, process: process, in: pool)
        return try await Self.plan(numbers, of: process, in: pool)
    }

    /// Gives the proposals to the services, until the end of a day. Examinations that have not begun begin, and their
    /// authors are told; the services are told. What a service has already is left as it is, and a proposal that
    /// cannot be examined is passed over.
    ///
    /// - Throws: `ExaminationRefusal.noService`, `.nothingChosen`, `.dueInThePast`; `NotAllowed` unless the actor is an
    ///   agent of the process and the services are its own.
    @discardableResult
    public func assign(
        _ numbers: [Int64], to services: [ID<ExaminingService>], due: Day, of process: ID<Process>, by actor: Actor
    ) async throws -> Outcome {
        guard !services.isEmpty else { throw ExaminationRefusal.noService }
        let batch = ID<Assignments>()
        return try await pool.transaction("files.assign") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            try await check(services, due: due, of: process, in: transaction)
            try await transaction.execute(
                "files.lock",
                """
                SELECT id FROM proposal WHERE process_id = \(process) AND number = ANY (\(numbers))
                ORDER BY id FOR UPDATE
                """)
            let open: [Plan.Line] = try await Self.plan(numbers, of: process, in: transaction).lines.filter(\.isOpen)
            guard !open.isEmpty else { throw ExaminationRefusal.nothingChosen }
            let begun: [ID<Proposal>] = try await Examinations.begin(
                open.filter(\.begins).map(\.number), of: process, by: actor, in: transaction)
            let given: [Row] = try await Self.insert(
                open.map(\.number), services, due: due, of: process, batch: batch, in: transaction)
            let proposals: [ID<Proposal>] = try given.map { ID(try $0.get("proposal_id")) }
            try await Acts.recordEach(
                "file_assigned", by: actor, on: "proposal", Array(Set(proposals)),
                detail: ["batch": batch.description], in: transaction)
            try await authors.tell(
                .authors, of: Dictionary(uniqueKeysWithValues: begun.map { ($0, .examinationOpened) }), by: actor,
                in: transaction)
            try await examiners.tell(
                .assigned, of: try given.map { ID(try $0.get("id")) }, in: transaction)
            return Outcome(batch: batch, count: given.count)
        }
    }

    /// Takes back the assignments of one act, as far as no opinion has been given on them. The examinations that began
    /// with it go on: their authors have been told.
    ///
    /// - Returns: how many were taken back.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func undo(_ batch: ID<Assignments>, of process: ID<Process>, by actor: Actor) async throws -> Int {
        try await withdraw("assignment.batch_id = \(batch)", of: process, by: actor)
    }

    /// Takes a file back from a service that has given no opinion on it.
    ///
    /// - Returns: whether it was taken back.
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func withdraw(_ assignment: ID<Assignment>, of process: ID<Process>, by actor: Actor) async throws -> Bool {
        try await withdraw("assignment.id = \(assignment)", of: process, by: actor) == 1
    }

    // MARK: Parts

    private func check(
        _ services: [ID<ExaminingService>], due: Day, of process: ID<Process>, in transaction: Transaction
    ) async throws {
        let row: Row? = try await transaction.one(
            "files.check",
            """
            SELECT \(due.description)::text::date < (clock_timestamp() AT TIME ZONE \(zone))::date AS past,
                   (SELECT count(*) FROM service WHERE process_id = \(process) AND retired_at IS NULL
                    AND id = ANY (\(services))) AS known
            """)
        guard let row, try row.get("known", as: Int64.self) == Set(services).count else {
            throw NotAllowed(roles: [.participationAgent])
        }
        guard try !row.get("past", as: Bool.self) else { throw ExaminationRefusal.dueInThePast }
    }

    private static func plan(
        _ numbers: [Int64], of process: ID<Process>, in executor: some Executor
    ) async throws -> Plan {
        let rows: [Row] = try await executor.query(
            "files.plan",
            """
            SELECT proposal.number, proposal.title, proposal.language, proposal.status,
                   proposal.status = 'received' AS begins,
                   proposal.status = 'received' OR proposal.status = 'in_examination'
                       AND NOT EXISTS (SELECT FROM verdict WHERE verdict.examination_id = latest.id) AS open,
                   ARRAY(SELECT assignment.service_id FROM assignment
                         WHERE assignment.examination_id = latest.id AND assignment.withdrawn_at IS NULL) AS services
            FROM proposal LEFT JOIN LATERAL (
                SELECT id FROM examination WHERE examination.proposal_id = proposal.id ORDER BY round DESC LIMIT 1
            ) AS latest ON true
            WHERE proposal.process_id = \(process) AND proposal.number = ANY (\(numbers))
              AND proposal.published_at IS NOT NULL
            ORDER BY proposal.number
            """)
        return Plan(
            lines: try rows.map { row in
                Plan.Line(
                    number: try row.get("number"), title: try row.get("title"),
                    // The schema's checks leave no other words.
                    language: Language(rawValue: try row.get("language"))!,
                    status: Proposal.Status(rawValue: try row.get("status"))!, begins: try row.get("begins"),
                    isOpen: try row.get("open"),
                    services: try row.get("services", as: [UUID].self).map { ID($0) })
            })
    }

    private static func insert(
        _ numbers: [Int64], _ services: [ID<ExaminingService>], due: Day, of process: ID<Process>,
        batch: ID<Assignments>, in transaction: Transaction
    ) async throws -> [Row] {
        let pairs: [(Int64, ID<ExaminingService>)] = numbers.flatMap { number in services.map { (number, $0) } }
        return try await transaction.query(
            "assignment.insert",
            """
            WITH given AS (
                INSERT INTO assignment (id, examination_id, service_id, batch_id, due_on)
                SELECT pair.id, latest.id, pair.service, \(batch), \(due.description)::text::date
                FROM unnest(\(pairs.map { _ in ID<Assignment>() }), \(pairs.map(\.0)), \(pairs.map(\.1)))
                    AS pair (id, number, service)
                JOIN proposal ON proposal.number = pair.number AND proposal.process_id = \(process), LATERAL (
                    SELECT id FROM examination WHERE examination.proposal_id = proposal.id ORDER BY round DESC LIMIT 1
                ) AS latest
                ON CONFLICT DO NOTHING
                RETURNING id, examination_id
            )
            SELECT given.id, examination.proposal_id FROM given JOIN examination ON examination.id = given.examination_id
            """)
    }

    private func withdraw(_ condition: SQL, of process: ID<Process>, by actor: Actor) async throws -> Int {
        try await pool.transaction("files.withdraw") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            // The proposals are held first, as everywhere: an opinion that is being given is waited for.
            try await transaction.execute(
                "files.hold",
                """
                SELECT proposal.id FROM proposal WHERE proposal.id IN (
                    SELECT examination.proposal_id FROM assignment
                    JOIN examination ON examination.id = assignment.examination_id WHERE \(sql: condition))
                ORDER BY proposal.id FOR UPDATE
                """)
            let rows: [Row] = try await transaction.query(
                "assignment.withdraw",
                """
                UPDATE assignment SET withdrawn_at = clock_timestamp()
                FROM examination JOIN proposal ON proposal.id = examination.proposal_id
                WHERE examination.id = assignment.examination_id AND proposal.process_id = \(process)
                  AND assignment.withdrawn_at IS NULL AND \(sql: condition)
                  AND NOT EXISTS (SELECT FROM opinion WHERE opinion.examination_id = examination.id
                                  AND opinion.service_id = assignment.service_id)
                RETURNING proposal.id
                """)
            let proposals: [ID<Proposal>] = try rows.map { ID(try $0.get("id")) }
            try await Acts.recordEach(
                "file_taken_back", by: actor, on: "proposal", Array(Set(proposals)), in: transaction)
            return rows.count
        }
    }
}
