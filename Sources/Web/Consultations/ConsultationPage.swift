import Foundation
import Participation

/// The public page of a consultation: what is asked, until when, what can change, how to take part, what comes next;
/// once it is over, what came of it stands first.
struct ConsultationPage: PageView {
    static let template = "consultations/hub-page"

    /// Markdown of agents in the reader's language, or in another one.
    struct Passage: Sendable {
        let html: String
        let language: String?
    }

    /// A change of dates.
    struct Change: Sendable {
        let date: String
        let what: String
        let reason: String
        let reasonLanguage: String?
    }

    let heading: String
    let headingLanguage: String?
    let home: PlaceLink
    let lead: String?
    let leadLanguage: String?
    let standing: StatusWord
    let headline: String
    let isLate: Bool
    let phases: PhaseLine
    /// The one thing to do today.
    let primary: PlaceLink?
    let deskHref: String?
    let demonstration: Bool
    let outcomesTitle: String
    let outcomes: [ConsultationLine]
    /// What came of it stands before what one takes part in once it is over, and behind it until then.
    let hasOutcomesFirst: Bool
    let hasOutcomesLast: Bool
    let partsTitle: String
    let parts: [ConsultationLine]
    let hasParts: Bool
    /// Why nothing is listed; nil once it is over, when what came of it says more.
    let noParts: String?
    let purpose: Passage?
    let canChange: Passage?
    let cannotChange: Passage?
    let hasLimits: Bool
    let elsewhereTitle: String
    let contact: Passage?
    let next: [String]
    let changes: [Change]
    let hasChanges: Bool
    let documents: MediaView?
    let follow: FollowView
}

extension ConsultationPage {
    /// Everything that the page is made from.
    struct Scene: Sendable {
        let visit: ConsultationVisit
        let today: Day
        let lines: [ConsultationLine]
        let documents: [ConsultationDocument]
        let changes: [ConsultationChange]
        let follows: Bool
        let deskHref: String?
    }

    init(_ scene: Scene) {
        let (visit, strings): (ConsultationVisit, Strings) = (scene.visit, scene.visit.strings)
        let (consultation, reader): (Consultation, Language) = (visit.consultation, strings.language)
        let times = ConsultationTimes(consultation, strings, today: scene.today)
        heading = consultation.title(reader)
        headingLanguage = consultation.title.foreign(to: reader)
        home = PlaceLink(label: visit.process.title(reader), href: "/processes/\(visit.process.slug)/consultations")
        lead = consultation.summary.isEmpty ? nil : consultation.summary(reader)
        leadLanguage = consultation.summary.foreign(to: reader)
        standing = ConsultationWords(strings).status(consultation.stage)
        headline = times.headline
        isLate = times.late != nil
        phases = times.line
        outcomes = scene.lines.filter { $0.place == .outcome }
        hasOutcomesFirst = !outcomes.isEmpty && consultation.stage > .collection
        hasOutcomesLast = !outcomes.isEmpty && !hasOutcomesFirst
        outcomesTitle = strings("consultations.frame.outcomes.\(hasOutcomesFirst ? "over" : "open")")
        parts = scene.lines.filter { $0.place == .part }
        hasParts = !parts.isEmpty
        // While one can take part, that is the one thing to do; afterwards it is to read what came of it.
        let first: ConsultationLine? =
            consultation.isCollecting ? parts.first { $0.action != nil } : outcomes.first { $0.action != nil }
        primary = first.map { PlaceLink(label: $0.action ?? $0.title, href: $0.href) }
        deskHref = scene.deskHref
        demonstration = visit.process.demonstration
        let tense: String =
            consultation.stage == .announcement ? "coming" : consultation.isCollecting ? "open" : "over"
        partsTitle = strings("consultations.frame.parts.\(tense)")
        noParts = hasParts || tense == "over" ? nil : strings("consultations.frame.parts.none.\(tense)")
        purpose = Passage(consultation.purpose, reader)
        canChange = Passage(consultation.canChange, reader)
        cannotChange = Passage(consultation.cannotChange, reader)
        hasLimits = canChange != nil || cannotChange != nil
        elsewhereTitle = strings("consultations.frame.elsewhere.\(tense == "over" ? "over" : "open")")
        contact = Passage(consultation.contact, reader)
        next = times.next
        changes = scene.changes.map { Change($0, strings) }
        hasChanges = !changes.isEmpty
        documents = MediaView(scene.documents, strings)
        follow = FollowView(
            action: "\(visit.own)/follower", follows: scene.follows,
            signIn: visit.account == nil ? "/sign-in?next=\(PercentDecoding.encode(visit.own))" : nil)
    }
}

