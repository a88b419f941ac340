import Crypto
import Foundation

/// What the authors of a proposal write, before and after it is published.
public struct ProposalDraft: Sendable, Hashable {
    /// What the idea is in one line, and its text in Markdown.
    public var title: String, body: String
    /// One of the themes of the call.
    public var theme: ID<Theme>?
    /// The code of its district.
    public var district: String?
    /// Where it is, in words.
    public var place: String
    /// Where it is on the map.
    public var point: MapPoint?
    /// What it may cost, roughly, in cents.
    public var cost: Int64?
    /// Who speaks.
    public var authorKind: Proposal.AuthorKind
    /// The name of the group or association that speaks.
    public var groupName: String

    /// A draft of which anything may still be missing.
    public init(
        title: String = "", body: String = "", theme: ID<Theme>? = nil, district: String? = nil, place: String = "",
        point: MapPoint? = nil, cost: Int64? = nil, authorKind: Proposal.AuthorKind = .person,
        groupName: String = ""
    ) {
        self.title = title
        self.body = body
        self.theme = theme
        self.district = district
        self.place = place
        self.point = point
        self.cost = cost
        self.authorKind = authorKind
        self.groupName = groupName
    }

    /// What the authors of `proposal` have written so far.
    public init(_ proposal: Proposal) {
        self.init(
            title: proposal.title, body: proposal.body, theme: proposal.theme, district: proposal.district,
            place: proposal.place, point: proposal.point, cost: proposal.cost, authorKind: proposal.authorKind,
            groupName: proposal.groupName)
    }

    /// The parts that are written one after the other.
    public enum Part: String, Sendable, CaseIterable {
        case idea, place, author
    }

    /// This draft with one part of another one.
    public func taking(_ part: Part, from other: ProposalDraft) -> ProposalDraft {
        var taken = self
        switch part {
        case .idea: (taken.title, taken.body, taken.theme) = (other.title, other.body, other.theme)
        case .place: (taken.district, taken.place, taken.point) = (other.district, other.place, other.point)
        case .author:
            (taken.authorKind, taken.groupName, taken.cost) = (other.authorKind, other.groupName, other.cost)
        }
        return taken
    }

    /// A short word that changes whenever something in `parts` does.
    ///
    /// A form carries it from the moment it is shown to the moment it is sent, so that what a co-author wrote meanwhile
    /// is not overwritten unseen. Authors at different parts do not stand in each other's way.
    public func edition(of parts: Part...) -> String {
        var words: [String] = []
        if parts.contains(.idea) { words += [title, body, theme?.description ?? ""] }
        if parts.contains(.place) {
            words += [district ?? "", place, point.map { "\($0.latitude) \($0.longitude)" } ?? ""]
        }
        if parts.contains(.author) { words += [authorKind.rawValue, groupName, cost.map(String.init) ?? ""] }
        // No field holds the character NUL, so no two drafts run together.
        let digest: SHA256.Digest = SHA256.hash(data: Data(words.joined(separator: "\0").utf8))
        return digest.prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// The most characters of a title, a text, the words of a place and the name of a group.
    public static let longestTitle = 150, longestBody = 20_000, longestPlace = 300, longestGroupName = 100
    /// The most that a cost can be, in cents: what no city spends on one idea, and well within the arithmetic.
    static let highestCost: Int64 = 100_000_000_000_00

    /// The draft as it is kept: a title is one line.
    var tidied: ProposalDraft {
        var tidied = self
        tidied.title = title.split(whereSeparator: \.isNewline).joined(separator: " ")
        tidied.place = place.split(whereSeparator: \.isNewline).joined(separator: " ")
        if authorKind != .group && authorKind != .association { tidied.groupName = "" }
        return tidied
    }

    /// What cannot be kept, even in a draft.
    func misfits() -> [DraftRefusal] {
        var reasons: [DraftRefusal] = []
        if title.unicodeScalars.count > Self.longestTitle { reasons.append(.titleTooLong) }
        if body.unicodeScalars.count > Self.longestBody { reasons.append(.bodyTooLong) }
        if place.unicodeScalars.count > Self.longestPlace { reasons.append(.placeTooLong) }
        if groupName.unicodeScalars.count > Self.longestGroupName { reasons.append(.groupNameTooLong) }
        if let cost, !(0...Self.highestCost).contains(cost) { reasons.append(.costOutOfRange) }
        return reasons
    }

    /// What keeps the draft from being published in answer to `call`, in the order of the form.
    public func gaps(in call: ProposalCall) -> [DraftRefusal] {
        var reasons: [DraftRefusal] = []
        if title.isEmpty { reasons.append(.titleMissing) }
        if body.isEmpty { reasons.append(.bodyMissing) }
        if !call.themes.isEmpty, !call.themes.contains(where: { $0.id == theme }) { reasons.append(.themeMissing) }
        if point == nil, district == nil, place.isEmpty { reasons.append(.placeMissing) }
        if authorKind == .group || authorKind == .association, groupName.isEmpty { reasons.append(.groupNameMissing) }
        if let cost, let ceiling = call.ceiling, cost > ceiling {
            reasons.append(.costAboveCeiling(ceiling, currency: call.currency))
        }
        return reasons + misfits()
    }
}

/// Why a draft is not kept, published or changed.
public enum DraftRefusal: Hashable, Sendable {
    /// There is no such draft, or none of the actor's: the two look the same.
    case absent
    /// Nothing is written in the present phase.
    case notNow
    /// Its author has this many drafts already.
    case tooManyDrafts(most: Int)
    case titleMissing, titleTooLong
    case bodyMissing, bodyTooLong
    /// None of the themes of the call was chosen.
    case themeMissing
    /// Neither a point, nor a district, nor words.
    case placeMissing
    case placeTooLong
    /// No district has this code.
    case unknownDistrict
    case groupNameMissing, groupNameTooLong
    /// Less than nothing, or more than can be counted.
    case costOutOfRange
    case costAboveCeiling(Int64, currency: String)
    /// Somebody else changed the same part since the form was shown.
    case changedMeanwhile
    /// It has been published, under this number.
    case published(Int64)
    /// It is being examined, or further: its authors change it no more by themselves.
    case beyondEditing
    /// What it comes from has made a proposal already.
    case begunElsewhere
}
