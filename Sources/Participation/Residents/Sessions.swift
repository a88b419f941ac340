public import Foundation
public import Postgres

/// Somebody let in: signed in to an account, or by a voting code for one vote alone.
public struct Session: Sendable {
    /// Its identity.
    public let id: ID<Session>
    /// The account, with the roles it holds at this moment; nil in a session opened by a voting code.
    public let account: SignedInAccount?
    /// The vote that a voting code opened, and for whom; nil in a session of an account.
    public let voting: Voting?
    /// When it began.
    public let createdAt: Date
    /// When it ends, unless a request moves that.
    public let expiresAt: Date
    /// The account's roles have changed since: give the browser a new token with ``Sessions/renew(_:)``.
    public let renewalDue: Bool

    /// What a voting code lets somebody do.
    public struct Voting: Hashable, Sendable {
        /// The vote that is open to them.
        public let vote: ID<Vote>
        /// Whom the code was made for, or who was found on the roll or declared.
        public let person: ID<Person>
        /// How they showed that they may vote.
        public let method: EligibilityMethod
        /// The session at a kiosk that an officer opened; nil on the person's own device.
        public let kiosk: ID<KioskSession>?
    }

    /// Who casts a ballot in this session, whichever way they came in.
    public var person: ID<Person>? { account?.person ?? voting?.person }
}

/// The account that somebody is signed in to.
public struct SignedInAccount: Hashable, Sendable {
    /// The account.
    public let id: ID<Account>
    /// Whom a mark on a roll refers to.
    public let person: ID<Person>
    /// As its owner wrote it.
    public let name: String
    /// The language of pages and letters.
    public let language: Language
    /// The roles held at this moment.
    public let roles: [HeldRole]

    /// Whether `role` is held for everything, for `process`, or for `vote`.
    public func holds(_ role: Role, process: ID<Process>? = nil, vote: ID<Vote>? = nil) -> Bool {
        roles.holds(role, process: process, vote: vote)
    }

    /// Whether any role is held: whether the desk has something to show.
    public var hasDesk: Bool { !roles.isEmpty }

    /// The account acting in `role`; verbs check that it is held.
    public func acting(as role: Role) -> Actor { .official(id, role) }
}

/// One line of the list of sessions that an account's owner reads.
public struct SessionSummary: Sendable {
    /// Its identity.
    public let id: ID<Session>
    /// Browser and system, coarsely.
    public let device: String
    /// When it began.
    public let createdAt: Date
    /// When it was last used, to within a few minutes.
    public let lastSeenAt: Date

    /// A line of that list.
    public init(id: ID<Session>, device: String, createdAt: Date, lastSeenAt: Date) {
        self.id = id
        self.device = device
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
    }
}

/// Sessions: 32 random bytes in a cookie, of which only a keyed hash is stored.
public struct Sessions: Sendable {
    /// How long sessions last, in seconds.
    public struct Lifetime: Hashable, Sendable {
        /// Without a request, the session ends after this time.
        public let idle: TimeInterval
        /// Whatever happens, it ends after this time.
        public let total: TimeInterval
        /// A request moves the end at most once in this time, so that reading a page seldom writes.
        public let step: TimeInterval

        /// Twelve hours without a request, two weeks in all.
        public static let account = Lifetime(idle: 12 * 3600, total: 14 * 86_400, step: 300)
        /// Half an hour without a request, two hours in all: codes are used on shared computers.
        public static let voting = Lifetime(idle: 1800, total: 7200, step: 60)
        /// At a kiosk somebody else waits: five minutes without a request, half an hour in all.
        public static let kiosk = Lifetime(idle: Kiosks.idle, total: Kiosks.total, step: 15)
    }

    private let pool: Pool
    private let secrets: Secrets

    /// Sessions kept in the database of `pool`, their tokens hashed with a key of `secrets`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    // MARK: Finding

