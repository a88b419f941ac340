import Foundation
public import Postgres

/// Drafts of proposals: begun, saved step by step, published or discarded by their authors, and seen by nobody else.
/// Once published, a proposal is changed by its authors as long as the phase allows.
public struct Drafts: Sendable {
    let pool: Pool
    /// The city's time zone by its IANA name.
    let zone: String

    /// The drafts kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// Drafts that one account may have at a time.
    static let mostDrafts = 20

    // MARK: Beginning

    /// Begins a draft with whatever is known of it already.
    ///
    /// - Parameters:
    ///   - fresh: the identity it will have. A form sent twice names the same one and begins one draft.
    ///   - source: where it comes from, such as what somebody noted on a walk.
    ///   - photo: a first photo.
    /// - Throws: `Refused<DraftRefusal>`: `.notNow`, `.tooManyDrafts`, `.begunElsewhere`, or what cannot be kept.
    @discardableResult
    public func begin(
        _ draft: ProposalDraft = ProposalDraft(), as fresh: ID<Proposal> = ID(), from source: ProposalSource? = nil,
        showing photo: PreparedMedium? = nil, in process: ID<Process>, language: Language, by actor: Actor
    ) async throws -> ID<Proposal> {
        guard case .resident(let account) = actor else { throw Refused(DraftRefusal.absent) }
        let draft: ProposalDraft = draft.tidied
        let misfits: [DraftRefusal] = draft.misfits()
        if !misfits.isEmpty { throw Refused(reasons: misfits) }
        return try await Self.refusing {
            try await pool.transaction("draft.begin") { transaction in
                guard try await ProposalCalls.rule(of: process, zone: zone, in: transaction).mayWrite else {
                    throw Refused(DraftRefusal.notNow)
                }
                // Locked before the drafts are counted, so that two requests at once count each other's.
                let known: Row? = try await transaction.one(
                    "draft.account",
                    "SELECT 1 AS found FROM account WHERE id = \(account) AND closed_at IS NULL FOR UPDATE")
                guard known != nil else { throw Refused(DraftRefusal.absent) }
                let begun: [Row] = try await transaction.query(
                    "draft.begun",
                    """
                    SELECT proposal.id FROM proposal_author JOIN proposal ON proposal.id = proposal_author.proposal_id
                    WHERE proposal_author.account_id = \(account) AND proposal.published_at IS NULL
                    """)
                if try begun.contains(where: { try $0.get("id") == fresh }) { return fresh }
                guard begun.count < Self.mostDrafts else {
                    throw Refused(DraftRefusal.tooManyDrafts(most: Self.mostDrafts))
                }
                if try await source?.isTaken(for: account, in: process, transaction) == true {
                    throw Refused(DraftRefusal.begunElsewhere)
                }
                try await Self.insert(draft, as: fresh, in: process, language: language, transaction)
                try await transaction.execute(
                    "draft.author",
                    "INSERT INTO proposal_author (proposal_id, place, account_id) VALUES (\(fresh), 1, \(account))")
                if let source { try await source.record(of: fresh, in: process, transaction) }
                if let photo { _ = try await ProposalMedia.add(photo, to: fresh, by: actor, in: transaction) }
                try await Acts.record("proposal_begun", by: actor, on: "proposal", fresh, in: transaction)
                return fresh
            }
        }
    }

    /// The row of a new draft and the thread of its comments.
    static func insert(
        _ draft: ProposalDraft, as id: ID<Proposal>, in process: ID<Process>, language: Language,
        _ transaction: Transaction
    ) async throws {
        let thread = UUID()
        try await transaction.execute("draft.thread", "INSERT INTO thread (id) VALUES (\(thread))")
        try await transaction.execute(
            "draft.insert",
            """
            INSERT INTO proposal (id, process_id, thread_id, language, title, body, theme_id, district_code, place,
                                  latitude, longitude, cost, author_kind, group_name)
            VALUES (\(id), \(process), \(thread), \(language), \(draft.title), \(draft.body),
                    (SELECT theme.id FROM theme WHERE theme.id = \(draft.theme) AND theme.process_id = \(process)),
                    \(draft.district), \(draft.place), \(draft.point?.latitude), \(draft.point?.longitude),
                    \(draft.cost), \(draft.authorKind.rawValue), \(draft.groupName))
            """)
    }

    // MARK: Writing

