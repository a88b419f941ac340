public import Foundation
public import Postgres

/// Gatherings: who registers, who waits, who comes, and what everybody is told when the day changes.
///
/// Every verb that takes or frees places holds the gathering's row until its transaction ends, so that they happen one
/// after the other; the schema refuses the place too many whatever else happens.
public struct Gatherings: Sendable {
    let pool: Pool
    let secrets: Secrets
    let throttle: Throttle
    let notices: GatheringNotices

    /// The gatherings kept in the database of `pool`; links are hashed with a key of `secrets`, `correspondent` words
    /// the letters.
    public init(pool: Pool, secrets: Secrets, correspondent: any GatheringCorrespondent) {
        self.pool = pool
        self.secrets = secrets
        throttle = Throttle(pool: pool, secrets: secrets)
        notices = GatheringNotices(secrets: secrets, correspondent: correspondent)
    }

    /// What a gathering is the day of; nil when there is none.
    public func occasion(of id: ID<Gathering>) async throws -> Occasion? {
        try await Self.occasions(where: "gathering.id = \(id)", in: pool).first
    }

    /// What each of these gatherings is the day of.
    public func occasions(of ids: [ID<Gathering>]) async throws -> [ID<Gathering>: Occasion] {
        let found: [Occasion] = try await Self.occasions(where: "gathering.id = ANY (\(ids))", in: pool)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.gathering.id, $0) })
    }

    /// The walk or event with the handle, published or not: who shows it asks ``Occasion/isPublished``.
    public func occasion(of kind: Occasion.Kind, _ handle: String) async throws -> Occasion? {
        try await Self.occasions(
            where: "occasion.kind = \(kind.rawValue) AND occasion.handle = \(handle)", in: pool
        ).first
    }

    /// The published occasions of a kind that end after `moment`, the next first.
    public func published(_ kind: Occasion.Kind, endingAfter moment: Date) async throws -> [Occasion] {
        try await Self.occasions(
            where: """
                occasion.kind = \(kind.rawValue) AND occasion.published_at IS NOT NULL
                AND gathering.ends_at > \(moment)
                """, in: pool)
    }

    /// How many come to each of these gatherings.
    public func turnouts(of ids: [ID<Gathering>]) async throws -> [ID<Gathering>: Turnout] {
        try await Self.turnouts(of: ids, in: pool)
    }

    // MARK: One's own registrations

    /// The registration that a link opens, and its place in the waiting list if it waits; nil when nothing does.
    public func find(_ token: Token) async throws -> (registration: Registration, position: Int?)? {
        let found: [Registration] = try await Self.registrations(
            where: "registration.token_hash = \(GatheringNotices.hash(of: token, secrets))", in: pool)
        guard let registration = found.first else { return nil }
        return (registration, try await Self.position(of: registration, in: pool))
    }

    /// The registration of an account for a gathering; nil when it has none.
    public func find(of account: ID<Account>, for gathering: ID<Gathering>) async throws -> Registration? {
        try await Self.registrations(
            where: """
                registration.account_id = \(account) AND registration.gathering_id = \(gathering)
                AND registration.state <> 'cancelled'
                """, in: pool
        ).first
    }

    /// What an account has registered for, until what it says of a person is erased; the next first.
    public func list(of account: ID<Account>) async throws -> [(occasion: Occasion, registration: Registration)] {
        let own: [Registration] = try await Self.registrations(
            where: "registration.account_id = \(account) AND registration.state <> 'cancelled'", in: pool)
        let occasions: [Occasion] = try await Self.occasions(
            where: "gathering.id = ANY (\(own.map(\.gathering)))", in: pool)
        return occasions.compactMap { occasion in
            own.first { $0.gathering == occasion.gathering.id }.map { (occasion, $0) }
        }
    }

    /// What opens the page of a registration.
    public func token(of registration: Registration) -> Token {
        GatheringNotices.token(of: registration.id, secrets)
    }

    // MARK: Parts

    static func occasions(where condition: SQL, in executor: some Executor) async throws -> [Occasion] {
        try await executor.query(
            "gathering.occasions",
            """
            SELECT \(sql: Occasion.columns) FROM \(sql: Occasion.tables) WHERE \(sql: condition)
            ORDER BY gathering.starts_at, gathering.id
            """
        ).map(Occasion.init(row:))
    }

    /// The occasion of a gathering, whose row this transaction holds until its end: everybody else who takes or frees
    /// places waits. Nil when there is none.
    static func lock(_ id: ID<Gathering>, in transaction: some Executor) async throws -> Occasion? {
        try await transaction.execute("gathering.lock", "SELECT 1 FROM gathering WHERE id = \(id) FOR UPDATE")
        return try await occasions(where: "gathering.id = \(id)", in: transaction).first
    }

    static func turnout(of id: ID<Gathering>, in executor: some Executor) async throws -> Turnout {
        guard let turnout = try await turnouts(of: [id], in: executor)[id] else { throw NotAllowed(roles: []) }
        return turnout
    }

    static func turnouts(
        of ids: [ID<Gathering>], in executor: some Executor
    ) async throws -> [ID<Gathering>: Turnout] {
        let rows: [Row] = try await executor.query(
            "gathering.turnouts",
            """
            SELECT gathering.id, \(sql: Turnout.columns)
            FROM gathering LEFT JOIN registration ON registration.gathering_id = gathering.id
            WHERE gathering.id = ANY (\(ids)) GROUP BY gathering.id
            """)
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.get("id"), try Turnout(row: $0)) })
    }

    static func registrations(where condition: SQL, in executor: some Executor) async throws -> [Registration] {
        try await executor.query(
            "registration.list",
            """
            SELECT \(sql: Registration.columns) FROM \(sql: Registration.tables) WHERE \(sql: condition)
            ORDER BY registration.registered_at, registration.id
            """
        ).map(Registration.init(row:))
    }

    /// The place of a party in the waiting list, from 1; nil when it does not wait.
    static func position(of registration: Registration, in executor: some Executor) async throws -> Int? {
        guard registration.state == .waiting else { return nil }
        let row: Row? = try await executor.one(
            "registration.position",
            """
            SELECT count(*)::int AS position FROM registration AS before, registration AS own
            WHERE own.id = \(registration.id) AND before.gathering_id = own.gathering_id AND before.state = 'waiting'
              AND (before.registered_at, before.id) <= (own.registered_at, own.id)
            """)
        return try row.map { Int(try $0.get("position", as: Int32.self)) }
    }

    /// The clock that decides what is closed and what is over.
    static func now(in executor: some Executor) async throws -> Date {
        let row: Row? = try await executor.one("gathering.now", "SELECT clock_timestamp() AS now")
        return try row!.get("now")
    }
}
