public import Foundation
public import Postgres

/// Why something about an account is refused.
public enum AccountRefusal: Hashable, Sendable {
    case nameMissing
    case nameTooLong(maximum: Int)
    case emailInvalid
    /// Said to the operator, and to whoever proved to read the letters of this address; to nobody else.
    case emailTaken
    case password(PasswordRules.Weakness)
    /// Address or password: which of the two is not said.
    case wrongCredentials
    /// The password asked for again is not the right one.
    case wrongPassword
    /// The new address is the one that the account has.
    case emailUnchanged
    /// The link was used, is too old, or never was one.
    case linkExpired
    case tooManyAttempts(seconds: Int)
    /// Too many people at once.
    case overloaded
    /// The only administrator left cannot leave.
    case lastAdministrator
}

/// Somebody who has just been let in.
public struct SignedIn: Sendable {
    /// The new session's token, for the cookie. It was never anybody's before.
    public let token: Token
    /// The account signed in to.
    public let account: Account
}

/// Accounts: opened by residents themselves, confirmed by letter, closed without a trace of who they were.
///
/// Nothing here tells a stranger whether an address has an account: not the answer, not its time.
public struct Accounts: Sendable {
    /// How long the link of a confirmation letter works, in seconds.
    public static let confirmationLifetime: TimeInterval = 48 * 3600
    /// How long the link of a reset letter works, in seconds.
    public static let resetLifetime: TimeInterval = 3600
    /// The most characters of a name.
    public static let longestName = 100

    let pool: Pool
    let secrets: Secrets
    private let passwords: Passwords
    private let throttle: Throttle
    private let correspondent: any Correspondent

    /// Accounts kept in the database of `pool`, whose letters `correspondent` words.
    public init(pool: Pool, secrets: Secrets, passwords: Passwords, correspondent: any Correspondent) {
        self.pool = pool
        self.secrets = secrets
        self.passwords = passwords
        self.throttle = Throttle(pool: pool, secrets: secrets)
        self.correspondent = correspondent
    }

    // MARK: Opening

    /// Asks for an account. Whatever the address, the answer is the same, and a letter goes to it: with the link that
    /// confirms it, or saying that there is an account already. Nothing exists until the link is followed.
    /// `destination` travels in the letter unread: where the resident was going.
    ///
    /// Refuses `nameMissing`, `nameTooLong`, `emailInvalid`, `password`, all at once; `tooManyAttempts`, `overloaded`.
    public func signUp(
        email: String, name: String, password: String, language: Language, destination: String? = nil,
        by visitor: Visitor
    ) async throws {
        let address = try check(email: email, name: name, password: password)
        try await count(.signUp(address, visitor.network))
        let hash = try await self.hash(password)
        let token = Token()
        try await pool.transaction("accounts.sign_up") { transaction in
            let holder = try await transaction.one(
                "accounts.holder", "SELECT name, language FROM account WHERE email = \(address.text)")
            if let holder {
                try await write(
                    .accountExists, to: address, name: try holder.get("name"), language: try holder.get("language"),
                    in: transaction)
            } else if try await holderHasMoved(from: address, in: transaction) {
                try await write(.accountMoved, to: address, name: name, language: language, in: transaction)
            } else {
                try await transaction.execute(
                    "accounts.await_confirmation",
                    """
                    INSERT INTO sign_up (token_hash, email, password_hash, name, language, expires_at)
                    VALUES (\(token.hash(secrets, label: Self.confirmationLabel)), \(address.text), \(hash), \(name),
                            \(language), now() + make_interval(secs => \(Self.confirmationLifetime)::float8))
                    """)
                try await write(
                    .confirmAddress(token, destination: destination), to: address, name: name, language: language,
                    in: transaction)
            }
        }
    }

    /// Whether the link of a confirmation letter still works.
    public func awaitsConfirmation(_ token: Token) async throws -> Bool {
        try await pool.one(
            "accounts.awaits_confirmation",
            """
            SELECT 1 AS found FROM sign_up
            WHERE token_hash = \(token.hash(secrets, label: Self.confirmationLabel)) AND expires_at > now()
            """) != nil
    }