    /// Keeps one part of a draft, whatever is missing in it.
    ///
    /// - Parameter edition: that of the part as the form showed it.
    /// - Throws: `Refused<DraftRefusal>`: `.changedMeanwhile` when a co-author has changed the part since then; what
    ///   cannot be kept; `.published`; `.absent`.
    public func save(
        _ part: ProposalDraft.Part, of draft: ProposalDraft, since edition: String, in id: ID<Proposal>,
        by actor: Actor
    ) async throws {
        try await Self.refusing {
            try await pool.transaction("draft.save") { transaction in
                let proposal: Proposal = try await Self.lock(id, by: actor, transaction)
                guard proposal.publishedAt == nil else { throw Refused(DraftRefusal.published(proposal.number)) }
                let kept = ProposalDraft(proposal)
                let changed: ProposalDraft = kept.taking(part, from: draft).tidied
                let misfits: [DraftRefusal] = changed.misfits()
                if !misfits.isEmpty { throw Refused(reasons: misfits) }
                // Sent twice, or by two authors who wrote the same: there is nothing left to do.
                guard changed != kept else { return }
                guard kept.edition(of: part) == edition else { throw Refused(DraftRefusal.changedMeanwhile) }
                try await Self.write(changed, of: proposal, transaction)
            }
        }
    }

    /// Publishes a draft: its authors are named from now on, and hear of what becomes of it.
    ///
    /// - Returns: its number in addresses.
    /// - Throws: `Refused<DraftRefusal>` with everything that is missing; `.published` when it has been already.
    @discardableResult
    public func publish(_ id: ID<Proposal>, by actor: Actor) async throws -> Int64 {
        try await pool.transaction("draft.publish") { transaction in
            let proposal: Proposal = try await Self.lock(id, by: actor, transaction)
            guard proposal.publishedAt == nil else { throw Refused(DraftRefusal.published(proposal.number)) }
            try await Self.check(ProposalDraft(proposal), in: proposal.process, zone: zone, transaction)
            try await Self.publish(id, by: actor, transaction)
            return proposal.number
        }
    }

    /// Changes a published proposal, as long as the phase allows and nobody examines it. Every wording is kept.
    ///
    /// - Parameter edition: that of all parts as the form showed them.
    /// - Throws: `Refused<DraftRefusal>` with everything that is wrong; `.beyondEditing`, `.changedMeanwhile`.
    public func edit(
        _ id: ID<Proposal>, to draft: ProposalDraft, since edition: String, by actor: Actor
    ) async throws {
        try await Self.refusing {
            try await pool.transaction("proposal.edit") { transaction in
                let proposal: Proposal = try await Self.lock(id, by: actor, transaction)
                guard proposal.status == .received else { throw Refused(DraftRefusal.beyondEditing) }
                let kept = ProposalDraft(proposal)
                let changed: ProposalDraft = draft.tidied
                try await Self.check(changed, in: proposal.process, zone: zone, transaction)
                guard changed != kept else { return }
                guard kept.edition(of: .idea, .place, .author) == edition else {
                    throw Refused(DraftRefusal.changedMeanwhile)
                }
                try await Self.write(changed, of: proposal, transaction)
                try await Self.addVersion(of: id, reason: "edited", by: actor, transaction)
                try await Acts.record("proposal_edited", by: actor, on: "proposal", id, in: transaction)
            }
        }
    }

    /// Throws a draft away for good. One of several authors leaves instead: see ``CoAuthors/leave(_:by:)``.
    ///
    /// - Throws: `Refused<DraftRefusal>`: `.published`, `.absent`, and `.absent` for an author who did not begin it.
    public func discard(_ id: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("draft.discard") { transaction in
            let proposal: Proposal = try await Self.lock(id, by: actor, transaction)
            guard proposal.publishedAt == nil else { throw Refused(DraftRefusal.published(proposal.number)) }
            let first: Row? = try await transaction.one(
                "draft.first_author",
                """
                SELECT account_id FROM proposal_author WHERE proposal_id = \(id) ORDER BY place LIMIT 1
                """)
            guard try first?.get("account_id", as: ID<Account>?.self) == actor.account else {
                throw Refused(DraftRefusal.absent)
            }
            try await transaction.execute("draft.delete", "DELETE FROM proposal WHERE id = \(id)")
            try await transaction.execute("thread.delete", "DELETE FROM thread WHERE id = \(proposal.thread)")
            try await Acts.record("proposal_discarded", by: actor, on: "proposal", id, in: transaction)
        }
    }

    // MARK: Parts

