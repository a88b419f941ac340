public import Foundation
public import Postgres

/// Why a role is not given or taken.
public enum RoleRefusal: Hashable, Sendable {
    /// No account has this address.
    case noAccount
    /// The process or the vote does not exist.
    case noSuchScope
    case alreadyHeld
    /// An administrator is one for everything.
    case administratorForEverything
    /// Somebody must be able to give roles.
    case lastAdministrator
}

/// A role given to somebody: for what, by whom, when, and when it was taken back.
public struct RoleGrant: Sendable {
    /// Its identity.
    public let id: ID<RoleGrant>
    /// What was given.
    public let role: Role
    /// What it is held for.
    public let scope: Scope
    /// The title of the process or the vote; nil when the role is held for everything.
    public let scopeTitle: Texts?
    /// Who holds it.
    public let account: ID<Account>
    /// Empty once the account is closed.
    public let name: String
    /// Empty once the account is closed.
    public let email: String
    /// Who gave it; nil stands for the operator.
    public let grantedBy: String?
    /// When it was given.
    public let grantedAt: Date
    /// Who took it back; nil stands for the operator, or for nobody while `revokedAt` is nil.
    public let revokedBy: String?
    /// When it was taken back; nil while it is held.
    public let revokedAt: Date?

    /// A grant as the database tells it.
    public init(
        id: ID<RoleGrant>, role: Role, scope: Scope, scopeTitle: Texts?, account: ID<Account>, name: String,
        email: String, grantedBy: String?, grantedAt: Date, revokedBy: String?, revokedAt: Date?
    ) {
        self.id = id
        self.role = role
        self.scope = scope
        self.scopeTitle = scopeTitle
        self.account = account
        self.name = name
        self.email = email
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
        self.revokedBy = revokedBy
        self.revokedAt = revokedAt
    }
}

/// Roles: given and taken by administrators, one row for each time, never overwritten.
///
/// Every change is recorded in the register of acts, in the same transaction, and gives the sessions of the account
/// new tokens.
public struct Roles: Sendable {
    private let pool: Pool

    /// Roles kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Asking

    /// Whether the account holds `role` for everything, for `process`, or for `vote`, now.
    ///
    /// Inside a verb, pass its transaction; a role taken back a moment before then counts as taken back.
    public static func holds(
        _ role: Role, account: ID<Account>, process: ID<Process>? = nil, vote: ID<Vote>? = nil,
        in executor: some Executor
    ) async throws -> Bool {
        try await executor.one(
            "roles.holds",
            """
            SELECT 1 AS found WHERE EXISTS (
                SELECT FROM role_grant
                WHERE account_id = \(account) AND role = \(role) AND revoked_at IS NULL
                  AND (num_nonnulls(process_id, vote_id) = 0 OR process_id = \(process) OR vote_id = \(vote)))
            """) != nil
    }

    /// Whether the account holds `role` for everything, for `process`, or for `vote`, now.
    public func holds(
        _ role: Role, account: ID<Account>, process: ID<Process>? = nil, vote: ID<Vote>? = nil
    ) async throws -> Bool {
        try await Self.holds(role, account: account, process: process, vote: vote, in: pool)
    }

    /// The roles held now, by role and name; with `past`, those taken back too, the latest first.
    public func list(past: Bool = false) async throws -> [RoleGrant] {
        let condition: SQL = past ? "role_grant.revoked_at IS NOT NULL" : "role_grant.revoked_at IS NULL"
        let order: SQL = past ? "role_grant.revoked_at DESC" : "role_grant.role, account.name, role_grant.id"
        return try await pool.query(
            "roles.list", "\(sql: Self.selection) WHERE \(sql: condition) ORDER BY \(sql: order) LIMIT 1000"
        ).map(RoleGrant.init(row:))
    }

