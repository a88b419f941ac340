public import Postgres

/// The follow-up of selected projects, as everybody reads it; agents write it with the verbs beside.
public struct Deliveries: Sendable {
    let pool: Pool
    let zone: String
    let correspondent: any DeliveryCorrespondent

    /// The deliveries kept in the database of `pool`.
    ///
    /// - Parameters:
    ///   - zone: the city's time zone by its IANA name, which decides what day it is.
    ///   - correspondent: words the letters to followers.
    public init(pool: Pool, zone: String, correspondent: any DeliveryCorrespondent) {
        self.pool = pool
        self.zone = zone
        self.correspondent = correspondent
    }

    /// The deliveries of a process, by the day they are planned to be ready. One to a selected project: hundreds at most.
    public func list(of process: ID<Process>) async throws -> [Delivery] {
        try await Self.load(where: "delivery.process_id = \(process)", in: pool)
    }

    /// The delivery with the handle, or nil.
    public func find(_ handle: String) async throws -> Delivery? {
        try await Self.load(where: "delivery.handle = \(handle)", in: pool).first
    }

    /// The delivery of a vote's project, or nil.
    public func find(project number: Int, of vote: ID<Vote>) async throws -> Delivery? {
        try await Self.load(
            where: "project.vote_id = \(vote) AND project.number = \(number)", in: pool
        ).first
    }

    /// The deliveries of a proposal: most have one or none.
    public func list(of proposal: ID<Proposal>) async throws -> [Delivery] {
        try await Self.load(
            where: """
                delivery.id IN (SELECT delivery_id FROM delivery_proposal WHERE proposal_id = \(proposal))
                """, in: pool)
    }

    /// The delivery with all that its page tells, or nil.
    public func file(_ handle: String) async throws -> DeliveryFile? {
        let own: SQL = "(SELECT id FROM delivery WHERE handle = \(handle))"
        let answers: [[Row]] = try await pool.pipeline([
            (
                "delivery.find",
                "SELECT \(sql: Delivery.columns) FROM \(sql: Delivery.tables) WHERE delivery.handle = \(handle)"
            ),
            ("delivery.milestones", Self.milestones(where: "delivery_id = \(sql: own)")),
            (
                "delivery.changes",
                """
                SELECT delivery_change.status, delivery_milestone.number AS milestone,
                       delivery_change.due_before::text AS due_before, delivery_change.due_after::text AS due_after,
                       delivery_change.reason::text AS reason, delivery_change.changed_at
                FROM delivery_change
                LEFT JOIN delivery_milestone ON delivery_milestone.id = delivery_change.milestone_id
                WHERE delivery_change.delivery_id = \(sql: own) ORDER BY delivery_change.number
                """
            ),
            (
                "delivery.updates",
                """
                SELECT id, title::text AS title, words::text AS words, published_at FROM delivery_update
                WHERE delivery_id = \(sql: own) ORDER BY published_at DESC, id DESC
                """
            ),
            (
                "delivery.spending",
                """
                SELECT invoice, paid_on::text AS paid_on, label, cents FROM delivery_spending
                WHERE delivery_id = \(sql: own) ORDER BY paid_on, invoice
                """
            ),
            (
                "delivery.photos",
                """
                SELECT delivery_medium.purpose, delivery_medium.milestone_id, delivery_medium.update_id,
                       \(sql: Medium.columns)
                FROM delivery_medium
                JOIN medium ON medium.id = delivery_medium.medium_id \(sql: Medium.renditions)
                WHERE delivery_medium.delivery_id = \(sql: own)
                ORDER BY delivery_medium.hung_at, delivery_medium.medium_id
                """
            ),
            (
                "delivery.proposals",
                """
                SELECT proposal.number, proposal.title, proposal.language
                FROM delivery_proposal JOIN proposal ON proposal.id = delivery_proposal.proposal_id
                WHERE delivery_proposal.delivery_id = \(sql: own) ORDER BY proposal.number
                """
            ),
        ])
        guard let row = answers[0].first else { return nil }
        return DeliveryFile(
            delivery: try Delivery(row: row), milestones: try answers[1].map(Milestone.init(row:)),
            changes: try answers[2].map(DeliveryChange.init(row:)),
            updates: try answers[3].map(DeliveryUpdate.init(row:)), spending: try answers[4].map(Spending.init(row:)),
            photos: try answers[5].map(DeliveryPhoto.init(row:)),
            proposals: try answers[6].map { row in
                (try row.get("number"), try row.get("title"), try row.get("language"))
            })
    }

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Delivery] {
        try await executor.query(
            "delivery.list",
            """
            SELECT \(sql: Delivery.columns) FROM \(sql: Delivery.tables) WHERE \(sql: condition)
            ORDER BY delivery.planned_end, delivery.handle
            """
        ).map(Delivery.init(row:))
    }

    static func milestones(where condition: SQL) -> SQL {
        """
        SELECT id, number, title::text AS title, due::text AS due, reached_on::text AS reached_on,
               evidence::text AS evidence, link
        FROM delivery_milestone WHERE \(sql: condition) ORDER BY number
        """
    }

    static let planners: [Role] = [.participationAgent]

    /// The delivery, held by this transaction until its end, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    static func lock(_ id: ID<Delivery>, by actor: Actor, in transaction: some Executor) async throws -> Delivery {
        try await transaction.execute("delivery.lock", "SELECT 1 FROM delivery WHERE id = \(id) FOR UPDATE")
        guard let delivery = try await load(where: "delivery.id = \(id)", in: transaction).first else {
            throw NotAllowed(roles: planners)
        }
        try await Authority.require(planners, of: actor, process: delivery.process, in: transaction)
        return delivery
    }

    /// Counts a change of the delivery, in the transaction of the act.
    static func touch(_ id: ID<Delivery>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "delivery.touch",
            "UPDATE delivery SET revision = revision + 1, changed_at = now() WHERE id = \(id)")
    }

    /// Today in the city.
    func today(in executor: some Executor) async throws -> Day {
        let row: Row? = try await executor.one(
            "delivery.today", "SELECT (clock_timestamp() AT TIME ZONE \(zone))::date::text AS today")
        // The statement gives one row with a date.
        return try row!.day("today")!
    }
}

extension Spending {
    init(row: Row) throws {
        invoice = try row.get("invoice")
        // The schema leaves no row without it.
        paidOn = try row.day("paid_on")!
        label = try row.get("label")
        cents = try row.get("cents")
    }
}