    /// The proposal, locked for the length of the transaction; refuses whoever is not one of its authors.
    static func lock(_ id: ID<Proposal>, by actor: Actor, _ transaction: Transaction) async throws -> Proposal {
        guard case .resident(let account) = actor else { throw Refused(DraftRefusal.absent) }
        let row: Row? = try await transaction.one(
            "draft.lock",
            """
            SELECT \(sql: Proposal.columns) FROM proposal
            WHERE proposal.id = \(id)
              AND EXISTS (SELECT FROM proposal_author
                          WHERE proposal_author.proposal_id = proposal.id AND proposal_author.account_id = \(account))
            FOR UPDATE
            """)
        guard let row else { throw Refused(DraftRefusal.absent) }
        return try Proposal(row: row)
    }

    /// Refuses with everything that keeps the draft from being public now.
    static func check(
        _ draft: ProposalDraft, in process: ID<Process>, zone: String, _ transaction: Transaction
    ) async throws {
        guard let call = try await ProposalCalls.call(of: process, in: transaction),
            try await ProposalCalls.rule(of: process, zone: zone, in: transaction).mayWrite
        else { throw Refused(DraftRefusal.notNow) }
        let gaps: [DraftRefusal] = draft.gaps(in: call)
        if !gaps.isEmpty { throw Refused(reasons: gaps) }
    }

    /// Makes a whole draft public: its first version, and its authors as its first followers.
    static func publish(_ id: ID<Proposal>, by actor: Actor, _ transaction: Transaction) async throws {
        try await transaction.execute(
            "draft.received",
            """
            UPDATE proposal
            SET status = 'received', published_at = clock_timestamp(), changed_at = clock_timestamp()
            WHERE id = \(id)
            """)
        try await addVersion(of: id, reason: "published", by: actor, transaction)
        try await transaction.execute(
            "draft.followers",
            """
            INSERT INTO proposal_follower (proposal_id, account_id)
            SELECT proposal_id, account_id FROM proposal_author
            WHERE proposal_id = \(id) AND account_id IS NOT NULL
            ON CONFLICT DO NOTHING
            """)
        try await Acts.record("proposal_published", by: actor, on: "proposal", id, in: transaction)
    }

    /// Keeps the present wording as a version, in the transaction that has just written it and holds its lock.
    ///
    /// An agent who writes down what somebody else says is not the one who wrote it.
    ///
    /// - Parameter reason: `published`, `edited`, `suggestion` or `adapted`.
    static func addVersion(
        of id: ID<Proposal>, reason: String, by actor: Actor, _ transaction: some Executor
    ) async throws {
        var writer: ID<Account>?
        if case .resident(let account) = actor { writer = account }
        try await transaction.execute(
            "proposal.version",
            """
            INSERT INTO proposal_version (proposal_id, number, title, body, place, cost, reason, account_id)
            SELECT proposal.id,
                   (SELECT coalesce(max(proposal_version.number), 0) + 1 FROM proposal_version
                    WHERE proposal_version.proposal_id = proposal.id),
                   proposal.title, proposal.body, proposal.place, proposal.cost, \(reason), \(writer)
            FROM proposal WHERE proposal.id = \(id)
            """)
    }

    /// Writes everything that authors write. A theme of another process is none.
    private static func write(
        _ draft: ProposalDraft, of proposal: Proposal, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "draft.update",
            """
            UPDATE proposal
            SET title = \(draft.title), body = \(draft.body),
                theme_id = (SELECT theme.id FROM theme
                            WHERE theme.id = \(draft.theme) AND theme.process_id = \(proposal.process)),
                district_code = \(draft.district), place = \(draft.place), latitude = \(draft.point?.latitude),
                longitude = \(draft.point?.longitude), cost = \(draft.cost),
                author_kind = \(draft.authorKind.rawValue), group_name = \(draft.groupName),
                changed_at = clock_timestamp()
            WHERE id = \(proposal.id)
            """)
    }

    /// Runs an act that writes proposals, and tells a refusal by its name.
    static func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PostgresError {
            switch error.constraint {
            case "proposal_district": throw Refused(DraftRefusal.unknownDistrict)
            // An identity that somebody else's draft has.
            case "proposal_pk": throw Refused(DraftRefusal.absent)
            case "proposal_source_once": throw Refused(DraftRefusal.begunElsewhere)
            case "proposal_theme": throw Refused(DraftRefusal.themeMissing)
            default: throw error
            }
        }
    }
}
