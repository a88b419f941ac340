import Foundation
import Hummingbird
import Participation

/// A proposal as a sheet to print, and the same as PDF.
struct ProposalPrintController: Sendable {
    /// Photos on a sheet: the first ones.
    private static let pictures = 3

    private let site: Site
    private let proposals: Proposals
    private let media: ProposalMedia
    /// A PDF costs seconds of a processor, and everybody may ask for one.
    private let buckets = Buckets(burst: 10, perMinute: 10)

    /// The sheets of published proposals.
    init(site: Site, proposals: Proposals, media: ProposalMedia) {
        self.site = site
        self.proposals = proposals
        self.media = media
    }

    /// Adds `/proposals/{number}/print`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/print", use: page)
        routes.get("/proposals/{number}/print.pdf", use: pdf)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        site.printPage(try await job(context), request, context)
    }

    @Sendable private func pdf(_ request: Request, _ context: AppContext) async throws -> Response {
        let job: PrintJob = try await job(context)
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        return try await site.printPDF(job, name: "proposal-\(context.integer("number")).pdf", context)
    }

    private func job(_ context: AppContext) async throws -> PrintJob {
        let scene: ProposalScene = try await proposals.scene(site, context)
        let sheet = ProposalSheet(
            scene, pictures: try await media.pictures(of: scene.proposal.id, limit: Self.pictures),
            address: site.absolute(scene.here), today: Date())
        // Unlike the page of a project of the same number and title.
        let title = "\(scene.strings("proposals.number")) \(sheet.number): \(sheet.title)"
        return PrintJob(sheet, title: title, language: scene.language, code: nil)
    }
}
