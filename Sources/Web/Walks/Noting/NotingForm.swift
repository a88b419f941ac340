import Foundation
import Hummingbird
import Participation

/// What was typed on a walk sheet: the same fields from the plain form, from a phone that waited for a network, and from
/// a note-taker.
struct NotingForm: Sendable {
    let fields: Fields

    /// What was typed.
    init(_ fields: Fields) {
        self.fields = fields
    }

    /// An empty sheet, with an identity and a key of its own: sent twice, it counts once. The stop is that of the
    /// observation before.
    static func empty(stop: String?) -> NotingForm {
        NotingForm(
            Fields(
                pairs: [
                    ("id", UUID().uuidString.lowercased()), ("key", Token().text), ("manner", "alone"),
                ] + (stop.map { [("stop", $0)] } ?? [])))
    }

    /// The code of the walk; empty when what was typed is none.
    var code: String { WalkCode.read(fields.text("code")) ?? "" }

    /// What is noted, in the language of the page it was written on.
    ///
    /// - Throws: a ``Refusal`` (400) for what no sheet of ours sends.
    func draft(by channel: Observation.Channel, _ language: Language) throws(Refusal) -> ObservationDraft {
        guard let id = fields.id("id", of: Observation.self), let key = Token(fields.text("key")) else {
            throw .malformed
        }
        var draft = ObservationDraft(
            id: id, key: key, language: Language(rawValue: fields.text("language")) ?? language, channel: channel)
        draft.stop = try identity("stop", of: Stop.self)
        draft.theme = try identity("theme", of: WalkTheme.self)
        draft.place = fields.text("place")
        draft.kind = Observation.Kind(rawValue: fields.text("kind"))
        draft.feeling = fields.integer("feeling").flatMap(Observation.Feeling.init)
        draft.concerned = Set(fields.all("concerned").compactMap(Concerned.init)).sorted { $0.rawValue < $1.rawValue }
        draft.words = fields.text("words")
        draft.manner = Observation.Manner(rawValue: fields.text("manner")) ?? .alone
        draft.people = fields.integer("people") ?? 0
        draft.priority = fields.text("priority").isEmpty ? nil : fields.integer("priority") ?? 0
        if let latitude = Double(fields.text("latitude")), let longitude = Double(fields.text("longitude")) {
            draft.point = MapPoint(latitude: latitude, longitude: longitude)
            // A point that is none on the earth is refused like one that could be anywhere.
            draft.accuracy = draft.point == nil ? .infinity : Double(fields.text("accuracy"))
        }
        return draft
    }

    /// An identity that a choice of the page stands for; nil for the choice that stands for none.
    private func identity<Owner>(_ name: String, of owner: Owner.Type) throws(Refusal) -> ID<Owner>? {
        if fields.text(name).isEmpty { return nil }
        guard let id = fields.id(name, of: owner) else { throw .malformed }
        return id
    }
}

extension Refused<NotingRefusal> {
    /// What is wrong, each at its field.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .placeMissing: errors.add("stop", "walks.sheet.refusal.place")
            case .placeTooLong(let limit): errors.add("place", "walks.sheet.refusal.place_long", ["limit": "\(limit)"])
            case .unknownStop: errors.add("stop", "walks.sheet.refusal.stop")
            case .pointTooVague: errors.add("place", "walks.sheet.refusal.point")
            case .unknownTheme: errors.add("theme", "walks.sheet.refusal.theme")
            case .kindMissing: errors.add("kind", "walks.sheet.refusal.kind")
            case .wordsMissing: errors.add("words", "walks.sheet.refusal.words")
            case .wordsTooLong(let limit):
                errors.add("words", "walks.sheet.refusal.words_long", ["limit": strings.number(limit)])
            case .peopleOutOfRange(let most): errors.add("people", "walks.sheet.refusal.people", ["most": "\(most)"])
            case .priorityOutOfRange: errors.add("priority", "walks.sheet.refusal.priority")
            case .notRandom, .taken: errors.add("", "walks.sheet.refusal.again")
            case .walkFull(let limit): errors.add("", "walks.sheet.refusal.full", ["limit": strings.number(limit)])
            case .tooManyPhotos(let limit): errors.add("photo", "walks.sheet.refusal.photos", ["limit": "\(limit)"])
            }
        }
        return errors
    }
}

extension SheetRefusal {
    /// Why nothing can be noted now.
    func words(_ strings: Strings) -> String {
        switch self {
        case .wrongCode: strings("walks.sheet.code.wrong")
        case .tooEarly(let opens): strings("walks.sheet.early", ["moment": strings.moment(opens)])
        case .closed(let since): strings("walks.sheet.closed", ["moment": strings.moment(since)])
        case .cancelled: strings("walks.sheet.cancelled")
        }
    }

    /// The same for the program of the sheet, which waits where waiting helps.
    var name: String {
        switch self {
        case .wrongCode: "wrong_code"
        case .tooEarly: "early"
        case .closed: "closed"
        case .cancelled: "cancelled"
        }
    }
}