    /// Opens the account that the letter's link stands for, and signs in.
    ///
    /// The password chosen at sign-up is asked for again: otherwise a stranger could ask for an account at somebody
    /// else's address, under a password of their own, and wait for the owner to follow the link.
    /// Refuses `linkExpired`, `wrongPassword`, `emailTaken`, `tooManyAttempts`, `overloaded`.
    public func confirm(
        _ token: Token, password: String, replacing old: Token? = nil, by visitor: Visitor
    ) async throws -> SignedIn {
        let tokenHash = token.hash(secrets, label: Self.confirmationLabel)
        guard
            let row = try await pool.one(
                "accounts.sign_up_of_link",
                "SELECT email, password_hash FROM sign_up WHERE token_hash = \(tokenHash) AND expires_at > now()")
        else { throw Refused(AccountRefusal.linkExpired) }
        let attempt = Throttle.Attempt.signIn(EmailAddress(try row.get("email", as: String.self)), visitor.network)
        try await count(attempt)
        guard try await verify(password, against: try row.get("password_hash")) != .wrong else {
            throw Refused(AccountRefusal.wrongPassword)
        }
        try await throttle.succeeded(attempt)
        return try await refusing(["account_email_once": .emailTaken, "account_one_open_per_person": .emailTaken]) {
            try await pool.transaction("accounts.confirm") { transaction in
                guard
                    let row = try await transaction.one(
                        "accounts.take_sign_up",
                        """
                        DELETE FROM sign_up WHERE token_hash = \(tokenHash) AND expires_at > now()
                        RETURNING email, password_hash, name, language
                        """)
                else { throw Refused(AccountRefusal.linkExpired) }
                let email: String = try row.get("email")
                let account = try await open(
                    email: email, passwordHash: try row.get("password_hash"), name: try row.get("name"),
                    language: try row.get("language"), in: transaction)
                try await transaction.execute(
                    "accounts.forget_other_sign_ups", "DELETE FROM sign_up WHERE email = \(email)")
                try await Acts.record(
                    "account_opened", by: .resident(account.id), on: "account", account.id, in: transaction)
                return try await signIn(account, replacing: old, device: visitor.device, in: transaction)
            }
        }
    }

    /// Opens a confirmed account for somebody, holding `roles`. Only the operator, or the service itself, may.
    ///
    /// Refuses `nameMissing`, `nameTooLong`, `emailInvalid`, `password`, `emailTaken`; throws `NotAllowed` for others.
    @discardableResult
    public func create(
        email: String, name: String, password: String, language: Language = .french, roles: [HeldRole] = [],
        by actor: Actor
    ) async throws -> Account {
        guard actor == .operator || actor == .system else { throw NotAllowed(roles: []) }
        let address = try check(email: email, name: name, password: password)
        let hash = try await self.hash(password)
        return try await refusing(["account_email_once": .emailTaken, "account_one_open_per_person": .emailTaken]) {
            try await pool.transaction("accounts.create") { transaction in
                let account = try await open(
                    email: address.text, passwordHash: hash, name: name, language: language, in: transaction)
                try await Acts.record("account_opened", by: actor, on: "account", account.id, in: transaction)
                for held in roles {
                    try await Roles.give(held, to: account.id, by: actor, in: transaction)
                }
                return account
            }
        }
    }

    /// Writes the account, for a new person or for the one who had this address before.
    private func open(
        email: String, passwordHash: String, name: String, language: Language, in transaction: Transaction
    ) async throws -> Account {
        let former = try await transaction.one(
            "accounts.recognise",
            "DELETE FROM former_address WHERE address_hash = \(formerHash(email)) RETURNING person_id")
        let person: ID<Person> = try former?.get("person_id") ?? ID()
        if former == nil {
            try await transaction.execute("accounts.add_person", "INSERT INTO person (id) VALUES (\(person))")
        }
        let rows = try await transaction.query(
            "accounts.open",
            """
            INSERT INTO account (id, person_id, email, password_hash, name, language, confirmed_at)
            VALUES (\(ID<Account>()), \(person), \(email), \(passwordHash), \(name), \(language), now())
            RETURNING \(sql: Account.columns)
            """)
        // An INSERT that returns has written its row.
        return try Account(row: rows[0])
    }

    // MARK: Signing in

