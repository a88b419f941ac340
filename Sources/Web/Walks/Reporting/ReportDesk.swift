import Foundation
import Hummingbird
import Participation

/// The report of a walk as agents write and publish it.
struct ReportDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let reports: WalkReports

    /// The desk over the capabilities it needs.
    init(site: Site, processes: Processes, walks: Walks, reports: WalkReports) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.reports = reports
    }

    /// Adds `/desk/processes/{process}/walks/{walk}/report` and its forms, its preview and its publication.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/walks/{walk}/report"
        routes.get(RouterPath(own), use: overview)
        routes.post("\(own)/publication", use: publish)
        routes.get("\(own)/preview", use: preview)
        routes.get("\(own)/preview.pdf", use: previewPDF)
        for (path, part) in [
            ("facts", ReportPart.facts), ("sections/{part}", .section), ("recommendations/{part}", .recommendation),
        ] {
            routes.get("\(own)/\(path)") { request, context in try await show(part, request, context) }
            routes.post("\(own)/\(path)") { request, context in try await take(part, request, context) }
        }
        for (path, part) in [("sections", ReportPart.section), ("recommendations", .recommendation)] {
            routes.post("\(own)/\(path)/{part}/removal") { request, context in
                try await change(part, request, context, isRemoval: true)
            }
            routes.post("\(own)/\(path)/{part}/rise") { request, context in
                try await change(part, request, context, isRemoval: false)
            }
        }
    }

    /// The walk of the path with its report.
    private func find(_ context: AppContext) async throws -> (scene: WalkScene, walk: Walk, report: WalkReport) {
        let scene: WalkScene = try await .find(context, processes, site.strings(context), walks)
        guard let walk = scene.walk else { throw Absent() }
        do {
            return (scene, walk, try await reports.report(of: walk.id, by: scene.actor))
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Overview and publication

    @Sendable private func overview(_ request: Request, _ context: AppContext) async throws -> Response {
        try await overview(FieldErrors(), request, context)
    }

    private func overview(
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, walk, report) = try await find(context)
        let page = ReportDeskPage(report, walk, scene, errors)
        return site.page(
            page, title: errors.title(scene.strings("walks.report.desk.title"), scene.strings), request, context,
            status: errors.status)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, walk, _) = try await find(context)
        let form = ReportForm(try await site.form(request, context))
        do {
            try await reports.publish(walk.id, from: form.revision, by: scene.actor)
            return site.see("\(scene.base)/\(walk.handle)/report", flash: .done("walks.report.published"))
        } catch let refusal as WalkReportRefusal {
            return try await overview(refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func preview(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, walk, _) = try await find(context)
        let report: PublishedReport = try await reports.preview(of: walk.id, by: scene.actor)
        let here = "\(scene.base)/\(walk.handle)/report"
        let view: ReportView = ReportTelling(report: report, strings: scene.strings) { "/media/\($0)/small" }.view()
        return site.page(
            WalkReportPage(
                crumbs: scene.reportCrumbs, demonstration: scene.process.demonstration, report: view,
                pdfHref: "\(here)/preview.pdf", observationsHref: "/walks/\(walk.handle)/observations",
                comparisonHref: nil, versions: [], hasVersions: false, isOld: false, latestHref: here, deskHref: here,
                isPreview: true),
            title: "\(scene.strings("walks.report.preview")) – \(view.title)", request, context,
            scripts: ["print.js"])
    }

    @Sendable private func previewPDF(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, walk, _) = try await find(context)
        let report: PublishedReport = try await reports.preview(of: walk.id, by: scene.actor)
        return try await site.reportPDF(
            report, of: walk, pictures: try await reports.pictures(report.photos(WalkReportSheet.mostPictures)),
            back: "\(scene.base)/\(walk.handle)/report/preview", context)
    }

    // MARK: Forms

    private func show(_ part: ReportPart, _ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, walk, report) = try await find(context)
        let form: ReportForm
        switch part {
        case .facts: form = ReportForm(report.facts, report.revision, scene.strings)
        case .section:
            form = ReportForm(
                try old(report.sections.map { ($0.id, $0.section) }, context)?.value
                    ?? ReportSection(kind: .theme, title: Texts([:]), words: Texts([:])))
        case .recommendation:
            form = ReportForm(
                try old(report.recommendations.map { ($0.id, $0.recommendation) }, context)?.value
                    ?? Recommendation(horizon: .immediate, owner: .town, title: Texts([:])))
        }
        return try await page(part, form, scene, walk, FieldErrors(), request, context)
    }

    private func take(_ part: ReportPart, _ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, walk, report) = try await find(context)
        let form = ReportForm(try await site.form(request, context))
        do {
            switch part {
            case .facts:
                try await reports.write(
                    try form.facts(scene.strings), for: walk.id, from: form.revision, by: scene.actor)
            case .section:
                let old = try old(report.sections.map { ($0.id, $0.section) }, context)
                try await reports.write(form.section, as: old?.id, for: walk.id, by: scene.actor)
            case .recommendation:
                let old = try old(report.recommendations.map { ($0.id, $0.recommendation) }, context)
                try await reports.write(try form.recommendation(), as: old?.id, for: walk.id, by: scene.actor)
            }
            return site.see("\(scene.base)/\(walk.handle)/report", flash: .done("walks.report.saved"))
        } catch let refusal as WalkReportRefusal {
            let errors: FieldErrors = refusal.fieldErrors(scene.strings)
            return try await page(part, form, scene, walk, errors, request, context)
        } catch let errors as FieldErrors {
            return try await page(part, form, scene, walk, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// The part of the path; nil for a new one, absent for one that is not there.
    private func old<Owner, Value>(
        _ all: [(ID<Owner>, Value)], _ context: AppContext
    ) throws -> (id: ID<Owner>, value: Value)? {
        if context.parameters.get("part") == "new" { return nil }
        let id: ID<Owner> = try context.id("part", of: Owner.self)
        guard let found = all.first(where: { $0.0 == id }) else { throw Absent() }
        return (found.0, found.1)
    }

    private func page(
        _ part: ReportPart, _ form: ReportForm, _ scene: WalkScene, _ walk: Walk, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let page = ReportFormPage(
            part, form, scene, themes: try await walks.themes(of: walk.id), action: request.uri.path, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }

    /// Takes a part out, or lets it change places with the one before.
    private func change(
        _ part: ReportPart, _ request: Request, _ context: AppContext, isRemoval: Bool
    ) async throws -> Response {
        let (scene, walk, _) = try await find(context)
        _ = try await site.form(request, context)
        do {
            if part == .section {
                let id: ID<ReportSection> = try context.id("part", of: ReportSection.self)
                if isRemoval {
                    try await reports.remove(id, from: walk.id, by: scene.actor)
                } else {
                    try await reports.moveUp(id, in: walk.id, by: scene.actor)
                }
            } else {
                let id: ID<Recommendation> = try context.id("part", of: Recommendation.self)
                if isRemoval {
                    try await reports.remove(id, from: walk.id, by: scene.actor)
                } else {
                    try await reports.moveUp(id, in: walk.id, by: scene.actor)
                }
            }
            return site.see(
                "\(scene.base)/\(walk.handle)/report",
                flash: .done(isRemoval ? "walks.report.removed" : "walks.report.moved"))
        } catch is NotAllowed { throw Absent() }
    }
}

extension ReportDeskPage {
    init(_ report: WalkReport, _ walk: Walk, _ scene: WalkScene, _ errors: FieldErrors) {
        let (strings, language) = (scene.strings, scene.strings.language)
        let here = "\(scene.base)/\(walk.handle)/report"
        let facts: WalkReportFacts = report.facts
        crumbs = scene.crumbs
        title = walk.title(language)
        base = here
        revision = String(report.revision)
        self.errors = errors.summary(strings)
        isEmpty = report.revision == 0
        isChanged = report.isChanged
        let lines: [(String, String)] = [
            ("commissioner", facts.commissioner(language)), ("weather", facts.weather(language)),
            ("started_at", facts.startedAt.map(strings.moment) ?? ""),
            ("ended_at", facts.endedAt.map(strings.moment) ?? ""),
            ("length", facts.length.map { WalkWords(strings).length($0) } ?? ""),
            ("absent_services", facts.absentServices(language)),
            ("introduction", Markdown.excerpt(facts.introduction(language))),
            ("return_at", facts.returnAt.map(strings.moment) ?? ""), ("return_place", facts.returnPlace(language)),
        ]
        self.facts = lines.map { name, text in
            PlaceFact(
                name: strings("walks.report.field.\(name)"), text: text.isEmpty ? strings("walks.report.empty") : text)
        }
        sections = report.sections.enumerated().map { index, one in
            let own = "\(here)/sections/\(one.id)"
            return Line(
                title: one.section.title(language), words: strings("walks.report.kind.\(one.section.kind.rawValue)"),
                href: own, riseAction: index == 0 ? nil : "\(own)/rise", removalAction: "\(own)/removal")
        }
        hasSections = !sections.isEmpty
        recommendations = report.recommendations.enumerated().map { index, one in
            let (own, said) = ("\(here)/recommendations/\(one.id)", one.recommendation)
            return Line(
                title: said.title(language),
                words: [
                    strings("walks.report.horizon.\(said.horizon.rawValue)"),
                    strings.owner(said.owner, said.ownerName),
                    strings.plural("walks.map.count", said.observations.count),
                ].joined(separator: " · "), href: own, riseAction: index == 0 ? nil : "\(own)/rise",
                removalAction: "\(own)/removal")
        }
        hasRecommendations = !recommendations.isEmpty
        versions = report.versions.map { version in
            PlaceLink(
                label: strings(
                    "walks.report.version",
                    ["number": strings.number(version.number), "date": strings.date(version.publishedAt)]),
                href: "/walks/\(walk.handle)/report?version=\(version.number)")
        }
        hasVersions = !versions.isEmpty
        canPublish = report.isChanged || report.versions.isEmpty
    }
}
