import Foundation
import Participation

/// A consultation at the desk: what is missing, what waits, its parts, and what can be done to it.
struct ConsultationDeskPage: PageView {
    static let template = "consultations/desk-hub"

    /// A point of the list of what is needed.
    struct Point: Sendable {
        let label: String
        let href: String
        let state: String
        let tone: String
    }

    let heading: String
    let crumbs: [PlaceLink]
    let standing: StatusWord
    let headline: String
    /// What the city owes and has not given in time.
    let lateWords: String?
    let publicHref: String?
    let publicationHref: String
    let phases: PhaseLine?
    let points: [Point]
    let isPreparing: Bool
    let isReady: Bool
    let readinessWords: String
    let lines: [ConsultationDeskLine]
    let hasLines: Bool
    let facts: [PlaceFact]
    let acts: [PlaceLink]
    let errors: ErrorSummary?

    static let sample = ConsultationDeskPage(
        heading: "La place", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], standing: .sample,
        headline: "Jusqu’au 9 décembre.", lateWords: "La synthèse est en retard.", publicHref: "/consultations/place",
        publicationHref: "/x/publication",
        phases: PhaseLine(
            steps: [PhaseLine.Step(name: "Recueil", state: "en ce moment", dates: nil, done: true, current: true)],
            today: "Ouverte."), points: [Point(label: "But", href: "/x/words", state: "manque", tone: "bad")],
        isPreparing: true, isReady: true, readinessWords: "Il manque un point.", lines: [.sample], hasLines: true,
        facts: [PlaceFact(name: "Recueil", text: "du 3 au 9")], acts: [PlaceLink(label: "Textes", href: "/x/words")],
        errors: ErrorSummary(items: [.init(field: "readiness-title", text: "Manque")]))
}

extension ConsultationDeskPage {
    init(
        _ scene: ConsultationScene, _ consultation: Consultation, lines: [ConsultationDeskLine], documents: Int,
        today: Day, now: Date, _ errors: FieldErrors
    ) {
        let (strings, own): (Strings, String) = (scene.strings, scene.own)
        let times = ConsultationTimes(consultation, strings, today: today)
        let isPublic: Bool = consultation.publishedAt != nil
        heading = consultation.title(strings.language)
        crumbs = Array(scene.crumbs.dropLast())
        standing = ConsultationWords(strings).deskStatus(of: consultation)
        headline = isPublic ? times.headline : standing.meaning
        lateWords =
            isPublic ? times.late.map { strings("consultations.frame.desk.late.\(ConsultationWords.key($0))") } : nil
        publicHref = isPublic ? "/consultations/\(consultation.handle)" : nil
        publicationHref = "\(own)/publication"
        phases = isPublic ? times.line : nil
        isPreparing = !isPublic
        let ready = ConsultationReadiness(consultation, parts: lines.count { $0.isContribution }, now: now)
        points =
            isPublic
            ? []
            : ready.items.map { item in
                Point(
                    label: strings("consultations.frame.ready.\(item.point.rawValue)"),
                    href: item.point == .parts ? "#lines-title" : "\(own)/\(item.point.act.rawValue)",
                    state: strings("consultations.frame.ready.state.\(item.standing.name)"),
                    tone: item.standing.tone)
            }
        isReady = ready.missing.isEmpty
        readinessWords =
            isReady
            ? strings("consultations.frame.ready.complete")
            : strings.plural("consultations.frame.ready.lacks", ready.missing.count)
        self.lines = lines
        hasLines = !lines.isEmpty
        func fact(_ key: String, _ text: String) -> PlaceFact {
            PlaceFact(name: strings("consultations.frame.field.\(key)"), text: text)
        }
        facts = [
            fact("handle", consultation.handle), fact("collection", times.collection),
            fact("synthesis_due", strings.day(consultation.synthesisDue)),
            fact("answer_due", strings.day(consultation.answerDue)),
            fact("documents", strings.number(documents)),
        ]
        acts =
            ConsultationAct.allCases.filter { $0.isOffered(for: consultation) }.map {
                PlaceLink(label: strings("consultations.frame.act.\($0.rawValue)"), href: "\(own)/\($0.rawValue)")
            } + [PlaceLink(label: strings("consultations.frame.act.documents"), href: "\(own)/documents")]
        self.errors = errors.summary(strings)
    }
}

extension ConsultationReadiness.Point {
    /// Where it is settled; parts are settled below on the page itself.
    fileprivate var act: ConsultationAct { self == .timetable ? .timetable : .words }
}

extension ConsultationReadiness.Standing {
    fileprivate var name: String {
        switch self {
        case .done: "done"
        case .advised: "advised"
        case .missing: "missing"
        }
    }

    fileprivate var tone: String {
        switch self {
        case .done: "good"
        case .advised: ""
        case .missing: "bad"
        }
    }
}