    /// Signs in. An address nobody has and a wrong password take the same time and give the same refusal.
    ///
    /// Ends the session of `old`, the token the browser had before. Refuses `wrongCredentials`, `tooManyAttempts`,
    /// `overloaded`.
    public func signIn(
        email: String, password: String, replacing old: Token? = nil, by visitor: Visitor
    ) async throws -> SignedIn {
        let address = EmailAddress(email)
        let attempt = Throttle.Attempt.signIn(address, visitor.network)
        try await count(attempt)
        let row = try await pool.one(
            "accounts.credentials",
            """
            SELECT password_hash, \(sql: Account.columns) FROM account
            WHERE email = \(address?.text) AND closed_at IS NULL AND confirmed_at IS NOT NULL
            """)
        let hash = try row?.get("password_hash", as: String?.self)
        let verdict = try await verify(password, against: hash)
        guard let row, verdict != .wrong else { throw Refused(AccountRefusal.wrongCredentials) }
        let account = try Account(row: row)
        let fresh = verdict == .rightButStale ? try await self.hash(password) : nil
        try await throttle.succeeded(attempt)
        return try await pool.transaction("accounts.sign_in") { transaction in
            // The password may have been changed, or the account closed, while this one was being verified.
            let unchanged = try await transaction.one(
                "accounts.still_holds",
                """
                SELECT 1 AS found FROM account WHERE id = \(account.id) AND password_hash = \(hash) FOR UPDATE
                """)
            guard unchanged != nil else { throw Refused(AccountRefusal.wrongCredentials) }
            if let fresh {
                try await transaction.execute(
                    "accounts.rehash", "UPDATE account SET password_hash = \(fresh) WHERE id = \(account.id)")
            }
            return try await signIn(account, replacing: old, device: visitor.device, in: transaction)
        }
    }

    private func signIn(
        _ account: Account, replacing old: Token?, device: String, in transaction: Transaction
    ) async throws -> SignedIn {
        if let old { try await Sessions.end(token: old, secrets: secrets, in: transaction) }
        let token = try await Sessions.begin(
            account: account.id, device: device, secrets: secrets, in: transaction)
        return SignedIn(token: token, account: account)
    }

    // MARK: Passwords

    /// Sets a new password, ends every session of the account, and begins a new one here.
    ///
    /// Refuses `wrongPassword` and `password`, both at once; `tooManyAttempts`, `overloaded`.
    public func changePassword(
        from current: String, to new: String, of id: ID<Account>, by visitor: Visitor
    ) async throws -> SignedIn {
        let (account, hash) = try await credentials(of: id)
        let known = try await passwordAgain(current, hash: hash, account: id)
        let weakness = PasswordRules.weakness(of: new, email: account.email, name: account.name)
        let reasons = (known ? [] : [AccountRefusal.wrongPassword]) + (weakness.map { [.password($0)] } ?? [])
        guard reasons.isEmpty else { throw Refused(reasons: reasons) }
        let newHash = try await self.hash(new)
        return try await pool.transaction("accounts.change_password") { transaction in
            try await set(newHash, insteadOf: hash, of: account, in: transaction)
            try await Acts.record("password_changed", by: .resident(id), on: "account", id, in: transaction)
            return try await signIn(account, replacing: nil, device: visitor.device, in: transaction)
        }
    }

    /// Sends a letter with a link that sets a new password, if the address has an account. Whether it has one is not
    /// said, and the answer always takes the same time.
    ///
    /// Refuses `emailInvalid`, `tooManyAttempts`.
    public func requestReset(email: String, by visitor: Visitor) async throws {
        guard let address = EmailAddress(email) else { throw Refused(AccountRefusal.emailInvalid) }
        let answered = ContinuousClock.now.advanced(by: .milliseconds(400))
        try await count(.passwordReset(address, visitor.network))
        try await pool.transaction("accounts.request_reset") { transaction in
            guard
                let row = try await transaction.one(
                    "accounts.holder_to_reset",
                    "SELECT \(sql: Account.columns) FROM account WHERE email = \(address.text) AND closed_at IS NULL")
            else { return }
            let account = try Account(row: row)
            let token = Token()
            try await transaction.execute(
                "accounts.allow_reset",
                """
                INSERT INTO password_reset (token_hash, account_id, expires_at)
                VALUES (\(token.hash(secrets, label: Self.resetLabel)), \(account.id),
                        now() + make_interval(secs => \(Self.resetLifetime)::float8))
                """)
            try await write(
                .resetPassword(token), to: address, name: account.name, language: account.language, in: transaction)
        }
        try await Task.sleep(until: answered, clock: .continuous)
    }

    /// Whether the link of a reset letter still works.
    public func awaitsReset(_ token: Token) async throws -> Bool {
        try await pool.one(
            "accounts.awaits_reset",
            """
            SELECT 1 AS found FROM password_reset
            WHERE token_hash = \(token.hash(secrets, label: Self.resetLabel)) AND expires_at > now()
            """) != nil
    }

