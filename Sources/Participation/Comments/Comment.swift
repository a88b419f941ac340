public import Foundation
import Postgres

/// Something said about a proposal, a paragraph or whatever else has a thread, or an answer to it.
public struct Comment: Sendable {
    /// How a comment of the first level stands to what it is about.
    public enum Position: String, Sendable, CaseIterable {
        case `for`, against, neutral
    }

    /// The deepest answer: an answer to an answer.
    public static let deepest = 3
    /// The most characters of a comment.
    public static let longest = 2_000
    /// For how long its author may mend it, in seconds.
    public static let editWindow: TimeInterval = 15 * 60

    /// Its identity, which sorts by time.
    public let id: ID<Comment>
    /// The comment of the first level that it belongs under; itself on the first level.
    public let top: ID<Comment>
    /// What it answers; nil on the first level.
    public let parent: ID<Comment>?
    /// 1 for the first level, 2 for an answer, 3 for an answer to an answer.
    public let depth: Int
    /// Its position; nil for answers, and where none is asked for.
    public let position: Position?
    /// The language of the page it was written on.
    public let language: Language
    /// Markdown; empty once withdrawn.
    public let body: String
    /// The account that wrote it, and its name: empty once the account is closed or the comment withdrawn.
    public let account: ID<Account>, name: String
    /// The role it was written in: the city speaks. Nil for residents.
    public let role: Role?
    /// How many answers there are below it, those withdrawn left out; kept on the first level.
    public let answers: Int
    /// When it was written, changed and withdrawn.
    public let createdAt: Date, editedAt: Date?, withdrawnAt: Date?
    /// The proposal it was written under: another than that of the page when proposals were joined. Nil for a comment on
    /// something else.
    public let proposal: Int64?

    /// Whether its author may still mend it at `moment`.
    public func mayEdit(_ account: ID<Account>?, at moment: Date) -> Bool {
        account == self.account && withdrawnAt == nil && moment < createdAt.addingTimeInterval(Self.editWindow)
    }

    /// Whether `account` may withdraw it.
    public func mayWithdraw(_ account: ID<Account>?) -> Bool { account == self.account && withdrawnAt == nil }

    /// What `init(row:)` reads, of the tables `comment` and `account` and of what the scope joins.
    static func columns(_ scope: CommentScope) -> SQL {
        """
        comment.id, comment.top_id, comment.parent_id, comment.depth, comment.position, comment.language, comment.body,
        comment.account_id, CASE WHEN comment.withdrawn_at IS NULL THEN account.name ELSE '' END AS name, comment.role,
        comment.answer_count, comment.created_at, comment.edited_at, comment.withdrawn_at, \(sql: scope.origin) AS origin
        """
    }

    init(row: Row) throws {
        id = try row.get("id")
        top = try row.get("top_id")
        parent = try row.get("parent_id")
        depth = Int(try row.get("depth", as: Int32.self))
        position = try row.get("position", as: String?.self).flatMap(Position.init(rawValue:))
        // The schema's check leaves no other languages.
        language = Language(rawValue: try row.get("language"))!
        body = try row.get("body")
        account = try row.get("account_id")
        name = try row.get("name")
        role = try row.get("role", as: String?.self).flatMap(Role.init(rawValue:))
        answers = Int(try row.get("answer_count", as: Int32.self))
        createdAt = try row.get("created_at")
        editedAt = try row.get("edited_at")
        withdrawnAt = try row.get("withdrawn_at")
        proposal = try row.get("origin")
    }
}

/// A comment of the first level with the answers below it, in the order of time.
public struct Conversation: Sendable {
    /// The comment.
    public let comment: Comment
    /// Its answers, and theirs; the first ones where a page shows only some.
    public let answers: [Comment]
    /// Whether there are more answers than these.
    public let hasMore: Bool
}

/// In which order conversations are read.
public enum CommentOrder: String, Sendable, CaseIterable {
    case newest, oldest
    case answered = "most_answered"
}

/// Why a comment is not written, changed or withdrawn.
public enum CommentRefusal: Error, Hashable, Sendable {
    /// Nobody comments here now.
    case closed
    case empty
    /// Longer than `Comment.longest`; by how many characters.
    case tooLong(by: Int)
    /// An answer to an answer to an answer.
    case tooDeep
    /// What is answered has been withdrawn.
    case parentWithdrawn
    /// A comment of the first level takes a position here.
    case positionMissing
    /// The time to mend it is over.
    case tooLate
    /// Too much in too short a time; the next may come in so many seconds.
    case tooFast(seconds: Int)
}
