public import Foundation
import Postgres

/// An idea that somebody brings to a city, from its draft to whatever became of it.
public struct Proposal: Sendable {
    /// What became of a proposal, in one word.
    public enum Status: String, Sendable, CaseIterable {
        case draft, received, withdrawn, joined
        case inExamination = "in_examination"
        case accepted, refused
        case onBallot = "on_ballot"
        case selected
        case notSelected = "not_selected"
        case underWay = "under_way"
        case done, abandoned
    }

    /// Who speaks in a proposal.
    public enum AuthorKind: String, Sendable, CaseIterable {
        case person, group, association, city
    }

    /// Its identity.
    public let id: ID<Proposal>
    /// Its number in addresses: `/proposals/12`.
    public let number: Int64
    /// The process whose call it answers.
    public let process: ID<Process>
    /// Where its comments hang.
    public let thread: UUID
    /// The language that its author wrote in.
    public let language: Language
    /// One line, and the text in Markdown.
    public let title: String, body: String
    /// Its theme among those of the call.
    public let theme: ID<Theme>?
    /// The code of its district.
    public let district: String?
    /// Where it is, in words; empty when nobody said.
    public let place: String
    /// Where it is on the map.
    public let point: MapPoint?
    /// What it may cost, roughly, in cents of the call's currency.
    public let cost: Int64?
    /// Who speaks, and the name of their group or association.
    public let authorKind: AuthorKind, groupName: String
    /// What became of it.
    public let status: Status
    /// The proposal that it has been joined to.
    public let joinedInto: ID<Proposal>?
    /// Distinct supporters and visible comments, those of the proposals joined to it included.
    public let supports: Int, comments: Int
    /// When the draft was begun, when anything of it changed last, when it was published.
    public let createdAt: Date, changedAt: Date, publishedAt: Date?

    /// What `init(row:)` reads, of the table `proposal`.
    static let columns: SQL = """
        proposal.id, proposal.number, proposal.process_id, proposal.thread_id, proposal.language, proposal.title,
        proposal.body, proposal.theme_id, proposal.district_code, proposal.place, proposal.latitude, proposal.longitude,
        proposal.cost, proposal.author_kind, proposal.group_name, proposal.status, proposal.joined_into,
        proposal.support_count, proposal.comment_count, proposal.created_at, proposal.changed_at, proposal.published_at
        """

    init(row: Row) throws {
        id = ID(try row.get("id"))
        number = try row.get("number")
        process = ID(try row.get("process_id"))
        thread = try row.get("thread_id")
        // The schema's checks leave no other languages, kinds and words.
        language = Language(rawValue: try row.get("language"))!
        title = try row.get("title")
        body = try row.get("body")
        theme = try row.get("theme_id")
        district = try row.get("district_code")
        place = try row.get("place")
        point = try MapPoint(row: row)
        cost = try row.get("cost")
        authorKind = AuthorKind(rawValue: try row.get("author_kind"))!
        groupName = try row.get("group_name")
        status = Status(rawValue: try row.get("status"))!
        joinedInto = try row.get("joined_into", as: UUID?.self).map { ID($0) }
        supports = Int(try row.get("support_count", as: Int32.self))
        comments = Int(try row.get("comment_count", as: Int32.self))
        createdAt = try row.get("created_at")
        changedAt = try row.get("changed_at")
        publishedAt = try row.get("published_at")
    }
}
