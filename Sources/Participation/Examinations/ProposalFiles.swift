import Foundation
public import Postgres

/// The files of a process's proposals, as staff read them: agents all, examiners those of their services.
public struct ProposalFiles: Sendable {
    let pool: Pool
    let zone: String

    /// The files kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// The file of the proposal of that number, with everything that staff know of it.
    ///
    /// - Throws: `NotAllowed` when there is none that the actor may open.
    public func open(_ number: Int64, of process: ID<Process>, by actor: Actor) async throws -> ProposalFile {
        let services: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        let row: Row? = try await pool.one(
            "file.find",
            """
            SELECT \(sql: Proposal.columns), proposal_call.currency, district.name::text AS district,
                   theme.title::text AS theme,
                   ARRAY(SELECT coalesce(proposal_author.name, account.name) FROM proposal_author
                         LEFT JOIN account ON account.id = proposal_author.account_id
                         WHERE proposal_author.proposal_id = proposal.id ORDER BY proposal_author.place) AS authors
            FROM proposal JOIN proposal_call ON proposal_call.process_id = proposal.process_id
            LEFT JOIN district ON district.code = proposal.district_code
            LEFT JOIN theme ON theme.id = proposal.theme_id
            WHERE proposal.number = \(number) AND proposal.process_id = \(process)
              AND proposal.published_at IS NOT NULL AND \(sql: FileAccess.reach(of: services))
            """)
        guard let row else { throw NotAllowed(roles: FileAccess.roles) }
        let proposal = try Proposal(row: row)
        let notes: [UUID: [InternalNote]] = try Examinations.grouped(
            await pool.query(
                "file.notes",
                """
                SELECT internal_note.examination_id, account.name, internal_note.words, internal_note.written_at
                FROM internal_note JOIN examination ON examination.id = internal_note.examination_id
                JOIN account ON account.id = internal_note.account_id
                WHERE examination.proposal_id = \(proposal.id) ORDER BY internal_note.id
                """)
        ) { row in
            InternalNote(author: try row.get("name"), words: try row.get("words"), at: try row.get("written_at"))
        }
        return ProposalFile(
            proposal: proposal, services: services, currency: try row.get("currency"),
            district: try row.get("district", as: String?.self).map { try Texts(json: $0) },
            theme: try row.get("theme", as: String?.self).map { try Texts(json: $0) }, authors: try row.get("authors"),
            examinations: try await Examinations.load(of: proposal.id, zone: zone, in: pool),
            notes: Dictionary(uniqueKeysWithValues: notes.map { (ID($0.key), $0.value) }),
            acts: try await Acts.history(of: "proposal", proposal.id, in: pool))
    }

    /// Files by their last day, those that have none after the others, `limit` at most after `last`.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent or an examiner of the process.
    public func list(
        _ filter: FileFilter, of process: ID<Process>, after last: FileLine.Place? = nil, limit: Int = 50,
        by actor: Actor
    ) async throws -> [FileLine] {
        let services: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        return try await pool.query(
            "file.list",
            """
            WITH file AS (\(sql: lines(of: process, services)))
            SELECT number, title, language, status, support_count, round, outcome, due, overdue, names, state FROM file
            WHERE (\(filter.state?.rawValue)::text IS NULL OR state = \(filter.state?.rawValue))
              AND (NOT \(filter.overdue) OR overdue)
              AND (\(filter.service)::uuid IS NULL OR \(filter.service)::uuid = ANY (service_ids))
              AND (\(last?.number)::bigint IS NULL
                   OR (sort_day, number) > (\(last?.day ?? "infinity")::text::date, \(last?.number)::bigint))
            ORDER BY sort_day, number LIMIT \(limit)
            """
        ).map(FileLine.init(row:))
    }

