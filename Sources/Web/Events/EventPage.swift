import Foundation
import Participation

/// An event: what it is, how one takes part, and what came of it.
struct EventPage: PageView {
    static let template = "events/event"

    /// A text of its agents as HTML, in which language where it is not the reader's.
    struct Passage: Sendable {
        let html: String
        let language: String?
    }

    let title: String
    let titleLanguage: String?
    let kind: String
    let process: PlaceLink
    let consultation: PlaceLink?
    let when: String
    let place: String?
    let status: StatusWord
    /// « Annulée : tempête. »
    let calledOff: String?
    let primary: PlaceLink?
    let calendarHref: String?
    let deskHref: String?
    let demonstration: Bool
    let about: Passage?
    let facts: [PlaceFact]
    /// Where one joins from elsewhere, when everybody may see it.
    let onlineAddress: String?
    /// To whom it is shown, when not to everybody.
    let onlineWords: String?
    let agenda: Passage?
    let access: Passage?
    let help: Passage?
    /// Whether one can still say what one needs.
    let isComing: Bool
    let map: MapView?
    let minutes: Passage?
    let minutesDate: String?
    let heads: [PlaceFact]
    let hasHeads: Bool
    let media: MediaView?
    let said: [SaidLine]
    let hasSaid: Bool
    let address: String
    let shareHref: String
}

extension EventPage {
    /// Everything that the page is made from.
    struct Scene: Sendable {
        let event: Event
        let process: Participation.Process
        /// The published consultation that it is part of.
        let consultation: Consultation?
        let occasion: Occasion
        let turnout: Turnout
        /// What the reader has registered, and the address of it.
        let own: Registration?
        let ownHref: String?
        let map: MapView?
        let media: [Medium]
        let heads: [HeadCategory: Int]
        let said: [EventContribution]
        let deskHref: String?
        let address: String
        let now: Date
    }

    init(_ scene: Scene, _ strings: Strings) {
        let (event, reader): (Event, Language) = (scene.event, strings.language)
        let words = GatheringWords(strings)
        let standing = GatheringStanding(scene.occasion, scene.turnout, at: scene.now)
        let place: String = words.place(scene.occasion)
        title = event.title(reader)
        titleLanguage = event.title.foreign(to: reader)
        kind = EventWords(strings).kind(event.kind)
        process = PlaceLink(label: scene.process.title(reader), href: "/processes/\(scene.process.slug)/events")
        consultation = scene.consultation.map {
            PlaceLink(label: $0.title(reader), href: "/consultations/\($0.handle)")
        }
        when = words.when(event.gathering)
        self.place = place.isEmpty ? nil : place
        status = standing.status(strings)
        calledOff =
            standing == .calledOff
            ? strings("events.called_off", ["reason": event.gathering.cancellation(reader)]) : nil
        isComing = standing != .over && standing != .calledOff
        primary = Self.primary(scene, standing, strings)
        calendarHref = isComing ? "\(scene.occasion.path).ics" : nil
        deskHref = scene.deskHref
        demonstration = scene.process.demonstration
        about = Passage(event.description, reader)
        facts = Self.facts(scene, isComing, strings)
        let hasPlaces: Bool = scene.own?.state == .registered
        let showsAddress: Bool = isComing && (event.isOnlineOpen || hasPlaces)
        onlineAddress = showsAddress ? event.onlineAddress : nil
        onlineWords =
            isComing && !showsAddress && event.onlineAddress != nil ? strings("events.online.registered") : nil
        agenda = Passage(event.agenda, reader)
        access = Passage(event.accessibility, reader)
        help = Passage(event.help, reader)
        map = scene.map
        minutes = event.minutesPublishedAt == nil ? nil : Passage(event.minutes, reader)
        minutesDate = event.minutesPublishedAt.map { strings("events.minutes.since", ["date": strings.date($0)]) }
        heads = HeadCategory.allCases.compactMap { category in
            scene.heads[category].map {
                PlaceFact(name: WalkWords(strings).category(category), text: strings.number($0))
            }
        }
        hasHeads = !heads.isEmpty
        media = MediaView(scene.media, strings)
        said = scene.said.map { SaidLine($0, strings) }
        hasSaid = !scene.said.isEmpty
        address = scene.address
        shareHref =
            "mailto:?subject=\(PercentDecoding.encode(title))"
            + "&body=\(PercentDecoding.encode("\(when)\n\(place)\n\(scene.address)"))"
    }