    /// One role that was given; nil when there is none of this identity.
    public func find(_ id: ID<RoleGrant>) async throws -> RoleGrant? {
        try await pool.one("roles.find", "\(sql: Self.selection) WHERE role_grant.id = \(id)").map(RoleGrant.init(row:))
    }

    /// What a role can be given for besides everything: the processes and the votes, the newest first.
    public func scopes() async throws -> [(scope: Scope, title: Texts)] {
        try await pool.query(
            "roles.scopes",
            """
            SELECT id AS process_id, NULL::uuid AS vote_id, title::text AS title FROM process
            UNION ALL
            SELECT NULL, id, title::text FROM vote
            ORDER BY process_id DESC NULLS LAST, vote_id DESC
            """
        ).map { row in
            (Scope(process: try row.get("process_id"), vote: try row.get("vote_id")), try Texts(json: row.get("title")))
        }
    }

    private static let selection: SQL = """
        SELECT role_grant.id, role_grant.role, role_grant.process_id, role_grant.vote_id,
               coalesce(process.title, vote.title)::text AS scope_title, role_grant.account_id, account.name,
               coalesce(account.email, '') AS email, giver.name AS granted_by, role_grant.granted_at,
               taker.name AS revoked_by, role_grant.revoked_at
        FROM role_grant
        JOIN account ON account.id = role_grant.account_id
        LEFT JOIN account AS giver ON giver.id = role_grant.granted_by
        LEFT JOIN account AS taker ON taker.id = role_grant.revoked_by
        LEFT JOIN process ON process.id = role_grant.process_id
        LEFT JOIN vote ON vote.id = role_grant.vote_id
        """

    // MARK: Giving and taking

    /// Gives a role to the account of `email`.
    ///
    /// Refuses `noAccount`, `noSuchScope`, `alreadyHeld`, `administratorForEverything`; throws `NotAllowed` unless the
    /// actor is an administrator or the operator.
    @discardableResult
    public func grant(_ held: HeldRole, to email: EmailAddress, by actor: Actor) async throws -> ID<RoleGrant> {
        try await changing("roles.grant", by: actor) { transaction in
            let row = try await transaction.one(
                "roles.account_of", "SELECT id FROM account WHERE email = \(email.text) AND closed_at IS NULL")
            guard let row else { throw Refused(RoleRefusal.noAccount) }
            return try await Self.give(held, to: try row.get("id"), by: actor, in: transaction)
        }
    }

    /// Gives a role to an account. Refuses what ``grant(_:to:by:)`` with an address refuses.
    @discardableResult
    public func grant(_ held: HeldRole, to account: ID<Account>, by actor: Actor) async throws -> ID<RoleGrant> {
        try await changing("roles.grant", by: actor) { transaction in
            let row = try await transaction.one(
                "roles.account", "SELECT id FROM account WHERE id = \(account) AND closed_at IS NULL")
            guard row != nil else { throw Refused(RoleRefusal.noAccount) }
            return try await Self.give(held, to: account, by: actor, in: transaction)
        }
    }

    /// Takes a role back. Returns false when it had been taken back already, or was never given.
    ///
    /// Refuses `lastAdministrator`; throws `NotAllowed` unless the actor is an administrator or the operator.
    @discardableResult
    public func revoke(_ id: ID<RoleGrant>, by actor: Actor) async throws -> Bool {
        try await changing("roles.revoke", by: actor) { transaction in
            let row = try await transaction.one(
                "roles.take",
                """
                UPDATE role_grant SET revoked_at = now(), revoked_by = \(actor.account)
                WHERE id = \(id) AND revoked_at IS NULL
                RETURNING role, account_id, process_id, vote_id
                """)
            guard let row else { return false }
            try await Self.taken(row, by: actor, in: transaction)
            return true
        }
    }

