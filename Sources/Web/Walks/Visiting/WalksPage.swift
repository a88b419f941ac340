import Participation

/// The walks of the city, or of one process: those to come, and those that were.
struct WalksPage: PageView {
    static let template = "walks/visit-list"

    let title: String
    /// The process whose walks these are; nil for all.
    let process: PlaceLink?
    let coming: [WalkCard]
    let hasComing: Bool
    let past: [WalkCard]
    let hasPast: Bool

    static let sample = WalksPage(
        title: "Marches urbaines", process: PlaceLink(label: "Diagonales", href: "/processes/d"), coming: [.sample],
        hasComing: true, past: [.sample], hasPast: true)

    private init(
        title: String, process: PlaceLink?, coming: [WalkCard], hasComing: Bool, past: [WalkCard], hasPast: Bool
    ) {
        self.title = title
        self.process = process
        self.coming = coming
        self.hasComing = hasComing
        self.past = past
        self.hasPast = hasPast
    }

    init(_ cards: WalkShelf.Cards, of process: Participation.Process?, _ strings: Strings) {
        self.init(
            title: strings("walks.title"),
            process: process.map { PlaceLink(label: $0.title(strings.language), href: "/processes/\($0.slug)") },
            coming: cards.coming, hasComing: !cards.coming.isEmpty, past: cards.past, hasPast: !cards.past.isEmpty)
    }
}
