public import Foundation
import Postgres

/// A step on the way to what was promised.
public struct Milestone: Sendable {
    /// Its identity.
    public let id: ID<Milestone>
    /// Its number within the delivery, from 1.
    public let number: Int
    /// What is to be reached.
    public let title: Texts
    /// By when.
    public let due: Day
    /// When it was reached; nil while it is not.
    public let reachedOn: Day?
    /// What shows that it was reached, in words and as a link; empty while it is not.
    public let evidence: Texts, link: String

    init(row: Row) throws {
        id = ID(try row.get("id"))
        number = try row.get("number")
        title = try Texts(json: row.get("title"))
        // The schema leaves no row without it.
        due = try row.day("due")!
        reachedOn = try row.day("reached_on")
        evidence = try Texts(json: row.get("evidence"))
        link = try row.get("link")
    }
}

/// Another status, another date, or both, and why. The lines of a delivery are only ever added to.
public struct DeliveryChange: Sendable {
    /// Where the work stood from then on.
    public let status: Delivery.Status
    /// The number of the milestone whose date moved; nil when it is the delivery itself.
    public let milestone: Int?
    /// The date that stood before and the one that stands since; nil when no date moved.
    public let before: Day?, after: Day?
    /// Why; empty when that needed no words.
    public let reason: Texts
    /// When it was said.
    public let at: Date

    init(row: Row) throws {
        // The schema's check leaves no other word.
        status = Delivery.Status(rawValue: try row.get("status"))!
        milestone = try row.get("milestone")
        before = try row.day("due_before")
        after = try row.day("due_after")
        reason = try Texts(json: row.get("reason"))
        at = try row.get("changed_at")
    }
}

/// News of a delivery.
public struct DeliveryUpdate: Sendable {
    /// Its identity.
    public let id: ID<DeliveryUpdate>
    /// Its title and its text, in paragraphs.
    public let title: Texts, words: Texts
    /// When it was published.
    public let at: Date

    init(row: Row) throws {
        id = ID(try row.get("id"))
        title = try Texts(json: row.get("title"))
        words = try Texts(json: row.get("words"))
        at = try row.get("published_at")
    }
}

/// What was paid for a delivery, line by line.
public struct Spending: Sendable, Hashable {
    /// The reference of the invoice, which is on one line only.
    public var invoice: String
    /// When it was paid.
    public var paidOn: Day
    /// What for.
    public var label: String
    /// How much; below zero for money that came back.
    public var cents: Int64

    /// One line.
    public init(invoice: String, paidOn: Day, label: String, cents: Int64) {
        self.invoice = invoice
        self.paidOn = paidOn
        self.label = label
        self.cents = cents
    }
}

/// A photo of a delivery, and what it shows.
public struct DeliveryPhoto: Sendable {
    /// What it is there for.
    public enum Purpose: String, Sendable, CaseIterable {
        case before, during, after, milestone, update
    }

    /// The photo itself.
    public let medium: Medium
    /// What it is there for.
    public let purpose: Purpose
    /// The milestone or the update it stands by.
    public let milestone: ID<Milestone>?, update: ID<DeliveryUpdate>?

    init(row: Row) throws {
        medium = try Medium(row: row)
        // The schema's check leaves no other word.
        purpose = Purpose(rawValue: try row.get("purpose"))!
        milestone = try row.get("milestone_id", as: UUID?.self).map { ID($0) }
        update = try row.get("update_id", as: UUID?.self).map { ID($0) }
    }
}

/// A delivery with all that its page tells.
public struct DeliveryFile: Sendable {
    /// The delivery itself.
    public let delivery: Delivery
    /// Its milestones, by number.
    public let milestones: [Milestone]
    /// Every turn it took, the oldest first.
    public let changes: [DeliveryChange]
    /// Its news, the latest first.
    public let updates: [DeliveryUpdate]
    /// What was paid, by day.
    public let spending: [Spending]
    /// Its photos, the oldest first.
    public let photos: [DeliveryPhoto]
    /// The proposals behind it: number and title.
    public let proposals: [(number: Int64, title: String, language: String)]
}
