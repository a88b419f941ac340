public import Foundation

/// What a consultation needs before everybody sees it.
public struct ConsultationReadiness: Sendable {
    /// Something that is looked at.
    public enum Point: String, Sendable, CaseIterable {
        /// What it is for, what can change and what cannot.
        case purpose
        case canChange = "can_change"
        case cannotChange = "cannot_change"
        /// One paragraph for lists and letters.
        case summary
        /// Who answers questions.
        case contact
        /// The collection does not end in the past.
        case timetable
        /// Something is asked: a questionnaire, a text, a debate or an event.
        case parts
        /// All its words are there in every language.
        case languages
    }

    /// How it stands with a point.
    public enum Standing: Sendable {
        /// There.
        case done
        /// Not there; it may be published without.
        case advised
        /// Not there, and it is not published without.
        case missing
    }

    /// A point and how it stands.
    public struct Item: Sendable {
        /// What is looked at.
        public let point: Point
        /// How it stands.
        public let standing: Standing
    }

    /// All points, in the order in which they are settled.
    public let items: [Item]

    /// What has to be done before it is published.
    public var missing: [Point] { items.filter { $0.standing == .missing }.map(\.point) }

    /// How a consultation stands with `parts` things that residents can do.
    public init(_ consultation: Consultation, parts: Int, now: Date) {
        func item(_ point: Point, _ isThere: Bool, else standing: Standing = .missing) -> Item {
            Item(point: point, standing: isThere ? .done : standing)
        }
        let words: [Texts] = [
            consultation.title, consultation.summary, consultation.purpose, consultation.canChange,
            consultation.cannotChange, consultation.contact,
        ]
        items = [
            item(.summary, !consultation.summary.isEmpty),
            item(.purpose, !consultation.purpose.isEmpty),
            item(.canChange, !consultation.canChange.isEmpty),
            item(.cannotChange, !consultation.cannotChange.isEmpty),
            item(.contact, !consultation.contact.isEmpty),
            item(.timetable, consultation.collectsUntil > now),
            item(.parts, parts > 0, else: .advised),
            item(
                .languages,
                words.allSatisfy { text in
                    text.isEmpty || Language.allCases.allSatisfy { text.byLanguage[$0.rawValue] != nil }
                }, else: .advised),
        ]
    }
}
