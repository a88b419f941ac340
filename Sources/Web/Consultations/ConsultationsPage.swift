import Participation

/// The consultations of the city, or of one process: where one takes part now, what comes, what the city is working on
/// and what it has answered.
struct ConsultationsPage: PageView {
    static let template = "consultations/list-all"

    /// Consultations that stand at the same point.
    struct Group: Sendable {
        let id: String
        let heading: String
        let cards: [ConsultationCard]
    }

    let heading: String
    /// The process whose consultations these are; nil for all.
    let home: PlaceLink?
    let groups: [Group]
    let isEmpty: Bool
    /// Whether one can take part in one of them today.
    let hasOpen: Bool

    static let sample = ConsultationsPage(
        heading: "Consultations", home: PlaceLink(label: "Diagonales", href: "/processes/d"),
        groups: [Group(id: "collection", heading: "Participer maintenant", cards: [.sample])], isEmpty: true,
        hasOpen: true)
}

extension ConsultationsPage {
    init(
        _ cards: [(stage: Consultation.Stage, card: ConsultationCard)], of process: Participation.Process?,
        _ strings: Strings
    ) {
        func group(_ id: String, _ stages: Set<Consultation.Stage>) -> Group {
            Group(
                id: id, heading: strings("consultations.frame.list.\(id)"),
                cards: cards.filter { stages.contains($0.stage) }.map(\.card))
        }
        let groups: [Group] = [
            group("open", [.collection]), group("coming", [.announcement]),
            group("awaiting", [.synthesis, .answer]), group("answered", [.followUp]),
        ]
        self.init(
            heading: strings("consultations.title"),
            home: process.map { PlaceLink(label: $0.title(strings.language), href: "/processes/\($0.slug)") },
            groups: groups.filter { !$0.cards.isEmpty }, isEmpty: cards.isEmpty,
            hasOpen: cards.contains { $0.stage == .collection })
    }
}
