import Participation

/// The board of a process: what becomes of each selected project.
struct DeliveriesPage: PageView {
    static let template = "deliveries/board"

    /// The projects of one status.
    struct Column: Sendable {
        let id: String
        let status: StatusWord
        let countWords: String
        let cards: [DeliveryCard]
    }

    /// What the projects of one status cost together.
    struct Sum: Sendable {
        let name: String
        let count: String
        let planned: String
        let spent: String
    }

    let processTitle: String
    let processHref: String
    let demonstration: Bool
    let here: String
    let figures: Figures?
    let statuses: [SelectOption]
    let districts: [SelectOption]
    let hasDistricts: Bool
    let themes: [SelectOption]
    let hasThemes: Bool
    let countWords: String
    let columns: [Column]
    let map: MapView?
    let isEmpty: Bool
    let isFirst: Bool
    let sums: [Sum]
    let total: Sum
    let files: [DeliveryLink]
    let feedHref: String

    static let sample = DeliveriesPage(
        processTitle: "Budget", processHref: "/processes/x", demonstration: true, here: "/processes/x/deliveries",
        figures: .sample, statuses: [SelectOption(value: "done", label: "Réalisé", selected: true)],
        districts: [SelectOption(value: "Nord", label: "Nord", selected: false)], hasDistricts: true,
        themes: [SelectOption(value: "Nature", label: "Nature", selected: false)], hasThemes: true,
        countWords: "1 projet",
        columns: [Column(id: "done", status: .sample, countWords: "1 projet", cards: [.sample])], map: .sample,
        isEmpty: true,
        isFirst: true, sums: [Sum(name: "Réalisé", count: "1", planned: "10 €", spent: "8 €")],
        total: Sum(name: "Total", count: "1", planned: "10 €", spent: "8 €"), files: [.sample],
        feedHref: "/processes/x/deliveries.atom")
}

/// Planned against spent, in words and as a bar.
struct Figures: Sendable {
    let planned: String
    let spent: String
    let spentWords: String
    let permille: Int

    static let sample = Figures(planned: "10 €", spent: "8 €", spentWords: "8 € sur 10 €", permille: 800)
}

/// A delivery in a list.
struct DeliveryCard: Sendable {
    let href: String
    let title: String
    /// The language of the title where it is not the reader's.
    let titleLanguage: String?
    let district: String?
    /// Its number on the map beside the list.
    let marker: String?
    let dates: String
    let progress: String?
    let permille: Int
    let budget: String
    let service: String

    static let sample = DeliveryCard(
        href: "/deliveries/x-1", title: "Un banc", titleLanguage: "fr", district: "Nord", marker: "1",
        dates: "Prévu en mars",
        progress: "2 étapes sur 3", permille: 666, budget: "4 000 €", service: "Voirie")

    init(_ delivery: Delivery, marker: Int? = nil, _ words: DeliveryWords) {
        href = "/deliveries/\(delivery.handle)"
        title = delivery.title(words.strings.language)
        titleLanguage = delivery.title.foreign(to: words.strings.language)
        district = delivery.districtName(words.strings.language).nonEmpty
        self.marker = marker.map { words.strings("deliveries.marker", ["number": String($0)]) }
        dates = words.dates(delivery)
        progress = words.progress(delivery)
        permille = delivery.progress ?? 0
        budget = words.money(delivery.budget, delivery)
        service = delivery.service
    }

    private init(
        href: String, title: String, titleLanguage: String?, district: String?, marker: String?, dates: String,
        progress: String?,
        permille: Int, budget: String, service: String
    ) {
        (self.href, self.title, self.titleLanguage) = (href, title, titleLanguage)
        (self.district, self.marker, self.dates, self.progress) = (district, marker, dates, progress)
        (self.permille, self.budget, self.service) = (permille, budget, service)
    }
}

/// A link with its words, perhaps in another language than the reader's.
struct DeliveryLink: Sendable {
    let href: String
    let label: String
    let language: String?

