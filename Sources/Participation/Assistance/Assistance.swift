import Foundation
public import Postgres

/// How somebody agreed to being helped.
public enum Consent: Sendable, Hashable {
    /// The text was read aloud, and the person accepted it.
    case readAloud
    /// The person signed a form, kept under this number.
    case signedForm(String)
    /// The person put their thumb on a sheet of this number.
    case thumbprint(String)

    /// The word that the database and forms keep.
    public var word: String {
        switch self {
        case .readAloud: "read_aloud"
        case .signedForm: "signed_form"
        case .thumbprint: "thumbprint"
        }
    }

    /// The number under which paper is kept; empty for words.
    public var reference: String {
        switch self {
        case .readAloud: ""
        case .signedForm(let number), .thumbprint(let number): number
        }
    }

    /// Every word, in the order of a form.
    public static let words = ["read_aloud", "signed_form", "thumbprint"]

    /// The consent of a form; nil for a word that is none.
    public init?(word: String, reference: String) {
        switch word {
        case "read_aloud": self = .readAloud
        case "signed_form": self = .signedForm(reference)
        case "thumbprint": self = .thumbprint(reference)
        default: return nil
        }
    }
}

/// The code on the receipt of an assisted act, shown once: it withdraws the act.
public struct AssistanceCode: Sendable, Hashable {
    /// Three groups of four letters and digits without look-alikes.
    public let text: String

    /// A code nobody can guess.
    init() {
        let alphabet: [Character] = Array("23456789ABCDEFGHJKMNPQRSTVWXY")
        var generator = SystemRandomNumberGenerator()
        text = (0..<3).map { _ in
            String((0..<4).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
        }.joined(separator: "-")
    }

    static func hash(_ text: String, _ secrets: Secrets) -> [UInt8] {
        let letters: [UInt8] = Array(
            text.uppercased().utf8.filter { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }.prefix(64))
        return secrets.keyedHash(letters, label: "assistance code")
    }
}

/// Help given in person. Helper and person helped are two identities on every act; the person agreed, takes a receipt
/// home, and can withdraw what was done for them.
public struct Assistance: Sendable {
    let pool: Pool
    private let secrets: Secrets
    private let throttle: Throttle
    private let withdrawals: Withdrawals?

    /// The acts kept in the database of `pool`; codes are hashed with a key of `secrets`.
    ///
    /// - Parameter correspondent: words the letters to those who follow a proposal that is withdrawn. Without it the
    ///   codes of proposals are unknown here.
    public init(pool: Pool, secrets: Secrets, correspondent: (any ProposalCorrespondent)? = nil) {
        self.pool = pool
        withdrawals = correspondent.map { Withdrawals(pool: pool, correspondent: $0) }
        self.secrets = secrets
        throttle = Throttle(pool: pool, secrets: secrets)
    }

    /// Why help is not given, or not withdrawn.
    public enum Refusal: Error, Hashable, Sendable {
        /// The signed form, or the sheet, has no number.
        case referenceMissing
        /// The number is longer than 40 characters.
        case referenceTooLong
        /// The name is missing, or too long.
        case nameMissing, nameTooLong
        /// There is no act of this code.
        case unknownCode
        /// It has been withdrawn already.
        case withdrawn
        /// The person has voted: a ballot in the box cannot be taken out.
        case hasVoted
        /// The account holds a role; its holder closes it.
        case holdsRole
        /// The city has answered the proposal, or others were joined to it: it is no longer theirs alone to take back.
        case settled
    }

    /// What was done with help.
    enum Deed {
        case account(ID<Account>)
        case kiosk(ID<KioskSession>)
        case proposal(ID<Proposal>)

        var word: String {
            switch self {
            case .account: "account"
            case .kiosk: "kiosk"
            case .proposal: "proposal"
            }
        }

        var account: ID<Account>? { if case .account(let id) = self { id } else { nil } }
        var kiosk: ID<KioskSession>? { if case .kiosk(let id) = self { id } else { nil } }
        var proposal: ID<Proposal>? { if case .proposal(let id) = self { id } else { nil } }
    }

