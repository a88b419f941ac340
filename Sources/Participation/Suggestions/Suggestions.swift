import Foundation
public import Postgres

/// Suggested wordings: made by whoever has an account, accepted or refused by the authors.
public struct Suggestions: Sendable {
    private let pool: Pool
    private let zone: String
    private let throttle: Throttle
    private let notices: ProposalNotices

    /// The suggestions kept in the database of `pool`; phases are days of the time zone with the IANA name `zone`, and
    /// `correspondent` words the letters.
    public init(pool: Pool, secrets: Secrets, zone: String, correspondent: any ProposalCorrespondent) {
        self.pool = pool
        self.zone = zone
        throttle = Throttle(pool: pool, secrets: secrets)
        notices = ProposalNotices(correspondent: correspondent)
    }

    // MARK: Reading

    /// The suggestions to a proposal, those that wait first, then the latest; at most `limit`, with numbers below
    /// `last` among the decided when it is given.
    public func list(to proposal: ID<Proposal>, before last: Int? = nil, limit: Int = 50) async throws -> [Suggestion] {
        try await pool.query(
            "suggestion.list",
            """
            SELECT \(sql: Suggestion.columns) FROM suggestion
            JOIN account ON account.id = suggestion.account_id
            JOIN proposal_version AS base
              ON base.proposal_id = suggestion.proposal_id AND base.number = suggestion.base_version
            WHERE suggestion.proposal_id = \(proposal)
              AND (\(last)::bigint IS NULL OR (suggestion.state <> 'pending' AND suggestion.number < \(last)::bigint))
            ORDER BY suggestion.state <> 'pending', suggestion.number DESC LIMIT \(limit)
            """
        ).map(Suggestion.init(row:))
    }

    /// One suggestion to a proposal, by its number.
    public func find(_ number: Int, to proposal: ID<Proposal>) async throws -> Suggestion? {
        try await pool.one(
            "suggestion.find",
            """
            SELECT \(sql: Suggestion.columns) FROM suggestion
            JOIN account ON account.id = suggestion.account_id
            JOIN proposal_version AS base
              ON base.proposal_id = suggestion.proposal_id AND base.number = suggestion.base_version
            WHERE suggestion.proposal_id = \(proposal) AND suggestion.number = \(number)
            """
        ).map(Suggestion.init(row:))
    }

    /// How many suggestions a proposal has, and how many of them wait for its authors.
    public func counts(of proposal: ID<Proposal>) async throws -> (all: Int, pending: Int) {
        let row: Row? = try await pool.one(
            "suggestion.counts",
            """
            SELECT count(*) AS total, count(*) FILTER (WHERE state = 'pending') AS pending
            FROM suggestion WHERE proposal_id = \(proposal)
            """)
        return (Int(try row?.get("total", as: Int64.self) ?? 0), Int(try row?.get("pending", as: Int64.self) ?? 0))
    }

    /// The number of the present wording of a proposal.
    public func version(of proposal: ID<Proposal>) async throws -> Int {
        try await ProposalVersions.latest(of: proposal, in: pool)
    }

    /// Whether the wording of a proposal is open today.
    public func isOpen(_ proposal: Proposal) async throws -> Bool {
        guard proposal.status == .received else { return false }
        return try await ProposalCalls.rule(of: proposal.process, zone: zone, in: pool).mayWrite
    }

    // MARK: Making

    /// Suggests another wording to the authors, written against version `base`, and tells them.
    ///
    /// - Returns: the number of the suggestion.
    /// - Throws: `Refused<SuggestionRefusal>` with everything that is wrong; `NotAllowed` without an account.
    @discardableResult
    public func make(
        _ wording: Wording, because explanation: String, to proposal: ID<Proposal>, against base: Int, by actor: Actor
    ) async throws -> Int {
        var reasons: [SuggestionRefusal] = wording.problems()
        let excess: Int = explanation.unicodeScalars.count - Suggestion.longestReason
        if excess > 0 { reasons.append(.explanationTooLong(by: excess)) }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
        guard let account = actor.account else { throw NotAllowed(roles: []) }
        do {
            try await throttle.count(.saying(account))
        } catch let wait as Throttle.TooMany {
            throw Refused(SuggestionRefusal.tooFast(seconds: wait.seconds))
        }
        return try await pool.transaction("suggestion.make") { transaction in
            let proposal: Proposal = try await lock(proposal, in: transaction)
            let against: Row? = try await transaction.one(
                "suggestion.base",
                """
                SELECT title, body, place FROM proposal_version WHERE proposal_id = \(proposal.id) AND number = \(base)
                """)
            guard let against else { throw Refused(SuggestionRefusal.outdated) }
            guard try Wording(row: against) != wording else { throw Refused(SuggestionRefusal.unchanged) }
            let id = ID<Suggestion>()
            let row: Row? = try await transaction.one(
                "suggestion.insert",
                """
                INSERT INTO suggestion (id, proposal_id, number, base_version, title, body, place, explanation,
                                        account_id)
                SELECT \(id), \(proposal.id), coalesce(max(number), 0) + 1, \(base), \(wording.title), \(wording.body),
                       \(wording.place), \(explanation), \(account)
                FROM suggestion WHERE proposal_id = \(proposal.id)
                RETURNING number
                """)
            let number = Int(try row!.get("number", as: Int32.self))
            try await Acts.record("suggestion_made", by: actor, on: "suggestion", id, in: transaction)
            try await notices.tell(
                .authors, of: .suggestionMade(number: number), about: proposal.id, by: actor, in: transaction)
            return number
        }
    }