    /// Gives a role, in a transaction whose right to do so is settled.
    @discardableResult
    static func give(
        _ held: HeldRole, to account: ID<Account>, by actor: Actor, in transaction: Transaction
    ) async throws -> ID<RoleGrant> {
        let id = ID<RoleGrant>()
        try await transaction.execute(
            "roles.give",
            """
            INSERT INTO role_grant (id, role, account_id, process_id, vote_id, granted_by)
            VALUES (\(id), \(held.role), \(account), \(held.scope.processID), \(held.scope.voteID), \(actor.account))
            """)
        try await Acts.record(
            "role_granted", by: actor, on: "account", account, detail: detail(held), in: transaction)
        try await Sessions.renewAll(of: account, in: transaction)
        return id
    }

    /// Takes every role of an account that is being closed by its owner.
    static func takeAll(of account: ID<Account>, in transaction: Transaction) async throws {
        try await queue(in: transaction)
        let rows = try await transaction.query(
            "roles.take_all",
            """
            UPDATE role_grant SET revoked_at = now(), revoked_by = \(account)
            WHERE account_id = \(account) AND revoked_at IS NULL
            RETURNING role, account_id, process_id, vote_id
            """)
        for row in rows { try await taken(row, by: .resident(account), in: transaction) }
    }

    private static func taken(_ row: Row, by actor: Actor, in transaction: Transaction) async throws {
        let role: Role = try row.get("role")
        let account: ID<Account> = try row.get("account_id")
        if role == .administrator {
            let others = try await transaction.one(
                "roles.administrators_left",
                "SELECT 1 AS found WHERE EXISTS (\(sql: livingAdministrator))")
            guard others != nil else { throw Refused(RoleRefusal.lastAdministrator) }
        }
        let held = HeldRole(role, for: Scope(process: try row.get("process_id"), vote: try row.get("vote_id")))
        try await Acts.record(
            "role_revoked", by: actor, on: "account", account, detail: detail(held), in: transaction)
        try await Sessions.renewAll(of: account, in: transaction)
    }

    private static let livingAdministrator: SQL =
        "SELECT FROM role_grant WHERE role = 'administrator' AND revoked_at IS NULL"

    private static func detail(_ held: HeldRole) -> [String: String] {
        var detail = ["role": held.role.rawValue]
        detail["process"] = held.scope.processID?.description
        detail["vote"] = held.scope.voteID?.description
        return detail
    }

    /// Changes to roles are made one at a time: two administrators who take each other's role leave one.
    private static func queue(in transaction: Transaction) async throws {
        try await transaction.execute(
            "roles.queue", "SELECT pg_advisory_xact_lock(hashtextextended('role_grant', 0))")
    }

    private func changing<T: Sendable>(
        _ name: StaticString, by actor: Actor, _ body: (Transaction) async throws -> T
    ) async throws -> T {
        do {
            return try await pool.transaction(name) { transaction in
                try await Self.queue(in: transaction)
                try await Authority.require([.administrator], of: actor, in: transaction)
                return try await body(transaction)
            }
        } catch let error as PostgresError {
            switch error.constraint {
            case "role_grant_held_once": throw Refused(RoleRefusal.alreadyHeld)
            case "role_grant_administrator_everywhere": throw Refused(RoleRefusal.administratorForEverything)
            case "role_grant_process", "role_grant_vote": throw Refused(RoleRefusal.noSuchScope)
            default: throw error
            }
        }
    }
}

extension RoleGrant {
    init(row: Row) throws {
        self.id = try row.get("id")
        self.role = try row.get("role")
        self.scope = Scope(process: try row.get("process_id"), vote: try row.get("vote_id"))
        self.scopeTitle = try row.get("scope_title", as: String?.self).map(Texts.init(json:))
        self.account = try row.get("account_id")
        self.name = try row.get("name")
        self.email = try row.get("email")
        self.grantedBy = try row.get("granted_by")
        self.grantedAt = try row.get("granted_at")
        self.revokedBy = try row.get("revoked_by")
        self.revokedAt = try row.get("revoked_at")
    }
}
