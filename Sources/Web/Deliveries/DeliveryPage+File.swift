import Foundation
import Participation

extension DeliveryPage {
    /// The page of a delivery.
    ///
    /// - Parameter isFollowed: nil for a visitor without an account.
    init(_ file: DeliveryFile, isFollowed: Bool?, isAgent: Bool, _ strings: Strings) {
        let delivery: Delivery = file.delivery
        let words = DeliveryWords(strings)
        let language: Language = strings.language
        let photos = DeliveryAlbum(file.photos)
        title = delivery.title(language)
        titleLanguage = delivery.title.foreign(to: language)
        processTitle = delivery.processTitle(language)
        processHref = "/processes/\(delivery.processSlug)"
        boardHref = "/processes/\(delivery.processSlug)/deliveries"
        here = "/deliveries/\(delivery.handle)"
        demonstration = delivery.demonstration
        status = words.status(delivery.status)
        dates = words.dates(delivery)
        facts = Self.facts(delivery, strings)
        links = Self.links(file, strings)
        progress = words.progress(delivery)
        permille = delivery.progress ?? 0
        steps = file.milestones.map { Step($0, photos.by($0.id), strings) }
        figures = Figures([delivery], strings)
        lines = file.spending.map { line in
            Line(
                date: strings.day(line.paidOn), label: line.label, invoice: line.invoice,
                amount: strings.money(line.cents, currency: delivery.currency, cents: true))
        }
        hasLines = !file.spending.isEmpty
        total = strings.money(delivery.spent, currency: delivery.currency, cents: true)
        turns = file.changes.map { Turn($0, strings) }
        hasTurns = !file.changes.isEmpty
        news = file.updates.map { News($0, photos.by($0.id), strings) }
        hasNews = !file.updates.isEmpty
        pairs = [DeliveryPhoto.Purpose.before, .during, .after].compactMap { purpose in
            photos.by(purpose).map {
                Pair(heading: strings("deliveries.photos.\(purpose.rawValue)"), pictures: $0)
            }
        }
        hasPairs = !pairs.isEmpty
        feedHref = "\(here)/news.atom"
        self.isFollowed = isFollowed
        let own = here
        follow = isFollowed.map { $0 ? "\(own)/follower/removal" : "\(own)/follower" }
        signInHref = isFollowed == nil ? "/sign-in?next=\(PercentDecoding.encode(here))" : nil
        deskHref = isAgent ? "/desk\(boardHref)/\(delivery.handle)" : nil
    }

    private static func facts(_ delivery: Delivery, _ strings: Strings) -> [ProposalFact] {
        let first: String? = delivery.firstEnd == delivery.plannedEnd ? nil : strings.day(delivery.firstEnd)
        let facts: [(String, String?)] = [
            ("deliveries.field.service", delivery.service),
            ("deliveries.field.district", delivery.districtName(strings.language)),
            ("deliveries.field.theme", delivery.themeName(strings.language)),
            ("deliveries.field.planned_start", delivery.plannedStart.map(strings.day)),
            ("deliveries.field.first_end", first),
            ("deliveries.field.planned_end", strings.day(delivery.plannedEnd)),
            ("deliveries.field.started_on", delivery.startedOn.map(strings.day)),
            ("deliveries.field.finished_on", delivery.finishedOn.map(strings.day)),
        ]
        return facts.compactMap { key, text in
            text?.nonEmpty.map { ProposalFact(name: strings(key), text: $0, money: false) }
        }
    }

    private static func links(_ file: DeliveryFile, _ strings: Strings) -> [DeliveryLink] {
        var links: [DeliveryLink] = file.proposals.map { proposal in
            DeliveryLink(
                href: "/proposals/\(proposal.number)",
                label: strings(
                    "deliveries.link.proposal", ["number": String(proposal.number), "title": proposal.title]),
                language: nil)
        }
        if case .project(let vote, let title, let number) = file.delivery.source {
            links.append(
                DeliveryLink(
                    href: "/votes/\(vote)/projects/\(number)",
                    label: strings(
                        "deliveries.link.project",
                        ["number": String(number), "vote": title(strings.language)]), language: nil))
            links.append(
                DeliveryLink(href: "/votes/\(vote)/result", label: strings("deliveries.link.result"), language: nil))
        }
        return links
    }
}