    /// Takes a suggestion back before anybody has decided.
    ///
    /// - Throws: `Refused<SuggestionRefusal>`, `.decided`; `NotAllowed` unless the actor made it.
    public func withdraw(_ suggestion: Suggestion, of proposal: ID<Proposal>, by actor: Actor) async throws {
        guard let account = actor.account, account == suggestion.account else { throw NotAllowed(roles: []) }
        try await pool.transaction("suggestion.withdraw") { transaction in
            try await Self.decide(suggestion.id, .withdrawn, by: account, reason: "", in: transaction)
            try await Acts.record("suggestion_withdrawn", by: actor, on: "suggestion", suggestion.id, in: transaction)
        }
    }

    // MARK: Deciding

    /// Makes the suggestion the wording of the proposal, as it stands or as the author adapted it, and thanks whoever
    /// made it.
    ///
    /// - Parameter version: the version that the author compared it with: nobody's change in between is overwritten.
    /// - Throws: `Refused<SuggestionRefusal>`, with `.outdated` when the proposal has another wording by now, and
    ///   `.decided`; `NotAllowed` unless the actor is an author.
    public func accept(
        _ suggestion: Suggestion, as wording: Wording, to proposal: ID<Proposal>, over version: Int, by actor: Actor
    ) async throws {
        let reasons: [SuggestionRefusal] = wording.problems()
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
        try await pool.transaction("suggestion.accept") { transaction in
            let account: ID<Account> = try await Self.requireAuthor(actor, of: proposal, in: transaction)
            let proposal: Proposal = try await lock(proposal, in: transaction)
            guard try await ProposalVersions.latest(of: proposal.id, in: transaction) == version else {
                throw Refused(SuggestionRefusal.outdated)
            }
            guard wording != Wording(title: proposal.title, body: proposal.body, place: proposal.place) else {
                throw Refused(SuggestionRefusal.unchanged)
            }
            let made: Int = try await ProposalVersions.write(
                wording, of: proposal.id, because: "suggestion", by: .resident(suggestion.account), in: transaction)
            try await Self.decide(suggestion.id, .accepted, by: account, version: made, in: transaction)
            try await Acts.record("suggestion_accepted", by: actor, on: "suggestion", suggestion.id, in: transaction)
            try await notices.tell(
                suggestion.account, of: .suggestionAccepted(number: suggestion.number), about: proposal.id,
                in: transaction)
        }
    }

    /// Refuses a suggestion and tells whoever made it why.
    ///
    /// - Throws: `Refused<SuggestionRefusal>`: a refusal has a reason; `NotAllowed` unless the actor is an author.
    public func refuse(
        _ suggestion: Suggestion, because reason: String, to proposal: ID<Proposal>, by actor: Actor
    ) async throws {
        guard !reason.isEmpty else { throw Refused(SuggestionRefusal.reasonMissing) }
        let excess: Int = reason.unicodeScalars.count - Suggestion.longestReason
        guard excess <= 0 else { throw Refused(SuggestionRefusal.reasonTooLong(by: excess)) }
        try await pool.transaction("suggestion.refuse") { transaction in
            let account: ID<Account> = try await Self.requireAuthor(actor, of: proposal, in: transaction)
            try await Self.decide(suggestion.id, .refused, by: account, reason: reason, in: transaction)
            try await Acts.record("suggestion_refused", by: actor, on: "suggestion", suggestion.id, in: transaction)
            try await notices.tell(
                suggestion.account, of: .suggestionRefused(number: suggestion.number, reason: reason), about: proposal,
                in: transaction)
        }
    }

    // MARK: Parts

    /// The proposal, locked, when its wording is open.
    private func lock(_ proposal: ID<Proposal>, in transaction: Transaction) async throws -> Proposal {
        let row: Row? = try await transaction.one(
            "suggestion.lock",
            "SELECT \(sql: Proposal.columns) FROM proposal WHERE proposal.id = \(proposal) FOR NO KEY UPDATE")
        guard let proposal = try row.map(Proposal.init(row:)), proposal.status == .received,
            try await ProposalCalls.rule(of: proposal.process, zone: zone, in: transaction).mayWrite
        else { throw Refused(SuggestionRefusal.closed) }
        return proposal
    }

    private static func requireAuthor(
        _ actor: Actor, of proposal: ID<Proposal>, in transaction: Transaction
    ) async throws -> ID<Account> {
        guard let account = actor.account,
            try await transaction.one(
                "suggestion.author",
                "SELECT FROM proposal_author WHERE proposal_id = \(proposal) AND account_id = \(account)") != nil
        else { throw NotAllowed(roles: []) }
        return account
    }

    private static func decide(
        _ suggestion: ID<Suggestion>, _ state: Suggestion.State, by account: ID<Account>, reason: String = "",
        version: Int? = nil, in transaction: Transaction
    ) async throws {
        let count: Int = try await transaction.execute(
            "suggestion.decide",
            """
            UPDATE suggestion
            SET state = \(state.rawValue), decided_at = clock_timestamp(), decided_by = \(account), reason = \(reason),
                version = \(version)
            WHERE id = \(suggestion) AND state = 'pending'
            """)
        guard count > 0 else { throw Refused(SuggestionRefusal.decided) }
    }
}
