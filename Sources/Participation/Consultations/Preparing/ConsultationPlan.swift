public import Foundation

/// What a consultation begins with.
public struct ConsultationPlan: Sendable {
    /// Its handle in addresses: lower-case letters, digits and single hyphens, 60 at most.
    public var handle: String
    /// What it is called.
    public var title: Texts
    /// From when until when it collects, and what is promised by which day.
    public var timetable: ConsultationTimetable

    /// The beginning of a consultation.
    public init(handle: String, title: Texts, timetable: ConsultationTimetable) {
        self.handle = handle
        self.title = title
        self.timetable = timetable
    }
}

/// When a consultation collects, and by which days the city promises what it makes of it.
public struct ConsultationTimetable: Sendable, Hashable {
    /// From when until when answers are taken.
    public var collectsFrom: Date, collectsUntil: Date
    /// The days by which the synthesis and the city's answer are promised.
    public var synthesisDue: Day, answerDue: Day

    /// A timetable.
    public init(collectsFrom: Date, collectsUntil: Date, synthesisDue: Day, answerDue: Day) {
        self.collectsFrom = collectsFrom
        self.collectsUntil = collectsUntil
        self.synthesisDue = synthesisDue
        self.answerDue = answerDue
    }

    /// Refuses what no calendar can keep. Days are those of the universal time here: a city's own day never comes
    /// before it by more than hours, and nobody writes a synthesis in them.
    func check() throws(ConsultationRefusal) {
        guard collectsUntil > collectsFrom else { throw .closesBeforeItOpens }
        let lastDay: Day? = Day(collectsUntil.formatted(.iso8601.year().month().day()))
        if let lastDay, synthesisDue < lastDay { throw .synthesisBeforeClose }
        guard answerDue >= synthesisDue else { throw .answerBeforeSynthesis }
    }
}

/// What a consultation is about, in words.
public struct ConsultationPurpose: Sendable {
    /// What it is called, and in one paragraph what it is about.
    public var title: Texts, summary: Texts
    /// What it is for, what can and what cannot change through it, in Markdown.
    public var purpose: Texts, canChange: Texts, cannotChange: Texts
    /// Who answers questions: where, when, by which telephone; how to take part without a screen.
    public var contact: Texts

    /// The words of a consultation.
    public init(
        title: Texts, summary: Texts, purpose: Texts, canChange: Texts, cannotChange: Texts, contact: Texts
    ) {
        self.title = title
        self.summary = summary
        self.purpose = purpose
        self.canChange = canChange
        self.cannotChange = cannotChange
        self.contact = contact
    }
}