    /// How many files of the process are in each state.
    ///
    /// - Throws: `NotAllowed` as ``list(_:of:after:limit:by:)``.
    public func counts(of process: ID<Process>, by actor: Actor) async throws -> [FileLine.State: Int] {
        let services: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        let rows: [Row] = try await pool.query(
            "file.counts",
            """
            SELECT state, count(*) AS count FROM (\(sql: lines(of: process, services))) AS file GROUP BY state
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (FileLine.State(rawValue: try row.get("state"))!, Int(try row.get("count", as: Int64.self)))
            })
    }

    /// What waits for each service, those with most overdue files first.
    ///
    /// - Throws: `NotAllowed` as ``list(_:of:after:limit:by:)``.
    public func load(of process: ID<Process>, by actor: Actor) async throws -> [ServiceLoad] {
        let services: [ID<ExaminingService>]? = try await FileAccess.services(of: actor, in: process, pool)
        return try await pool.query(
            "service.load",
            """
            SELECT service.id, service.name::text AS name, count(waiting.due_on) AS waiting,
                   count(*) FILTER (WHERE waiting.due_on < (clock_timestamp() AT TIME ZONE \(zone))::date) AS overdue,
                   min(waiting.due_on)::text AS next
            FROM service LEFT JOIN LATERAL (
                SELECT assignment.due_on FROM assignment
                JOIN examination ON examination.id = assignment.examination_id
                JOIN proposal ON proposal.id = examination.proposal_id
                WHERE assignment.service_id = service.id AND assignment.withdrawn_at IS NULL
                  AND proposal.status = 'in_examination'
                  AND NOT EXISTS (SELECT FROM verdict WHERE verdict.examination_id = examination.id)
                  AND NOT EXISTS (SELECT FROM opinion WHERE opinion.examination_id = examination.id
                                  AND opinion.service_id = service.id)
            ) AS waiting ON true
            WHERE service.process_id = \(process) AND service.retired_at IS NULL
              AND (\(services)::uuid[] IS NULL OR service.id = ANY (\(services)::uuid[]))
            GROUP BY service.id ORDER BY overdue DESC, waiting DESC, service.name->>'fr', service.id
            """
        ).map { row in
            ServiceLoad(
                service: ID(try row.get("id")), name: try Texts(json: row.get("name")),
                waiting: Int(try row.get("waiting", as: Int64.self)),
                overdue: Int(try row.get("overdue", as: Int64.self)),
                next: try row.get("next", as: String?.self).flatMap(Day.init))
        }
    }

    /// Every file of a process with its costs, without notes.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func export(of process: ID<Process>, by actor: Actor) async throws -> [FileRecord] {
        try await Authority.require([.participationAgent], of: actor, process: process, in: pool)
        return try await pool.query(
            "file.export",
            """
            WITH file AS (\(sql: lines(of: process, nil)))
            SELECT file.number, file.title, file.language, file.status, file.support_count, file.round, file.outcome,
                   file.due, file.overdue, file.names, file.state, cost.investment, cost.running, proposal.district_code,
                   verdict.cost AS final, verdict.decided_at, verdict.published_at,
                   refusal_reason.title::text AS reason
            FROM file JOIN proposal ON proposal.number = file.number
            LEFT JOIN verdict ON verdict.examination_id = file.examination_id
            LEFT JOIN refusal_reason ON refusal_reason.id = verdict.reason_id
            LEFT JOIN LATERAL (
                SELECT sum(cents) FILTER (WHERE kind = 'investment')::bigint AS investment,
                       sum(cents) FILTER (WHERE kind = 'running')::bigint AS running
                FROM (SELECT DISTINCT ON (service_id) id FROM opinion WHERE examination_id = file.examination_id
                      ORDER BY service_id, given_at DESC, id DESC) AS standing
                JOIN cost_line ON cost_line.opinion_id = standing.id
            ) AS cost ON true
            ORDER BY file.number
            """
        ).map(FileRecord.init(row:))
    }

    /// One row for each published proposal of a process that the services may read.
    private func lines(of process: ID<Process>, _ services: [ID<ExaminingService>]?) -> SQL {
        """
        SELECT proposal.number, proposal.title, proposal.language, proposal.status, proposal.support_count,
               latest.id AS examination_id, coalesce(latest.round, 0) AS round, verdict.outcome, asked.due_on::text AS due,
               coalesce(asked.due_on, 'infinity') AS sort_day,
               coalesce(asked.due_on < (clock_timestamp() AT TIME ZONE \(zone))::date, false) AS overdue,
               asked.names, asked.service_ids, asked.awaited,
               CASE WHEN proposal.status = 'received' THEN 'waiting'
                    WHEN proposal.status <> 'in_examination' THEN
                        CASE WHEN verdict.published_at IS NULL THEN 'closed' ELSE 'answered' END
                    WHEN verdict.decided_at IS NOT NULL THEN 'decided'
                    WHEN cardinality(asked.service_ids) = 0 THEN 'unassigned'
                    WHEN asked.awaited > 0 THEN 'asked' ELSE 'ready' END AS state
        FROM proposal
        LEFT JOIN LATERAL (
            SELECT id, round FROM examination WHERE proposal_id = proposal.id ORDER BY round DESC LIMIT 1
        ) AS latest ON true
        LEFT JOIN verdict ON verdict.examination_id = latest.id
        LEFT JOIN LATERAL (
            SELECT min(due_on) FILTER (WHERE is_awaited) AS due_on, count(*) FILTER (WHERE is_awaited) AS awaited,
                   coalesce(array_agg(name ORDER BY name), '{}') AS names,
                   coalesce(array_agg(id ORDER BY name), '{}') AS service_ids
            FROM (
                SELECT service.id, service.name::text AS name, assignment.due_on,
                       proposal.status = 'in_examination' AND verdict.decided_at IS NULL AND NOT EXISTS (
                           SELECT FROM opinion WHERE opinion.examination_id = latest.id
                           AND opinion.service_id = service.id) AS is_awaited
                FROM assignment JOIN service ON service.id = assignment.service_id
                WHERE assignment.examination_id = latest.id AND assignment.withdrawn_at IS NULL
                  AND (\(services)::uuid[] IS NULL OR service.id = ANY (\(services)::uuid[]))
            ) AS one
        ) AS asked ON true
        WHERE proposal.process_id = \(process) AND proposal.published_at IS NOT NULL
          AND \(sql: FileAccess.reach(of: services))
        """
    }
}
