public import Foundation
import Postgres

/// What becomes of something that was seen: as everybody reads it.
public struct FollowUp: Sendable {
    /// Where it stands.
    public enum Status: String, Sendable, CaseIterable {
        /// A service has it and has not answered.
        case asked
        case study, planned
        case underWay = "under_way"
        case done, refused
    }

    /// What was seen.
    public let observation: Observation
    /// The walk, by its handle and its title.
    public let walkHandle: String, walkTitle: Texts
    /// The number of the stop and its title, and what the theme is called.
    public let stopNumber: Int?, stopTitle: Texts, theme: Texts
    /// The service that answers for it.
    public let service: Texts
    /// Where it stands, and what the service says.
    public let status: Status, words: Texts
    /// The day that was promised, and by how many days that is over; 0 or less when it is not.
    public let dueOn: Day?, daysLate: Int
    /// When that was written last.
    public let followedAt: Date?
    /// The place before, or as it was seen, and after.
    public let before: Medium?, after: Medium?

    init(row: Row, photos: [WalkPhoto.Purpose: Medium]) throws {
        observation = try Observation(row: row)
        walkHandle = try row.get("handle")
        walkTitle = try Texts(json: row.get("walk_title"))
        stopNumber = try row.get("stop_number", as: Int32?.self).map(Int.init)
        stopTitle = try row.get("stop_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        theme = try row.get("theme_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        service = try Texts(json: row.get("service_name"))
        // The statement gives no other word.
        status = Status(rawValue: try row.get("status"))!
        words = try row.get("answer_words", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        dueOn = try row.day("due")
        daysLate = Int(try row.get("late", as: Int32?.self) ?? 0)
        followedAt = try row.get("followed_at")
        before = photos[.before] ?? photos[.seen]
        after = photos[.after]
    }
}

/// What a reader of the follow-up asks for; it stays in the address.
public struct FollowUpFilter: Sendable, Hashable {
    /// Where it stands.
    public var status: FollowUp.Status?
    /// The service that answers for it.
    public var service: ID<ExaminingService>?
    /// The key of its theme.
    public var theme: String?
    /// Only what is late.
    public var late: Bool

    /// Everything, unless something is asked for.
    public init(
        status: FollowUp.Status? = nil, service: ID<ExaminingService>? = nil, theme: String? = nil, late: Bool = false
    ) {
        self.status = status
        self.service = service
        self.theme = theme
        self.late = late
    }
}