    /// The session that `token` opens; nil when there is none, or it has ended.
    ///
    /// Reads one row by an index. Moves the end of the session, at most once in `Lifetime.step`.
    public func find(token: Token) async throws -> Session? {
        let hash = hash(token)
        guard
            let row = try await pool.one(
                "session.find",
                """
                SELECT session.id, session.account_id, session.vote_id, session.method, session.kiosk_id,
                       session.created_at,
                       session.expires_at, session.renewal_due,
                       now() - session.last_seen_at > make_interval(secs =>
                           CASE WHEN session.vote_id IS NULL THEN \(Lifetime.account.step)::float8
                                WHEN session.kiosk_id IS NULL THEN \(Lifetime.voting.step)::float8
                                ELSE \(Lifetime.kiosk.step)::float8 END) AS step_due,
                       coalesce(account.person_id, session.person_id) AS person_id, account.name, account.language,
                       ARRAY(SELECT concat_ws('/', role_grant.role, coalesce(role_grant.process_id::text, ''),
                                              coalesce(role_grant.vote_id::text, ''))
                             FROM role_grant
                             WHERE role_grant.account_id = session.account_id AND role_grant.revoked_at IS NULL
                             ORDER BY role_grant.id) AS roles
                FROM session LEFT JOIN account ON account.id = session.account_id
                WHERE (session.token_hash = \(hash)
                       OR session.previous_hash = \(hash) AND session.renewed_at > now() - interval '30 seconds')
                  AND session.expires_at > now()
                """)
        else { return nil }
        let session = try Session(row: row)
        if try row.get("step_due") { try await slide(session.id) }
        return session
    }

    private func slide(_ session: ID<Session>) async throws {
        try await pool.execute(
            "session.slide",
            """
            UPDATE session
            SET last_seen_at = now(),
                expires_at = CASE WHEN vote_id IS NULL
                    THEN least(now() + make_interval(secs => \(Lifetime.account.idle)::float8),
                               created_at + make_interval(secs => \(Lifetime.account.total)::float8))
                    WHEN kiosk_id IS NOT NULL
                    THEN least(now() + make_interval(secs => \(Lifetime.kiosk.idle)::float8),
                               created_at + make_interval(secs => \(Lifetime.kiosk.total)::float8))
                    ELSE least(now() + make_interval(secs => \(Lifetime.voting.idle)::float8),
                               created_at + make_interval(secs => \(Lifetime.voting.total)::float8)) END
            WHERE id = \(session) AND expires_at > now()
            """)
    }

    /// The living sessions of an account, the latest used first.
    public func list(of account: ID<Account>) async throws -> [SessionSummary] {
        try await pool.query(
            "session.list",
            """
            SELECT id, device, created_at, last_seen_at
            FROM session
            WHERE account_id = \(account) AND expires_at > now()
            ORDER BY last_seen_at DESC, id DESC
            """
        ).map { row in
            SessionSummary(
                id: ID(try row.get("id")), device: try row.get("device"), createdAt: try row.get("created_at"),
                lastSeenAt: try row.get("last_seen_at"))
        }
    }

    // MARK: Beginning

    /// Begins a session of `account`, in the transaction that found out who it is. The token is always new.
    static func begin(
        account: ID<Account>, device: String, secrets: Secrets, in transaction: some Executor
    ) async throws -> Token {
        let token = Token()
        try await transaction.execute(
            "session.begin",
            """
            INSERT INTO session (id, token_hash, account_id, device, expires_at)
            VALUES (\(ID<Session>()), \(token.hash(secrets, label: label)), \(account),
                    \(String(device.prefix(60))), now() + make_interval(secs => \(Lifetime.account.idle)::float8))
            """)
        return token
    }

    /// Begins a session for one vote alone, in the transaction that accepted how `person` showed that they may vote.
    ///
    /// A code that is used again, on another device or after a crash, ends the session it opened before.
    public func beginVoting(
        person: ID<Person>, vote: ID<Vote>, method: EligibilityMethod = .code, device: String,
        in transaction: some Executor
    ) async throws -> Token {
        let token = Token()
        try await transaction.execute(
            "session.end_voting",
            "DELETE FROM session WHERE person_id = \(person) AND vote_id = \(vote)")
        try await transaction.execute(
            "session.begin_voting",
            """
            INSERT INTO session (id, token_hash, vote_id, person_id, method, device, expires_at)
            VALUES (\(ID<Session>()), \(hash(token)), \(vote), \(person), \(method.rawValue),
                    \(String(device.prefix(60))), now() + make_interval(secs => \(Lifetime.voting.idle)::float8))
            """)
        return token
    }

