import Foundation
import Participation

/// What was typed into a form about a consultation, or what stands there to be changed.
struct ConsultationForm: Sendable {
    private let values: [String: String]

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The form before anybody has typed.
    init(_ consultation: Consultation?, _ strings: Strings) {
        guard let consultation else {
            values = [:]
            return
        }
        var values: [String: String] = [
            "revision": String(consultation.revision),
            "collects_from": strings.minute(consultation.collectsFrom),
            "collects_until": strings.minute(consultation.collectsUntil),
            "synthesis_due": consultation.synthesisDue.description, "answer_due": consultation.answerDue.description,
        ]
        let words: [(String, Texts)] = [
            ("title", consultation.title), ("summary", consultation.summary), ("purpose", consultation.purpose),
            ("can_change", consultation.canChange), ("cannot_change", consultation.cannotChange),
            ("contact", consultation.contact),
        ]
        for (name, texts) in words {
            for (language, text) in texts.byLanguage { values["\(name)-\(language)"] = text }
        }
        self.values = values
    }

    func text(_ name: String) -> String { values[name] ?? "" }

    /// The revision of the consultation that the form showed.
    var revision: Int { Int(text("revision")) ?? 0 }

    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    // MARK: Reading

    func plan(_ strings: Strings) throws(FieldErrors) -> ConsultationPlan {
        var errors = FieldErrors()
        if texts("title").isEmpty { errors.add("title-fr", "consultations.frame.refusal.untitled") }
        if !Slug.isValid(text("handle")) { errors.add("handle", "consultations.frame.refusal.handle") }
        let timetable: ConsultationTimetable? = timetable(of: nil, strings, &errors)
        try errors.throwIfAny()
        guard let timetable else { throw errors }
        return ConsultationPlan(handle: text("handle"), title: texts("title"), timetable: timetable)
    }

    var purpose: ConsultationPurpose {
        ConsultationPurpose(
            title: texts("title"), summary: texts("summary"), purpose: texts("purpose"),
            canChange: texts("can_change"), cannotChange: texts("cannot_change"), contact: texts("contact"))
    }

    /// - Parameter consultation: whose dates were shown: one that was left as it was is that date to the second, which
    ///   the field does not show.
    func timetable(of consultation: Consultation?, _ strings: Strings) throws(FieldErrors) -> ConsultationTimetable {
        var errors = FieldErrors()
        let timetable: ConsultationTimetable? = timetable(of: consultation, strings, &errors)
        try errors.throwIfAny()
        guard let timetable else { throw errors }
        return timetable
    }

    private func timetable(
        of consultation: Consultation?, _ strings: Strings, _ errors: inout FieldErrors
    ) -> ConsultationTimetable? {
        let from: Date? = moment("collects_from", known: consultation?.collectsFrom, strings, &errors)
        let until: Date? = moment("collects_until", known: consultation?.collectsUntil, strings, &errors)
        let synthesis: Day? = day("synthesis_due", &errors)
        let answer: Day? = day("answer_due", &errors)
        guard let from, let until, let synthesis, let answer else { return nil }
        return ConsultationTimetable(
            collectsFrom: from, collectsUntil: until, synthesisDue: synthesis, answerDue: answer)
    }

    private func moment(
        _ name: String, known: Date?, _ strings: Strings, _ errors: inout FieldErrors
    ) -> Date? {
        if let known, text(name) == strings.minute(known) { return known }
        let moment: Date? = strings.moment(minute: text(name))
        if moment == nil { errors.add(name, "consultations.frame.refusal.\(name)") }
        return moment
    }

    private func day(_ name: String, _ errors: inout FieldErrors) -> Day? {
        let day: Day? = Day(text(name))
        if day == nil { errors.add(name, "consultations.frame.refusal.\(name)") }
        return day
    }
}

extension ConsultationRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        func key(_ name: String) -> String { "consultations.frame.refusal.\(name)" }
        return switch self {
        case .untitled: FieldErrors("title-fr", key("untitled"))
        case .malformedHandle: FieldErrors("handle", key("handle"))
        case .handleTaken: FieldErrors("handle", key("handle_taken"))
        case .closesBeforeItOpens: FieldErrors("collects_until", key("closes"))
        case .synthesisBeforeClose: FieldErrors("synthesis_due", key("synthesis"))
        case .answerBeforeSynthesis: FieldErrors("answer_due", key("answer"))
        case .changedMeanwhile: FieldErrors("", key("changed"))
        case .timetableIsKnown: FieldErrors("", key("known"))
        case .unexplained: FieldErrors("reason-fr", key("reason"))
        case .unchanged: FieldErrors("collects_until", key("unchanged"))
        case .hasBegun: FieldErrors("collects_from", key("begun"))
        case .isOver: FieldErrors("collects_until", key("over"))
        case .closesInThePast: FieldErrors("collects_until", key("past"))
        case .notReady: FieldErrors("readiness-title", key("not_ready"))
        case .published: FieldErrors("", key("published"))
        case .notPublished: FieldErrors("", key("not_published"))
        case .hasContributions: FieldErrors("", key("contributions"))
        case .inUse: FieldErrors("", key("in_use"))
        case .documentUntitled: FieldErrors("title-fr", key("document_untitled"))
        }
    }
}
