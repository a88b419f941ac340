import Foundation
import Participation

/// An event in a list: what it is called, when and where it is, and whether one can still come.
struct EventCard: Sendable {
    let title: String
    let titleLanguage: String?
    let href: String
    let process: String
    let processHref: String
    let kind: String
    let when: String
    let place: String?
    let status: StatusWord
    /// Nil where nobody registers any more.
    let registerHref: String?
    /// Where the minutes are; nil where there are none yet.
    let minutesHref: String?

    static let sample = EventCard(
        title: "Atelier", titleLanguage: "fr", href: "/events/x", process: "Diagonales", processHref: "/processes/d",
        kind: "Sur place", when: "samedi 5 décembre 2026", place: "Salle des fêtes", status: .sample,
        registerHref: "/events/x/registration", minutesHref: "/events/x#minutes")
}

extension EventCard {
    init(
        _ event: Event, of process: Participation.Process, _ occasion: Occasion, _ standing: GatheringStanding,
        _ strings: Strings
    ) {
        let reader: Language = strings.language
        let place: String = GatheringWords(strings).place(occasion)
        title = event.title(reader)
        titleLanguage = event.title.foreign(to: reader)
        href = "/events/\(event.handle)"
        self.process = process.title(reader)
        processHref = "/processes/\(process.slug)/events"
        kind = EventWords(strings).kind(event.kind)
        when = GatheringWords(strings).when(event.gathering)
        self.place = place.isEmpty ? nil : place
        status = standing.status(strings)
        registerHref = standing.isOpen ? "/events/\(event.handle)/registration" : nil
        minutesHref = event.minutesPublishedAt == nil ? nil : "/events/\(event.handle)#minutes"
    }
}

/// The published events as cards, for lists and for the pages of the city, of a process and of a consultation.
struct EventShelf: Sendable {
    let events: Events
    let gatherings: Gatherings
    let processes: Processes

    /// What is to come and what is over.
    struct Cards: Sendable {
        /// The next first.
        let coming: [EventCard]
        /// The latest first.
        let past: [EventCard]
    }

    /// The events of a process, of a consultation, or of all.
    func cards(
        of process: ID<Participation.Process>? = nil, consultation: ID<Consultation>? = nil, _ strings: Strings
    ) async throws -> Cards {
        let all: [Event] = try await events.list(of: process, consultation: consultation)
        guard !all.isEmpty else { return Cards(coming: [], past: []) }
        let homes: [Participation.Process] = try await processes.list()
        let ids: [ID<Gathering>] = all.map(\.gathering.id)
        let turnouts: [ID<Gathering>: Turnout] = try await gatherings.turnouts(of: ids)
        let occasions: [ID<Gathering>: Occasion] = try await gatherings.occasions(of: ids)
        let now = Date()
        func cards(_ events: [Event]) -> [EventCard] {
            events.compactMap { event in
                guard let turnout = turnouts[event.gathering.id], let occasion = occasions[event.gathering.id],
                    let home = homes.first(where: { $0.id == event.process })
                else { return nil }
                return EventCard(
                    event, of: home, occasion, GatheringStanding(occasion, turnout, at: now), strings)
            }
        }
        return Cards(
            coming: cards(all.filter { $0.gathering.endsAt > now }.reversed()),
            past: cards(all.filter { $0.gathering.endsAt <= now }))
    }
}

/// The events of a process or of the city, on a page about more.
struct EventsView: Sendable {
    /// The next ones.
    let cards: [EventCard]
    let hasCards: Bool
    /// How many there have been and will be.
    let words: String
    let href: String

    static let sample = EventsView(
        cards: [.sample], hasCards: true, words: "3 rencontres", href: "/processes/x/events")
}

extension EventShelf {
    /// The next event of the city that one can still join; nil when there is none.
    func next(_ strings: Strings) async throws -> EventsView? {
        let coming: [EventCard] = try await cards(strings).coming
        guard let next = coming.first(where: { $0.registerHref != nil }) ?? coming.first else { return nil }
        return EventsView(cards: [next], hasCards: true, words: strings("events.all"), href: "/events")
    }

    /// The events of a process; nil for one without.
    func view(of process: Participation.Process, _ strings: Strings) async throws -> EventsView? {
        let cards: Cards = try await cards(of: process.id, strings)
        let count: Int = cards.coming.count + cards.past.count
        guard count > 0 else { return nil }
        return EventsView(
            cards: Array(cards.coming.prefix(2)), hasCards: !cards.coming.isEmpty,
            words: strings.plural("events.all_of", count), href: "/processes/\(process.slug)/events")
    }
}

/// The events of the city, or of one process: those to come, and those that were.
struct EventsPage: PageView {
    static let template = "events/list"

    let title: String
    /// The process whose events these are; nil for all.
    let process: PlaceLink?
    let coming: [EventCard]
    let hasComing: Bool
    let past: [EventCard]
    let hasPast: Bool

    static let sample = EventsPage(
        title: "Rencontres", process: PlaceLink(label: "Diagonales", href: "/processes/d"), coming: [.sample],
        hasComing: true, past: [.sample], hasPast: true)
}

extension EventsPage {
    init(_ cards: EventShelf.Cards, of process: Participation.Process?, _ strings: Strings) {
        title = strings("events.title")
        self.process = process.map { PlaceLink(label: $0.title(strings.language), href: "/processes/\($0.slug)") }
        coming = cards.coming
        hasComing = !cards.coming.isEmpty
        past = cards.past
        hasPast = !cards.past.isEmpty
    }
}