    /// Begins a session at a kiosk, in the transaction in which its person began. The token is always new.
    static func beginKiosk(
        _ kiosk: ID<KioskSession>, person: ID<Person>, vote: ID<Vote>, device: String, secrets: Secrets,
        in transaction: some Executor
    ) async throws -> Token {
        let token = Token()
        try await transaction.execute(
            "session.begin_kiosk",
            """
            INSERT INTO session (id, token_hash, vote_id, person_id, method, kiosk_id, device, expires_at)
            VALUES (\(ID<Session>()), \(token.hash(secrets, label: label)), \(vote), \(person), 'desk', \(kiosk),
                    \(String(device.prefix(60))), now() + make_interval(secs => \(Lifetime.kiosk.idle)::float8))
            """)
        return token
    }

    /// Gives the session of `token` a new token, when one is due. Of several requests at once one gets it; the others
    /// get nil and leave the cookie alone. For half a minute the old token still finds the session, so that a page and
    /// its neighbours asked for together all arrive.
    public func renew(_ token: Token) async throws -> Token? {
        let new = Token()
        let renewed = try await pool.execute(
            "session.renew",
            """
            UPDATE session
            SET token_hash = \(hash(new)), renewal_due = false, previous_hash = token_hash, renewed_at = now()
            WHERE token_hash = \(hash(token)) AND renewal_due AND expires_at > now()
            """)
        return renewed == 1 ? new : nil
    }

    /// Marks the sessions of `account` so that each gets a new token at its next request: its roles have changed.
    static func renewAll(of account: ID<Account>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "session.renew_all", "UPDATE session SET renewal_due = true WHERE account_id = \(account)")
    }

    // MARK: Ending

    /// Ends the session that `token` opens. Nothing happens when there is none.
    public func end(token: Token) async throws {
        try await Self.end(token: token, secrets: secrets, in: pool)
    }

    static func end(token: Token, secrets: Secrets, in executor: some Executor) async throws {
        let hash = token.hash(secrets, label: label)
        try await executor.execute(
            "session.end", "DELETE FROM session WHERE token_hash = \(hash) OR previous_hash = \(hash)")
    }

    /// Ends one session of `account`. Nothing happens when it is somebody else's.
    public func end(_ session: ID<Session>, of account: ID<Account>) async throws {
        try await pool.execute(
            "session.end_one",
            "DELETE FROM session WHERE id = \(session) AND account_id = \(account)")
    }

    /// Ends every session of `account`, on all its devices.
    public func endAll(of account: ID<Account>) async throws {
        try await Self.endAll(of: account, in: pool)
    }

    static func endAll(of account: ID<Account>, in executor: some Executor) async throws {
        try await executor.execute(
            "session.end_all", "DELETE FROM session WHERE account_id = \(account)")
    }

    // MARK: Tokens

    private static let label = "session"

    private func hash(_ token: Token) -> [UInt8] { token.hash(secrets, label: Self.label) }
}

extension Session {
    init(row: Row) throws {
        self.id = ID(try row.get("id"))
        self.createdAt = try row.get("created_at")
        self.expiresAt = try row.get("expires_at")
        self.renewalDue = try row.get("renewal_due")
        let person = ID<Person>(try row.get("person_id", as: UUID.self))
        if let account = try row.get("account_id", as: UUID?.self) {
            self.account = SignedInAccount(
                id: ID(account), person: person, name: try row.get("name"),
                language: Language(rawValue: try row.get("language")) ?? .french,
                roles: try row.get("roles", as: [String].self).compactMap(HeldRole.init(summary:)))
            self.voting = nil
        } else {
            self.account = nil
            self.voting = Voting(
                vote: ID(try row.get("vote_id", as: UUID.self)), person: person,
                method: try row.get("method", as: String?.self).flatMap(EligibilityMethod.init) ?? .code,
                kiosk: try row.get("kiosk_id", as: UUID?.self).map { ID($0) })
        }
    }
}

extension HeldRole {
    /// A role as the query of sessions gives it: `role/process/vote`, the last two empty or a UUID.
    init?(summary: String) {
        let parts = summary.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let role = Role(rawValue: String(parts[0])) else { return nil }
        self.init(role, for: Scope(process: ID(String(parts[1])), vote: ID(String(parts[2]))))
    }
}
