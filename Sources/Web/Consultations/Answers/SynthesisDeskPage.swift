import Foundation
import Participation

/// The synthesis at the desk: its parts, what is missing, and what was published.
struct SynthesisDeskPage: PageView {
    static let template = "consultations/synthesis-desk"

    /// A part, and in which languages it is written.
    struct Line: Sendable {
        let name: String
        let languages: String?
        let status: StatusWord
        let href: String
    }

    /// A quote of the last edition.
    struct Quote: Sendable {
        let words: String
        let href: String
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let base: String
    let due: String
    let late: String?
    let isPublic: Bool
    let publicHref: String
    let answerHref: String
    let dataHref: String
    let canPublish: Bool
    let isCollecting: Bool
    let lines: [Line]
    let editions: [EditionLine]
    let hasEditions: Bool
    let quotes: [Quote]
    let hasQuotes: Bool

    static let sample = SynthesisDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], eyebrow: "Les jardins",
        base: "/desk/processes/x/consultations/x/synthesis", due: "Promise pour le 3 mars", late: "2 jours de retard",
        isPublic: true, publicHref: "/consultations/x/synthesis",
        answerHref: "/desk/processes/x/consultations/x/answer",
        dataHref: "/consultations/x/data", canPublish: true, isCollecting: true,
        lines: [Line(name: "Ce qui a été demandé", languages: "fr, en", status: .sample, href: "/x/asked")],
        editions: [.sample], hasEditions: true, quotes: [Quote(words: "More trees", href: "/x/quotes/00ff")],
        hasQuotes: true)
}

extension SynthesisDeskPage {
    init(
        _ draft: SynthesisDraft, _ published: PublishedSynthesis?, _ consultation: Consultation,
        _ scene: ConsultationScene, today: Day
    ) {
        let strings: Strings = scene.strings
        crumbs = scene.crumbs
        eyebrow = consultation.title(strings.language)
        base = "\(scene.own)/synthesis"
        due = strings("consultations.synthesis.awaited", ["day": strings.day(consultation.synthesisDue)])
        let days: Int = consultation.synthesisDue.days(until: today)
        late = days > 0 && draft.editions.isEmpty ? strings.plural("consultations.decision.late", days) : nil
        isPublic = !draft.editions.isEmpty
        publicHref = "/consultations/\(consultation.handle)/synthesis"
        answerHref = "\(scene.own)/answer"
        dataHref = "/consultations/\(consultation.handle)/data"
        isCollecting = consultation.stage <= .collection
        canPublish = !isCollecting && draft.isChanged
        lines = SynthesisSection.allCases.map { section in
            let texts: Texts = draft.sections[section] ?? Texts([:])
            let written: [String] = Language.allCases.filter { texts.byLanguage[$0.rawValue] != nil }.map {
                strings("language.\($0.rawValue)")
            }
            return Line(
                name: strings("consultations.synthesis.section.\(section.rawValue)"),
                languages: written.isEmpty ? nil : written.joined(separator: ", "),
                status: StatusWord(
                    word: strings(
                        written.isEmpty ? "consultations.synthesis.unwritten" : "consultations.synthesis.written"),
                    tone: written.isEmpty ? "wait" : "good", meaning: ""),
                href: "\(scene.own)/synthesis/\(section.rawValue)")
        }
        editions = draft.editions.map {
            EditionLine($0, href: "/consultations/\(consultation.handle)/synthesis", strings)
        }
        hasEditions = !draft.editions.isEmpty
        let own: String = "\(scene.own)/synthesis"
        quotes = (published?.content.figures.sorted { $0.key < $1.key } ?? []).flatMap(\.value.quotes).compactMap {
            quote in quote.words.map { Quote(words: $0, href: "\(own)/quotes/\(quote.digest)") }
        }
        hasQuotes = !quotes.isEmpty
    }
}

extension Day {
    /// How many days lie between this day and another; below zero where that one is before.
    func days(until other: Day) -> Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        func date(_ day: Day) -> Date? {
            calendar.date(from: DateComponents(year: day.year, month: day.month, day: day.day))
        }
        guard let from = date(self), let until = date(other) else { return 0 }
        return calendar.dateComponents([.day], from: from, to: until).day ?? 0
    }
}
