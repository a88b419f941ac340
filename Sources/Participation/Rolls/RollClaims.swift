public import Foundation
public import Postgres

/// Somebody says who they are on a roll.
public struct RollClaim: Sendable {
    /// What it is for.
    public enum Purpose: String, Sendable {
        /// To vote.
        case vote
        /// To see whether there is a mark in one's name.
        case mark
    }

    /// What was typed.
    public struct Draft: Sendable, Hashable {
        /// The fields that the definition names.
        public var typed: [RollField: String]
        /// Where the link goes when the roll has no address; may be empty with an account.
        public var email: String

        /// A claim as it was typed.
        public init(_ typed: [RollField: String], email: String) {
            self.typed = typed
            self.email = email
        }
    }

    /// Why a claim is not taken.
    public enum Problem: Hashable, Sendable {
        /// A field is empty, or holds more than 200 characters.
        case missing(RollField), tooLong(RollField)
        /// Not a day of the calendar, or not a year.
        case badDate, badYear
        /// No address to send the link to, or none that can be one.
        case noEmail, badEmail
        /// The person is younger than the vote asks.
        case tooYoung(least: Int)
    }

    /// Its identity.
    public let id: ID<RollClaim>
    /// What it is for.
    public let purpose: Purpose
    /// What was typed.
    public let typed: [RollField: String]
    /// The address given, if one was.
    public let email: String?
    /// Whether an account made it.
    public let hasAccount: Bool
    /// When.
    public let madeAt: Date
}

/// Why a claim that waits is not settled.
public enum ClaimRefusal: Error, Hashable, Sendable {
    /// It has been settled already, or withdrawn by time.
    case settled
    /// The entry is not on the roll of this vote, or another account votes as it.
    case notThisEntry
    /// A refusal needs a reason.
    case reasonMissing
}

/// People who are found on a roll by what they type: exactly, at once; nearly, by a person at the desk.
///
/// Never by e-mail alone: families share an address, and many have none. Where the roll has an address for a person,
/// the link goes there and nowhere else; to learn of a mark there is no other way but the desk.
public struct RollClaims: Sendable {
    /// How long the link of a letter works, in seconds.
    public static let linkLifetime: TimeInterval = 24 * 3600
    /// The roles that may settle claims.
    public static let settlers: [Role] = [.participationAgent, .returningOfficer, .pollingOfficer]

    private let pool: Pool
    private let secrets: Secrets
    private let sessions: Sessions
    private let throttle: Throttle
    private let correspondent: any EligibilityCorrespondent

