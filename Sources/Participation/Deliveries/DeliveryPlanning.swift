import Foundation
import Postgres

/// What could be followed up and is not yet: a project that a published vote selected, or an accepted proposal.
public struct DeliveryCandidate: Sendable, Hashable {
    /// What is chosen by: the handle that the delivery will have.
    public let handle: String
    /// The title.
    public let title: Texts
    /// The vote that selected it; nil for a proposal accepted without one.
    public let vote: Texts?
    /// The number of the project, or of the proposal.
    public let number: Int64
    /// The cost in cents, zero where nobody said.
    public let cost: Int64
    /// The currency.
    public let currency: String
    /// District and theme in words; empty when there is none.
    public let district: String, theme: String
    /// The numbers of the proposals behind it.
    public let proposals: [Int64]

    let project: ID<VoteProject>?, proposal: ID<Proposal>?
    let latitude: Double?, longitude: Double?
}

/// What holds for all deliveries that one act begins; each can be changed afterwards.
public struct DeliveryPlan: Sendable, Hashable {
    /// The service that answers for them.
    public var service: String
    /// When they are to begin and to be ready.
    public var plannedStart: Day?, plannedEnd: Day

    /// A plan.
    public init(service: String, plannedStart: Day?, plannedEnd: Day) {
        self.service = service
        self.plannedStart = plannedStart
        self.plannedEnd = plannedEnd
    }
}

