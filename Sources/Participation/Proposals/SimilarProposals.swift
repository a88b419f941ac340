import Foundation
public import Postgres

/// A published proposal that is like another text.
public struct SimilarProposal: Sendable, Hashable {
    /// Its identity, and its number in addresses.
    public let id: ID<Proposal>, number: Int64
    /// Its title, and the language of the title.
    public let title: String, language: Language
    /// What became of it.
    public let status: Proposal.Status
    /// How alike they are, from ``SimilarProposals/threshold`` to 1.
    public let likeness: Double
}

/// A proposal and those that it may repeat.
public struct LikelyDuplicates: Sendable {
    /// The proposal, as a link.
    public let number: Int64, title: String, language: Language
    /// What it is like, the likest first.
    public let similar: [SimilarProposal]
}

/// Finds proposals that say the same: to whoever writes one, so that neighbours join forces, and to agents.
///
/// Titles are compared by the share of their trigrams that they have in common, which minds neither the order of the
/// words nor a slip of the pen. Titles that are only a little alike count when the beginnings of the texts are. Which
/// titles are compared at all is decided by their words, see `likeness_query` in the migration.
public struct SimilarProposals: Sendable {
    private let pool: Pool

    /// The proposals of the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// What two proposals must at least have in common, of 1. With the pairs of `Tests/Fixtures/similar` nine in ten
    /// duplicates lie above and nine in ten of what lies above are duplicates.
    public static let threshold = 0.35

    /// The published proposals of a process that are most like the title, and the text where there is one.
    ///
    /// - Parameter excluding: the proposal that the title belongs to, if it is published.
    public func like(
        title: String, body: String = "", language: Language, in process: ID<Process>,
        excluding: ID<Proposal>? = nil, limit: Int = 5
    ) async throws -> [SimilarProposal] {
        let rows: [Row] = try await pool.query(
            "similar.like",
            """
            WITH asked AS (
                SELECT \(excluding)::uuid AS id, \(process)::uuid AS process_id, folded(\(title)) AS folded_title,
                       likeness_query(search_configuration(\(language)), \(title)) AS query,
                       folded(left(\(body), 600)) AS beginning)
            SELECT alike.id, alike.number, alike.title, alike.language, alike.status, alike.likeness
            FROM asked CROSS JOIN LATERAL (\(sql: Self.alike(limit: limit))) AS alike
            ORDER BY alike.likeness DESC, alike.number
            """)
        return try rows.map(SimilarProposal.init(row:))
    }

    /// The likely duplicates among the proposals of a process, for its agents: those of `size` proposals from number
    /// `before` down, the newest first; proposals without any are left out.
    ///
    /// - Returns: where the next page begins, nil on the last one.
    public func duplicates(
        in process: ID<Process>, before: Int64? = nil, size: Int = 40
    ) async throws -> (found: [LikelyDuplicates], next: Int64?) {
        let rows: [Row] = try await pool.query(
            "similar.duplicates",
            """
            WITH asked AS MATERIALIZED (
                SELECT proposal.id, proposal.process_id, proposal.number, proposal.title, proposal.language,
                       proposal.folded_title, folded(left(proposal.body, 600)) AS beginning,
                       likeness_query(search_configuration(proposal.language), proposal.title) AS query
                FROM proposal
                WHERE proposal.process_id = \(process) AND proposal.published_at IS NOT NULL
                  AND proposal.status NOT IN ('withdrawn', 'joined')
                  AND proposal.number < coalesce(\(before), 9223372036854775807)
                ORDER BY proposal.number DESC LIMIT \(size))
            SELECT asked.number AS asked_number, asked.title AS asked_title, asked.language AS asked_language,
                   alike.id, alike.number, alike.title, alike.language, alike.status, alike.likeness
            FROM asked LEFT JOIN LATERAL (\(sql: Self.alike(limit: 3))) AS alike ON true
            ORDER BY asked.number DESC, alike.likeness DESC, alike.number
            """)
        var found: [LikelyDuplicates] = []
        var asked: [Int64] = []
        for row in rows {
            let number: Int64 = try row.get("asked_number")
            if asked.last != number { asked.append(number) }
            guard try row.get("id", as: UUID?.self) != nil else { continue }
            let one = try SimilarProposal(row: row)
            if let last = found.last, last.number == number {
                found[found.count - 1] = LikelyDuplicates(
                    number: number, title: last.title, language: last.language, similar: last.similar + [one])
            } else {
                found.append(
                    LikelyDuplicates(
                        number: number, title: try row.get("asked_title"),
                        language: Language(rawValue: try row.get("asked_language"))!, similar: [one]))
            }
        }
        return (found, asked.count == size ? asked.last : nil)
    }

    /// What is like the row `asked`, which has a query, a folded title and the folded beginning of a text.
    private static func alike(limit: Int) -> SQL {
        """
        SELECT compared.id, compared.number, compared.title, compared.language, compared.status, compared.likeness
        FROM (
            SELECT other.*,
                   CASE WHEN other.by_title >= \(threshold) OR other.by_title < 0.2 OR asked.beginning = ''
                       THEN other.by_title
                       ELSE greatest(other.by_title,
                                     (other.by_title + similarity(folded(left(other.body, 600)), asked.beginning))
                                     / 2) END AS likeness
            FROM (
                SELECT proposal.id, proposal.number, proposal.title, proposal.language, proposal.status, proposal.body,
                       similarity(proposal.folded_title, asked.folded_title)::double precision AS by_title
                FROM proposal
                WHERE proposal.title_words @@ asked.query AND proposal.published_at IS NOT NULL
                  AND proposal.process_id = asked.process_id AND proposal.id IS DISTINCT FROM asked.id
                  AND proposal.status NOT IN ('withdrawn', 'joined')
                -- Comparing texts is slow: only those with the titles most alike are read.
                ORDER BY by_title DESC, proposal.number LIMIT 50) AS other) AS compared
        WHERE compared.likeness >= \(threshold)
        ORDER BY compared.likeness DESC, compared.number LIMIT \(limit)
        """
    }
}

extension SimilarProposal {
    fileprivate init(row: Row) throws {
        id = try row.get("id")
        number = try row.get("number")
        title = try row.get("title")
        // The schema's checks leave no other languages and words.
        language = Language(rawValue: try row.get("language"))!
        status = Proposal.Status(rawValue: try row.get("status"))!
        likeness = try row.get("likeness")
    }
}
