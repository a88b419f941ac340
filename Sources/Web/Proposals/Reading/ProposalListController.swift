import Hummingbird
import Participation

/// The public list of the proposals of a process.
struct ProposalListController: Sendable {
    private let site: Site
    private let processes: Processes
    private let calls: ProposalCalls
    private let lists: ProposalLists
    private let districts: Districts

    /// The list over the capabilities it needs.
    init(site: Site, processes: Processes, calls: ProposalCalls, lists: ProposalLists, districts: Districts) {
        self.site = site
        self.processes = processes
        self.calls = calls
        self.lists = lists
        self.districts = districts
    }

    /// Adds `/processes/{process}/proposals`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/processes/{process}/proposals", use: list)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let process = try await processes.find(try context.slug("process")),
            let call = try await calls.call(of: process.id)
        else { throw Absent() }
        let query = ProposalListQuery(try request.query())
        let here = "/processes/\(process.slug)/proposals"
        if query.order == .shuffled, query.seed == nil {
            // Drawn once, then in the address: pages, a reload and a shared link keep the order.
            return site.see(query.address(here, seed: .random(in: 1...999_999)))
        }
        let districts: [District] = try await districts.list()
        let rule: ProposalRule = try await calls.rule(of: process.id)
        let list: ProposalList = try await lists.list(
            query.search(themes: call.themes, districts: districts), of: process.id, at: query.cursor)
        let strings: Strings = site.strings(context)
        let words = ProposalListWords(
            call: call, districts: districts, query: query, list: list, here: here, strings: strings)
        return site.page(
            ProposalListPage(words, process: process, rule: rule),
            title: "\(strings("proposals.title")) – \(process.title(context.language))", request, context)
    }
}
