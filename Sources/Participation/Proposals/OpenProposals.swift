public import Foundation
public import Postgres

/// A published proposal as open data. It names groups, associations and the city, and no person: a name that somebody
/// set under their own words is not given away for lists.
public struct OpenProposal: Sendable, Encodable {
    /// Its number in addresses, what became of it, and the language of its words.
    public let number: Int64, status: String, language: String
    /// Its title, and its text in Markdown.
    public let title: String, text: String
    /// The handles of its theme and its district.
    public let theme: String?, district: String?
    /// Where it is, in words and in degrees.
    public let place: String, latitude: Double?, longitude: Double?
    /// What it may cost, in cents of the currency.
    public let cost: Int64?, currency: String
    /// person, group, association or city; and the name of a group or association.
    public let authorKind: String, group: String
    /// Distinct supporters; nil while counts are hidden.
    public let supports: Int?
    /// Visible comments.
    public let comments: Int
    /// The number of the proposal that it has been joined to.
    public let joinedInto: Int64?
    /// When it was published, and when something of it changed last.
    public let published: Date, changed: Date
}

/// The published proposals of a process as open data, a piece at a time.
public struct OpenProposals: Sendable {
    private let pool: Pool
    private let calls: ProposalCalls

    /// The data of the database of `pool`; `calls` says whether counts are hidden today.
    public init(pool: Pool, calls: ProposalCalls) {
        self.pool = pool
        self.calls = calls
    }

    /// The proposals of a process with a number above `number`, by their numbers; fewer than `limit` on the last piece.
    public func piece(
        of process: ID<Process>, after number: Int64 = 0, limit: Int = 500
    ) async throws -> [OpenProposal] {
        let hidesCounts: Bool = try await calls.rule(of: process).hidesCounts
        return try await pool.query(
            "proposal.open",
            """
            SELECT proposal.number, proposal.status, proposal.language, proposal.title, proposal.body,
                   theme.slug AS theme, proposal.district_code, proposal.place, proposal.latitude, proposal.longitude,
                   proposal.cost, proposal_call.currency, proposal.author_kind, proposal.group_name,
                   CASE WHEN NOT \(hidesCounts) THEN proposal.support_count END AS support_count,
                   proposal.comment_count, target.number AS joined_into, proposal.published_at, proposal.changed_at
            FROM proposal
            JOIN proposal_call ON proposal_call.process_id = proposal.process_id
            LEFT JOIN theme ON theme.id = proposal.theme_id
            LEFT JOIN proposal AS target ON target.id = proposal.joined_into
            WHERE proposal.process_id = \(process) AND proposal.published_at IS NOT NULL
              AND proposal.number > \(number)
            ORDER BY proposal.number LIMIT \(limit)
            """
        ).map { row in
            OpenProposal(
                number: try row.get("number"), status: try row.get("status"), language: try row.get("language"),
                title: try row.get("title"), text: try row.get("body"), theme: try row.get("theme"),
                district: try row.get("district_code"), place: try row.get("place"),
                latitude: try row.get("latitude"), longitude: try row.get("longitude"), cost: try row.get("cost"),
                currency: try row.get("currency"), authorKind: try row.get("author_kind"),
                group: try row.get("group_name"),
                supports: try row.get("support_count", as: Int32?.self).map { Int($0) },
                comments: Int(try row.get("comment_count", as: Int32.self)), joinedInto: try row.get("joined_into"),
                published: try row.get("published_at"), changed: try row.get("changed_at"))
        }
    }
}
