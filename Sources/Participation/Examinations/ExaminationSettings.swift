import Foundation
public import Postgres

/// Who examines the proposals of a process, by which questions, and for which reasons they are refused. Agents of the
/// process write them.
///
/// What was used stays readable in the files: a service or a point that is no longer wanted is retired, not deleted.
public struct ExaminationSettings: Sendable {
    /// A list of points of a process.
    public enum List: String, Sendable, CaseIterable {
        /// The questions of the check-list.
        case criterion
        /// The reasons of a refusal.
        case reason = "refusal_reason"
    }

    let pool: Pool

    /// The settings kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Reading

    /// The services of a process, by name, with those who work there.
    public func services(of process: ID<Process>) async throws -> [ExaminingService] {
        let answers: [[Row]] = try await pool.pipeline([
            (
                "service.list",
                """
                SELECT id, name::text AS name, email FROM service
                WHERE process_id = \(process) AND retired_at IS NULL ORDER BY name->>'fr', id
                """
            ),
            (
                "service.members",
                """
                SELECT service_member.service_id, account.id, account.name
                FROM service_member JOIN service ON service.id = service_member.service_id
                JOIN account ON account.id = service_member.account_id
                WHERE service.process_id = \(process) AND account.closed_at IS NULL ORDER BY account.name, account.id
                """
            ),
        ])
        var members: [UUID: [ExaminingService.Member]] = [:]
        for row in answers[1] {
            members[try row.get("service_id"), default: []].append(
                ExaminingService.Member(account: ID(try row.get("id")), name: try row.get("name")))
        }
        return try answers[0].map { row in
            let id: UUID = try row.get("id")
            return ExaminingService(
                id: ID(id), name: try Texts(json: row.get("name")),
                email: try row.get("email", as: String?.self).flatMap(EmailAddress.init), members: members[id] ?? [])
        }
    }

    /// The points of a list, in their order.
    public func points(_ list: List, of process: ID<Process>) async throws -> [ExaminationPoint] {
        try await pool.query(
            "point.list",
            """
            SELECT id, title::text AS title FROM \(sql: list.table)
            WHERE process_id = \(process) AND retired_at IS NULL ORDER BY position, id
            """
        ).map { ExaminationPoint(id: ID(try $0.get("id")), title: try Texts(json: $0.get("title"))) }
    }

    // MARK: Services

