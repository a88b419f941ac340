import Foundation
import Hummingbird
import NIOCore
import Participation

/// What people saw on walks, as everybody reads it: map and list, and what they come to.
struct ObservationsController: Sendable {
    /// The most observations that are drawn one by one; where there are more, squares say how many.
    static let mostPoints = 1000

    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let lists: ObservationLists
    private let reports: WalkReports

    /// The pages over the capabilities they need.
    init(site: Site, processes: Processes, walks: Walks, lists: ObservationLists, reports: WalkReports) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.lists = lists
        self.reports = reports
    }

    /// Adds `/walks/{walk}/observations`, `/processes/{process}/walks/observations`, and `analysis` beside each.
    func add(to routes: RouterGroup<AppContext>) {
        for base in ["/walks/{walk}", "/processes/{process}/walks"] {
            routes.get("\(base)/observations", use: list)
            routes.get("\(base)/analysis", use: analysis)
        }
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let scene: ObservationScene = try await .find(context, processes, walks, lists, strings)
        let query = ObservationQuery(try request.query())
        let search: ObservationSearch = query.search(in: scene.scope)
        let list: ObservationList = try await lists.list(search, at: query.cursor)
        let map: ObservationMap? = try await map(of: list, search, query, scene)
        return site.page(
            ObservationsPage(
                scene, query, list, map: map, hasLayers: map != nil && list.total <= Self.mostPoints,
                links: try await links(of: scene)),
            title: "\(strings("walks.map.title")) – \(scene.title)", request, context,
            scripts: map == nil ? [] : ["map.js"])
    }

    /// Points where they can be told apart, squares where there are too many.
    private func map(
        of list: ObservationList, _ search: ObservationSearch, _ query: ObservationQuery, _ scene: ObservationScene
    ) async throws -> ObservationMap? {
        guard list.total > 0, let box = try await lists.frame(search),
            let drawing = ObservationMapScene(
                scene, box: box, pointsHref: query.filters(of: "\(scene.here)/map.geojson"), tiles: site.city.tiles)
        else { return nil }
        let fits: Bool = list.total <= 60
        let isGrid: Bool = list.total > Self.mostPoints || (query.layer ?? (fits ? .points : .grid)) == .grid
        if isGrid { return drawing.grid(try await lists.grid(search, over: box, side: query.side)) }
        return drawing.points(
            list.observations, others: try await lists.places(search, limit: Self.mostPoints), total: list.total)
    }

    /// What else there is to read of the walk.
    private func links(of scene: ObservationScene) async throws -> [PlaceLink] {
        guard let walk = scene.walk else { return [] }
        var links: [PlaceLink] = []
        if try await !reports.versions(of: walk.id).isEmpty {
            links.append(PlaceLink(label: scene.strings("walks.report.read"), href: "\(scene.base)/report"))
        }
        if walk.previous != nil {
            links.append(PlaceLink(label: scene.strings("walks.comparison.read"), href: "\(scene.base)/comparison"))
        }
        return links
    }

    @Sendable private func analysis(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let scene: ObservationScene = try await .find(context, processes, walks, lists, strings)
        let query = ObservationQuery(try request.query())
        let analysis: ObservationAnalysis = try await lists.analysis(query.search(in: scene.scope))
        return site.page(
            AnalysisPage(scene, query, analysis), title: "\(strings("walks.analysis.title")) – \(scene.title)", request,
            context)
    }
}