    /// The claims kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, secrets: Secrets, correspondent: any EligibilityCorrespondent) {
        self.pool = pool
        self.secrets = secrets
        sessions = Sessions(pool: pool, secrets: secrets)
        throttle = Throttle(pool: pool, secrets: secrets)
        self.correspondent = correspondent
    }

    // MARK: Claiming

    /// Takes a claim: links the account or sends a link when it matches exactly, leaves it to a person when it does not.
    ///
    /// - Throws: `Refused<RollClaim.Problem>`; `Throttle.TooMany`.
    public func claim(
        _ draft: RollClaim.Draft, for purpose: RollClaim.Purpose, in vote: Vote, from source: ProofSource
    ) async throws -> Admission {
        let fields: [RollField] = vote.settings.rollFields.compactMap { RollField(rawValue: $0) }
        let email: EmailAddress? = try Self.check(draft, fields, needsEmail: source.account == nil && purpose == .vote)
        try await throttle.count(.rollClaim(source.network))
        let matches: [RollMatch] = try await RollMatching(draft.typed, fields: fields).candidates(in: vote.id, pool)
        guard let entry = RollMatch.only(matches) else {
            return try await wait(draft, email, purpose, vote, source)
        }
        if purpose == .vote {
            guard entry.isOld(enough: vote) else {
                throw Refused(RollClaim.Problem.tooYoung(least: vote.settings.minimumAge))
            }
        }
        if purpose == .vote, let account = source.account, try await link(account, entry, vote) { return .linked }
        let onRoll: EmailAddress? = EmailAddress(entry.email)
        guard let address = onRoll ?? (purpose == .vote && source.account == nil ? email : nil) else {
            return try await wait(draft, email, purpose, vote, source)
        }
        try await pool.transaction("roll_claim.accept_exact") { transaction in
            let id = ID<RollClaim>()
            try await insert(id, draft: nil, email, purpose, vote, source, transaction)
            try await send(id, entry.id, purpose, to: address, vote, source.language, by: nil, transaction)
        }
        return .letterSent(to: onRoll == nil ? address.text : Self.hint(address))
    }

    private static func check(
        _ draft: RollClaim.Draft, _ fields: [RollField], needsEmail: Bool
    ) throws -> EmailAddress? {
        var problems: [RollClaim.Problem] = []
        for field in fields {
            let text: String = draft.typed[field] ?? ""
            if NameText.key(text).isEmpty {
                problems.append(.missing(field))
            } else if text.count > 200 {
                problems.append(.tooLong(field))
            } else if field == .birthDate, (try? BirthDate.read(text).get()) == nil {
                problems.append(.badDate)
            } else if field == .birthYear, Int(text).map({ (1880...2200).contains($0) }) != true {
                problems.append(.badYear)
            }
        }
        let email = EmailAddress(draft.email)
        if email == nil, !draft.email.isEmpty { problems.append(.badEmail) }
        if draft.email.isEmpty, needsEmail { problems.append(.noEmail) }
        guard problems.isEmpty else { throw Refused(reasons: problems) }
        return email
    }

    /// As much of an address as tells its owner where to look, and nobody else who they are.
    static func hint(_ address: EmailAddress) -> String {
        let domain: Substring = address.text.drop { $0 != "@" }
        return "\(address.localPart.prefix(1))…\(domain)"
    }

    /// Lets the account vote as the person of the entry; false when the roll has another address for the person, which
    /// must confirm it, or when another account has come before.
    private func link(_ account: SignedInAccount, _ entry: RollEntry, _ vote: Vote) async throws -> Bool {
        try await pool.transaction("roll_link.make") { transaction in
            let row: Row? = try await transaction.one(
                "roll_link.address", "SELECT email FROM account WHERE id = \(account.id.uuid) AND closed_at IS NULL")
            let own: String? = try row?.get("email", as: String?.self)
            guard entry.email.isEmpty || entry.email == own else { return false }
            return try await Self.link(account.id, entry.id, vote.id, transaction)
        }
    }

    private static func link(
        _ account: ID<Account>, _ entry: ID<RollEntry>, _ vote: ID<Vote>, _ transaction: some Executor
    ) async throws -> Bool {
        try await transaction.execute(
            "roll_link.insert",
            """
            INSERT INTO roll_link (entry_id, vote_id, account_id)
            VALUES (\(entry.uuid), \(vote.uuid), \(account.uuid)) ON CONFLICT DO NOTHING
            """)
        return try await transaction.one(
            "roll_link.check",
            "SELECT 1 AS held FROM roll_link WHERE entry_id = \(entry.uuid) AND account_id = \(account.uuid)") != nil
    }

    private func wait(
        _ draft: RollClaim.Draft, _ email: EmailAddress?, _ purpose: RollClaim.Purpose, _ vote: Vote,
        _ source: ProofSource
    ) async throws -> Admission {
        guard email != nil || source.account != nil else { throw Refused(RollClaim.Problem.noEmail) }
        try await insert(ID<RollClaim>(), draft: draft, email, purpose, vote, source, pool)
        return .waiting
    }

    private func insert(
        _ id: ID<RollClaim>, draft: RollClaim.Draft?, _ email: EmailAddress?, _ purpose: RollClaim.Purpose,
        _ vote: Vote, _ source: ProofSource, _ executor: some Executor
    ) async throws {
        let typed: [String: String] = Dictionary(
            uniqueKeysWithValues: (draft?.typed ?? [:]).map { ($0.key.rawValue, $0.value) })
        try await executor.execute(
            "roll_claim.insert",
            """
            INSERT INTO roll_claim (id, vote_id, purpose, typed, email, language, account_id, expires_at)
            VALUES (\(id.uuid), \(vote.id.uuid), \(purpose.rawValue), \(Texts(typed).json)::jsonb, \(email?.text),
                    \(source.language), \(source.account?.id),
                    greatest(\(vote.settings.closes), now()) + interval '30 days')
            """)
    }

    /// Accepts a claim for an entry and sends the link.
    private func send(
        _ id: ID<RollClaim>, _ entry: ID<RollEntry>, _ purpose: RollClaim.Purpose, to address: EmailAddress,
        _ vote: Vote, _ language: Language, by settler: ID<Account>?, _ transaction: some Executor
    ) async throws {
        let token = Token()
        try await transaction.execute(
            "roll_claim.accept",
            """
            UPDATE roll_claim
            SET entry_id = \(entry.uuid), accepted_at = now(), settled_by = \(settler), typed = '{}',
                token_hash = \(hash(token)),
                expires_at = now() + make_interval(secs => \(Self.linkLifetime)::float8)
            WHERE id = \(id.uuid)
            """)
        let notice: EligibilityNotice = purpose == .vote ? .vote(token) : .mark(token)
        try await Outbox.enqueue(
            correspondent.letter(notice, about: vote, in: language), kind: "roll_claim", to: address, in: language,
            within: transaction)
    }

    // MARK: The link

    /// Opens a session for the person that the link belongs to; nil when it is none to vote with.
    func confirm(_ token: Token, in vote: Vote) async throws -> Token? {
        try await pool.transaction("roll_claim.confirm") { transaction in
            guard let person = try await use(token, .vote, in: vote, transaction) else { return nil }
            return try await sessions.beginVoting(
                person: person, vote: vote.id, method: .roll, device: "", in: transaction)
        }
    }

    /// Whom the link of a letter about marks belongs to.
    ///
    /// - Throws: `LinkExpired`.
    public func person(asking token: Token, in vote: Vote) async throws -> ID<Person> {
        guard let person = try await use(token, .mark, in: vote, pool) else { throw LinkExpired() }
        return person
    }

    private func use(
        _ token: Token, _ purpose: RollClaim.Purpose, in vote: Vote, _ executor: some Executor
    ) async throws -> ID<Person>? {
        let row: Row? = try await executor.one(
            "roll_claim.use",
            """
            UPDATE roll_claim SET used_at = now()
            FROM roll_entry
            WHERE roll_claim.token_hash = \(hash(token)) AND roll_claim.vote_id = \(vote.id.uuid)
              AND roll_claim.purpose = \(purpose.rawValue) AND roll_claim.used_at IS NULL
              AND roll_claim.expires_at > now()
              AND roll_entry.id = roll_claim.entry_id AND roll_entry.removed_at IS NULL
            RETURNING roll_entry.person_id
            """)
        return try row.map { ID(try $0.get("person_id", as: UUID.self)) }
    }

    /// As whom an account votes, once it was matched to the roll.
    public func person(of account: ID<Account>, in vote: ID<Vote>) async throws -> ID<Person>? {
        try await pool.one(
            "roll_link.person",
            """
            SELECT roll_entry.person_id FROM roll_link JOIN roll_entry ON roll_entry.id = roll_link.entry_id
            WHERE roll_link.vote_id = \(vote.uuid) AND roll_link.account_id = \(account.uuid)
              AND roll_entry.removed_at IS NULL
            """
        ).map { ID(try $0.get("person_id", as: UUID.self)) }
    }

    // MARK: At the desk

    /// The claims that wait for a person, the oldest first.
    public func waiting(in vote: ID<Vote>, limit: Int = 50) async throws -> [RollClaim] {
        try await pool.query(
            "roll_claim.waiting",
            """
            SELECT id, purpose, typed::text AS typed, email, account_id IS NOT NULL AS has_account, made_at
            FROM roll_claim
            WHERE vote_id = \(vote.uuid) AND accepted_at IS NULL AND refused_at IS NULL AND expires_at > now()
            ORDER BY made_at LIMIT \(limit)
            """
        ).map(RollClaim.init(row:))
    }

    /// One claim that waits, with the entries of the roll that are most like it.
    ///
    /// - Throws: `ClaimRefusal.settled`.
    public func open(_ id: ID<RollClaim>, in vote: Vote) async throws -> (claim: RollClaim, matches: [RollMatch]) {
        let row: Row? = try await pool.one(
            "roll_claim.open",
            """
            SELECT id, purpose, typed::text AS typed, email, account_id IS NOT NULL AS has_account, made_at
            FROM roll_claim
            WHERE id = \(id.uuid) AND vote_id = \(vote.id.uuid) AND accepted_at IS NULL AND refused_at IS NULL
            """)
        guard let row else { throw ClaimRefusal.settled }
        let claim = try RollClaim(row: row)
        let fields: [RollField] = vote.settings.rollFields.compactMap { RollField(rawValue: $0) }
        let matches: [RollMatch] = try await RollMatching(claim.typed, fields: fields).candidates(in: vote.id, pool)
        return (claim, Array(matches.prefix(5)))
    }

    /// Settles a claim: it is this person of the roll. Their account is linked, or the link is sent.
    ///
    /// - Throws: `ClaimRefusal`; `NotAllowed`.
    public func accept(
        _ id: ID<RollClaim>, as entry: ID<RollEntry>, in vote: Vote, by actor: Actor
    ) async throws {
        try await pool.transaction("roll_claim.settle") { transaction in
            let row: Row = try await lock(id, vote, by: actor, transaction)
            let known: Row? = try await transaction.one(
                "roll_claim.entry",
                """
                SELECT email FROM roll_entry
                WHERE id = \(entry.uuid) AND vote_id = \(vote.id.uuid) AND removed_at IS NULL
                """)
            guard let known else { throw ClaimRefusal.notThisEntry }
            let purpose: RollClaim.Purpose = .init(rawValue: try row.get("purpose")) ?? .vote
            let language: Language = Language(rawValue: try row.get("language")) ?? .french
            let account: UUID? = try row.get("account_id")
            let own: String? = try row.get("email")
            let ownAddress: String? = try row.get("address")
            let address: EmailAddress? =
                EmailAddress(try known.get("email")) ?? (ownAddress ?? own).flatMap { EmailAddress($0) }
            if purpose == .vote, let account {
                guard try await Self.link(ID(account), entry, vote.id, transaction) else {
                    throw ClaimRefusal.notThisEntry
                }
                try await close(id, entry, by: actor, transaction)
                if let own = ownAddress.flatMap({ EmailAddress($0) }) {
                    try await Outbox.enqueue(
                        correspondent.letter(.linked, about: vote, in: language), kind: "roll_claim", to: own,
                        in: language, within: transaction)
                }
            } else if let address {
                try await send(id, entry, purpose, to: address, vote, language, by: actor.account, transaction)
            }
            try await Acts.record("roll_claim_accepted", by: actor, on: "roll_claim", id, in: transaction)
        }
    }

    private func close(
        _ id: ID<RollClaim>, _ entry: ID<RollEntry>, by actor: Actor, _ transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "roll_claim.linked",
            """
            UPDATE roll_claim
            SET entry_id = \(entry.uuid), accepted_at = now(), settled_by = \(actor.account), typed = '{}',
                email = NULL
            WHERE id = \(id.uuid)
            """)
    }

    /// Settles a claim: it is nobody on the roll, for the reason that the person is told.
    ///
    /// - Throws: `ClaimRefusal`; `NotAllowed`.
    public func refuse(_ id: ID<RollClaim>, because reason: String, in vote: Vote, by actor: Actor) async throws {
        guard !reason.isEmpty, reason.count <= 500 else { throw ClaimRefusal.reasonMissing }
        try await pool.transaction("roll_claim.settle") { transaction in
            let row: Row = try await lock(id, vote, by: actor, transaction)
            try await transaction.execute(
                "roll_claim.refuse",
                """
                UPDATE roll_claim
                SET refused_at = now(), settled_by = \(actor.account), reason = \(reason), typed = '{}', email = NULL
                WHERE id = \(id.uuid)
                """)
            let language: Language = Language(rawValue: try row.get("language")) ?? .french
            let address: String? = try row.get("address", as: String?.self) ?? row.get("email", as: String?.self)
            if let address = address.flatMap({ EmailAddress($0) }) {
                try await Outbox.enqueue(
                    correspondent.letter(.refused(reason: reason), about: vote, in: language), kind: "roll_claim",
                    to: address, in: language, within: transaction)
            }
            try await Acts.record("roll_claim_refused", by: actor, on: "roll_claim", id, in: transaction)
        }
    }

    private func lock(
        _ id: ID<RollClaim>, _ vote: Vote, by actor: Actor, _ transaction: some Executor
    ) async throws -> Row {
        try await Authority.require(Self.settlers, of: actor, process: vote.process, vote: vote.id, in: transaction)
        let row: Row? = try await transaction.one(
            "roll_claim.lock",
            """
            SELECT roll_claim.purpose, roll_claim.language, roll_claim.email, roll_claim.account_id,
                   (SELECT account.email FROM account WHERE account.id = roll_claim.account_id) AS address
            FROM roll_claim
            WHERE roll_claim.id = \(id.uuid) AND roll_claim.vote_id = \(vote.id.uuid)
              AND roll_claim.accepted_at IS NULL AND roll_claim.refused_at IS NULL
            FOR UPDATE
            """)
        guard let row else { throw ClaimRefusal.settled }
        return row
    }

    private func hash(_ token: Token) -> [UInt8] { token.hash(secrets, label: "roll claim") }

    /// Forgets claims, declarations and files that nobody needs any more.
    static func purge(in executor: some Executor) async throws {
        try await executor.execute("roll_claim.purge", "DELETE FROM roll_claim WHERE expires_at < now()")
        try await executor.execute(
            "declaration.purge", "DELETE FROM declaration WHERE confirmed_at IS NULL AND expires_at < now()")
        try await executor.execute(
            "roll_import.purge",
            """
            DELETE FROM roll_import
            WHERE state = 'receiving' AND touched_at < now() - interval '1 day'
               OR state NOT IN ('confirmed', 'given_up') AND touched_at < now() - interval '60 days'
            """)
    }
}