extension Figures {
    /// The sums of some deliveries of one currency.
    init(_ deliveries: [Delivery], _ strings: Strings) {
        let currency: String = deliveries.first?.currency ?? "EUR"
        let budget: Int64 = deliveries.reduce(0) { $0 + $1.budget }
        let paid: Int64 = deliveries.reduce(0) { $0 + $1.spent }
        planned = strings.money(budget, currency: currency)
        spent = strings.money(paid, currency: currency)
        spentWords = DeliveryWords(strings).spent(paid, of: budget, currency: currency)
        permille = DeliveryWords.permille(paid, of: budget)
    }
}

/// The photos of a delivery, found by where they hang.
struct DeliveryAlbum {
    private let photos: [DeliveryPhoto]

    init(_ photos: [DeliveryPhoto]) {
        self.photos = photos
    }

    func by(_ milestone: ID<Milestone>) -> DeliveryPictures? { pictures { $0.milestone == milestone } }

    func by(_ update: ID<DeliveryUpdate>) -> DeliveryPictures? { pictures { $0.update == update } }

    func by(_ purpose: DeliveryPhoto.Purpose) -> DeliveryPictures? { pictures { $0.purpose == purpose } }

    private func pictures(_ isIncluded: (DeliveryPhoto) -> Bool) -> DeliveryPictures? {
        let shown: [DeliveryPicture] = photos.filter(isIncluded).compactMap(DeliveryPicture.init)
        return shown.isEmpty ? nil : DeliveryPictures(photos: shown)
    }
}

extension DeliveryPicture {
    /// Nil for a document, which no form of a delivery takes.
    init?(_ photo: DeliveryPhoto) {
        guard let size = photo.medium.small else { return nil }
        href = "/media/\(photo.medium.id)/large"
        source = "/media/\(photo.medium.id)/small"
        alt = photo.medium.alt
        width = size.width
        height = size.height
    }
}

extension DeliveryPage.Step {
    fileprivate init(_ milestone: Milestone, _ pictures: DeliveryPictures?, _ strings: Strings) {
        let language: Language = strings.language
        number = String(milestone.number)
        title = milestone.title(language)
        titleLanguage = milestone.title.foreign(to: language)
        isReached = milestone.reachedOn != nil
        date =
            milestone.reachedOn.map { strings("deliveries.milestone.reached", ["date": strings.day($0)]) }
            ?? strings("deliveries.milestone.due", ["date": strings.day(milestone.due)])
        evidence = milestone.evidence(language).nonEmpty
        evidenceLanguage = milestone.evidence.isEmpty ? nil : milestone.evidence.foreign(to: language)
        link = milestone.link.nonEmpty
        self.pictures = pictures
    }
}

extension DeliveryPage.Turn {
    fileprivate init(_ change: DeliveryChange, _ strings: Strings) {
        let language: Language = strings.language
        date = strings.date(change.at)
        what =
            if let milestone = change.milestone {
                strings("deliveries.turn.milestone", ["number": String(milestone)])
            } else if change.before != nil, change.status != .delayed {
                strings("deliveries.turn.moved")
            } else {
                strings("deliveries.status.\(change.status.rawValue)")
            }
        before = change.before.map(strings.day)
        after = change.after.map(strings.day)
        reason = change.reason(language).nonEmpty
        reasonLanguage = change.reason.isEmpty ? nil : change.reason.foreign(to: language)
    }
}

extension DeliveryPage.News {
    fileprivate init(_ update: DeliveryUpdate, _ pictures: DeliveryPictures?, _ strings: Strings) {
        id = "news-\(update.id)"
        title = update.title(strings.language)
        language = update.words.foreign(to: strings.language)
        date = strings.date(update.at)
        paragraphs = update.words(strings.language).paragraphs
        self.pictures = pictures
    }
}

extension String {
    /// The paragraphs of a text, one to a line.
    var paragraphs: [String] { split(separator: "\n").map(String.init).filter { !$0.isEmpty } }
}