extension Deliveries {
    /// What of the process could be followed up and is not yet, by vote and number.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func candidates(of process: ID<Process>, by actor: Actor) async throws -> [DeliveryCandidate] {
        try await Authority.require(Self.planners, of: actor, process: process, in: pool)
        return try await Self.candidates(of: process, in: pool)
    }

    /// Begins the follow-up of the candidates with these handles, all in one act.
    ///
    /// - Throws: `DeliveryRefusal.nothingChosen`, `.notSelected` when one of them is no candidate (any more),
    ///   `.serviceMissing`, `.endsBeforeItBegins`; `NotAllowed` unless the actor is an agent of the process.
    public func begin(
        _ handles: [String], in process: ID<Process>, _ plan: DeliveryPlan, by actor: Actor
    ) async throws {
        guard !handles.isEmpty else { throw DeliveryRefusal.nothingChosen }
        guard !plan.service.isEmpty, plan.service.count <= 200 else { throw DeliveryRefusal.serviceMissing }
        if let start = plan.plannedStart, start > plan.plannedEnd { throw DeliveryRefusal.endsBeforeItBegins }
        do {
            try await pool.transaction("delivery.begin") { transaction in
                try await Authority.require(Self.planners, of: actor, process: process, in: transaction)
                let chosen = Set(handles)
                let candidates: [DeliveryCandidate] = try await Self.candidates(of: process, in: transaction)
                    .filter { chosen.contains($0.handle) }
                guard candidates.count == chosen.count else { throw DeliveryRefusal.notSelected }
                let new: [(id: ID<Delivery>, of: DeliveryCandidate)] = candidates.map { (ID(), $0) }
                _ = try await transaction.pipeline(
                    new.map { ("delivery.insert", Self.insertion($0.id, $0.of, in: process, plan)) })
                try await Self.follow(new.map(\.id), in: transaction)
                try await Acts.record(
                    "deliveries_begun", by: actor, on: "process", process,
                    detail: ["deliveries": candidates.map(\.handle).joined(separator: " ")], in: transaction)
            }
        } catch let error as PostgresError
            where ["delivery_once_per_project", "delivery_once_per_proposal", "delivery_handle"]
            .contains(error.constraint)
        {
            throw DeliveryRefusal.notSelected
        }
    }

    private static func insertion(
        _ id: ID<Delivery>, _ candidate: DeliveryCandidate, in process: ID<Process>, _ plan: DeliveryPlan
    ) -> SQL {
        """
        INSERT INTO delivery (id, process_id, handle, project_id, proposal_id, title, service, district, theme,
                              latitude, longitude, currency, budget, planned_start, planned_end)
        VALUES (\(id), \(process), \(candidate.handle), \(candidate.project), \(candidate.proposal),
                \(candidate.title.json)::jsonb, \(plan.service), \(candidate.district), \(candidate.theme),
                \(candidate.latitude), \(candidate.longitude), \(candidate.currency), \(candidate.cost),
                \(plan.plannedStart?.description)::text::date, \(plan.plannedEnd.description)::text::date)
        """
    }

    /// The proposals behind these deliveries say what has become of them.
    static func follow(_ deliveries: [ID<Delivery>], in transaction: some Executor) async throws {
        try await transaction.execute(
            "delivery.proposal_status",
            """
            UPDATE proposal SET status = told.status, changed_at = now()
            FROM (
                SELECT delivery_proposal.proposal_id,
                       CASE WHEN delivery.status IN ('done', 'abandoned') THEN delivery.status
                            WHEN delivery.started_on IS NOT NULL THEN 'under_way'
                            WHEN delivery.project_id IS NULL THEN 'accepted'
                            ELSE 'selected' END AS status
                FROM delivery JOIN delivery_proposal ON delivery_proposal.delivery_id = delivery.id
                WHERE delivery.id = ANY (\(deliveries))
            ) AS told
            WHERE proposal.id = told.proposal_id AND proposal.status <> told.status
              AND proposal.status IN ('accepted', 'on_ballot', 'selected', 'under_way', 'done', 'abandoned')
            """)
    }

    private static func candidates(
        of process: ID<Process>, in executor: some Executor
    ) async throws -> [DeliveryCandidate] {
        // The published result itself says which projects were selected: `order` of the bytes that everybody recounts.
        try await executor.query(
            "delivery.candidates",
            """
            SELECT vote.slug || '-' || project.number AS handle, project.title::text AS title,
                   vote.title::text AS vote_title, project.number::bigint AS number, project.cost, vote.currency,
                   coalesce(project.district, '') AS district, coalesce(project.category, '') AS theme,
                   project.id AS project_id, NULL::uuid AS proposal_id, origin.latitude, origin.longitude,
                   coalesce(origin.numbers, '{}') AS proposals
            FROM vote
            JOIN vote_publication ON vote_publication.vote_id = vote.id
            JOIN vote_count ON vote_count.vote_id = vote.id
            JOIN project ON project.vote_id = vote.id
                AND convert_from(vote_count.result, 'UTF8')::jsonb -> 'order' ? project.key
            LEFT JOIN LATERAL (
                SELECT array_agg(proposal.number ORDER BY proposal.number) AS numbers,
                       (array_agg(proposal.latitude ORDER BY proposal.number))[1] AS latitude,
                       (array_agg(proposal.longitude ORDER BY proposal.number))[1] AS longitude
                FROM project_proposal JOIN proposal ON proposal.id = project_proposal.proposal_id
                WHERE project_proposal.project_id = project.id
            ) AS origin ON true
            WHERE vote.process_id = \(process)
              AND NOT EXISTS (SELECT FROM delivery WHERE delivery.project_id = project.id)
            UNION ALL
            SELECT 'proposal-' || proposal.number, jsonb_build_object(proposal.language, proposal.title)::text, NULL,
                   proposal.number, coalesce(proposal.cost, 0), proposal_call.currency,
                   coalesce(proposal.district_code, ''), coalesce(theme.slug, ''), NULL, proposal.id,
                   proposal.latitude, proposal.longitude, ARRAY[proposal.number]
            FROM proposal
            JOIN proposal_call ON proposal_call.process_id = proposal.process_id
            LEFT JOIN theme ON theme.id = proposal.theme_id
            WHERE proposal.process_id = \(process) AND proposal.status = 'accepted'
              AND NOT EXISTS (SELECT FROM project_proposal WHERE project_proposal.proposal_id = proposal.id)
              AND NOT EXISTS (SELECT FROM delivery WHERE delivery.proposal_id = proposal.id)
            ORDER BY vote_title NULLS LAST, number
            """
        ).map { row in
            DeliveryCandidate(
                handle: try row.get("handle"), title: try Texts(json: row.get("title")),
                vote: try row.get("vote_title", as: String?.self).map(Texts.init(json:)),
                number: try row.get("number"), cost: try row.get("cost"), currency: try row.get("currency"),
                district: try row.get("district"), theme: try row.get("theme"), proposals: try row.get("proposals"),
                project: try row.get("project_id", as: UUID?.self).map { ID($0) },
                proposal: try row.get("proposal_id", as: UUID?.self).map { ID($0) },
                latitude: try row.get("latitude"), longitude: try row.get("longitude"))
        }
    }
}
