import Foundation
import Hummingbird
import Participation

/// The follow-up of selected projects as everybody reads it: a board for each process, a page for each delivery.
struct DeliveryController: Sendable {
    private let site: Site
    private let processes: Processes
    private let deliveries: Deliveries
    private let map: CityMap

    /// The pages over the capabilities they need.
    init(site: Site, processes: Processes, deliveries: Deliveries, map: CityMap) {
        self.site = site
        self.processes = processes
        self.deliveries = deliveries
        self.map = map
    }

    /// Adds `/processes/{process}/deliveries` and its files, and `/deliveries/{delivery}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/processes/{process}/deliveries", use: board)
        routes.get("/processes/{process}/deliveries.csv", use: file)
        routes.get("/processes/{process}/deliveries/milestones.csv", use: milestones)
        routes.get("/processes/{process}/deliveries/spending.csv", use: spending)
        routes.get("/processes/{process}/deliveries.atom", use: boardFeed)
        routes.get("/deliveries/{delivery}", use: delivery)
        routes.get("/deliveries/{delivery}/news.atom", use: deliveryFeed)
        routes.post("/deliveries/{delivery}/follower", use: follow)
        routes.post("/deliveries/{delivery}/follower/removal", use: unfollow)
    }

    // MARK: The board

    @Sendable private func board(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        let strings: Strings = site.strings(context)
        let all: [Delivery] = try await deliveries.list(of: process.id)
        let query = DeliveryQuery(try request.query())
        return site.page(
            DeliveriesPage(process, all, query, map: try await map(of: query.apply(to: all), strings), strings),
            title: strings("deliveries.title_of", ["process": process.title(context.language)]), request, context,
            scripts: ["map.js"])
    }

    /// The deliveries whose place is known, over the districts; nil when none is.
    private func map(of shown: [Delivery], _ strings: Strings) async throws -> MapView? {
        let spots: [CityMap.Spot] = shown.enumerated().compactMap { index, delivery in
            delivery.point.map {
                CityMap.Spot(
                    point: $0,
                    marker: (
                        String(index + 1), delivery.title(strings.language), "/deliveries/\(delivery.handle)"
                    ))
            }
        }
        guard !spots.isEmpty else { return nil }
        return try await map.view(spots, words: strings.plural("deliveries.map", spots.count), strings.language)
    }

    // MARK: Feeds

    @Sendable private func boardFeed(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        let strings: Strings = site.strings(context)
        let page = "/processes/\(process.slug)/deliveries"
        let all: [Delivery] = try await deliveries.list(of: process.id)
        let feed = AtomFeed(
            title: strings("deliveries.title_of", ["process": process.title(context.language)]), path: "\(page).atom",
            page: page, language: context.language, since: all.map(\.changedAt).min() ?? .distantPast,
            entries: try await deliveries.events(of: process.id).map { AtomFeed.Entry($0, strings) })
        return site.feed(feed, request)
    }

    @Sendable private func deliveryFeed(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let delivery = try await deliveries.find(try context.slug("delivery")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let page = "/deliveries/\(delivery.handle)"
        let feed = AtomFeed(
            title: delivery.title(context.language), path: "\(page)/news.atom", page: page,
            language: context.language, since: delivery.changedAt,
            entries: try await deliveries.events(of: delivery.id).map { AtomFeed.Entry($0, strings) })
        return site.feed(feed, request)
    }

    // MARK: Files

    @Sendable private func file(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        return csv(
            DeliveryFiles.rows(of: try await deliveries.list(of: process.id)), "\(process.slug)-deliveries.csv")
    }

    @Sendable private func milestones(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        let rows: [[String]] = try await deliveries.milestones(of: process.id).map { handle, milestone in
            [handle, String(milestone.number)]
                + Language.allCases.map { milestone.title.byLanguage[$0.rawValue] ?? "" }
                + [milestone.due.description, milestone.reachedOn?.description ?? ""]
                + Language.allCases.map { milestone.evidence.byLanguage[$0.rawValue] ?? "" } + [milestone.link]
        }
        let head: [String] = [
            "handle", "number", "title_fr", "title_en", "title_de", "due", "reached_on", "evidence_fr", "evidence_en",
            "evidence_de", "link",
        ]
        return csv([head] + rows, "\(process.slug)-milestones.csv")
    }

    @Sendable private func spending(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        let rows: [[String]] = try await deliveries.spending(of: process.id).map { handle, line in
            [handle, line.invoice, line.paidOn.description, line.label, DeliveryFiles.amount(line.cents)]
        }
        return csv([DeliveryFiles.spending] + rows, "\(process.slug)-spending.csv")
    }

    private func csv(_ rows: [[String]], _ name: String) -> Response {
        site.download(Array(CSVText.write(rows).utf8), name: name, type: "text/csv; charset=utf-8")
    }

    private func process(_ context: AppContext) async throws -> Participation.Process {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        return process
    }

    // MARK: A delivery

    @Sendable private func delivery(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let file = try await deliveries.file(try context.slug("delivery")) else { throw Absent() }
        var isFollowed: Bool?
        if let account = context.account {
            isFollowed = try await deliveries.isFollowed(file.delivery.id, by: account.id)
        }
        let isAgent: Bool = context.account?.holds(.participationAgent, process: file.delivery.process) == true
        let page = DeliveryPage(file, isFollowed: isFollowed, isAgent: isAgent, site.strings(context))
        return site.page(page, title: page.title, request, context)
    }

    @Sendable private func follow(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, delivery) = try await mine(request, context)
        try await deliveries.follow(delivery.id, by: account.id)
        return site.see("/deliveries/\(delivery.handle)", flash: .done("deliveries.followed"))
    }

    @Sendable private func unfollow(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, delivery) = try await mine(request, context)
        try await deliveries.unfollow(delivery.id, by: account.id)
        return site.see("/deliveries/\(delivery.handle)", flash: .done("deliveries.unfollowed"))
    }

    private func mine(
        _ request: Request, _ context: AppContext
    ) async throws -> (account: SignedInAccount, delivery: Delivery) {
        let account: SignedInAccount = try context.requireAccount()
        _ = try await site.form(request, context)
        guard let delivery = try await deliveries.find(try context.slug("delivery")) else { throw Absent() }
        return (account, delivery)
    }
}
