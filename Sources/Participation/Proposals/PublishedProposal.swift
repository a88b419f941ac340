public import Foundation
import Postgres

/// A published proposal with all that its page says around it.
public struct PublishedProposal: Sendable {
    /// Another proposal, as a page names it.
    public struct Link: Sendable, Hashable, Decodable {
        /// Its number in addresses.
        public let number: Int64
        /// Its title, and the language of the title.
        public let title: String, language: Language
    }

    /// A status that it has had, from a moment on.
    public struct Step: Sendable, Hashable {
        /// The status.
        public let status: Proposal.Status
        /// Since when.
        public let at: Date
    }

    /// The proposal itself.
    public let proposal: Proposal
    /// The handle and the title of its process.
    public let processSlug: String, processTitle: Texts
    /// Whether the process is demonstration data.
    public let demonstration: Bool
    /// The currency of its cost.
    public let currency: String
    /// The title of its theme and the name of its district.
    public let themeTitle: Texts?, districtName: Texts?
    /// The names of its authors in their order; the name of a closed account is empty.
    public let authors: [String]
    /// The accounts among its authors.
    public let authorAccounts: [ID<Account>]
    /// The proposal that it has been joined to, and those joined to it.
    public let target: Link?, origins: [Link]
    /// Every status since it was published, the present one last.
    public let steps: [Step]
    /// How many wordings it has had.
    public let versions: Int

    /// Whether the account wrote it, alone or with others.
    public func isAuthor(_ account: ID<Account>?) -> Bool { account.map(authorAccounts.contains) ?? false }
}

extension Proposals {
    /// The published proposal of that number with what surrounds it; nil where ``find(_:)`` finds none.
    public func published(_ number: Int64) async throws -> PublishedProposal? {
        let row: Row? = try await pool.one(
            "proposal.published",
            """
            SELECT \(sql: Proposal.columns), process.slug, process.title::text AS process_title, process.demonstration,
                   proposal_call.currency, theme.title::text AS theme_title, district.name::text AS district_name,
                   ARRAY(SELECT coalesce(proposal_author.name, account.name) FROM proposal_author
                         LEFT JOIN account ON account.id = proposal_author.account_id
                         WHERE proposal_author.proposal_id = proposal.id ORDER BY proposal_author.place) AS authors,
                   ARRAY(SELECT proposal_author.account_id FROM proposal_author
                         WHERE proposal_author.proposal_id = proposal.id AND proposal_author.account_id IS NOT NULL
                        ) AS accounts,
                   (SELECT json_build_object('number', target.number, 'title', target.title,
                                             'language', target.language)::text
                    FROM proposal AS target WHERE target.id = proposal.joined_into) AS target,
                   (SELECT coalesce(json_agg(json_build_object('number', origin.number, 'title', origin.title,
                                                               'language', origin.language)
                                             ORDER BY origin.number), '[]')::text
                    FROM proposal AS origin WHERE origin.joined_into = proposal.id) AS origins,
                   ARRAY(SELECT status FROM proposal_step WHERE proposal_step.proposal_id = proposal.id
                         ORDER BY number) AS step_statuses,
                   ARRAY(SELECT at FROM proposal_step WHERE proposal_step.proposal_id = proposal.id
                         ORDER BY number) AS step_moments,
                   (SELECT count(*) FROM proposal_version WHERE proposal_version.proposal_id = proposal.id) AS versions
            FROM proposal
            JOIN process ON process.id = proposal.process_id
            JOIN proposal_call ON proposal_call.process_id = proposal.process_id
            LEFT JOIN theme ON theme.id = proposal.theme_id
            LEFT JOIN district ON district.code = proposal.district_code
            WHERE proposal.number = \(number) AND proposal.published_at IS NOT NULL
            """)
        return try row.map(PublishedProposal.init(row:))
    }
}

extension PublishedProposal {
    fileprivate init(row: Row) throws {
        proposal = try Proposal(row: row)
        processSlug = try row.get("slug")
        processTitle = try Texts(json: try row.get("process_title"))
        demonstration = try row.get("demonstration")
        currency = try row.get("currency")
        themeTitle = try row.get("theme_title", as: String?.self).map { try Texts(json: $0) }
        districtName = try row.get("district_name", as: String?.self).map { try Texts(json: $0) }
        authors = try row.get("authors")
        authorAccounts = try row.get("accounts", as: [UUID].self).map { ID($0) }
        let decoder = JSONDecoder()
        target = try row.get("target", as: String?.self).map { try decoder.decode(Link.self, from: Data($0.utf8)) }
        origins = try decoder.decode([Link].self, from: Data(try row.get("origins", as: String.self).utf8))
        let statuses: [String] = try row.get("step_statuses")
        // The words come from the column whose values the schema checks.
        steps = zip(statuses, try row.get("step_moments", as: [Date].self)).map {
            Step(status: Proposal.Status(rawValue: $0)!, at: $1)
        }
        versions = Int(try row.get("versions", as: Int64.self))
    }
}
