public import Foundation
import Postgres

/// The address of an account: changed by a letter to the new one, and remembered when it is left.
extension Accounts {
    /// How long the link that confirms a new address works, in seconds.
    public static let addressChangeLifetime: TimeInterval = 48 * 3600
    /// How long the keyed hash of an address that an account has left is kept, in seconds: two years, longer than any
    /// vote.
    public static let formerAddressMemory: TimeInterval = 2 * 365 * 86_400

    // MARK: Changing

    /// Asks for another address. A letter goes to it, with the link that confirms it or saying that it has an account
    /// already; the answer is the same. Nothing changes until the link is followed.
    ///
    /// Refuses `emailInvalid`, `emailUnchanged` and `wrongPassword`, all at once; `tooManyAttempts`, `overloaded`.
    public func requestAddress(
        _ email: String, password: String, of id: ID<Account>, by visitor: Visitor
    ) async throws {
        let (account, hash) = try await credentials(of: id)
        let address = EmailAddress(email)
        var reasons: [AccountRefusal] = []
        if address == nil { reasons.append(.emailInvalid) }
        if let address, address == account.email { reasons.append(.emailUnchanged) }
        if try await !passwordAgain(password, hash: hash, account: id) { reasons.append(.wrongPassword) }
        guard let address, reasons.isEmpty else { throw Refused(reasons: reasons) }
        try await count(.addressChange(address, visitor.network))
        let token = Token()
        try await pool.transaction("accounts.request_address") { transaction in
            let holder = try await transaction.one(
                "accounts.holder_of_address", "SELECT name, language FROM account WHERE email = \(address.text)")
            if let holder {
                try await write(
                    .addressInUse, to: address, name: try holder.get("name"), language: try holder.get("language"),
                    in: transaction)
            } else {
                try await transaction.execute(
                    "accounts.await_address",
                    """
                    INSERT INTO address_change (token_hash, account_id, email, expires_at)
                    VALUES (\(token.hash(secrets, label: Self.addressLabel)), \(id), \(address.text),
                            now() + make_interval(secs => \(Self.addressChangeLifetime)::float8))
                    """)
                try await write(
                    .confirmNewAddress(token), to: address, name: account.name, language: account.language,
                    in: transaction)
            }
        }
    }

    /// The address that the link of a letter stands for; nil when the link does not work for this account.
    public func awaitedAddress(_ token: Token, of id: ID<Account>) async throws -> EmailAddress? {
        let row = try await pool.one(
            "accounts.awaited_address",
            """
            SELECT email FROM address_change
            WHERE token_hash = \(token.hash(secrets, label: Self.addressLabel)) AND account_id = \(id)
                AND expires_at > now()
            """)
        return try row.flatMap { EmailAddress(try $0.get("email")) }
    }

    /// Gives the account the address that the letter's link stands for. Sessions go on; the old address is told.
    ///
    /// Only the account that asked can follow the link: a stranger cannot make somebody else's address their own by
    /// having its owner click. Refuses `linkExpired`, and `emailTaken` to whoever proved to read its letters.
    public func confirmAddress(_ token: Token, of id: ID<Account>) async throws {
        try await refusing(["account_email_once": .emailTaken]) {
            try await pool.transaction("accounts.confirm_address") { transaction in
                let row = try await transaction.one(
                    "accounts.leave_address",
                    "SELECT \(sql: Account.columns) FROM account WHERE id = \(id) AND closed_at IS NULL FOR UPDATE")
                let taken = try await transaction.one(
                    "accounts.take_address",
                    """
                    DELETE FROM address_change
                    WHERE token_hash = \(token.hash(secrets, label: Self.addressLabel)) AND account_id = \(id)
                        AND expires_at > now()
                    RETURNING email
                    """)
                guard let row, let email = try taken?.get("email", as: String.self) else {
                    throw Refused(AccountRefusal.linkExpired)
                }
                let account = try Account(row: row)
                try await transaction.execute(
                    "accounts.change_address", "UPDATE account SET email = \(email) WHERE id = \(id)")
                _ = try await transaction.pipeline([
                    // Whoever waited for this address, and every link that went to the old one, waits in vain.
                    ("accounts.forget_sign_ups", "DELETE FROM sign_up WHERE email = \(email)"),
                    ("accounts.forget_addresses", "DELETE FROM address_change WHERE account_id = \(id)"),
                    ("accounts.forget_resets", "DELETE FROM password_reset WHERE account_id = \(id)"),
                    (
                        "accounts.arrive",
                        "DELETE FROM former_address WHERE address_hash = \(formerHash(email))"
                    ),
                ])
                if let old = account.email {
                    try await remember(old, of: account.person, in: transaction)
                    try await write(
                        .addressChanged, to: old, name: account.name, language: account.language, in: transaction)
                }
                try await Acts.record("address_changed", by: .resident(id), on: "account", id, in: transaction)
            }
        }
    }

    // MARK: Remembering

    /// An address that was an account's makes no second person for as long as it is remembered: otherwise whoever
    /// leaves it, by closing the account or by changing its address, could come back and vote again.
    func remember(_ address: EmailAddress, of person: ID<Person>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "accounts.remember_address",
            """
            INSERT INTO former_address (address_hash, person_id, forget_after)
            VALUES (\(formerHash(address.text)), \(person),
                    now() + make_interval(secs => \(Self.formerAddressMemory)::float8))
            ON CONFLICT (address_hash)
                DO UPDATE SET person_id = excluded.person_id, forget_after = excluded.forget_after
            """)
    }

    /// Whether the address belonged to an account that is open and has another address now.
    func holderHasMoved(from address: EmailAddress, in transaction: Transaction) async throws -> Bool {
        try await transaction.one(
            "accounts.has_moved",
            """
            SELECT 1 AS found FROM former_address
            JOIN account ON account.person_id = former_address.person_id AND account.closed_at IS NULL
            WHERE former_address.address_hash = \(formerHash(address.text))
            """) != nil
    }

    /// What is remembered of an address that an account has left.
    func formerHash(_ email: String) -> [UInt8] {
        secrets.keyedHash(Array(email.utf8), label: "former address")
    }

    private static let addressLabel = "new address"
}
