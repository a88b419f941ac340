import Foundation
import Hummingbird
import Participation

/// Published reports of walks, on a page and as PDF.
struct ReportController: Sendable {
    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let reports: WalkReports
    /// A PDF costs seconds of a processor, and everybody may ask for one.
    private let buckets = Buckets(burst: 10, perMinute: 10)

    /// The reports over the capabilities they need.
    init(site: Site, processes: Processes, walks: Walks, reports: WalkReports) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.reports = reports
    }

    /// Adds `/walks/{walk}/report` and its PDF; `?version=1` asks for an earlier one.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/report", use: page)
        routes.get("/walks/{walk}/report.pdf", use: pdf)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let (walk, report) = try await find(request, context)
        let strings: Strings = site.strings(context)
        guard let process = try await processes.find(walk.process) else { throw Absent() }
        let here = "/walks/\(walk.handle)/report"
        let view: ReportView = ReportTelling(report: report, strings: strings) { "/media/\($0)/small" }.view()
        let isOld: Bool = report.version != report.versions.first
        let isAgent: Bool = context.account?.holds(.participationAgent, process: walk.process) == true
        return site.page(
            WalkReportPage(
                crumbs: walk.crumbs(in: process, strings), demonstration: process.demonstration, report: view,
                pdfHref: "\(here).pdf" + (isOld ? "?version=\(report.version?.number ?? 1)" : ""),
                observationsHref: "/walks/\(walk.handle)/observations",
                comparisonHref: walk.previous == nil ? nil : "/walks/\(walk.handle)/comparison",
                versions: report.versions.map { version in
                    PlaceLink(
                        label: strings(
                            "walks.report.version",
                            ["number": strings.number(version.number), "date": strings.date(version.publishedAt)]),
                        href: "\(here)?version=\(version.number)")
                }, hasVersions: report.versions.count > 1, isOld: isOld, latestHref: here,
                deskHref: isAgent ? "/desk/processes/\(process.slug)/walks/\(walk.handle)/report" : nil,
                isPreview: false),
            title: "\(strings("walks.report.title")) – \(view.title)", request, context, scripts: ["print.js"])
    }

    @Sendable private func pdf(_ request: Request, _ context: AppContext) async throws -> Response {
        let (walk, report) = try await find(request, context)
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        return try await site.reportPDF(
            report, of: walk, pictures: try await reports.pictures(report.photos(WalkReportSheet.mostPictures)),
            back: "/walks/\(walk.handle)/report", context)
    }

    private func find(
        _ request: Request, _ context: AppContext
    ) async throws -> (walk: Walk, report: PublishedReport) {
        let walk: Walk = try await walks.published(context)
        guard let report = try await reports.find(walk.id, version: try request.query().integer("version")) else {
            throw Absent()
        }
        return (walk, report)
    }
}

extension WalkReportSheet {
    /// The most photos of a PDF: the others are on the page.
    static let mostPictures = 80
}

extension PublishedReport {
    /// The first photos of what was seen, in the order of the report.
    func photos(_ most: Int) -> [ID<Medium>] {
        Array(content.observations.flatMap(\.photos).prefix(most).map(\.id))
    }
}

extension Walk {
    /// The way back from a page of the walk.
    func crumbs(in process: Participation.Process, _ strings: Strings) -> [PlaceLink] {
        [
            PlaceLink(label: process.title(strings.language), href: "/processes/\(process.slug)"),
            PlaceLink(label: strings("walks.title"), href: "/processes/\(process.slug)/walks"),
            PlaceLink(label: title(strings.language), href: "/walks/\(handle)"),
        ]
    }
}

extension Site {
    /// The report as PDF, in the reader's language, with these pictures inside.
    func reportPDF(
        _ report: PublishedReport, of walk: Walk, pictures: [ID<Medium>: [UInt8]], back: String,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = strings(context)
        let view: ReportView = ReportTelling(report: report, strings: strings) { photo in
            pictures[photo].map { "data:image/webp;base64,\(Data($0).base64EncodedString())" }
        }.view()
        let left: Int = report.content.observations.reduce(0) { $0 + $1.photos.count } - pictures.count
        let address: String = absolute("/walks/\(walk.handle)/report")
        let sheet = WalkReportSheet(
            size: "a4 walk-report", demonstration: city.isDemonstration, report: view, address: address,
            code: QR.svg(address),
            printed: strings("media.sheet.printed", ["date": strings.date(Date())]),
            morePhotos: left > 0 ? strings.plural("walks.report.more_photos", left) : nil, backHref: back,
            pdfHref: "\(back).pdf")
        let job = PrintJob(
            sheet, title: "\(strings("walks.report.title")) – \(view.title)", language: strings.language, code: nil)
        return try await printPDF(job, name: "\(walk.handle)-report.pdf", context)
    }
}