    static let sample = DeliveryLink(href: "/proposals/12", label: "12. Ein Brunnen", language: "de")
}

/// A photo as a page shows it: the small one, which leads to the large one.
struct DeliveryPicture: Sendable {
    let href: String
    let source: String
    let alt: String
    let width: Int
    let height: Int

    static let sample = DeliveryPicture(
        href: "/media/x/large", source: "/media/x/small", alt: "Un banc", width: 480, height: 320)
}

/// Photos side by side.
struct DeliveryPictures: Sendable {
    let photos: [DeliveryPicture]

    static let sample = DeliveryPictures(photos: [.sample])
}

/// One delivery: its milestones, news, money, delays and photos.
struct DeliveryPage: PageView {
    static let template = "deliveries/delivery"

    struct Step: Sendable {
        let number: String
        let title: String
        let titleLanguage: String?
        let isReached: Bool
        let date: String
        let evidence: String?
        let evidenceLanguage: String?
        let link: String?
        let pictures: DeliveryPictures?
    }

    /// A date that was moved, or a turn that needed words.
    struct Turn: Sendable {
        let date: String
        let what: String
        let before: String?
        let after: String?
        let reason: String?
        let reasonLanguage: String?
    }

    struct News: Sendable {
        let id: String
        let title: String
        let language: String?
        let date: String
        let paragraphs: [String]
        let pictures: DeliveryPictures?
    }

    struct Line: Sendable {
        let date: String
        let label: String
        let invoice: String
        let amount: String
    }

    /// Before beside after.
    struct Pair: Sendable {
        let heading: String
        let pictures: DeliveryPictures?
    }

    let title: String
    let titleLanguage: String?
    let processTitle: String
    let processHref: String
    let boardHref: String
    let here: String
    let demonstration: Bool
    let status: StatusWord
    let dates: String
    let facts: [ProposalFact]
    let links: [DeliveryLink]
    let progress: String?
    let permille: Int
    let steps: [Step]
    let figures: Figures
    let lines: [Line]
    let hasLines: Bool
    let total: String
    let turns: [Turn]
    let hasTurns: Bool
    let news: [News]
    let hasNews: Bool
    let pairs: [Pair]
    let hasPairs: Bool
    let feedHref: String
    /// Nil for a visitor, who is asked to sign in.
    let isFollowed: Bool?
    let follow: String?
    let signInHref: String?
    let deskHref: String?

    static let sample = DeliveryPage(
        title: "Un banc", titleLanguage: "fr", processTitle: "Budget", processHref: "/processes/x",
        boardHref: "/processes/x/deliveries", here: "/deliveries/x-1", demonstration: true, status: .sample,
        dates: "Prévu en mars", facts: [ProposalFact(name: "Service", text: "Voirie", money: false)],
        links: [.sample], progress: "1 étape sur 2", permille: 500,
        steps: [
            Step(
                number: "1", title: "Étude", titleLanguage: "fr", isReached: true, date: "mars", evidence: "Fini",
                evidenceLanguage: "fr", link: "https://city.example/etude", pictures: .sample)
        ], figures: .sample, lines: [Line(date: "mars", label: "Étude", invoice: "F-1", amount: "8 €")],
        hasLines: true, total: "8 €",
        turns: [
            Turn(date: "mars", what: "Retard", before: "mai", after: "juin", reason: "Pluie", reasonLanguage: "fr")
        ], hasTurns: true,
        news: [
            News(id: "n1", title: "Début", language: "fr", date: "mars", paragraphs: ["Oui"], pictures: .sample)
        ], hasNews: true, pairs: [Pair(heading: "Avant", pictures: .sample)], hasPairs: true,
        feedHref: "/deliveries/x-1/news.atom", isFollowed: true, follow: "/deliveries/x-1/follower/removal",
        signInHref: "/sign-in", deskHref: "/desk")
}