    /// Sets a new password by the link of a letter, ends every session of the account, and begins a new one here.
    ///
    /// Refuses `linkExpired`, `password`, `overloaded`. The link works once.
    public func reset(
        _ token: Token, to new: String, replacing old: Token? = nil, by visitor: Visitor
    ) async throws -> SignedIn {
        let tokenHash = token.hash(secrets, label: Self.resetLabel)
        guard
            let row = try await pool.one(
                "accounts.account_of_reset",
                """
                SELECT \(sql: Account.columns) FROM account
                WHERE id = (SELECT account_id FROM password_reset
                            WHERE token_hash = \(tokenHash) AND expires_at > now())
                """)
        else { throw Refused(AccountRefusal.linkExpired) }
        let account = try Account(row: row)
        if let weakness = PasswordRules.weakness(of: new, email: account.email, name: account.name) {
            throw Refused(AccountRefusal.password(weakness))
        }
        let newHash = try await self.hash(new)
        return try await pool.transaction("accounts.reset") { transaction in
            let used = try await transaction.execute(
                "accounts.use_reset",
                "DELETE FROM password_reset WHERE token_hash = \(tokenHash) AND expires_at > now()")
            guard used == 1 else { throw Refused(AccountRefusal.linkExpired) }
            try await set(newHash, insteadOf: nil, of: account, in: transaction)
            try await Acts.record("password_reset", by: .visitor, on: "account", account.id, in: transaction)
            return try await signIn(account, replacing: old, device: visitor.device, in: transaction)
        }
    }

    /// Makes the links of letters to the account worthless.
    private func voidLinks(of id: ID<Account>, in transaction: Transaction) async throws {
        _ = try await transaction.pipeline([
            ("accounts.void_resets", "DELETE FROM password_reset WHERE account_id = \(id)"),
            ("accounts.void_address_changes", "DELETE FROM address_change WHERE account_id = \(id)"),
        ])
    }

    /// Writes the new hash and makes everything that the old password opened worthless.
    private func set(
        _ hash: String, insteadOf old: String?, of account: Account, in transaction: Transaction
    ) async throws {
        let changed = try await transaction.execute(
            "accounts.set_password",
            """
            UPDATE account SET password_hash = \(hash)
            WHERE id = \(account.id) AND closed_at IS NULL AND (\(old)::text IS NULL OR password_hash = \(old))
            """)
        guard changed == 1 else { throw Refused(AccountRefusal.wrongPassword) }
        try await voidLinks(of: account.id, in: transaction)
        try await Sessions.endAll(of: account.id, in: transaction)
        if let email = account.email {
            try await write(
                .passwordChanged, to: email, name: account.name, language: account.language, in: transaction)
        }
    }

    // MARK: Keeping and closing

    /// The account, unless there is none or it is closed.
    public func find(_ id: ID<Account>) async throws -> Account? {
        try await pool.one(
            "accounts.find",
            "SELECT \(sql: Account.columns) FROM account WHERE id = \(id) AND closed_at IS NULL"
        ).map(Account.init(row:))
    }

    /// The account of an address, unless there is none. For administrators and the operator.
    public func find(email: EmailAddress) async throws -> Account? {
        try await pool.one(
            "accounts.find_by_email", "SELECT \(sql: Account.columns) FROM account WHERE email = \(email.text)"
        ).map(Account.init(row:))
    }

    /// Changes the name shown to its owner and, when they hold a role, beside their acts.
    ///
    /// Refuses `nameMissing`, `nameTooLong`.
    public func rename(_ id: ID<Account>, to name: String) async throws {
        let reasons = Self.problems(name: name)
        guard reasons.isEmpty else { throw Refused(reasons: reasons) }
        try await pool.execute(
            "accounts.rename", "UPDATE account SET name = \(name) WHERE id = \(id) AND closed_at IS NULL")
    }

    /// Changes the language of pages and letters.
    public func changeLanguage(of id: ID<Account>, to language: Language) async throws {
        try await pool.execute(
            "accounts.change_language",
            "UPDATE account SET language = \(language) WHERE id = \(id) AND closed_at IS NULL")
    }

