public import Foundation
import Postgres

/// One proposal joined to another: by whom, when and why, and whether it stands by itself again.
public struct Join: Sendable {
    /// The most characters of a reason.
    public static let longestReason = 1_000

    /// Its identity.
    public let id: ID<Join>
    /// The number and title of the proposal that was joined, and of the one it was joined to.
    public let origin: Int64, originTitle: String, target: Int64, targetTitle: String
    /// Why, in the words that everybody reads.
    public let reason: String
    /// Who joined them; empty once the account is closed, and where the operator did.
    public let name: String
    /// When they were joined, and when and why they were taken apart again.
    public let joinedAt: Date, undoneAt: Date?, undoReason: String?

    init(row: Row) throws {
        id = try row.get("id")
        origin = try row.get("origin")
        originTitle = try row.get("origin_title")
        target = try row.get("target")
        targetTitle = try row.get("target_title")
        reason = try row.get("reason")
        name = try row.get("name")
        joinedAt = try row.get("joined_at")
        undoneAt = try row.get("undone_at")
        undoReason = try row.get("undo_reason")
    }
}

/// A part taken out of a proposal as a proposal of its own.
public struct Split: Sendable {
    /// The number and title of the proposal that was split, and of the part.
    public let origin: Int64, originTitle: String, part: Int64, partTitle: String
    /// Why, in the words that everybody reads.
    public let reason: String
    /// Who split it; empty once the account is closed, and where the operator did.
    public let name: String
    /// When it was split, and when that was undone.
    public let splitAt: Date, undoneAt: Date?

    init(row: Row) throws {
        origin = try row.get("origin")
        originTitle = try row.get("origin_title")
        part = try row.get("part")
        partTitle = try row.get("part_title")
        reason = try row.get("reason")
        name = try row.get("name")
        splitAt = try row.get("split_at")
        undoneAt = try row.get("undone_at")
    }
}

/// What a join would bring together, for whoever is about to do it.
public struct JoinPreview: Sendable {
    /// One of the proposals, with whom it concerns.
    public struct Member: Sendable {
        /// The proposal.
        public let proposal: Proposal
        /// The names of its authors.
        public let authors: [String]
        /// Distinct supporters, followers, and visible comments, of it and of all that were joined to it.
        public let supports: Int, followers: Int, comments: Int
    }

    /// The proposals that would be joined, in the order of their numbers.
    public let origins: [Member]
    /// The one they would be joined to; nil for a new one.
    public let target: Member?
    /// Distinct supporters, followers and visible comments of all together.
    public let supports: Int, followers: Int, comments: Int
}

/// Why proposals are not joined, taken apart or split.
public enum JoinRefusal: Hashable, Sendable {
    /// Nothing to join, or one proposal alone where a new one would be made.
    case tooFew
    /// The process has no published proposals of these numbers.
    case unknown([Int64])
    /// A proposal is not joined to itself.
    case itself(Int64)
    /// It is part of another already; that one is where to go on.
    case joinedAlready(Int64, into: Int64)
    /// It was withdrawn, or the city has answered: what people supported is settled.
    case settled(Int64)
    case reasonMissing
    case reasonTooLong(by: Int)
    /// What stands in the way of the words of a new proposal, or of those that stay.
    case wording(SuggestionRefusal)
    case partWording(SuggestionRefusal)
    /// The authors have changed the proposal since the agent saw it.
    case outdated
    /// It has been undone already, or was never done.
    case undone
}
