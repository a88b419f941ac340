public import Postgres

/// The consultations of the city as everybody reads them; the verbs beside prepare, collect, analyse and answer.
public struct Consultations: Sendable {
    let pool: Pool

    /// The consultations kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The consultation with the handle, published or not: who shows it asks ``Consultation/publishedAt``.
    public func find(_ handle: String) async throws -> Consultation? {
        try await Self.load(where: "consultation.handle = \(handle)", in: pool).first
    }

    /// The published consultation of that identity; nil when there is none.
    public func published(_ id: ID<Consultation>) async throws -> Consultation? {
        try await Self.load(where: "consultation.id = \(id) AND consultation.published_at IS NOT NULL", in: pool).first
    }

    /// The published consultations, of a process or of all, the last to begin first. A city has some dozens.
    public func list(of process: ID<Process>? = nil) async throws -> [Consultation] {
        try await Self.load(
            where: """
                consultation.published_at IS NOT NULL
                AND (\(process)::uuid IS NULL OR consultation.process_id = \(process))
                """, in: pool)
    }

    /// All consultations of a process, those being prepared included.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func all(of process: ID<Process>, by actor: Actor) async throws -> [Consultation] {
        try await Authority.require(Self.planners, of: actor, process: process, in: pool)
        return try await Self.load(where: "consultation.process_id = \(process)", in: pool)
    }

    static let planners: [Role] = [.participationAgent]

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Consultation] {
        try await executor.query(
            "consultation.list",
            """
            SELECT \(sql: Consultation.columns) FROM consultation WHERE \(sql: condition)
            ORDER BY consultation.collects_from DESC, consultation.handle
            """
        ).map(Consultation.init(row:))
    }

    /// The consultation, held by this transaction until its end, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    static func lock(
        _ id: ID<Consultation>, by actor: Actor, in transaction: some Executor
    ) async throws -> Consultation {
        try await transaction.execute("consultation.lock", "SELECT 1 FROM consultation WHERE id = \(id) FOR UPDATE")
        return try await require(id, by: actor, in: transaction)
    }

    /// The consultation, for an act of an agent of its process that holds nothing.
    ///
    /// - Parameter roles: who else may, beside its agents.
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    @discardableResult
    static func require(
        _ id: ID<Consultation>, or roles: [Role] = [], by actor: Actor, in executor: some Executor
    ) async throws -> Consultation {
        guard let consultation = try await load(where: "consultation.id = \(id)", in: executor).first else {
            throw NotAllowed(roles: planners + roles)
        }
        try await Authority.require(planners + roles, of: actor, process: consultation.process, in: executor)
        return consultation
    }
}