extension ConsultationPage.Passage {
    /// Nil where the agents wrote nothing.
    init?(_ texts: Texts, _ reader: Language) {
        guard !texts.isEmpty else { return nil }
        self.init(html: Markdown.html(texts(reader)), language: texts.foreign(to: reader))
    }
}

extension ConsultationPage.Change {
    init(_ change: ConsultationChange, _ strings: Strings) {
        var parts: [String] = []
        func add(_ key: String, _ before: String, _ after: String) {
            guard before != after else { return }
            parts.append(strings("consultations.frame.change.\(key)", ["before": before, "after": after]))
        }
        add("from", strings.moment(change.before.collectsFrom), strings.moment(change.after.collectsFrom))
        add("until", strings.moment(change.before.collectsUntil), strings.moment(change.after.collectsUntil))
        add("synthesis", strings.day(change.before.synthesisDue), strings.day(change.after.synthesisDue))
        add("answer", strings.day(change.before.answerDue), strings.day(change.after.answerDue))
        date = strings.date(change.at)
        what = parts.joined(separator: " ")
        reason = change.reason(strings.language)
        reasonLanguage = change.reason.foreign(to: strings.language)
    }
}

extension MediaView {
    /// The documents of a consultation under their own titles; nil when there are none.
    init?(_ documents: [ConsultationDocument], _ strings: Strings) {
        guard !documents.isEmpty else { return nil }
        let photos: [Photo] = documents.compactMap { Photo($0.medium) }
        let files: [File] = documents.filter { $0.medium.kind == .document }.map { document in
            File(
                href: document.medium.address(.document), name: document.title(strings.language),
                kind: document.medium.kindWords(strings))
        }
        self.init(
            photos: photos, hasPhotos: !photos.isEmpty, downloads: files.isEmpty ? nil : Downloads(files: files))
    }
}

extension ConsultationPage {
    static let sample = ConsultationPage(
        heading: "La place Lambert", headingLanguage: "fr",
        home: PlaceLink(label: "Consultations 2027", href: "/processes/c/consultations"), lead: "Dites ce qui change.",
        leadLanguage: "fr", standing: .sample, headline: "Participez jusqu’au 9 décembre.", isLate: true,
        phases: PhaseLine(
            steps: [
                PhaseLine.Step(name: "Recueil", state: "en ce moment", dates: "décembre", done: true, current: true)
            ],
            today: "Vous pouvez participer."), primary: PlaceLink(label: "Répondre", href: "/x"), deskHref: "/desk",
        demonstration: true, outcomesTitle: "Ce qu’il en est sorti", outcomes: [.sample], hasOutcomesFirst: true,
        hasOutcomesLast: true, partsTitle: "Participer", parts: [.sample],
        hasParts: true, noParts: "Rien encore.", purpose: Passage(html: "<p>Refaire la place.</p>", language: "fr"),
        canChange: Passage(html: "<p>Les bancs.</p>", language: "fr"),
        cannotChange: Passage(html: "<p>Le tram.</p>", language: "fr"), hasLimits: true,
        elsewhereTitle: "Sur papier, à un stand", contact: Passage(html: "<p>À la mairie.</p>", language: "fr"),
        next: ["La synthèse."],
        changes: [Change(date: "3 mars", what: "Prolongé.", reason: "La neige.", reasonLanguage: "fr")],
        hasChanges: true, documents: .sample, follow: .sample)
}