    /// The one thing to do today.
    private static func primary(_ scene: Scene, _ standing: GatheringStanding, _ strings: Strings) -> PlaceLink? {
        let here: String = scene.occasion.path
        if let own = scene.ownHref, standing != .over, standing != .calledOff {
            return PlaceLink(label: strings("events.own"), href: own)
        }
        return switch standing {
        case .open: PlaceLink(label: strings("gatherings.register.title"), href: "\(here)/registration")
        case .full: PlaceLink(label: strings("gatherings.wait.submit"), href: "\(here)/registration")
        case .over where scene.event.minutesPublishedAt != nil:
            PlaceLink(label: strings("events.minutes.read"), href: "#minutes")
        case .over, .calledOff, .closed, .underWay: nil
        }
    }

    private static func facts(_ scene: Scene, _ isComing: Bool, _ strings: Strings) -> [PlaceFact] {
        let words = GatheringWords(strings)
        var facts: [PlaceFact] = [
            PlaceFact(name: strings("events.fact.when"), text: words.when(scene.event.gathering))
        ]
        let place: String = scene.event.place(strings.language)
        if !place.isEmpty { facts.append(PlaceFact(name: strings("events.fact.place"), text: place)) }
        facts.append(PlaceFact(name: strings("events.fact.kind"), text: EventWords(strings).kind(scene.event.kind)))
        if isComing {
            if let places = scene.turnout.places {
                facts.append(PlaceFact(name: strings("events.fact.places"), text: strings.number(places)))
            }
            facts.append(PlaceFact(name: strings("events.fact.closes"), text: words.moment(scene.occasion.closesAt)))
        }
        return facts
    }

    static let sample = EventPage(
        title: "Atelier", titleLanguage: "fr", kind: "Sur place",
        process: PlaceLink(label: "Diagonales", href: "/processes/d"),
        consultation: PlaceLink(label: "La place", href: "/consultations/x"), when: "samedi 5 décembre 2026",
        place: "Salle des fêtes", status: .sample, calledOff: "Annulée : tempête.",
        primary: PlaceLink(label: "S’inscrire", href: "/events/x/registration"), calendarHref: "/events/x.ics",
        deskHref: "/desk", demonstration: true, about: Passage(html: "<p>Voir.</p>", language: "fr"),
        facts: [PlaceFact(name: "Quand", text: "samedi")], onlineAddress: "https://example.org/salle",
        onlineWords: "Après inscription.", agenda: Passage(html: "<p>14 h</p>", language: "fr"),
        access: Passage(html: "<p>Sans marche.</p>", language: "fr"),
        help: Passage(html: "<p>Langue des signes.</p>", language: "fr"), isComing: true, map: .sample,
        minutes: Passage(html: "<p>Dit.</p>", language: "fr"), minutesDate: "3 mars",
        heads: [PlaceFact(name: "Femmes", text: "12")], hasHeads: true, media: .sample, said: [.sample], hasSaid: true,
        address: "http://localhost/events/x", shareHref: "mailto:?subject=x")
}

extension EventPage.Passage {
    /// Nil where the agents wrote nothing.
    init?(_ texts: Texts, _ reader: Language) {
        let text: String = texts(reader)
        guard !text.isEmpty else { return nil }
        self.init(html: Markdown.html(text), language: texts.foreign(to: reader))
    }
}
