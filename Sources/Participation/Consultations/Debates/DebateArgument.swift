public import Foundation
import Postgres

/// What somebody says for a side of a debate.
public struct DebateArgument: Sendable {
    /// The most characters of its title and of its words; the schema says the same.
    public static let longestTitle = 150, longestBody = 4000
    /// The most sources it names.
    public static let mostSources = 5
    /// For how long its author may mend it, in seconds.
    public static let editWindow: TimeInterval = Comment.editWindow

    /// Its identity, and its number within the debate.
    public let id: ID<DebateArgument>, number: Int
    /// The debate, and the side that it speaks for.
    public let debate: ID<Debate>, side: Int
    /// What it says, in one language; empty once withdrawn.
    public let title: String, body: String, language: Language
    /// Pages of the web on which it rests: `https://…` or `http://…`.
    public let sources: [String]
    /// The account that wrote it, and its name; nil and empty for somebody who said it at a stand.
    public let account: ID<Account>?, name: String
    /// Whether an agent wrote it down for somebody at a stand.
    public let isFromStand: Bool
    /// The argument that it was joined into.
    public let joinedInto: ID<DebateArgument>?
    /// How many answers there are below it.
    public let comments: Int
    /// How many people find it convincing, or one of those joined into it.
    public let supports: Int
    /// Whether the reader finds it convincing.
    public let isSupported: Bool
    /// When it was written, changed and withdrawn.
    public let createdAt: Date, editedAt: Date?, withdrawnAt: Date?

    /// Whether its author may still mend it at `moment`.
    public func mayEdit(_ account: ID<Account>?, at moment: Date) -> Bool {
        self.account != nil && account == self.account && withdrawnAt == nil && joinedInto == nil
            && moment < createdAt.addingTimeInterval(Self.editWindow)
    }

    /// Whether `account` may withdraw it.
    public func mayWithdraw(_ account: ID<Account>?) -> Bool {
        self.account != nil && account == self.account && withdrawnAt == nil
    }

    /// What `init(row:)` reads, of ``tables``, for a reader.
    static func columns(for reader: ID<Account>?) -> SQL {
        """
        argument.id, argument.number, argument.debate_id, argument.side, argument.title, argument.body,
        argument.language, argument.account_id, coalesce(account.name, '') AS name,
        argument.entered_by IS NOT NULL AS is_from_stand, argument.joined_into, argument.comment_count,
        argument.created_at, argument.edited_at, argument.withdrawn_at,
        ARRAY(SELECT argument_source.address FROM argument_source
              WHERE argument_source.argument_id = argument.id ORDER BY argument_source.position) AS sources,
        (SELECT count(DISTINCT argument_support.account_id)
         FROM argument_support JOIN argument AS member ON member.id = argument_support.argument_id
         WHERE member.id = argument.id OR member.joined_into = argument.id)::int AS supports,
        EXISTS (SELECT FROM argument_support JOIN argument AS member ON member.id = argument_support.argument_id
                WHERE (member.id = argument.id OR member.joined_into = argument.id)
                  AND argument_support.account_id = \(reader)) AS is_supported
        """
    }
    static let tables: SQL = "argument LEFT JOIN account ON account.id = argument.account_id"

    init(row: Row) throws {
        id = try row.get("id")
        number = Int(try row.get("number", as: Int32.self))
        debate = try row.get("debate_id")
        side = Int(try row.get("side", as: Int32.self))
        title = try row.get("title")
        body = try row.get("body")
        language = Language(rawValue: try row.get("language")) ?? .french
        sources = try row.get("sources")
        account = try row.get("account_id", as: UUID?.self).map { ID($0) }
        name = try row.get("name")
        isFromStand = try row.get("is_from_stand")
        joinedInto = try row.get("joined_into", as: UUID?.self).map { ID($0) }
        comments = Int(try row.get("comment_count", as: Int32.self))
        supports = Int(try row.get("supports", as: Int32.self))
        isSupported = try row.get("is_supported")
        createdAt = try row.get("created_at")
        editedAt = try row.get("edited_at")
        withdrawnAt = try row.get("withdrawn_at")
    }
}

/// What somebody writes who argues.
public struct ArgumentDraft: Sendable, Hashable {
    /// The side; nil for none chosen.
    public var side: Int?
    /// What it says.
    public var title: String, body: String
    /// Addresses, as typed; empty ones are left out.
    public var sources: [String]
    /// The language that it is written in.
    public var language: Language

    /// What somebody writes.
    public init(side: Int?, title: String, body: String, sources: [String] = [], language: Language) {
        self.side = side
        self.title = title
        self.body = body
        self.sources = sources.filter { !$0.isEmpty }
        self.language = language
    }

    /// Everything that is wrong with it in a debate. Lengths are counted as the schema counts: in code points.
    func problems(in debate: Debate) -> [ArgumentRefusal] {
        var problems: [ArgumentRefusal] = []
        if !debate.sides.contains(where: { $0.number == side }) { problems.append(.sideMissing) }
        if title.isEmpty { problems.append(.titleMissing) }
        if body.isEmpty { problems.append(.bodyMissing) }
        let (long, longer) = (
            title.unicodeScalars.count - DebateArgument.longestTitle,
            body.unicodeScalars.count - DebateArgument.longestBody
        )
        if long > 0 { problems.append(.titleTooLong(by: long)) }
        if longer > 0 { problems.append(.bodyTooLong(by: longer)) }
        if sources.count > DebateArgument.mostSources { problems.append(.tooManySources) }
        if let wrong = sources.first(where: { !WebAddress.isValid($0) }) { problems.append(.source(wrong)) }
        return problems
    }
}

/// Why an argument is not written, changed, found convincing or joined.
public enum ArgumentRefusal: Hashable, Sendable {
    case sideMissing, titleMissing, bodyMissing
    case titleTooLong(by: Int), bodyTooLong(by: Int)
    case tooManySources
    /// Not an address of the web.
    case source(String)
    /// The debate takes no arguments now.
    case closed
    /// It was written too long ago to be mended.
    case tooLate
    /// It was withdrawn or joined into another meanwhile.
    case gone
    /// Nobody says of their own argument that it convinces them.
    case own
    /// Joined into itself, into one of another side, or into one that is joined itself; others are joined into it.
    case cannotJoin
    /// Too much said in too little time.
    case tooFast(seconds: Int)
}

/// The order in which arguments are read. None of them is by popularity.
public enum ArgumentOrder: String, Sendable, CaseIterable {
    /// In an order that is each reader's own and stays.
    case shuffled
    case newest
}