    /// Closes the account: address, name and password are erased, roles end, sessions too. The person stays, and is
    /// recognised for `Self.formerAddressMemory` should the same address come back.
    ///
    /// Refuses `wrongPassword`, `tooManyAttempts`, `overloaded`, `lastAdministrator`.
    public func close(_ id: ID<Account>, password: String) async throws {
        let (account, hash) = try await credentials(of: id)
        guard try await passwordAgain(password, hash: hash, account: id) else {
            throw Refused(AccountRefusal.wrongPassword)
        }
        try await pool.transaction("accounts.close") { transaction in
            do {
                try await Roles.takeAll(of: id, in: transaction)
            } catch let refused as Refused<RoleRefusal> where refused.reasons == [.lastAdministrator] {
                throw Refused(AccountRefusal.lastAdministrator)
            }
            let closed = try await transaction.execute(
                "accounts.close",
                """
                UPDATE account SET email = NULL, password_hash = NULL, name = '', closed_at = now()
                WHERE id = \(id) AND closed_at IS NULL AND password_hash = \(hash)
                """)
            guard closed == 1 else { throw Refused(AccountRefusal.wrongPassword) }
            try await Sessions.endAll(of: id, in: transaction)
            try await voidLinks(of: id, in: transaction)
            try await Gatherings.forget(id, in: transaction)
            if let email = account.email {
                try await remember(email, of: account.person, in: transaction)
                try await write(
                    .accountClosed, to: email, name: account.name, language: account.language, in: transaction)
            }
            try await Acts.record("account_closed", by: .resident(id), on: "account", id, in: transaction)
        }
    }

    // MARK: Parts

    private static let confirmationLabel = "confirmation"
    private static let resetLabel = "password reset"

    private static func problems(name: String) -> [AccountRefusal] {
        if name.isEmpty { return [.nameMissing] }
        return name.count > longestName ? [.nameTooLong(maximum: longestName)] : []
    }

    private func check(email: String, name: String, password: String) throws -> EmailAddress {
        let address = EmailAddress(email)
        var reasons = Self.problems(name: name)
        if address == nil { reasons.append(.emailInvalid) }
        if let weakness = PasswordRules.weakness(of: password, email: address, name: name) {
            reasons.append(.password(weakness))
        }
        guard let address, reasons.isEmpty else { throw Refused(reasons: reasons) }
        return address
    }

    func credentials(of id: ID<Account>) async throws -> (Account, hash: String) {
        guard
            let row = try await pool.one(
                "accounts.credentials_of",
                """
                SELECT password_hash, \(sql: Account.columns) FROM account
                WHERE id = \(id) AND closed_at IS NULL AND password_hash IS NOT NULL
                """)
        else { throw Refused(AccountRefusal.wrongPassword) }
        return (try Account(row: row), try row.get("password_hash"))
    }

    /// Whether somebody signed in gives their password rightly; counted, since a browser left open invites guessing.
    func passwordAgain(_ password: String, hash: String, account: ID<Account>) async throws -> Bool {
        try await count(.passwordAgain(account))
        let known = try await verify(password, against: hash) != .wrong
        if known { try await throttle.succeeded(.passwordAgain(account)) }
        return known
    }

    func write(
        _ notice: Notice, to address: EmailAddress, name: String, language: Language, in transaction: Transaction
    ) async throws {
        let letter = try correspondent.letter(notice, to: name, in: language)
        try await Outbox.enqueue(letter, kind: notice.kind, to: address, in: language, within: transaction)
    }

    func count(_ attempt: Throttle.Attempt) async throws {
        do {
            try await throttle.count(attempt)
        } catch let refusal as Throttle.TooMany {
            throw Refused(AccountRefusal.tooManyAttempts(seconds: refusal.seconds))
        }
    }

    private func hash(_ password: String) async throws -> String {
        do {
            return try await passwords.hash(password)
        } catch is Overloaded {
            throw Refused(AccountRefusal.overloaded)
        }
    }

    private func verify(_ password: String, against hash: String?) async throws -> Passwords.Verdict {
        do {
            return try await passwords.verify(password, against: hash)
        } catch is Overloaded {
            throw Refused(AccountRefusal.overloaded)
        }
    }

    /// Turns the constraints named into refusals, and nothing else.
    func refusing<T: Sendable>(
        _ refusals: [String: AccountRefusal], _ body: () async throws -> T
    ) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError {
            guard let constraint = error.constraint, let refusal = refusals[constraint] else { throw error }
            throw Refused(refusal)
        }
    }
}

extension Account {
    static let columns: SQL = "id, person_id, email, name, language, created_at, confirmed_at"

    init(row: Row) throws {
        self.id = try row.get("id")
        self.person = try row.get("person_id")
        self.email = try row.get("email", as: String?.self).flatMap(EmailAddress.init)
        self.name = try row.get("name")
        self.language = try row.get("language")
        self.createdAt = try row.get("created_at")
        self.confirmedAt = try row.get("confirmed_at")
    }
}
