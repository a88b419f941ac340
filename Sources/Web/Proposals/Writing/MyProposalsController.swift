import Hummingbird
import Participation

/// What somebody has begun and what they have published: where every draft is taken up again.
struct MyProposalsController: Sendable {
    private let site: Site
    private let drafts: Drafts

    /// The list over the capability it needs.
    init(site: Site, drafts: Drafts) {
        self.site = site
        self.drafts = drafts
    }

    /// Adds `/account/proposals`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/account/proposals", use: list)
    }

    private static let perPage = 25

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let strings: Strings = site.strings(context)
        let before: ID<Proposal>? = try request.query().id("before", of: Proposal.self)
        let mine: [OwnProposal] = try await drafts.list(
            by: .resident(account.id), before: before, limit: Self.perPage + 1)
        let shown: [OwnProposal] = Array(mine.prefix(Self.perPage))
        let items: [MyProposalsPage.Item] = shown.map { item($0, account, strings) }
        return site.page(
            MyProposalsPage(
                drafts: items.filter(\.isDraft), proposals: items.filter { !$0.isDraft },
                hasDrafts: items.contains(where: \.isDraft), hasProposals: items.contains { !$0.isDraft },
                isEmpty: items.isEmpty,
                older: mine.count > Self.perPage
                    ? shown.last.map { "/account/proposals?before=\($0.proposal.id)" } : nil),
            title: strings("proposals.writing.mine.title"), request, context)
    }

    private func item(_ own: OwnProposal, _ account: SignedInAccount, _ strings: Strings) -> MyProposalsPage.Item {
        let proposal: Proposal = own.proposal
        let isDraft: Bool = proposal.publishedAt == nil
        let status: StatusWord = ProposalWords(strings).status(proposal.status)
        let draftHref = "/proposals/drafts/\(proposal.id)"
        return MyProposalsPage.Item(
            title: proposal.title.isEmpty ? strings("proposals.writing.untitled") : proposal.title,
            wroteIn: proposal.title.isEmpty ? nil : proposal.language.foreign(to: strings.language),
            href: isDraft ? draftHref : "/proposals/\(proposal.number)",
            processTitle: own.processTitle(strings.language),
            date: strings(
                isDraft ? "proposals.writing.mine.saved" : "proposals.writing.mine.published",
                ["date": strings.date(isDraft ? proposal.changedAt : proposal.publishedAt ?? proposal.changedAt)]),
            status: status.word, tone: isDraft ? "wait" : status.tone, isDraft: isDraft,
            authorsHref: "/account/proposals/\(proposal.id)/authors",
            deleteHref: isDraft && own.authors.first?.account == account.id ? "\(draftHref)/deletion" : nil,
            editHref: proposal.status == .received ? "/proposals/\(proposal.number)/edit" : nil)
    }
}
