import Hummingbird
import Participation

/// The public page of a proposal.
struct ProposalController: Sendable {
    private let site: Site
    private let proposals: Proposals
    private let sections: ProposalSections

    /// The page over the capabilities it needs.
    init(site: Site, proposals: Proposals, sections: ProposalSections) {
        self.site = site
        self.proposals = proposals
        self.sections = sections
    }

    /// Adds `/proposals/{number}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}", use: proposal)
    }

    @Sendable private func proposal(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ProposalScene = try await proposals.scene(site, context)
        let page: ProposalPage = try await sections.page(of: scene)
        return site.page(
            page, title: "\(scene.proposal.number). \(scene.proposal.title)", request, context,
            scripts: ["print.js", "count.js"] + (page.map == nil ? [] : ["map.js"]))
    }
}

extension Proposals {
    /// The scene of the proposal whose number stands in the path; throws ``Absent`` when there is none to read.
    func scene(_ site: Site, _ context: AppContext) async throws -> ProposalScene {
        guard let published = try await published(Int64(try context.integer("number"))) else { throw Absent() }
        return ProposalScene(published: published, account: context.account, strings: site.strings(context))
    }
}
