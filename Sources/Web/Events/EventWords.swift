import Foundation
import Participation

/// The words of events, in the reader's language.
struct EventWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    func kind(_ kind: Event.Kind) -> String { strings("events.kind.\(kind.rawValue)") }

    /// Where something said led: the words of a link and its address.
    func link(_ place: EventContribution.Place) -> PlaceLink {
        switch place {
        case .proposal(let number, let title):
            PlaceLink(
                label: strings("events.said.proposal", ["number": String(number), "title": title]),
                href: "/proposals/\(number)")
        case .argument(let consultation, let debate, let number, let title):
            PlaceLink(
                label: strings("events.said.argument", ["title": title]),
                href: "/consultations/\(consultation)/debates/\(debate)/arguments/\(number)")
        case .paragraph(let consultation, let text, let number, let title):
            PlaceLink(
                label: strings("events.said.paragraph", ["number": strings.number(number), "title": title]),
                href: "/consultations/\(consultation)/texts/\(text)/paragraphs/\(number)")
        case .questionnaire(let consultation, let handle, let title):
            PlaceLink(
                label: strings("events.said.questionnaire", ["title": title(strings.language)]),
                href: "/consultations/\(consultation)/questionnaires/\(handle)")
        }
    }
}

/// Something that was said at an event, as pages show it.
struct SaidLine: Sendable {
    let anchor: String
    let number: String
    let words: String
    let language: String?
    let link: PlaceLink?
    let outcome: String?
    let outcomeLanguage: String?
    /// Where agents change it.
    let editHref: String?

    static let sample = SaidLine(
        anchor: "said-1", number: "1", words: "Il faut des bancs.", language: "fr",
        link: PlaceLink(label: "Proposition n° 3", href: "/proposals/3"), outcome: "Prévu en mars.",
        outcomeLanguage: "fr", editHref: "/x/1")
}

extension SaidLine {
    init(_ said: EventContribution, editing base: String? = nil, _ strings: Strings) {
        let outcome: String = said.outcome(strings.language)
        anchor = "said-\(said.number)"
        number = strings.number(said.number)
        words = said.words
        language = said.language == strings.language ? nil : said.language.rawValue
        link = said.place.map(EventWords(strings).link)
        self.outcome = outcome.isEmpty ? nil : outcome
        outcomeLanguage = said.outcome.foreign(to: strings.language)
        editHref = base.map { "\($0)/\(said.id)" }
    }
}
