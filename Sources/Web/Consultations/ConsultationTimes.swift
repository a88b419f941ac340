import Foundation
import Participation

/// The dates of a consultation in the reader's words: its line of stages, what is promised by when, what is late.
struct ConsultationTimes {
    let consultation: Consultation
    let strings: Strings
    /// The present day in the city.
    let today: Day

    init(_ consultation: Consultation, _ strings: Strings, today: Day) {
        self.consultation = consultation
        self.strings = strings
        self.today = today
    }

    /// What is overdue: the stage whose promise the city has not kept so far; nil while it keeps them.
    var late: Consultation.Stage? {
        if consultation.stage == .synthesis, consultation.synthesisDue < today { return .synthesis }
        if consultation.stage == .answer, consultation.answerDue < today { return .answer }
        return nil
    }

    /// The one sentence that says until when one takes part, or what is awaited by when.
    var headline: String {
        switch consultation.stage {
        case .announcement: sentence("headline.announcement", strings.moment(consultation.collectsFrom))
        case .collection: sentence("headline.collection", strings.moment(consultation.collectsUntil))
        case .synthesis where late != nil: sentence("headline.synthesis.late", strings.day(consultation.synthesisDue))
        case .synthesis: sentence("headline.synthesis", strings.day(consultation.synthesisDue))
        case .answer where late != nil: sentence("headline.answer.late", strings.day(consultation.answerDue))
        case .answer: sentence("headline.answer", strings.day(consultation.answerDue))
        case .followUp: sentence("headline.follow_up", consultation.answeredAt.map(strings.date) ?? "")
        }
    }

    /// The line of stages with its dates, and what one can do today.
    var line: PhaseLine {
        PhaseLine(
            steps: Consultation.Stage.allCases.map { stage in
                let isCurrent: Bool = stage == consultation.stage
                let state: String = isCurrent ? "current" : stage < consultation.stage ? "done" : "coming"
                return PhaseLine.Step(
                    name: ConsultationWords(strings).stage(stage),
                    state: stage == late ? strings("consultations.frame.late") : strings("phases.\(state)"),
                    dates: dates(of: stage), done: stage < consultation.stage, current: isCurrent)
            }, today: ConsultationWords(strings).status(consultation.stage).meaning)
    }

    /// What happens after today, in the order in which it happens, each with its day.
    var next: [String] {
        var sentences: [String] = []
        switch consultation.stage {
        case .announcement:
            sentences = [
                sentence("next.collection", strings.date(consultation.collectsFrom)), synthesis, answer, followUp,
            ]
        case .collection:
            sentences = [sentence("next.close", strings.date(consultation.collectsUntil))]
            sentences += [synthesis, answer, followUp]
        case .synthesis: sentences = [synthesis, answer, followUp]
        case .answer: sentences = [answer, followUp]
        case .followUp: sentences = [strings("consultations.frame.next.followed")]
        }
        return sentences
    }

    private var synthesis: String { sentence("next.synthesis", strings.day(consultation.synthesisDue)) }
    private var answer: String { sentence("next.answer", strings.day(consultation.answerDue)) }
    private var followUp: String { strings("consultations.frame.next.follow_up") }

    /// From when until when answers are taken.
    var collection: String {
        strings(
            "consultations.frame.collection",
            ["from": strings.moment(consultation.collectsFrom), "until": strings.moment(consultation.collectsUntil)])
    }

    private func dates(of stage: Consultation.Stage) -> String? {
        switch stage {
        case .announcement: consultation.publishedAt.map(strings.date)
        case .collection:
            strings(
                "phases.dates",
                [
                    "starts": strings.date(consultation.collectsFrom),
                    "ends": strings.date(consultation.collectsUntil),
                ])
        case .synthesis: promised(consultation.synthesisDue, kept: consultation.synthesisedAt)
        case .answer: promised(consultation.answerDue, kept: consultation.answeredAt)
        case .followUp: nil
        }
    }

    private func promised(_ due: Day, kept: Date?) -> String {
        if let kept { return sentence("published_on", strings.date(kept)) }
        return sentence("due", strings.day(due))
    }

    private func sentence(_ key: String, _ date: String) -> String {
        strings("consultations.frame.\(key)", ["date": date])
    }
}
