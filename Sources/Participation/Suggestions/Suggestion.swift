public import Foundation
import Postgres

/// The words of a proposal: what a suggestion proposes and a version keeps.
public struct Wording: Hashable, Sendable {
    /// The most characters of each, as the schema counts them.
    public static let longestTitle = 150, longestBody = 20_000, longestPlace = 300

    /// One line, the text in Markdown, and where it is.
    public var title: String, body: String, place: String

    /// A title, a text and a place, which may be empty.
    public init(title: String, body: String, place: String) {
        self.title = title
        self.body = body
        self.place = place
    }

    init(row: Row) throws {
        title = try row.get("title")
        body = try row.get("body")
        place = try row.get("place")
    }
}

/// Another wording that somebody proposes to the authors of a proposal.
public struct Suggestion: Sendable {
    /// What became of it.
    public enum State: String, Sendable, CaseIterable {
        case pending, accepted, refused, withdrawn
    }

    /// The most characters of an explanation, and of the reason of a refusal.
    public static let longestReason = 1_000

    /// Its identity.
    public let id: ID<Suggestion>
    /// Its number among the suggestions to the proposal, from 1.
    public let number: Int
    /// What is proposed.
    public let wording: Wording
    /// Why; may be empty.
    public let explanation: String
    /// The version it was written against, and its words.
    public let baseVersion: Int, base: Wording
    /// The account that made it and its name, empty once it is closed.
    public let account: ID<Account>, name: String
    /// When it was made.
    public let madeAt: Date
    /// What became of it, when, and why where it was refused.
    public let state: State, decidedAt: Date?, reason: String
    /// The version that it became.
    public let version: Int?

    /// What `init(row:)` reads, of the tables `suggestion`, `proposal_version` and `account`.
    static let columns: SQL = """
        suggestion.id, suggestion.number, suggestion.title, suggestion.body, suggestion.place, suggestion.explanation,
        suggestion.base_version, base.title AS base_title, base.body AS base_body, base.place AS base_place,
        suggestion.account_id, account.name, suggestion.made_at, suggestion.state, suggestion.decided_at,
        suggestion.reason, suggestion.version
        """

    init(row: Row) throws {
        id = try row.get("id")
        number = Int(try row.get("number", as: Int32.self))
        wording = try Wording(row: row)
        explanation = try row.get("explanation")
        baseVersion = Int(try row.get("base_version", as: Int32.self))
        base = Wording(
            title: try row.get("base_title"), body: try row.get("base_body"), place: try row.get("base_place"))
        account = try row.get("account_id")
        name = try row.get("name")
        madeAt = try row.get("made_at")
        // The schema's check leaves no other states.
        state = State(rawValue: try row.get("state"))!
        decidedAt = try row.get("decided_at")
        reason = try row.get("reason")
        version = try row.get("version", as: Int32?.self).map { Int($0) }
    }
}

/// Why a wording is not suggested, accepted or refused.
public enum SuggestionRefusal: Hashable, Sendable {
    /// The wording of this proposal is not open now.
    case closed
    case titleMissing, bodyMissing
    case titleTooLong(by: Int), bodyTooLong(by: Int), placeTooLong(by: Int), explanationTooLong(by: Int)
    /// The words are those of the proposal.
    case unchanged
    /// Somebody has decided already.
    case decided
    /// The proposal has been changed since the reader saw it.
    case outdated
    case reasonMissing
    case reasonTooLong(by: Int)
    /// Too much in too short a time; the next may come in so many seconds.
    case tooFast(seconds: Int)
}

extension Wording {
    /// Everything that stands in the way of keeping these words.
    func problems(against present: Wording? = nil) -> [SuggestionRefusal] {
        var reasons: [SuggestionRefusal] = []
        func excess(_ text: String, _ most: Int) -> Int { text.unicodeScalars.count - most }
        if title.isEmpty { reasons.append(.titleMissing) }
        if excess(title, Self.longestTitle) > 0 { reasons.append(.titleTooLong(by: excess(title, Self.longestTitle))) }
        if body.isEmpty { reasons.append(.bodyMissing) }
        if excess(body, Self.longestBody) > 0 { reasons.append(.bodyTooLong(by: excess(body, Self.longestBody))) }
        if excess(place, Self.longestPlace) > 0 { reasons.append(.placeTooLong(by: excess(place, Self.longestPlace))) }
        if reasons.isEmpty, self == present { reasons.append(.unchanged) }
        return reasons
    }
}
