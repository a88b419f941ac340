import Participation

/// What an agent does to a consultation by a form of its own, and what each asks for. The raw value is its path.
enum ConsultationAct: String, CaseIterable, Sendable {
    case new, words, timetable, change, withdrawal, removal

    /// One question of a form.
    struct Question: Sendable {
        enum Kind: Sendable { case line, area, moment, day }

        let name: String
        let kind: Kind
        var isTranslated = false
        var isOptional = false
        var hasHint = false
    }

    /// What cannot be taken back wears another colour.
    var isGrave: Bool { self == .removal || self == .withdrawal }

    /// Whether it is offered on the consultation's page; the verb decides whether it is done.
    func isOffered(for consultation: Consultation) -> Bool {
        let isPublic: Bool = consultation.publishedAt != nil
        return switch self {
        case .new: false
        case .words: true
        case .timetable, .removal: !isPublic
        case .change: isPublic && consultation.stage != .followUp
        case .withdrawal: isPublic && consultation.stage <= .collection
        }
    }

    /// What it asks for.
    var questions: [Question] {
        switch self {
        case .new:
            [
                Question(name: "title", kind: .line, isTranslated: true),
                Question(name: "handle", kind: .line, hasHint: true),
            ] + Self.dates
        case .words:
            [
                Question(name: "title", kind: .line, isTranslated: true),
                Question(name: "summary", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "purpose", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "can_change", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "cannot_change", kind: .area, isTranslated: true, hasHint: true),
                Question(name: "contact", kind: .area, isTranslated: true, hasHint: true),
            ]
        case .timetable: Self.dates
        case .change: Self.dates + [Question(name: "reason", kind: .area, isTranslated: true, hasHint: true)]
        case .withdrawal, .removal: []
        }
    }

    private static let dates: [Question] = [
        Question(name: "collects_from", kind: .moment), Question(name: "collects_until", kind: .moment),
        Question(name: "synthesis_due", kind: .day, hasHint: true),
        Question(name: "answer_due", kind: .day, hasHint: true),
    ]
}
