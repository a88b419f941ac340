/// A participation process (démarche): the frame in which a city asks its residents something.
public struct Process: Sendable {
    /// Its identity.
    public let id: ID<Process>
    /// Its handle in addresses.
    public let slug: String
    /// Title, one-paragraph summary and description.
    public let title: Texts, summary: Texts, description: Texts
    /// Whether it is demonstration data, which every page says.
    public let demonstration: Bool
    /// Its phases in the order of their dates.
    public let phases: [Phase]
}

/// A phase (étape) of a process, from one day to another inclusive, in the city's time zone.
public struct Phase: Sendable {
    /// What residents can do in a phase.
    public enum Kind: String, Sendable, CaseIterable {
        case information, ideas, examination, consultation, vote
        case followUp = "follow_up"
    }

    /// Its identity.
    public let id: ID<Phase>
    /// What it is for.
    public let kind: Kind
    /// Its title and what can be done in it.
    public let title: Texts, description: Texts
    /// The first and the last day.
    public let starts: Day, ends: Day
}

/// A day of the calendar without a time or a zone, written `2026-11-21`.
public struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Year, month from 1, day of the month from 1.
    public let year: Int, month: Int, day: Int

    /// The day written `yyyy-mm-dd`; nil when there is no such day.
    public init?(_ text: String) {
        let parts: [Int] = text.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard text.utf8.count == 10, parts.count == 3 else { return nil }
        self.init(year: parts[0], month: parts[1], day: parts[2])
    }

    /// The day of the Gregorian calendar; nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let leap: Bool = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// `yyyy-mm-dd`.
    public var description: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(String(repeating: "0", count: 4 - String(year).count))\(year)-\(two(month))-\(two(day))"
    }

    /// The calendar's order.
    public static func < (left: Day, right: Day) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// What an agent writes in a process; nil `description` texts are empty.
public struct ProcessDraft: Sendable {
    /// The handle in addresses: lower-case letters, digits and single hyphens, 60 at most.
    public var slug: String
    /// Title, summary and description.
    public var title: Texts, summary: Texts, description: Texts
    /// The phases, in any order.
    public var phases: [PhaseDraft]

    /// A draft with all that a process has.
    public init(slug: String, title: Texts, summary: Texts, description: Texts, phases: [PhaseDraft]) {
        self.slug = slug
        self.title = title
        self.summary = summary
        self.description = description
        self.phases = phases
    }
}

/// What an agent writes in a phase.
public struct PhaseDraft: Sendable {
    /// What it is for.
    public var kind: Phase.Kind
    /// Its title and what can be done in it.
    public var title: Texts, description: Texts
    /// The first and the last day.
    public var starts: Day, ends: Day

    /// A phase from one day to another.
    public init(kind: Phase.Kind, title: Texts, description: Texts, starts: Day, ends: Day) {
        self.kind = kind
        self.title = title
        self.description = description
        self.starts = starts
        self.ends = ends
    }
}

/// Why a process is not written as it stands.
public enum ProcessRefusal: Error, Hashable, Sendable {
    case malformedSlug
    case slugTaken
    case untitled
    case phaseEndsBeforeItStarts(index: Int)
}
