import Foundation
import Postgres

extension Examinations {
    /// The examinations of a proposal as everybody may read them, the latest first: what services found and what the city
    /// answers only once the answer is published, notes never.
    public func published(of proposal: ID<Proposal>) async throws -> [Examination] {
        try await Self.load(of: proposal, zone: zone, in: pool).map(\.withoutWhatIsUnpublished)
    }

    /// Every examination of a proposal, the latest first.
    static func load(of proposal: ID<Proposal>, zone: String, in executor: some Executor) async throws -> [Examination]
    {
        let answers: [[Row]] = try await executor.pipeline(statements(of: proposal, zone: zone))
        let assignments = try grouped(answers[1], Assignment.init(row:))
        let checks: [UUID: [Opinion.Check]] = try grouped(answers[3], by: "opinion_id", Opinion.Check.init(row:))
        let costs: [UUID: [CostLine]] = try grouped(answers[4], by: "opinion_id", CostLine.init(row:))
        let opinions: [UUID: [Opinion]] = try grouped(answers[2]) { row in
            let id: UUID = try row.get("id")
            return try Opinion(row: row, answers: checks[id] ?? [], costs: costs[id] ?? [])
        }
        let said = try grouped(answers[5], AuthorAnswer.init(row:))
        return try answers[0].map { row in
            let id: UUID = try row.get("id")
            return Examination(
                id: ID(id), round: Int(try row.get("round", as: Int32.self)), openedAt: try row.get("opened_at"),
                assignments: assignments[id] ?? [], opinions: opinions[id] ?? [],
                request: try AdaptationRequest(row: row), verdict: try Verdict(row: row), answers: said[id] ?? [])
        }
    }

    private static func statements(of proposal: ID<Proposal>, zone: String) -> [(StaticString, SQL)] {
        let mine: SQL = "JOIN examination ON examination.proposal_id = \(proposal)"
        return [
            (
                "examination.list",
                """
                SELECT examination.id, examination.round, examination.opened_at, adaptation_request.asked_at,
                       adaptation_request.words::text AS request, verdict.outcome, verdict.words::text AS words,
                       verdict.cost, verdict.decided_at, verdict.published_at, refusal_reason.title::text AS reason
                FROM examination
                LEFT JOIN adaptation_request ON adaptation_request.examination_id = examination.id
                LEFT JOIN verdict ON verdict.examination_id = examination.id
                LEFT JOIN refusal_reason ON refusal_reason.id = verdict.reason_id
                WHERE examination.proposal_id = \(proposal) ORDER BY examination.round DESC
                """
            ),
            (
                "examination.assignments",
                """
                SELECT assignment.examination_id, assignment.id, assignment.service_id, service.name::text AS service,
                       assignment.due_on::text AS due, assignment.assigned_at,
                       assignment.due_on < (clock_timestamp() AT TIME ZONE \(zone))::date AS overdue
                FROM assignment \(sql: mine) AND examination.id = assignment.examination_id
                JOIN service ON service.id = assignment.service_id
                WHERE assignment.withdrawn_at IS NULL ORDER BY assignment.due_on, assignment.id
                """
            ),
            (
                "examination.opinions",
                """
                SELECT opinion.examination_id, opinion.id, opinion.service_id, service.name::text AS service,
                       coalesce(account.name, '') AS author, opinion.feasibility, opinion.words::text AS words,
                       opinion.given_at
                FROM opinion \(sql: mine) AND examination.id = opinion.examination_id
                JOIN service ON service.id = opinion.service_id
                LEFT JOIN account ON account.id = opinion.account_id
                ORDER BY opinion.given_at DESC, opinion.id DESC
                """
            ),
            (
                "examination.checks",
                """
                SELECT opinion_answer.opinion_id, criterion.id, criterion.title::text AS title, opinion_answer.answer
                FROM opinion_answer JOIN opinion ON opinion.id = opinion_answer.opinion_id
                \(sql: mine) AND examination.id = opinion.examination_id
                JOIN criterion ON criterion.id = opinion_answer.criterion_id ORDER BY criterion.position, criterion.id
                """
            ),
            (
                "examination.costs",
                """
                SELECT cost_line.opinion_id, cost_line.kind, cost_line.label, cost_line.cents
                FROM cost_line JOIN opinion ON opinion.id = cost_line.opinion_id
                \(sql: mine) AND examination.id = opinion.examination_id ORDER BY cost_line.position
                """
            ),
            (
                "examination.answers",
                """
                SELECT author_answer.examination_id, author_answer.cause, account.name AS author, author_answer.words,
                       author_answer.version, author_answer.written_at
                FROM author_answer \(sql: mine) AND examination.id = author_answer.examination_id
                JOIN account ON account.id = author_answer.account_id ORDER BY author_answer.written_at
                """
            ),
        ]
    }

    static func grouped<Value>(
        _ rows: [Row], by column: String = "examination_id", _ read: (Row) throws -> Value
    ) throws -> [UUID: [Value]] {
        var groups: [UUID: [Value]] = [:]
        for row in rows { groups[try row.get(column), default: []].append(try read(row)) }
        return groups
    }
}

extension Examination {
    fileprivate var withoutWhatIsUnpublished: Examination {
        guard verdict?.publishedAt == nil else { return self }
        return Examination(
            id: id, round: round, openedAt: openedAt, assignments: [], opinions: [], request: request, verdict: nil,
            answers: answers)
    }
}

// The schema's checks leave no other words than those of the enumerations.

extension Assignment {
    init(row: Row) throws {
        id = ID(try row.get("id"))
        service = ID(try row.get("service_id"))
        serviceName = try Texts(json: row.get("service"))
        due = Day(try row.get("due"))!
        isOverdue = try row.get("overdue")
        at = try row.get("assigned_at")
    }
}

extension Opinion {
    fileprivate init(row: Row, answers: [Check], costs: [CostLine]) throws {
        id = ID(try row.get("id"))
        service = ID(try row.get("service_id"))
        serviceName = try Texts(json: row.get("service"))
        author = try row.get("author")
        feasibility = Feasibility(rawValue: try row.get("feasibility"))!
        words = try Texts(json: row.get("words"))
        self.answers = answers
        self.costs = costs
        at = try row.get("given_at")
    }
}

extension Opinion.Check {
    fileprivate init(row: Row) throws {
        question = ID(try row.get("id"))
        title = try Texts(json: row.get("title"))
        answer = Opinion.Answer(rawValue: try row.get("answer"))!
    }
}

extension CostLine {
    fileprivate init(row: Row) throws {
        kind = Kind(rawValue: try row.get("kind"))!
        label = try row.get("label")
        cents = try row.get("cents")
    }
}

extension AdaptationRequest {
    fileprivate init?(row: Row) throws {
        guard let at = try row.get("asked_at", as: Date?.self) else { return nil }
        words = try Texts(json: row.get("request"))
        self.at = at
    }
}

extension Verdict {
    fileprivate init?(row: Row) throws {
        guard let decided = try row.get("decided_at", as: Date?.self) else { return nil }
        outcome = Outcome(rawValue: try row.get("outcome"))!
        reason = try row.get("reason", as: String?.self).map { try Texts(json: $0) }
        words = try Texts(json: row.get("words"))
        cost = try row.get("cost")
        decidedAt = decided
        publishedAt = try row.get("published_at")
    }
}

extension AuthorAnswer {
    fileprivate init(row: Row) throws {
        cause = Cause(rawValue: try row.get("cause"))!
        author = try row.get("author")
        words = try row.get("words")
        version = try row.get("version", as: Int32?.self).map { Int($0) }
        at = try row.get("written_at")
    }
}