extension RollClaim {
    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        purpose = Purpose(rawValue: try row.get("purpose")) ?? .vote
        var typed: [RollField: String] = [:]
        for (key, value) in try Texts(json: try row.get("typed")).byLanguage {
            if let field = RollField(rawValue: key) { typed[field] = value }
        }
        self.typed = typed
        email = try row.get("email")
        hasAccount = try row.get("has_account")
        madeAt = try row.get("made_at")
    }
}

extension RollEntry {
    /// Whether the person reaches the least age by the closing day. Where only the year is known, it is enough to reach
    /// it in the year of the closing day; where nothing is known, the roll itself is what says that they may vote.
    public func isOld(enough vote: Vote) -> Bool {
        let least: Int = vote.settings.minimumAge
        let closing = Day(of: vote.settings.closes)
        if let birthDate {
            let birthday: (Int, Int, Int) = (birthDate.year + least, birthDate.month, birthDate.day)
            return birthday <= (closing.year, closing.month, closing.day)
        }
        return birthYear.map { $0 + least <= closing.year } ?? true
    }
}

extension Day {
    /// The day of a moment in universal time.
    init(of moment: Date) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts: DateComponents = calendar.dateComponents([.year, .month, .day], from: moment)
        // A calendar gives days that exist.
        self.init(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)!
    }
}
