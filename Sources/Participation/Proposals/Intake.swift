public import Postgres

/// Why an agent does not enter a proposal for somebody.
public enum IntakeRefusal: Hashable, Sendable {
    /// What the person wants is not whole.
    case draft(DraftRefusal)
    /// No account has this address.
    case noAccount
    /// The name is missing, or longer than 100 characters.
    case nameMissing, nameTooLong
    /// Helper and person helped are two people.
    case oneself
    /// The sheet has no number, or one longer than 40 characters.
    case sheetMissing, sheetTooLong
    /// A sheet of this number has been entered already.
    case sheetEntered
    /// The signed form has no number, or one that is too long.
    case consentReference
}

/// Proposals that an agent writes down for somebody: said aloud at the desk or at a stand, or written on a sheet of
/// paper. The person is the author; agent and person are two identities, and the person takes a receipt home whose
/// code withdraws the proposal.
public struct Intake: Sendable {
    private let pool: Pool
    private let assistance: Assistance
    private let notices: ProposalNotices

    /// Proposals kept in the database of `pool`; codes are hashed with a key of `secrets`, `correspondent` words the
    /// letter to a person who has an account.
    public init(pool: Pool, secrets: Secrets, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        assistance = Assistance(pool: pool, secrets: secrets)
        notices = ProposalNotices(correspondent: correspondent)
    }

    /// Who it is entered for.
    public enum Author: Sendable, Hashable {
        /// Whoever has the account of this address; they find it among their proposals and hear of it by letter.
        case account(EmailAddress)
        /// Somebody without an account, by the name under which it is shown.
        case name(String)
    }

    /// What the receipt shows.
    public struct Entered: Sendable {
        /// The proposal, which is published.
        public let id: ID<Proposal>
        /// Its number in addresses.
        public let number: Int64
        /// The code that withdraws it, shown once.
        public let code: AssistanceCode
    }

    /// Enters and publishes a proposal. Agents may do so in any phase: paper arrives after its day.
    ///
    /// - Parameters:
    ///   - sheet: the number of the sheet it was written on; nil when it was said. The signed sheet is the consent.
    ///   - consent: how the person agreed, when it was said.
    /// - Throws: `Refused<IntakeRefusal>` with everything that is wrong; `NotAllowed` unless the actor is an agent of
    ///   the process.
    public func enter(
        _ draft: ProposalDraft, for author: Author, sheet: String? = nil, consent: Consent, in process: ID<Process>,
        language: Language, by actor: Actor
    ) async throws -> Entered {
        let draft: ProposalDraft = draft.tidied
        let consent: Consent = sheet.map { .signedForm($0) } ?? consent
        return try await refusing {
            try await pool.transaction("intake.enter") { transaction in
                try await Authority.require([.participationAgent], of: actor, process: process, in: transaction)
                guard let call = try await ProposalCalls.call(of: process, in: transaction) else {
                    throw Refused(IntakeRefusal.draft(.notNow))
                }
                let found: (account: ID<Account>?, person: ID<Person>)? = try await Self.find(author, transaction)
                try Self.check(draft, call, author, found?.account, sheet, consent, actor)
                // The check has refused an address that no account has.
                guard let found else { throw Refused(IntakeRefusal.noAccount) }
                let id = ID<Proposal>()
                try await Drafts.insert(draft, as: id, in: process, language: language, transaction)
                try await Self.write(author, found.account, of: id, transaction)
                let source = ProposalSource(sheet == nil ? .desk : .paper, reference: sheet)
                try await source.record(of: id, in: process, transaction)
                try await Drafts.publish(id, by: actor, transaction)
                let code: AssistanceCode = try await assistance.record(
                    .proposal(id), for: found.person, consent: consent, in: nil, at: nil, by: actor, in: transaction)
                if found.account != nil {
                    try await notices.tell(.authors, of: .entered, about: id, by: actor, in: transaction)
                }
                let number: Row? = try await transaction.one(
                    "intake.number", "SELECT number FROM proposal WHERE id = \(id)")
                return Entered(id: id, number: try number?.get("number") ?? 0, code: code)
            }
        }
    }

    /// The account and the person behind an author; a person is made for whoever has no account.
    private static func find(
        _ author: Author, _ transaction: Transaction
    ) async throws -> (account: ID<Account>?, person: ID<Person>)? {
        switch author {
        case .account(let address):
            let row: Row? = try await transaction.one(
                "intake.account",
                "SELECT id, person_id FROM account WHERE email = \(address.text) AND closed_at IS NULL")
            return try row.map { (try $0.get("id"), try $0.get("person_id")) }
        case .name:
            let person = ID<Person>()
            try await transaction.execute("intake.person", "INSERT INTO person (id) VALUES (\(person))")
            return (nil, person)
        }
    }

    private static func check(
        _ draft: ProposalDraft, _ call: ProposalCall, _ author: Author, _ account: ID<Account>?, _ sheet: String?,
        _ consent: Consent, _ actor: Actor
    ) throws {
        var reasons: [IntakeRefusal] = []
        switch author {
        case .account:
            if account == nil { reasons.append(.noAccount) }
            if account != nil, account == actor.account { reasons.append(.oneself) }
        case .name(let name):
            if name.isEmpty { reasons.append(.nameMissing) }
            if name.unicodeScalars.count > Accounts.longestName { reasons.append(.nameTooLong) }
        }
        if let sheet {
            if sheet.isEmpty { reasons.append(.sheetMissing) }
            if sheet.unicodeScalars.count > longestReference { reasons.append(.sheetTooLong) }
        } else if consent != .readAloud {
            if consent.reference.isEmpty || consent.reference.unicodeScalars.count > longestReference {
                reasons.append(.consentReference)
            }
        }
        reasons += draft.gaps(in: call).map(IntakeRefusal.draft)
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    /// As long as the register of help keeps.
    private static let longestReference = 40

    private static func write(
        _ author: Author, _ account: ID<Account>?, of id: ID<Proposal>, _ transaction: Transaction
    ) async throws {
        var name: String?
        if case .name(let written) = author { name = written }
        try await transaction.execute(
            "intake.author",
            """
            INSERT INTO proposal_author (proposal_id, place, account_id, name) VALUES (\(id), 1, \(account), \(name))
            """)
    }

    private func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PostgresError {
            switch error.constraint {
            case "proposal_source_once": throw Refused(IntakeRefusal.sheetEntered)
            case "proposal_district": throw Refused(IntakeRefusal.draft(.unknownDistrict))
            default: throw error
            }
        }
    }
}
