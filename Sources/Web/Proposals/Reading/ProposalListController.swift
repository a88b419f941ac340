import Hummingbird
import Participation

/// The public list of the proposals of a process.
struct ProposalListController: Sendable {
    private let site: Site
    private let processes: Processes
    private let calls: ProposalCalls
    private let lists: ProposalLists
    private let map: CityMap

    /// The list over the capabilities it needs.
    init(site: Site, processes: Processes, calls: ProposalCalls, lists: ProposalLists, map: CityMap) {
        self.site = site
        self.processes = processes
        self.calls = calls
        self.lists = lists
        self.map = map
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
        let districts: [District] = try await map.districts()
        let rule: ProposalRule = try await calls.rule(of: process.id)
        let search: ProposalSearch = query.search(themes: call.themes, districts: districts)
        let list: ProposalList = try await lists.list(search, of: process.id, at: query.cursor)
        let strings: Strings = site.strings(context)
        let words = ProposalListWords(
            call: call, districts: districts, query: query, list: list, here: here, strings: strings)
        return site.page(
            ProposalListPage(
                words, process: process, rule: rule,
                map: query.isMap ? try await view(of: list, search, query, process, strings) : nil),
            title: "\(strings("proposals.title")) – \(process.title(context.language))", request, context,
            scripts: query.isMap ? ["map.js"] : [])
    }

    /// The map of everything that is found, the proposals of this page with their numbers.
    private func view(
        of list: ProposalList, _ search: ProposalSearch, _ query: ProposalListQuery, _ process: Participation.Process,
        _ strings: Strings
    ) async throws -> MapView? {
        let cards: [ProposalCard] = try await lists.points(search, of: process.id, limit: OpenDataController.mostPoints)
        guard !cards.isEmpty else { return nil }
        let here: Set<Int64> = Set(list.cards.map(\.number))
        return try await map.view(
            cards.compactMap { card in
                card.point.map { point in
                    CityMap.Spot(
                        point: point,
                        marker: here.contains(card.number)
                            ? (String(card.number), card.title, "/proposals/\(card.number)") : nil)
                }
            }, words: strings.plural("map.words", cards.count),
            points: query.filters(of: "/processes/\(process.slug)/proposals.geojson"), strings.language)
    }
}
