public import Foundation
public import Postgres

/// One line of the register of acts: who did what, to what, when.
public struct Act: Sendable {
    /// Its identity, which sorts by time.
    public let id: ID<Act>
    /// The moment the database wrote the line.
    public let at: Date
    /// official, resident, code, visitor, operator or system.
    public let actor: String
    /// The name of the account that acted; nil when none did, empty once it has been closed.
    public let name: String?
    /// The role acted in; nil when it was nobody's.
    public let role: Role?
    /// What was done, as a name in snake case: `role_granted`.
    public let act: String
    /// What it was done to, as the name of its table.
    public let objectKind: String
    /// The identity of what it was done to, if it has one.
    public let object: UUID?
    /// Arguments without personal data, as JSON.
    public let detail: String
}

/// The register of acts. Lines are added in the transaction of the act itself and can never be changed or removed.
public struct Acts: Sendable {
    private let pool: Pool

    /// The register kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Adds one line, in the transaction of the act: `actor` did `act` to the `object` of table `kind`.
    ///
    /// `detail` holds no name, no address and no choice: the register is read by auditors.
    public static func record<Owner>(
        _ act: StaticString, by actor: Actor, on kind: StaticString, _ object: ID<Owner>?,
        detail: [String: String] = [:], in transaction: some Executor
    ) async throws {
        let json = String(decoding: try encoder.encode(detail), as: UTF8.self)
        try await transaction.execute(
            "act.record",
            """
            INSERT INTO act (id, actor, account_id, role, act, object_kind, object_id, detail)
            VALUES (\(ID<Act>()), \(actor.kind), \(actor.account), \(actor.role),
                    \("\(act)"), \("\(kind)"), \(object), \(json)::jsonb)
            """)
    }

    /// Adds one line for each of many objects that one act did the same to, in one statement.
    static func recordEach<Owner>(
        _ act: StaticString, by actor: Actor, on kind: StaticString, _ objects: [ID<Owner>],
        detail: [String: String] = [:], in transaction: some Executor
    ) async throws {
        guard !objects.isEmpty else { return }
        let json = String(decoding: try encoder.encode(detail), as: UTF8.self)
        try await transaction.execute(
            "act.record_each",
            """
            INSERT INTO act (id, actor, account_id, role, act, object_kind, object_id, detail)
            SELECT line.id, \(actor.kind), \(actor.account), \(actor.role), \("\(act)"), \("\(kind)"), line.object,
                   \(json)::jsonb
            FROM unnest(\(objects.map { _ in ID<Act>() }), \(objects)) AS line (id, object)
            """)
    }

    /// The latest lines first, at most `limit`, older than `last` when it is given, of certain kinds of objects when
    /// some are given.
    public func list(kinds: [String] = [], before last: ID<Act>? = nil, limit: Int = 50) async throws -> [Act] {
        try await pool.query(
            "act.list",
            """
            SELECT act.id, act.at, act.actor, account.name, act.role, act.act, act.object_kind, act.object_id,
                   act.detail::text AS detail
            FROM act LEFT JOIN account ON account.id = act.account_id
            WHERE (\(last)::uuid IS NULL OR act.id < \(last)::uuid)
              AND (cardinality(\(kinds)) = 0 OR act.object_kind = ANY (\(kinds)))
            ORDER BY act.id DESC
            LIMIT \(limit)
            """
        ).map(Act.init(row:))
    }

    /// What was done to one object, the latest first, at most 200 lines.
    static func history<Owner>(
        of kind: StaticString, _ object: ID<Owner>, in executor: some Executor
    ) async throws -> [Act] {
        try await executor.query(
            "act.history",
            """
            SELECT act.id, act.at, act.actor, account.name, act.role, act.act, act.object_kind, act.object_id,
                   act.detail::text AS detail
            FROM act LEFT JOIN account ON account.id = act.account_id
            WHERE act.object_kind = \("\(kind)") AND act.object_id = \(object)
            ORDER BY act.id DESC LIMIT 200
            """
        ).map(Act.init(row:))
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

extension Act {
    init(row: Row) throws {
        self.id = ID(try row.get("id"))
        self.at = try row.get("at")
        self.actor = try row.get("actor")
        self.name = try row.get("name")
        self.role = try row.get("role", as: String?.self).flatMap(Role.init(rawValue:))
        self.act = try row.get("act")
        self.objectKind = try row.get("object_kind")
        self.object = try row.get("object_id")
        self.detail = try row.get("detail")
    }
}