    /// Adds a service.
    ///
    /// - Throws: `ExaminationRefusal.nameless`, `.nameTaken`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func addService(
        _ name: Texts, email: EmailAddress?, to process: ID<Process>, by actor: Actor
    ) async throws -> ID<ExaminingService> {
        guard !name.isEmpty else { throw ExaminationRefusal.nameless }
        let id = ID<ExaminingService>()
        return try await refusing {
            try await pool.transaction("service.add") { transaction in
                try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
                try await transaction.execute(
                    "service.insert",
                    """
                    INSERT INTO service (id, process_id, name, email)
                    VALUES (\(id), \(process), \(name.json)::jsonb, \(email?.text))
                    """)
                try await Acts.record("service_added", by: actor, on: "service", id, in: transaction)
                return id
            }
        }
    }

    /// Changes the name and the address of a service.
    ///
    /// - Throws: as ``addService(_:email:to:by:)``; `NotAllowed` also when the process has no such service.
    public func changeService(
        _ id: ID<ExaminingService>, of process: ID<Process>, name: Texts, email: EmailAddress?, by actor: Actor
    ) async throws {
        guard !name.isEmpty else { throw ExaminationRefusal.nameless }
        try await refusing {
            try await pool.transaction("service.change") { transaction in
                try await lock(id, of: process, by: actor, in: transaction)
                try await transaction.execute(
                    "service.update",
                    "UPDATE service SET name = \(name.json)::jsonb, email = \(email?.text) WHERE id = \(id)")
                try await Acts.record("service_changed", by: actor, on: "service", id, in: transaction)
            }
        }
    }

    /// Retires a service that nothing waits for.
    ///
    /// - Throws: `ExaminationRefusal.serviceAtWork`; `NotAllowed` as ``changeService(_:of:name:email:by:)``.
    public func retireService(_ id: ID<ExaminingService>, of process: ID<Process>, by actor: Actor) async throws {
        try await pool.transaction("service.retire") { transaction in
            try await lock(id, of: process, by: actor, in: transaction)
            let retired: Int = try await transaction.execute(
                "service.close",
                """
                UPDATE service SET retired_at = now()
                WHERE id = \(id) AND NOT EXISTS (
                    SELECT FROM assignment
                    WHERE assignment.service_id = service.id AND assignment.withdrawn_at IS NULL
                      AND NOT EXISTS (SELECT FROM verdict WHERE verdict.examination_id = assignment.examination_id)
                      AND NOT EXISTS (SELECT FROM opinion WHERE opinion.examination_id = assignment.examination_id
                                      AND opinion.service_id = service.id))
                """)
            guard retired == 1 else { throw ExaminationRefusal.serviceAtWork }
            try await Acts.record("service_retired", by: actor, on: "service", id, in: transaction)
        }
    }

    /// Adds the account of `email` to a service, and makes it an examiner of the process unless it is one.
    ///
    /// - Throws: `ExaminationRefusal.noAccount`; `NotAllowed` as ``changeService(_:of:name:email:by:)``.
    public func addMember(
        _ email: EmailAddress, to service: ID<ExaminingService>, of process: ID<Process>, by actor: Actor
    ) async throws {
        try await pool.transaction("service.join") { transaction in
            try await lock(service, of: process, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "service.account", "SELECT id FROM account WHERE email = \(email.text) AND closed_at IS NULL")
            guard let row else { throw ExaminationRefusal.noAccount }
            let account: ID<Account> = ID(try row.get("id", as: UUID.self))
            let isExaminer: Bool = try await Roles.holds(
                .examiner, account: account, process: process, in: transaction)
            if !isExaminer {
                let held = HeldRole(.examiner, for: .process(process))
                try await Roles.give(held, to: account, by: actor, in: transaction)
            }
            let added: Int = try await transaction.execute(
                "service_member.insert",
                """
                INSERT INTO service_member (service_id, account_id) VALUES (\(service), \(account))
                ON CONFLICT DO NOTHING
                """)
            guard added == 1 else { return }
            try await Acts.record(
                "service_member_added", by: actor, on: "account", account,
                detail: ["service": service.description], in: transaction)
        }
    }

    /// Takes an account from a service; from this moment on it reads none of its files.
    public func removeMember(
        _ account: ID<Account>, from service: ID<ExaminingService>, of process: ID<Process>, by actor: Actor
    ) async throws {
        try await pool.transaction("service.leave") { transaction in
            try await lock(service, of: process, by: actor, in: transaction)
            let removed: Int = try await transaction.execute(
                "service_member.delete",
                "DELETE FROM service_member WHERE service_id = \(service) AND account_id = \(account)")
            guard removed == 1 else { return }
            try await Acts.record(
                "service_member_removed", by: actor, on: "account", account,
                detail: ["service": service.description], in: transaction)
        }
    }

    // MARK: Points

    /// Adds a point at the end of a list.
    ///
    /// - Throws: `ExaminationRefusal.nameless`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func add(
        _ title: Texts, to list: List, of process: ID<Process>, by actor: Actor
    ) async throws -> ID<ExaminationPoint> {
        guard !title.isEmpty else { throw ExaminationRefusal.nameless }
        let id = ID<ExaminationPoint>()
        return try await pool.transaction("point.add") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            try await transaction.execute(
                "point.insert",
                """
                INSERT INTO \(sql: list.table) (id, process_id, title, position)
                SELECT \(id)::uuid, \(process)::uuid, \(title.json)::jsonb, coalesce(max(position), 0) + 1
                FROM \(sql: list.table) WHERE process_id = \(process)
                """)
            try await Acts.record(
                "examination_point_added", by: actor, on: "process", process, detail: ["list": list.rawValue],
                in: transaction)
            return id
        }
    }

    /// Retires a point; opinions and answers that name it keep it.
    public func retire(
        _ point: ID<ExaminationPoint>, from list: List, of process: ID<Process>, by actor: Actor
    ) async throws {
        try await pool.transaction("point.retire") { transaction in
            try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
            let retired: Int = try await transaction.execute(
                "point.close",
                """
                UPDATE \(sql: list.table) SET retired_at = now()
                WHERE id = \(point) AND process_id = \(process) AND retired_at IS NULL
                """)
            guard retired == 1 else { return }
            try await Acts.record(
                "examination_point_retired", by: actor, on: "process", process, detail: ["list": list.rawValue],
                in: transaction)
        }
    }

    // MARK: Parts

    private func lock(
        _ service: ID<ExaminingService>, of process: ID<Process>, by actor: Actor, in transaction: Transaction
    ) async throws {
        try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
        let row: Row? = try await transaction.one(
            "service.lock",
            """
            SELECT 1 AS found FROM service
            WHERE id = \(service) AND process_id = \(process) AND retired_at IS NULL FOR UPDATE
            """)
        guard row != nil else { throw NotAllowed(roles: [.participationAgent]) }
    }

    private func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PostgresError where error.constraint == "service_name_once" {
            throw ExaminationRefusal.nameTaken
        }
    }
}

extension ExaminationSettings.List {
    fileprivate var table: SQL { .identifier(rawValue) }
}