    /// An account opened with help, and what the receipt shows.
    public struct OpenedAccount: Sendable, Hashable {
        /// The account, which has no address and no password.
        public let account: ID<Account>
        /// Whom a mark refers to.
        public let person: ID<Person>
        /// The code of the receipt.
        public let code: AssistanceCode
    }

    /// Opens an account without an address for somebody present. Nobody signs in to it: its person acts with help.
    ///
    /// - Throws: `Refusal`; `NotAllowed` unless the actor is an agent, a polling officer or a returning officer of the
    ///   vote.
    public func openAccount(
        named name: String, language: Language, consent: Consent, for vote: Vote, by actor: Actor
    ) async throws -> OpenedAccount {
        guard !name.isEmpty else { throw Refusal.nameMissing }
        guard name.count <= Accounts.longestName else { throw Refusal.nameTooLong }
        return try await pool.transaction("assistance.open_account") { transaction in
            try await Authority.require(
                Self.helpers, of: actor, process: vote.process, vote: vote.id, in: transaction)
            let person = ID<Person>()
            let account = ID<Account>()
            try await transaction.execute("assistance.person", "INSERT INTO person (id) VALUES (\(person))")
            try await transaction.execute(
                "assistance.account",
                """
                INSERT INTO account (id, person_id, name, language) VALUES (\(account), \(person), \(name), \(language))
                """)
            try await Acts.record("account_opened", by: actor, on: "account", account, in: transaction)
            let code: AssistanceCode = try await record(
                .account(account), for: person, consent: consent, in: vote.opening == nil ? nil : vote.id, at: nil,
                by: actor, in: transaction)
            return OpenedAccount(account: account, person: person, code: code)
        }
    }

    /// Writes an assisted act beside the act itself, in its transaction.
    func record(
        _ deed: Deed, for person: ID<Person>, consent: Consent, in vote: ID<Vote>?, at place: ID<Place>?,
        by actor: Actor, in transaction: Transaction
    ) async throws -> AssistanceCode {
        guard let helper = actor.account, let role = actor.role else { throw NotAllowed(roles: Self.helpers) }
        guard consent == .readAloud || !consent.reference.isEmpty else { throw Refusal.referenceMissing }
        guard consent.reference.count <= 40 else { throw Refusal.referenceTooLong }
        let code = AssistanceCode()
        let id = ID<Assistance>()
        try await transaction.execute(
            "assistance.record",
            """
            INSERT INTO assisted_act (id, act, helper_id, helper_role, person_id, account_id, kiosk_id, proposal_id,
                                      vote_id, place_id, consent, consent_reference, code_hash)
            VALUES (\(id), \(deed.word), \(helper), \(role), \(person), \(deed.account), \(deed.kiosk),
                    \(deed.proposal), \(vote), \(place), \(consent.word), \(consent.reference), \(AssistanceCode.hash(code.text, secrets)))
            """)
        try await Acts.record(
            "assisted", by: actor, on: "assisted_act", id,
            detail: ["act": deed.word, "consent": consent.word, "person": person.description], in: transaction)
        return code
    }

    // MARK: Withdrawing

