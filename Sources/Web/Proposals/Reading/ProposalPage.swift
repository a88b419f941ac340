import Participation

/// The public page of a proposal. The parts that other capabilities own are optional properties with views of theirs.
struct ProposalPage: PageView {
    static let template = "proposals/proposal"

    let number: String
    let title: String
    /// The language of title and text where it is not the reader's.
    let wroteIn: String?
    let here: String
    let processTitle: String
    let processHref: String
    let listHref: String
    let demonstration: Bool
    let status: StatusWord
    /// Since when it has this status.
    let since: String
    let authors: String
    let published: String
    /// When something of it changed after it was published.
    let changed: String?
    /// Where it went, and what came to it.
    let target: ProposalLink?
    let origins: [ProposalLink]
    let hasOrigins: Bool
    /// The text as HTML.
    let text: String
    let facts: [ProposalFact]
    let story: [ProposalStep]
    let versions: String?
    let historyHref: String
    /// The whole address, to copy, and the one that opens a mail about it.
    let shareAddress: String
    let mailHref: String

    // The parts of other capabilities: `var supports: SupportView?`, filled by ``ProposalSections``.
    /// Photos and documents; its authors have a page to change them.
    var media: MediaView?
    let mediaHref: String?
    var follow: FollowView?
    var map: MapView?
    var supports: SupportView?
    var comments: CommentView?
    var suggestions: SuggestionView?
    var joins: JoinView?
    var examination: ExaminationView?
    var deliveries: DeliveriesView?
    var observation: ObservationView?
    var cityAnswers: VoiceAnswersView?

    static let sample = ProposalPage(
        number: "12", title: "Ein Brunnen", wroteIn: "de", here: "/proposals/12", processTitle: "Diagonales",
        processHref: "/processes/diagonales", listHref: "/processes/diagonales/proposals", demonstration: true,
        status: .sample, since: "3 mars 2026", authors: "Ada Martin", published: "2 mars 2026",
        changed: "4 mars 2026", target: .sample, origins: [.sample], hasOrigins: true, text: "<p>Ein Brunnen.</p>",
        facts: [ProposalFact(name: "Coût", text: "4 000 €", money: true)],
        story: [ProposalStep(status: .sample, date: "2 mars 2026")], versions: "2 versions",
        historyHref: "/proposals/12/history",
        shareAddress: "https://city.example/proposals/12", mailHref: "mailto:?subject=x", media: .sample,
        mediaHref: "/proposals/12/media", follow: .sample,
        map: .sample, supports: .sample, comments: .sample, suggestions: .sample, joins: .sample,
        examination: .sample, deliveries: .sample, observation: .sample, cityAnswers: .sample)
}

extension ProposalPage {
    /// The page without the parts of others.
    ///
    /// - Parameter address: the whole address of the page.
    init(_ scene: ProposalScene, address: String) {
        let published: PublishedProposal = scene.published
        let proposal: Proposal = published.proposal
        let strings: Strings = scene.strings
        let words = ProposalWords(strings)
        number = String(proposal.number)
        title = proposal.title
        wroteIn = proposal.language.foreign(to: strings.language)
        here = scene.here
        processTitle = published.processTitle(strings.language)
        processHref = "/processes/\(published.processSlug)"
        listHref = "/processes/\(published.processSlug)/proposals"
        demonstration = published.demonstration
        status = words.status(proposal.status)
        let publishedAt = proposal.publishedAt ?? proposal.createdAt
        since = strings.date(published.steps.last?.at ?? publishedAt)
        authors = words.authors(published)
        self.published = strings.date(publishedAt)
        changed = published.versions > 1 ? strings.date(proposal.changedAt) : nil
        target = published.target.map { ProposalLink($0, strings) }
        origins = published.origins.map { ProposalLink($0, strings) }
        hasOrigins = !published.origins.isEmpty
        text = Markdown.html(proposal.body)
        facts = ProposalFact.all(of: published, strings)
        story = published.steps.map { step in
            ProposalStep(status: words.status(step.status), date: strings.date(step.at))
        }
        versions = published.versions > 1 ? strings.plural("proposals.versions", published.versions) : nil
        mediaHref = scene.isAuthor ? "\(scene.here)/media" : nil
        historyHref = "\(scene.here)/history"
        shareAddress = address
        let subject: String = PercentDecoding.encode(proposal.title)
        let body: String = PercentDecoding.encode("\(proposal.title)\r\n\(address)")
        mailHref = "mailto:?subject=\(subject)&body=\(body)"
    }
}

/// Another proposal to go to.
struct ProposalLink: Sendable {
    let href: String
    let number: String
    let title: String
    let wroteIn: String?

    static let sample = ProposalLink(href: "/proposals/4", number: "4", title: "A fountain", wroteIn: "en")
}

extension ProposalLink {
    init(_ link: PublishedProposal.Link, _ strings: Strings) {
        href = "/proposals/\(link.number)"
        number = String(link.number)
        title = link.title
        wroteIn = link.language.foreign(to: strings.language)
    }
}

/// A line of facts.
struct ProposalFact: Sendable {
    let name: String
    let text: String
    /// An amount, set as such.
    let money: Bool

    static func all(of published: PublishedProposal, _ strings: Strings) -> [ProposalFact] {
        let proposal: Proposal = published.proposal
        func fact(_ key: String, _ text: String?, money: Bool = false) -> ProposalFact? {
            guard let text, !text.isEmpty else { return nil }
            return ProposalFact(name: strings(key), text: text, money: money)
        }
        return [
            fact("proposals.fact.theme", published.themeTitle?(strings.language)),
            fact("proposals.fact.district", published.districtName?(strings.language)),
            fact("proposals.fact.place", proposal.place),
            fact(
                "proposals.fact.cost", proposal.cost.map { strings.money($0, currency: published.currency) },
                money: true),
        ].compactMap(\.self)
    }
}

/// A status that the proposal has had, with its date.
struct ProposalStep: Sendable {
    let status: StatusWord
    let date: String
}
