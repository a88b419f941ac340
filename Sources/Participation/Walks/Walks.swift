public import Postgres

/// The walks of the city as everybody reads them; the verbs beside prepare, fill and answer them.
public struct Walks: Sendable {
    let pool: Pool

    /// The walks kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The walk with the handle, published or not: who shows it asks ``Walk/publishedAt``.
    public func find(_ handle: String) async throws -> Walk? {
        try await Self.load(where: "walk.handle = \(handle)", in: pool).first
    }

    /// The published walk of that identity; nil when there is none.
    public func published(_ id: ID<Walk>) async throws -> Walk? {
        try await Self.load(where: "walk.id = \(id) AND walk.published_at IS NOT NULL", in: pool).first
    }

    /// The published walks, of a process or of all, the last to begin first. A city has some dozens.
    public func list(of process: ID<Process>? = nil) async throws -> [Walk] {
        try await Self.load(
            where: """
                walk.published_at IS NOT NULL AND (\(process)::uuid IS NULL OR walk.process_id = \(process))
                """, in: pool)
    }

    /// All walks of a process, those being prepared included.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func all(of process: ID<Process>, by actor: Actor) async throws -> [Walk] {
        try await Authority.require(Self.planners, of: actor, process: process, in: pool)
        return try await Self.load(where: "walk.process_id = \(process)", in: pool)
    }

    /// A route with its stops; nil when there is none.
    public func route(_ id: ID<Route>) async throws -> Route? {
        try await Self.route(id, in: pool)
    }

    /// The themes of a walk, in their order.
    public func themes(of walk: ID<Walk>) async throws -> [WalkTheme] {
        try await Self.themes(of: walk, in: pool)
    }

    static let planners: [Role] = [.participationAgent]

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Walk] {
        try await executor.query(
            "walk.list",
            """
            SELECT \(sql: Walk.columns) FROM \(sql: Walk.tables) WHERE \(sql: condition)
            ORDER BY gathering.starts_at DESC, walk.handle
            """
        ).map(Walk.init(row:))
    }

    static func route(_ id: ID<Route>, in executor: some Executor) async throws -> Route? {
        guard
            let row = try await executor.one(
                "route.find", "SELECT \(sql: Route.columns) FROM route WHERE route.id = \(id)")
        else { return nil }
        let stops: [Row] = try await executor.query(
            "route.stops", "SELECT \(sql: Stop.columns) FROM stop WHERE stop.route_id = \(id) ORDER BY stop.number")
        return try Route(row: row, stops: stops.map(Stop.init(row:)))
    }

    static func themes(of walk: ID<Walk>, in executor: some Executor) async throws -> [WalkTheme] {
        try await executor.query(
            "walk.themes",
            """
            SELECT \(sql: WalkTheme.columns) FROM walk_theme WHERE walk_theme.walk_id = \(walk)
            ORDER BY walk_theme.position, walk_theme.key
            """
        ).map(WalkTheme.init(row:))
    }

    /// The walk, held by this transaction until its end, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    static func lock(_ id: ID<Walk>, by actor: Actor, in transaction: some Executor) async throws -> Walk {
        try await transaction.execute("walk.lock", "SELECT 1 FROM walk WHERE id = \(id) FOR UPDATE")
        guard let walk = try await load(where: "walk.id = \(id)", in: transaction).first else {
            throw NotAllowed(roles: planners)
        }
        try await Authority.require(planners, of: actor, process: walk.process, in: transaction)
        return walk
    }

    /// The walk, for an act of an agent of its process that holds nothing.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    @discardableResult
    static func require(_ id: ID<Walk>, by actor: Actor, in executor: some Executor) async throws -> Walk {
        guard let walk = try await load(where: "walk.id = \(id)", in: executor).first else {
            throw NotAllowed(roles: planners)
        }
        try await Authority.require(planners, of: actor, process: walk.process, in: executor)
        return walk
    }

    /// A condition on a row of `walk`: the account is of its crew, which ends thirty days after the sheet has closed.
    static func isCrew(_ account: ID<Account>) -> SQL {
        """
        (walk.sheet_closes_at > clock_timestamp() - interval '30 days'
         AND EXISTS (SELECT FROM walk_crew WHERE walk_crew.walk_id = walk.id AND walk_crew.account_id = \(account)))
        """
    }

    /// The walk for an act on site: of its crew, or of an agent of its process. Nothing is held.
    ///
    /// - Throws: `NotAllowed` to everybody else, and where there is no such walk.
    @discardableResult
    static func requireCrew(
        _ id: ID<Walk>, of actor: Actor, in executor: some Executor
    ) async throws -> Walk {
        if let account = actor.account,
            let walk = try await load(where: "walk.id = \(id) AND \(sql: isCrew(account))", in: executor).first
        {
            return walk
        }
        return try await require(id, by: actor, in: executor)
    }
}
