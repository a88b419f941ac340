import Foundation
public import Postgres
public import PublicRecord

/// One paper as somebody read it.
public struct PaperLine: Sendable, Hashable {
    /// Its number in the batch, from 1.
    public let paper: Int
    /// What was read, in its normal form.
    public let text: String
    /// `counted`, `blank`, or the reason for which it is invalid.
    public let outcome: String

    /// A paper with what was read.
    init(paper: Int, text: String, outcome: String) {
        self.paper = paper
        self.text = text
        self.outcome = outcome
    }

    /// A paper with what was read.
    init(_ paper: Int, _ content: PaperContent) {
        self.init(paper: paper, text: content.text, outcome: content.outcome.code)
    }

    init(row: Row) throws {
        paper = try row.get("paper")
        text = try row.get("content")
        outcome = try row.get("outcome")
    }
}

/// How many papers are counted, blank and invalid.
public struct PaperTotals: Sendable, Hashable {
    /// All papers that have a line.
    public let lines: Int
    /// Papers with a valid choice, and valid ones without any.
    public let counted: Int, blank: Int
    /// Invalid ones by reason, sorted.
    public let invalid: [Entry.ReasonCount]

    /// The totals of papers by outcome.
    init(_ outcomes: [String: Int]) {
        var rest: [String: Int] = outcomes
        counted = rest.removeValue(forKey: PaperContent.Outcome.countedCode) ?? 0
        blank = rest.removeValue(forKey: PaperContent.Outcome.blankCode) ?? 0
        invalid = rest.map { Entry.ReasonCount($0.key, $0.value) }.sorted { $0.reason < $1.reason }
        lines = outcomes.values.reduce(0, +)
    }
}

extension PaperContent.Outcome {
    static let countedCode = "counted"
    static let blankCode = "blank"

    /// The outcome as the database keeps it.
    var code: String {
        switch self {
        case .counted: Self.countedCode
        case .blank: Self.blankCode
        case .invalid(let reason): reason
        }
    }
}

/// Files that entries of the record name by hash.
public struct RecordFiles: Sendable {
    private let pool: Pool

    /// The files kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// A published file of a vote; nil when there is none, or when it is not shown.
    public func find(_ hash: Hash, of vote: ID<Vote>) async throws -> [UInt8]? {
        try await pool.one(
            "record_file.find",
            """
            SELECT bytes FROM record_file
            WHERE vote_id = \(vote) AND hash = \(hash.bytes) AND published_at IS NOT NULL
            """
        )?.get("bytes")
    }

    /// The hashes of the published files of a vote, sorted.
    public func list(of vote: ID<Vote>) async throws -> [Hash] {
        try await pool.query(
            "record_file.list",
            "SELECT hash FROM record_file WHERE vote_id = \(vote) AND published_at IS NOT NULL ORDER BY hash"
        ).compactMap { Hash(bytes: try $0.get("hash", as: [UInt8].self)) }
    }

    /// Keeps a file in the transaction of the act that names it.
    static func keep(
        _ bytes: [UInt8], of vote: ID<Vote>, published: Bool, in transaction: Transaction
    ) async throws -> Hash {
        let hash = Hash(of: bytes)
        try await transaction.execute(
            "record_file.keep",
            """
            INSERT INTO record_file (vote_id, hash, bytes, published_at)
            VALUES (\(vote), \(hash.bytes), \(bytes), CASE WHEN \(published) THEN now() END)
            ON CONFLICT (vote_id, hash) DO NOTHING
            """)
        return hash
    }
}
