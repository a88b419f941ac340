import Postgres

/// Where a proposal comes from when its author did not write it here: a sheet of paper, the desk, another platform's
/// file, or what was noted on a walk.
public struct ProposalSource: Sendable, Hashable {
    /// The kinds of places a proposal comes from.
    public enum Kind: String, Sendable, CaseIterable {
        case paper, desk, `import`, walk
    }

    /// What it came from.
    public let kind: Kind
    /// What it is called there: the number of a sheet, the reference of a file's row, the identity of an observation.
    /// One reference makes one proposal in a process; what was seen on a walk may have several drafts. Nil where nothing has a name.
    public let reference: String?

    /// A source by its kind and its own name for the proposal.
    public init(_ kind: Kind, reference: String? = nil) {
        self.kind = kind
        self.reference = reference
    }

    /// The most characters of a reference.
    public static let longestReference = 200

    /// Whether a proposal is published that came of the same, or the account has a draft of it. The drafts of others
    /// stop nobody.
    func isTaken(for account: ID<Account>, in process: ID<Process>, _ transaction: some Executor) async throws -> Bool {
        let row: Row? = try await transaction.one(
            "source.taken",
            """
            SELECT 1 AS found FROM proposal_source JOIN proposal ON proposal.id = proposal_source.proposal_id
            WHERE proposal_source.process_id = \(process) AND proposal_source.kind = \(kind.rawValue)
              AND proposal_source.reference = \(reference)
              AND (proposal.published_at IS NOT NULL OR EXISTS (
                  SELECT FROM proposal_author WHERE proposal_author.proposal_id = proposal.id
                  AND proposal_author.account_id = \(account)))
            LIMIT 1
            """)
        return row != nil
    }

    /// Keeps the source beside the proposal, in the transaction that makes it.
    func record(of proposal: ID<Proposal>, in process: ID<Process>, _ transaction: some Executor) async throws {
        try await transaction.execute(
            "source.insert",
            """
            INSERT INTO proposal_source (proposal_id, process_id, kind, reference)
            VALUES (\(proposal), \(process), \(kind.rawValue), \(reference))
            """)
    }
}
