import Postgres

/// Who may open the file of a proposal: agents of its process, all; examiners, those that a service of theirs was asked
/// about. Whoever may not, learns no more than when there is none.
enum FileAccess {
    /// The roles that a file is for.
    static let roles: [Role] = [.participationAgent, .examiner]

    /// The services in whose name the actor reads: nil for all of the process.
    static func services(
        of actor: Actor, in process: ID<Process>, _ executor: some Executor
    ) async throws -> [ID<ExaminingService>]? {
        try await Authority.require(roles, of: actor, process: process, in: executor)
        guard case .official(let account, .examiner) = actor else { return nil }
        return try await executor.query(
            "service.mine",
            """
            SELECT service.id FROM service JOIN service_member ON service_member.service_id = service.id
            WHERE service.process_id = \(process) AND service_member.account_id = \(account)
              AND service.retired_at IS NULL
            """
        ).map { ID(try $0.get("id")) }
    }

    /// The condition on `proposal` that leaves those that the services were asked about.
    static func reach(of services: [ID<ExaminingService>]?) -> SQL {
        """
        (\(services)::uuid[] IS NULL OR EXISTS (
            SELECT FROM examination JOIN assignment ON assignment.examination_id = examination.id
            WHERE examination.proposal_id = proposal.id AND assignment.withdrawn_at IS NULL
              AND assignment.service_id = ANY (\(services)::uuid[])))
        """
    }

    /// The proposal of that number, held by this transaction until its end.
    ///
    /// - Throws: `NotAllowed` also when there is no such proposal in the process.
    static func lock(
        _ number: Int64, of process: ID<Process>, by actor: Actor, _ allowed: [Role] = roles,
        in transaction: some Executor
    ) async throws -> LockedFile {
        if let role = actor.role, !allowed.contains(role) { throw NotAllowed(roles: allowed) }
        let services: [ID<ExaminingService>]? = try await services(of: actor, in: process, transaction)
        let row: Row? = try await transaction.one(
            "file.lock",
            """
            SELECT \(sql: Proposal.columns) FROM proposal
            WHERE proposal.number = \(number) AND proposal.process_id = \(process)
              AND proposal.published_at IS NOT NULL AND \(sql: reach(of: services))
            FOR UPDATE
            """)
        guard let row else { throw NotAllowed(roles: allowed) }
        return try await LockedFile(proposal: Proposal(row: row), services: services, in: transaction)
    }
}

/// A proposal held by a transaction, with the latest look at it.
struct LockedFile: Sendable {
    let proposal: Proposal
    /// The services in whose name the actor writes; nil for all.
    let services: [ID<ExaminingService>]?
    /// The latest examination and what became of it.
    let examination: ID<Examination>?, round: Int
    let isDecided: Bool, isPublished: Bool, isAsked: Bool
    let outcome: Verdict.Outcome?

    init(proposal: Proposal, services: [ID<ExaminingService>]?, in transaction: some Executor) async throws {
        self.proposal = proposal
        self.services = services
        let row: Row? = try await transaction.one(
            "file.latest",
            """
            SELECT examination.id, examination.round, verdict.outcome, verdict.decided_at IS NOT NULL AS decided,
                   verdict.published_at IS NOT NULL AS published, adaptation_request.asked_at IS NOT NULL AS asked
            FROM examination LEFT JOIN verdict ON verdict.examination_id = examination.id
            LEFT JOIN adaptation_request ON adaptation_request.examination_id = examination.id
            WHERE examination.proposal_id = \(proposal.id) ORDER BY examination.round DESC LIMIT 1
            """)
        examination = try row.map { ID(try $0.get("id")) }
        round = try row.map { Int(try $0.get("round", as: Int32.self)) } ?? 0
        outcome = try row?.get("outcome", as: String?.self).flatMap(Verdict.Outcome.init)
        isDecided = try row?.get("decided") ?? false
        isPublished = try row?.get("published") ?? false
        isAsked = try row?.get("asked") ?? false
    }

    /// The examination that is going on.
    ///
    /// - Throws: `ExaminationRefusal.notInExamination`; `.alreadyDecided` once the city's answer is written.
    func going() throws(ExaminationRefusal) -> ID<Examination> {
        guard proposal.status == .inExamination, let examination else { throw .notInExamination }
        guard !isDecided else { throw .alreadyDecided }
        return examination
    }
}
