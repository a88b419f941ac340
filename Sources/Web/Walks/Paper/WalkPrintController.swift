import Hummingbird
import Participation

/// The sheets of a published walk, for whoever prints their own; they get their numbers when they come back.
struct WalkPrintController: Sendable {
    private let site: Site
    private let walks: Walks
    private let press: WalkPress
    /// A PDF costs seconds of a processor, and everybody may ask for one.
    private let buckets = Buckets(burst: 10, perMinute: 10)

    /// The sheets that `press` makes.
    init(site: Site, walks: Walks, press: WalkPress) {
        self.site = site
        self.walks = walks
        self.press = press
    }

    /// Adds `/walks/{walk}/print` and the same as PDF; `?size=large` makes large print.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/print") { request, context in
            let (_, job, _) = try await job(request, context)
            return site.printPage(job, request, context)
        }
        routes.get("/walks/{walk}/print.pdf") { request, context in
            let (walk, job, choice) = try await job(request, context)
            try buckets.take(Network(address: context.remoteAddress ?? ""))
            return try await site.printPDF(job, name: press.fileName(of: walk, choice), context)
        }
    }

    private func job(_ request: Request, _ context: AppContext) async throws -> (Walk, PrintJob, WalkPress.Choice) {
        let walk: Walk = try await walks.published(context)
        let choice = WalkPress.Choice(try request.query(), reader: context.language)
        let here = "/walks/\(walk.handle)"
        let place = WalkPress.Place(here: "\(here)/print", back: here, showsCode: false)
        return (walk, try await press.booklet(of: walk, choice, at: place), choice)
    }
}
