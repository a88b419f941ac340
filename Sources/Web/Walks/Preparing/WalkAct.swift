import Participation

/// What an agent does to a walk by a form of its own, and what each asks for.
enum WalkAct: String, CaseIterable, Sendable {
    case new, purpose, time, place, date, cancellation, withdrawal, removal

    /// One question of a form.
    struct Question: Sendable {
        enum Kind: Sendable {
            case line, area, moment, number, degrees
            /// One of several; any of several.
            case choice, choices
        }

        let name: String
        let kind: Kind
        var isTranslated = false
        var isOptional = false
        var hasHint = false
    }

    /// The path below the walk.
    var path: String { rawValue }

    /// What is done at once and cannot be taken back wears another colour.
    var isGrave: Bool { self == .cancellation || self == .removal }

    /// What it asks for; a published walk's date is not asked again.
    func questions(isPublished: Bool) -> [Question] {
        switch self {
        case .new:
            [
                Question(name: "title", kind: .line, isTranslated: true),
                Question(name: "handle", kind: .line, hasHint: true),
            ] + Self.when + [
                Question(name: "light", kind: .choice),
                Question(name: "rain_starts_at", kind: .moment, isOptional: true, hasHint: true),
                Question(name: "previous", kind: .choice, hasHint: true),
            ]
        case .purpose:
            [
                Question(name: "title", kind: .line, isTranslated: true),
                Question(name: "aim", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "perimeter", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
                Question(name: "audience", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
                Question(name: "audiences", kind: .choices, hasHint: true),
            ]
        case .time:
            (isPublished ? [] : Self.when) + [
                Question(name: "light", kind: .choice),
                Question(name: "rain_starts_at", kind: .moment, isOptional: true, hasHint: true),
                Question(name: "places", kind: .number, isOptional: true, hasHint: true),
                Question(name: "most_companions", kind: .number),
                Question(name: "registration_closes_at", kind: .moment, isOptional: true, hasHint: true),
                Question(name: "sheet_closes_at", kind: .moment, isOptional: true, hasHint: true),
            ]
        case .place:
            [
                Question(name: "meeting_place", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "accessibility", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "image_rights", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
                Question(name: "latitude", kind: .degrees, isOptional: true),
                Question(name: "longitude", kind: .degrees, isOptional: true),
            ]
        case .date: Self.when
        case .cancellation: [Question(name: "reason", kind: .area, isTranslated: true, hasHint: true)]
        case .withdrawal, .removal: []
        }
    }

    private static let when: [Question] = [
        Question(name: "starts_at", kind: .moment), Question(name: "ends_at", kind: .moment),
    ]
}
