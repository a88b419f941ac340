import Participation

/// The events of a consultation, on its pages.
struct EventPart: ConsultationPart {
    let events: Events
    let shelf: EventShelf

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] {
        let strings: Strings = visit.strings
        let cards: EventShelf.Cards = try await shelf.cards(consultation: visit.consultation.id, strings)
        return (cards.coming + cards.past).map { card in
            ConsultationLine(
                .part, title: card.title, titleLanguage: card.titleLanguage, href: card.href, status: card.status,
                words: [card.when, card.place].compactMap(\.self).joined(separator: " – "),
                action: card.registerHref == nil
                    ? card.minutesHref.map { _ in strings("events.minutes.read") }
                    : strings("gatherings.register.title"))
        }
    }

    func deskLines(
        _ scene: ConsultationScene, of consultation: Consultation
    ) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        let base = "/desk/processes/\(scene.process.slug)/events"
        let own: [Event] = try await events.all(of: scene.process.id, by: scene.actor).filter {
            $0.consultation == consultation.id
        }
        let list = ConsultationDeskLine(
            title: strings("events.title"), href: base, words: own.isEmpty ? strings("events.desk.none") : "")
        let new = ConsultationDeskLine(
            title: strings("events.act.new"), href: "\(base)/new?consultation=\(consultation.handle)")
        return [list, new]
            + own.map { event in
                ConsultationDeskLine(
                    title: event.title(strings.language), href: "\(base)/\(event.handle)",
                    words: GatheringWords(strings).when(event.gathering), isContribution: event.publishedAt != nil)
            }
    }
}
