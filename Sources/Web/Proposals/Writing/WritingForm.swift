import Foundation
import Participation
import PublicRecord

/// What somebody typed into one of the forms of a proposal.
struct WritingForm {
    /// The most bytes of a form: every letter of a long text may take twelve as an address is written.
    static let limit = 384 * 1024

    let values: [String: String]

    /// What was typed.
    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The form of a draft as it stands.
    init(_ draft: ProposalDraft) {
        values = [
            "title": draft.title, "body": draft.body, "theme": draft.theme?.description ?? "",
            "district": draft.district ?? "", "place": draft.place,
            "latitude": draft.point.map { Self.degrees($0.latitude) } ?? "",
            "longitude": draft.point.map { Self.degrees($0.longitude) } ?? "",
            "author_kind": draft.authorKind.rawValue, "group_name": draft.groupName,
            "cost": draft.cost.map(AmountText.plain) ?? "",
        ]
    }

    subscript(_ name: String) -> String { values[name] ?? "" }

    /// The draft that the fields make.
    ///
    /// - Throws: `FieldErrors` with every amount and every point that cannot be read.
    func draft() throws(FieldErrors) -> ProposalDraft {
        var errors = FieldErrors()
        var draft = ProposalDraft(
            title: self["title"], body: self["body"], theme: ID(self["theme"]),
            district: self["district"].isEmpty ? nil : self["district"], place: self["place"],
            authorKind: Proposal.AuthorKind(rawValue: self["author_kind"]).flatMap { $0 == .city ? nil : $0 }
                ?? .person,
            groupName: self["group_name"])
        if !self["latitude"].isEmpty || !self["longitude"].isEmpty {
            draft.point = Self.number(self["latitude"]).flatMap { latitude in
                Self.number(self["longitude"]).flatMap { MapPoint(latitude: latitude, longitude: $0) }
            }
            if draft.point == nil { errors.add("latitude", "proposals.writing.error.point") }
        }
        if !self["cost"].isEmpty {
            let plain: String = self["cost"].filter { !$0.isWhitespace && $0 != "€" }
            draft.cost = Cents.amount(plain)
            if draft.cost == nil { errors.add("cost", "proposals.writing.error.cost") }
        }
        try errors.throwIfAny()
        return draft
    }

    /// A number of degrees, with a point or a comma.
    static func number(_ text: String) -> Double? {
        let plain: String = text.replacing(",", with: ".")
        guard plain.utf8.count <= 20, let number = Double(plain), number.isFinite else { return nil }
        return number
    }

    /// Degrees as an input shows them; more than six decimals are finer than a step.
    static func degrees(_ value: Double) -> String {
        let rounded: Double = (value * 1_000_000).rounded() / 1_000_000
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}

extension DraftRefusal {
    /// The field it concerns, and the part of the form where that field is; no part for what concerns the whole.
    var place: (field: String, part: ProposalDraft.Part?) {
        switch self {
        case .titleMissing, .titleTooLong: ("title", .idea)
        case .bodyMissing, .bodyTooLong: ("body", .idea)
        case .themeMissing: ("theme", .idea)
        case .placeMissing, .placeTooLong: ("place", .place)
        case .unknownDistrict: ("district", .place)
        case .groupNameMissing, .groupNameTooLong: ("group_name", .author)
        case .costOutOfRange, .costAboveCeiling: ("cost", .author)
        case .absent, .notNow, .tooManyDrafts, .changedMeanwhile, .published, .beyondEditing, .begunElsewhere: ("", nil)
        }
    }

    /// The key of its sentence.
    var key: String {
        switch self {
        case .absent, .published, .begunElsewhere: "proposals.writing.error.absent"
        case .notNow: "proposals.writing.error.not_now"
        case .tooManyDrafts: "proposals.writing.error.too_many"
        case .titleMissing: "proposals.writing.error.title"
        case .titleTooLong: "proposals.writing.error.title_long"
        case .bodyMissing: "proposals.writing.error.body"
        case .bodyTooLong: "proposals.writing.error.body_long"
        case .themeMissing: "proposals.writing.error.theme"
        case .placeMissing: "proposals.writing.error.place"
        case .placeTooLong: "proposals.writing.error.place_long"
        case .unknownDistrict: "proposals.writing.error.district"
        case .groupNameMissing: "proposals.writing.error.group"
        case .groupNameTooLong: "proposals.writing.error.group_long"
        case .costOutOfRange: "proposals.writing.error.cost"
        case .costAboveCeiling: "proposals.writing.error.ceiling"
        case .changedMeanwhile: "proposals.writing.error.changed"
        case .beyondEditing: "proposals.writing.error.beyond"
        }
    }

    /// What its sentence mentions.
    func arguments(_ strings: Strings) -> [String: String] {
        switch self {
        case .tooManyDrafts(let most): ["most": strings.number(most)]
        case .costAboveCeiling(let ceiling, let currency): ["ceiling": strings.money(ceiling, currency: currency)]
        case .titleTooLong: ["most": strings.number(ProposalDraft.longestTitle)]
        case .bodyTooLong: ["most": strings.number(ProposalDraft.longestBody)]
        case .placeTooLong: ["most": strings.number(ProposalDraft.longestPlace)]
        case .groupNameTooLong: ["most": strings.number(ProposalDraft.longestGroupName)]
        default: [:]
        }
    }
}

extension Refused<DraftRefusal> {
    /// The refusals at the fields of a form that has them all.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons { errors.add(reason.place.field, reason.key, reason.arguments(strings)) }
        return errors
    }

    /// The number under which the draft has been published meanwhile.
    var published: Int64? {
        for case .published(let number) in reasons { return number }
        return nil
    }
}
