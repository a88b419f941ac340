import Foundation
import Participation

/// A walk in a list: what it is called, when and where it is, and whether one can still come.
struct WalkCard: Sendable {
    let title: String
    let titleLanguage: String?
    let href: String
    let process: String
    let processHref: String
    let light: String
    let when: String
    let place: String?
    let status: StatusWord
    /// Nil where nobody registers any more.
    let registerHref: String?

    static let sample = WalkCard(
        title: "La gare, la nuit", titleLanguage: "fr", href: "/walks/x", process: "Diagonales",
        processHref: "/processes/d", light: "De nuit", when: "samedi 5 décembre 2026", place: "Devant la gare",
        status: .sample, registerHref: "/walks/x/registration")

    private init(
        title: String, titleLanguage: String?, href: String, process: String, processHref: String, light: String,
        when: String, place: String?, status: StatusWord, registerHref: String?
    ) {
        self.title = title
        self.titleLanguage = titleLanguage
        self.href = href
        self.process = process
        self.processHref = processHref
        self.light = light
        self.when = when
        self.place = place
        self.status = status
        self.registerHref = registerHref
    }

    init(
        _ walk: Walk, of process: Participation.Process, _ occasion: Occasion, _ standing: GatheringStanding,
        _ strings: Strings
    ) {
        let reader: Language = strings.language
        let place: String = walk.meetingPlace(reader)
        self.init(
            title: walk.title(reader), titleLanguage: walk.title.foreign(to: reader), href: "/walks/\(walk.handle)",
            process: process.title(reader), processHref: "/processes/\(process.slug)/walks",
            light: WalkWords(strings).light(walk.light), when: GatheringWords(strings).when(walk.gathering),
            place: place.isEmpty ? nil : place, status: standing.status(strings),
            registerHref: standing.isOpen ? "/walks/\(walk.handle)/registration" : nil)
    }
}

/// The published walks as cards, for lists and for the pages of the city and of a process.
struct WalkShelf: Sendable {
    let walks: Walks
    let gatherings: Gatherings
    let processes: Processes

    /// What is to come and what is over.
    struct Cards: Sendable {
        /// The next first.
        let coming: [WalkCard]
        /// The latest first.
        let past: [WalkCard]
    }

    /// The walks of a process, or of all.
    func cards(of process: ID<Participation.Process>? = nil, _ strings: Strings) async throws -> Cards {
        let all: [Walk] = try await walks.list(of: process)
        guard !all.isEmpty else { return Cards(coming: [], past: []) }
        let homes: [Participation.Process] = try await processes.list()
        let ids: [ID<Gathering>] = all.map(\.gathering.id)
        let turnouts: [ID<Gathering>: Turnout] = try await gatherings.turnouts(of: ids)
        let occasions: [ID<Gathering>: Occasion] = try await gatherings.occasions(of: ids)
        let now = Date()
        func cards(_ walks: [Walk]) -> [WalkCard] {
            walks.compactMap { walk in
                guard let turnout = turnouts[walk.gathering.id], let occasion = occasions[walk.gathering.id],
                    let home = homes.first(where: { $0.id == walk.process })
                else { return nil }
                return WalkCard(
                    walk, of: home, occasion, GatheringStanding(occasion, turnout, at: now), strings)
            }
        }
        return Cards(
            coming: cards(all.filter { $0.gathering.endsAt > now }.reversed()),
            past: cards(all.filter { $0.gathering.endsAt <= now }))
    }
}

/// The walks of a process, on its page.
struct WalksView: Sendable {
    /// The next ones.
    let cards: [WalkCard]
    let hasCards: Bool
    /// How many there have been and will be.
    let words: String
    let href: String

    static let sample = WalksView(cards: [.sample], hasCards: true, words: "3 marches", href: "/processes/x/walks")
}