    /// Withdraws an act with the code of its receipt: an account is closed, a kiosk session ended. What has been voted stays voted.
    ///
    /// - Returns: what was withdrawn: `account`, `kiosk` or `proposal`.
    /// - Throws: `Refusal`; `Throttle.TooMany` after many wrong codes from the network.
    @discardableResult
    public func withdraw(code: String, from network: Network) async throws -> String {
        try await throttle.count(.votingCode(network))
        let deed: String = try await pool.transaction("assistance.withdraw") { transaction in
            let row: Row? = try await transaction.one(
                "assistance.of_code",
                """
                SELECT id, act, person_id, account_id, kiosk_id, proposal_id, vote_id, withdrawn_at IS NOT NULL AS is_withdrawn
                FROM assisted_act WHERE code_hash = \(AssistanceCode.hash(code, secrets)) FOR UPDATE
                """)
            guard let row else { throw Refusal.unknownCode }
            guard try !row.get("is_withdrawn", as: Bool.self) else { throw Refusal.withdrawn }
            try await undo(row, in: transaction)
            let id: ID<Assistance> = ID(try row.get("id", as: UUID.self))
            try await transaction.execute(
                "assistance.withdrawn",
                "UPDATE assisted_act SET withdrawn_at = now(), withdrawn_by = 'person' WHERE id = \(id)")
            try await Acts.record("assistance_withdrawn", by: .visitor, on: "assisted_act", id, in: transaction)
            return try row.get("act")
        }
        try await throttle.succeeded(.votingCode(network))
        return deed
    }

    private func undo(_ row: Row, in transaction: Transaction) async throws {
        let person: ID<Person> = ID(try row.get("person_id", as: UUID.self))
        let act: String = try row.get("act")
        if act == "kiosk" {
            let marked: Row? = try await transaction.one(
                "assistance.marked",
                """
                SELECT 1 AS found FROM mark
                WHERE vote_id = \(try row.get("vote_id", as: UUID?.self)) AND person_id = \(person)
                  AND annulled_at IS NULL
                """)
            guard marked == nil else { throw Refusal.hasVoted }
        }
        switch act {
        case "account":
            let account: ID<Account> = ID(try row.get("account_id", as: UUID.self))
            let closed: Int = try await transaction.execute(
                "assistance.close_account",
                """
                UPDATE account SET email = NULL, password_hash = NULL, name = '', closed_at = now()
                WHERE id = \(account) AND closed_at IS NULL
                  AND NOT EXISTS (SELECT FROM role_grant WHERE account_id = \(account) AND revoked_at IS NULL)
                """)
            guard closed == 1 else { throw Refusal.holdsRole }
            try await Sessions.endAll(of: account, in: transaction)
        case "kiosk":
            let kiosk: ID<KioskSession> = ID(try row.get("kiosk_id", as: UUID.self))
            try await transaction.execute(
                "assistance.end_session", "DELETE FROM session WHERE kiosk_id = \(kiosk)")
            try await transaction.execute(
                "assistance.end_kiosk",
                "UPDATE kiosk_session SET ended_at = now(), shown_name = '' WHERE id = \(kiosk) AND ended_at IS NULL")
        case "proposal": try await withdraw(try row.get("proposal_id"), in: transaction)
        default:
            // The schema's check leaves no other act.
            return
        }
    }

    private func withdraw(_ proposal: ID<Proposal>, in transaction: Transaction) async throws {
        guard let withdrawals else { throw Refusal.unknownCode }
        let row: Row? = try await transaction.one(
            "assistance.proposal", "SELECT status FROM proposal WHERE id = \(proposal) FOR NO KEY UPDATE")
        // The schema's check leaves no other words.
        guard let row, let status = Proposal.Status(rawValue: try row.get("status")) else { throw Refusal.unknownCode }
        // An author with an account may have withdrawn it meanwhile.
        if status == .withdrawn { return }
        do {
            try await withdrawals.withdraw(proposal, status, by: .visitor, in: transaction)
        } catch is WithdrawalRefusal {
            throw Refusal.settled
        }
    }

    // MARK: In public

    /// How often people were helped in a vote, by what was done; acts withdrawn are not counted.
    public func counts(in vote: ID<Vote>) async throws -> [String: Int] {
        let rows: [Row] = try await pool.query(
            "assistance.counts",
            """
            SELECT act, count(*) AS acts FROM assisted_act
            WHERE vote_id = \(vote.uuid) AND withdrawn_at IS NULL GROUP BY act
            """)
        return try rows.reduce(into: [:]) { counts, row in
            counts[try row.get("act")] = try row.get("acts", as: Int.self)
        }
    }

    static let helpers: [Role] = [.pollingOfficer, .participationAgent, .returningOfficer]
}
