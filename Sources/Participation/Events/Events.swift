public import Postgres

/// The events of the city as everybody reads them; the verbs beside prepare them and tell what came of them.
///
/// Registration, places and letters about the day are those of ``Gatherings``.
public struct Events: Sendable {
    let pool: Pool
    let notices: OutcomeNotices

    /// The events kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, correspondent: any OutcomeCorrespondent) {
        self.pool = pool
        notices = OutcomeNotices(correspondent: correspondent)
    }

    /// The event with the handle, published or not: who shows it asks ``Event/publishedAt``.
    public func find(_ handle: String) async throws -> Event? {
        try await Self.load(where: "event.handle = \(handle)", in: pool).first
    }

    /// The published events, of a process, of a consultation or of all, the last to begin first. A city has some dozens
    /// a year.
    public func list(
        of process: ID<Process>? = nil, consultation: ID<Consultation>? = nil
    ) async throws -> [Event] {
        try await Self.load(
            where: """
                event.published_at IS NOT NULL
                AND (\(process)::uuid IS NULL OR event.process_id = \(process))
                AND (\(consultation)::uuid IS NULL OR event.consultation_id = \(consultation))
                """, in: pool)
    }

    /// All events of a process, those being prepared included.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func all(of process: ID<Process>, by actor: Actor) async throws -> [Event] {
        try await Authority.require(Self.planners, of: actor, process: process, in: pool)
        return try await Self.load(where: "event.process_id = \(process)", in: pool)
    }

    static let planners: [Role] = [.participationAgent]

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Event] {
        try await executor.query(
            "event.list",
            """
            SELECT \(sql: Event.columns) FROM \(sql: Event.tables) WHERE \(sql: condition)
            ORDER BY gathering.starts_at DESC, event.handle
            """
        ).map(Event.init(row:))
    }

    /// The event, held by this transaction until its end, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    static func lock(_ id: ID<Event>, by actor: Actor, in transaction: some Executor) async throws -> Event {
        try await transaction.execute("event.lock", "SELECT 1 FROM event WHERE id = \(id) FOR UPDATE")
        guard let event = try await load(where: "event.id = \(id)", in: transaction).first else {
            throw NotAllowed(roles: planners)
        }
        try await Authority.require(planners, of: actor, process: event.process, in: transaction)
        return event
    }

    /// One act on an event as its form showed it: held, checked and counted.
    func preparing(
        _ name: StaticString, _ id: ID<Event>, revision: Int, by actor: Actor,
        _ body: (Event, Transaction) async throws -> Void
    ) async throws {
        try await pool.transaction(name) { transaction in
            let event: Event = try await Self.lock(id, by: actor, in: transaction)
            let counted: Int = try await transaction.execute(
                "event.count_revision",
                """
                UPDATE event SET revision = revision + 1
                WHERE id = \(id) AND revision = \(Int32(clamping: revision))
                """)
            guard counted == 1 else { throw Refused(EventRefusal.changedMeanwhile) }
            try await body(event, transaction)
        }
    }
}
