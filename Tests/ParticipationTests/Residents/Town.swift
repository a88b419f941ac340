import Foundation
import Participation
import Postgres
import TestSupport

/// The fixed cast of the tests about people: one database, its capabilities, and a few residents.
struct Town: Sendable {
    let pool: Pool
    let secrets: Secrets
    let passwords: Passwords
    let accounts: Accounts
    let sessions: Sessions
    let roles: Roles
    let throttle: Throttle

    static let password = "tilleul sous la pluie"

    let library = Visitor(network: Network(address: "192.0.2.7"), device: "Firefox, Linux")
    let home = Visitor(network: Network(address: "2001:db8:1:2::3"), device: "Safari, iPhone")

    init(pool: Pool) {
        self.pool = pool
        self.secrets = Secrets(master: [UInt8](repeating: 7, count: 32))
        self.passwords = Passwords()
        self.accounts = Accounts(
            pool: pool, secrets: secrets, passwords: passwords, correspondent: PlainCorrespondent())
        self.sessions = Sessions(pool: pool, secrets: secrets)
        self.roles = Roles(pool: pool)
        self.throttle = Throttle(pool: pool, secrets: secrets)
    }

    /// A resident with an account, holding `roles`, with the password of the cast.
    @discardableResult
    func resident(_ name: String, roles: [HeldRole] = []) async throws -> Account {
        try await accounts.create(
            email: "\(name.lowercased())@example.fr", name: name, password: Self.password, roles: roles, by: .operator)
    }

    /// Signs `name` in from the library.
    func signIn(_ name: String, password: String = Town.password, replacing old: Token? = nil) async throws -> SignedIn
    {
        try await accounts.signIn(
            email: "\(name.lowercased())@example.fr", password: password, replacing: old, by: library)
    }

    /// Waits until a statement of somebody else waits for what this transaction holds.
    func waitForLock() async throws {
        while try await pool.query(
            "test.waits",
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// The token in the last letter of `kind` to `name`; nil when there is no such letter.
    func token(_ kind: String, to name: String) async throws -> Token? {
        try await pool.query(
            "test.letter",
            """
            SELECT body FROM outbox WHERE kind = \(kind) AND recipient = \("\(name.lowercased())@example.fr")
            ORDER BY id DESC LIMIT 1
            """
        ).first.flatMap { Token(try $0.get("body", as: String.self)) }
    }

    /// How many rows `table` has.
    func count(_ table: String) async throws -> Int {
        let rows = try await pool.query("test.count", "SELECT count(*) AS n FROM \(sql: .identifier(table))")
        return try rows[0].get("n")
    }

    /// Turns the clock of what is stored: everything in the tables of sessions and links is `seconds` older.
    func pass(seconds: Double) async throws {
        try await pool.execute(
            "test.age_sessions",
            """
            UPDATE session SET created_at = created_at - make_interval(secs => \(seconds)),
                last_seen_at = last_seen_at - make_interval(secs => \(seconds)),
                expires_at = expires_at - make_interval(secs => \(seconds)),
                renewed_at = renewed_at - make_interval(secs => \(seconds))
            """)
        for table in ["sign_up", "password_reset", "address_change"] {
            try await pool.execute(
                "test.age_links",
                """
                UPDATE \(sql: .identifier(table)) SET created_at = created_at - make_interval(secs => \(seconds)),
                    expires_at = expires_at - make_interval(secs => \(seconds))
                """)
        }
        try await pool.execute(
            "test.age_throttle",
            """
            UPDATE throttle SET updated_at = updated_at - make_interval(secs => \(seconds)),
                blocked_until = blocked_until - make_interval(secs => \(seconds))
            """)
    }
}

/// Letters whose text is the token they carry.
struct PlainCorrespondent: Correspondent {
    func letter(_ notice: Notice, to name: String, in language: Language) -> Letter {
        switch notice {
        case .confirmAddress(let token, _), .resetPassword(let token), .confirmNewAddress(let token):
            Letter(subject: "To \(name)", body: token.text)
        case .accountExists, .accountMoved, .addressInUse, .addressChanged, .passwordChanged, .accountClosed:
            Letter(subject: "To \(name)", body: "-")
        }
    }
}

/// The reasons for which `body` is refused; empty when it is not.
func refusals<Reason: Hashable & Sendable>(
    of reason: Reason.Type, _ body: () async throws -> Void
) async throws -> [Reason] {
    do {
        try await body()
        return []
    } catch let refused as Refused<Reason> {
        return refused.reasons
    }
}

/// Runs `body` in a town of its own.
func withTown(_ body: (Town) async throws -> Void) async throws {
    try await withDatabase { pool in try await body(Town(pool: pool)) }
}
