import Foundation
public import Postgres

/// Why a proposal is not supported.
public enum SupportRefusal: Error, Hashable, Sendable {
    /// Proposals of this process are not supported now.
    case closed
    /// This one cannot be supported any more, whatever the phase: it was withdrawn, refused, or has gone further.
    case settled
    /// The person supports as many as this phase allows.
    case limitReached(Int)
}

/// Where a person stands with a proposal, and what may be known of all the others.
public struct SupportStanding: Hashable, Sendable {
    /// Whether the person supports it, or one of the proposals that it is joined with.
    public let isGiven: Bool
    /// How many proposals of the process the person supports, those joined together as one.
    public let given: Int
    /// What the phase allows.
    public let rule: ProposalRule
    /// Whether this proposal can be supported, as far as what became of it is concerned.
    public let isOpen: Bool
    /// How many people support it; nil while nobody may know.
    public let count: Int?

    /// Whether the person could support it now.
    public var mayGive: Bool {
        rule.maySupport && isOpen && !isGiven && rule.supportLimit.map { given < $0 } ?? true
    }

    /// Whether the person could take their support back now.
    public var mayTakeBack: Bool { rule.maySupport && isOpen && isGiven }
}

/// The supports of proposals: given and taken back, each person once.
///
/// A support stays with the proposal it was given to, whatever that is joined to later; counts are of distinct people
/// over a family. Supporting one member is supporting the family, and limits count families.
public struct Supports: Sendable {
    private let pool: Pool
    private let zone: String

    /// The supports kept in the database of `pool`; phases are days of the time zone with the IANA name `zone`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// What became of a proposal that can still be supported.
    static let open: Set<Proposal.Status> = [.received, .inExamination, .accepted]

    // MARK: Reading

    /// Where `account` stands with a proposal; without one, what everybody may know.
    public func standing(of proposal: Proposal, for account: ID<Account>?) async throws -> SupportStanding {
        let rule: ProposalRule = try await ProposalCalls.rule(of: proposal.process, zone: zone, in: pool)
        var isGiven = false
        var given = 0
        if let account {
            let row: Row? = try await pool.one(
                "support.standing", Self.standing(of: proposal.id, process: proposal.process, for: account))
            isGiven = try row?.get("is_given") ?? false
            given = Int(try row?.get("given", as: Int64.self) ?? 0)
        }
        // One that was joined is supported through the one it was joined to.
        var isOpen: Bool = Self.open.contains(proposal.status)
        if proposal.status == .joined {
            let row: Row? = try await pool.one(
                "support.root", "SELECT status FROM proposal WHERE id = (SELECT proposal_root(\(proposal.id)))")
            let status: String? = try row?.get("status")
            isOpen = status.flatMap(Proposal.Status.init(rawValue:)).map(Self.open.contains) ?? false
        }
        return SupportStanding(
            isGiven: isGiven, given: given, rule: rule, isOpen: isOpen,
            count: rule.hidesCounts ? nil : proposal.supports)
    }

    // MARK: Giving

    /// The account's owner supports a proposal. Who does already, or supports one joined with it, does still.
    ///
    /// - Throws: `SupportRefusal`; `NotAllowed` without an account.
    public func give(to proposal: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("support.give") { transaction in
            let person: ID<Person> = try await Self.lockPerson(of: actor, in: transaction)
            let (root, rule) = try await open(proposal, in: transaction)
            let row: Row? = try await transaction.one(
                "support.standing", Self.standing(of: proposal, process: root.process, for: actor.account))
            guard try row?.get("is_given", as: Bool.self) == false else { return }
            if let limit = rule.supportLimit, try row?.get("given", as: Int64.self) ?? 0 >= Int64(limit) {
                throw SupportRefusal.limitReached(limit)
            }
            try await transaction.execute(
                "support.insert",
                "INSERT INTO proposal_support (proposal_id, person_id) VALUES (\(proposal), \(person))")
            try await Family.countSupports(of: root.id, in: transaction)
            // The register of acts is read by auditors: it says that somebody supported, not what.
            try await Acts.record("support_given", by: actor, on: "process", root.process, in: transaction)
        }
    }

    /// The account's owner takes their support back, from every proposal of the family that they gave it to: what they
    /// see is one support. Nothing happens when they had given none.
    ///
    /// - Throws: `SupportRefusal.closed` and `.settled`: what is over stays as it was; `NotAllowed` without an account.
    public func takeBack(from proposal: ID<Proposal>, by actor: Actor) async throws {
        try await pool.transaction("support.take_back") { transaction in
            let person: ID<Person> = try await Self.lockPerson(of: actor, in: transaction)
            let (root, _) = try await open(proposal, in: transaction)
            let count: Int = try await transaction.execute(
                "support.delete",
                """
                DELETE FROM proposal_support
                WHERE person_id = \(person) AND proposal_id IN (SELECT proposal_family(\(root.id)))
                """)
            guard count > 0 else { return }
            try await Family.countSupports(of: root.id, in: transaction)
            try await Acts.record("support_taken_back", by: actor, on: "process", root.process, in: transaction)
        }
    }

    // MARK: Parts

    /// The person of an account, locked: a limit is compared with what they have given, all of it.
    private static func lockPerson(of actor: Actor, in transaction: Transaction) async throws -> ID<Person> {
        guard let account = actor.account else { throw NotAllowed(roles: []) }
        let row: Row? = try await transaction.one(
            "support.person",
            """
            SELECT person.id FROM account JOIN person ON person.id = account.person_id
            WHERE account.id = \(account) AND account.closed_at IS NULL
            FOR NO KEY UPDATE OF person
            """)
        guard let row else { throw NotAllowed(roles: []) }
        return try row.get("id")
    }

    /// The root of the family, locked, and the rule of the day.
    private func open(
        _ proposal: ID<Proposal>, in transaction: Transaction
    ) async throws -> (root: Proposal, rule: ProposalRule) {
        guard let root = try await Family.lock(proposal, in: transaction) else { throw SupportRefusal.settled }
        let rule: ProposalRule = try await ProposalCalls.rule(of: root.process, zone: zone, in: transaction)
        guard rule.maySupport else { throw SupportRefusal.closed }
        guard Self.open.contains(root.status) else { throw SupportRefusal.settled }
        return (root, rule)
    }

    /// Whether the account's person supports the family of a proposal, and how many families of the process they do.
    /// What was withdrawn no longer counts towards a limit.
    private static func standing(
        of proposal: ID<Proposal>, process: ID<Process>, for account: ID<Account>?
    ) -> SQL {
        """
        SELECT count(*) AS given,
               coalesce(bool_or(mine.root = (SELECT proposal_root(\(proposal)))), false) AS is_given
        FROM (
            SELECT DISTINCT proposal_root(proposal_support.proposal_id) AS root
            FROM proposal_support
            JOIN account ON account.person_id = proposal_support.person_id AND account.id = \(account)
            JOIN proposal ON proposal.id = proposal_support.proposal_id AND proposal.process_id = \(process)
        ) AS mine
        JOIN proposal ON proposal.id = mine.root
        WHERE proposal.status <> 'withdrawn' OR proposal.id = (SELECT proposal_root(\(proposal)))
        """
    }
}
