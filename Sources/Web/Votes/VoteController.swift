import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The public pages of votes and their projects.
public struct VoteController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let votes: Votes
    private let results: Results
    private let nominations: Nominations
    private let deliveries: Deliveries

    /// The pages over the capabilities they need.
    public init(
        site: Site, shelf: VoteShelf, votes: Votes, results: Results, nominations: Nominations, deliveries: Deliveries
    ) {
        self.site = site
        self.shelf = shelf
        self.votes = votes
        self.results = results
        self.nominations = nominations
        self.deliveries = deliveries
    }

    /// Adds `/votes`, `/votes/{vote}` and its projects.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes", use: list)
        routes.get("/votes/{vote}", use: vote)
        routes.get("/votes/{vote}/projects/{number}", use: project)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        // A draft is nobody's business but its agents'.
        let votes: [Vote] = try await votes.list().filter { $0.opening != nil }
        return site.page(
            VotesPage(
                votes: votes.map { vote in
                    let words = VoteWords(vote, strings)
                    return VotesPage.Item(
                        title: vote.settings.title(context.language), href: "/votes/\(vote.slug)",
                        process: vote.processTitle(context.language), state: words.state(at: Date()).word,
                        dates: words.dates, budget: words.money(vote.settings.budget),
                        demonstration: vote.demonstration)
                }), title: strings("votes.list.title"), request, context)
    }

    @Sendable private func vote(_ request: Request, _ context: AppContext) async throws -> Response {
        let shelved: ShelvedVote = try await visible(context)
        return try await shelved.pages.page(request, context, site) {
            try page(of: shelved, request, context)
        }
    }

    private func page(of shelved: ShelvedVote, _ request: Request, _ context: AppContext) throws -> Response {
        let vote: Vote = shelved.vote
        let strings: Strings = site.strings(context)
        let words = VoteWords(vote, strings)
        let query = ProjectQuery(try request.query(), default: .number)
        let projects: [VoteProject] = query.apply(to: vote.projects, context.language, seed: "")
        let state: Vote.State = vote.state(at: Date())
        let status: (word: String, sentence: String) = words.state(at: Date())
        let lead: String = vote.settings.description(context.language)
        return site.page(
            VotePage(
                title: vote.settings.title(context.language), processTitle: vote.processTitle(context.language),
                processHref: "/processes/\(vote.processSlug)", lead: lead.isEmpty ? nil : lead,
                demonstration: vote.demonstration, state: status.word, stateWords: status.sentence,
                dates: words.dates, budget: words.money(vote.settings.budget), rule: words.rule,
                counting: words.counting, ballotHref: state == .open ? "/votes/\(vote.slug)/ballot" : nil,
                action: state == .open ? strings("votes.action.vote") : nil,
                resultHref: state == .published ? "/votes/\(vote.slug)/result" : nil,
                recordHref: vote.opening == nil ? nil : "/votes/\(vote.slug)/record/",
                checkHref: vote.opening == nil ? nil : "/votes/\(vote.slug)/check", search: query.words,
                districts: ProjectQuery.districts(of: vote.projects, chosen: query.district),
                hasDistricts: vote.projects.contains { $0.district != nil },
                orders: query.orders(strings, offering: [.number, .title, .cost]), here: "/votes/\(vote.slug)",
                countWords: strings.plural("votes.projects", projects.count),
                cards: shelved.cards.html(of: projects, context.language), isEmpty: projects.isEmpty),
            title: vote.settings.title(context.language), request, context)
    }

    @Sendable private func project(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await visible(context).vote
        guard let project = vote.project(number: try context.integer("number")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let description: String = project.description(context.language)
        var outcome: String?
        if vote.publishedAt != nil, let result = try await results.find(vote) {
            outcome = ResultWords(vote, result, strings).outcome(of: project.key)
        }
        let delivery: Delivery? = try await deliveries.find(project: project.number, of: vote.id)
        let origins: [Nominations.Link] = try await nominations.links(of: vote.id)
            .filter { $0.project == project.number }
        return site.page(
            ProjectPage(
                number: String(project.number), title: project.title(context.language),
                titleLanguage: project.title.foreign(to: context.language),
                paragraphs: description.split(separator: "\n").map(String.init).filter { !$0.isEmpty },
                cost: strings.money(project.cost, currency: vote.settings.currency), district: project.district,
                category: project.category, voteTitle: vote.settings.title(context.language),
                voteHref: "/votes/\(vote.slug)",
                ballotHref: vote.state(at: Date()) == .open ? "/votes/\(vote.slug)/ballot" : nil, outcome: outcome,
                resultHref: "/votes/\(vote.slug)/result",
                origins: origins.map { link in
                    ProjectPage.Origin(
                        label: "\(link.proposal). \(link.title)", href: "/proposals/\(link.proposal)",
                        wroteIn: link.language.foreign(to: context.language))
                }, deliveries: delivery.map { DeliveriesView([$0], strings) }),
            title: "\(project.number). \(project.title(context.language))", request, context)
    }

    /// The vote of the path; a draft is there only for its agents.
    private func visible(_ context: AppContext) async throws -> ShelvedVote {
        let shelved: ShelvedVote = try await shelf.vote(try context.slug("vote"))
        guard shelved.vote.opening != nil || context.account?.preparing(shelved.vote) == true else { throw Absent() }
        return shelved
    }
}

extension SignedInAccount {
    /// Whether the account may see the vote while it is being prepared.
    func preparing(_ vote: Vote) -> Bool {
        [Role.participationAgent, .returningOfficer, .auditor, .administrator, .custodian].contains {
            holds($0, process: vote.process, vote: vote.id)
        }
    }
}
