import Foundation
import Hummingbird
import NIOCore
import Participation

/// Files of deliveries and of spending at the desk: handed in, shown row by row, then applied.
struct DeliveryImportDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let deliveries: Deliveries
    private var imports: DeliveryImports { DeliveryImports(deliveries) }

    /// The desk over the capabilities it needs.
    init(site: Site, processes: Processes, deliveries: Deliveries) {
        self.site = site
        self.processes = processes
        self.deliveries = deliveries
    }

    /// Adds the routes below `/desk/processes/{process}/deliveries/imports`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.post("/desk/processes/{process}/deliveries/imports", use: receive)
        routes.get("/desk/processes/{process}/deliveries/imports/{import}", use: show)
        routes.post("/desk/processes/{process}/deliveries/imports/{import}/application", use: apply)
    }

    @Sendable private func receive(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context))
        do {
            let form: MultipartForm = try await site.multipartForm(
                request, context, limits: .init(total: DeliveryImports.longestFile + (1 << 16), parts: 5))
            guard let file = form.file("file") else { throw DeliveryFileRefusal.empty }
            let kind = DeliveryImports.Kind(rawValue: form.fields.text("kind")) ?? .deliveries
            let id: UUID = try await imports.receive(
                Array(file.bytes.readableBytesView), named: file.name, kind, for: scene.process.id, by: scene.actor)
            return site.see("\(scene.base)/imports/\(id.uuidString.lowercased())")
        } catch let refusal as DeliveryFileRefusal {
            return try await listPage(refusal.fieldErrors, scene, request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            return try await listPage(DeliveryFileRefusal.tooLong.fieldErrors, scene, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func listPage(
        _ errors: FieldErrors, _ scene: DeliveryScene, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let page = DeliveriesDeskPage(
            scene, try await deliveries.list(of: scene.process.id),
            candidates: try await deliveries.candidates(of: scene.process.id, by: scene.actor).count,
            today: site.today(), errors)
        return site.page(
            page, title: errors.title(scene.strings("deliveries.desk.title"), scene.strings), request, context,
            status: errors.status)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context))
        return try await page(FieldErrors(), scene, request, context)
    }

    @Sendable private func apply(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context))
        let form: Fields = try await site.form(request, context)
        do {
            try await imports.apply(
                try identity(context), form.text("digest"), of: scene.process.id, by: scene.actor)
            return site.see(scene.base, flash: .done("deliveries.import.done"))
        } catch let refusal as DeliveryFileRefusal {
            return try await page(refusal.fieldErrors, scene, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func identity(_ context: AppContext) throws -> UUID {
        try context.id("import", of: DeliveryImports.self).uuid
    }

    private func page(
        _ errors: FieldErrors, _ scene: DeliveryScene, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let trial: DeliveryImports.Trial? = try await imports.trial(
            try identity(context), of: scene.process.id, by: scene.actor)
        guard let trial else { throw Absent() }
        return site.page(
            DeliveryTrialPage(trial, scene, errors),
            title: errors.title(scene.strings("deliveries.import.title"), scene.strings), request, context,
            status: errors.status)
    }
}

extension DeliveryTrialPage {
    init(_ trial: DeliveryImports.Trial, _ scene: DeliveryScene, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        let wrong: Int = trial.rows.count { $0.problem != nil }
        let changing: Int = trial.rows.count { $0.problem == nil && !$0.differences.isEmpty }
        crumbs = scene.crumbs()
        name = trial.name
        kind = strings("deliveries.file.\(trial.kind.rawValue)")
        summary = strings(
            "deliveries.import.summary",
            [
                "rows": strings.number(trial.rows.count), "changing": strings.number(changing),
                "wrong": strings.number(wrong),
                "same": strings.number(trial.rows.count - changing - wrong),
            ])
        lines = trial.rows.map { Line($0, strings) }
        action = "\(scene.base)/imports/\(trial.id.uuidString.lowercased())/application"
        digest = trial.digest
        canApply = wrong == 0 && changing > 0 && trial.appliedAt == nil
        applied = trial.appliedAt.map { strings("deliveries.import.applied", ["date": strings.moment($0)]) }
        base = scene.base
        self.errors = errors.summary(strings)
    }
}

extension DeliveryTrialPage.Line {
    fileprivate init(_ row: DeliveryRowReport, _ strings: Strings) {
        line = strings.number(row.line)
        handle = row.handle
        let word: String = row.problem != nil ? "wrong" : row.differences.isEmpty ? "same" : "changes"
        outcome = strings("deliveries.import.\(word)")
        tone = row.problem != nil ? "bad" : row.differences.isEmpty ? nil : "now"
        differences = row.differences.map { difference in
            strings(
                "deliveries.import.difference",
                [
                    "column": difference.column,
                    "before": difference.before.isEmpty ? strings("deliveries.import.nothing") : difference.before,
                    "after": difference.after.isEmpty ? strings("deliveries.import.nothing") : difference.after,
                ])
        }
        problem = row.problem?.words(strings)
    }
}

extension DeliveryRowProblem {
    fileprivate func words(_ strings: Strings) -> String {
        switch self {
        case .unreadable: strings("deliveries.row.unreadable")
        case .unknownHandle: strings("deliveries.row.unknown")
        case .twice: strings("deliveries.row.twice")
        case .changedSince(let revision): strings("deliveries.row.changed", ["revision": String(revision)])
        case .malformed(let column): strings("deliveries.row.malformed", ["column": column])
        case .refused(let refusal): refusal.fieldErrors.summary(strings)?.items.first?.text ?? ""
        }
    }
}

extension DeliveryFileRefusal {
    fileprivate var fieldErrors: FieldErrors {
        switch self {
        case .empty: FieldErrors("file", "deliveries.file_refusal.empty")
        case .tooLong: FieldErrors("file", "deliveries.file_refusal.too_long")
        case .unreadable(let line): FieldErrors("file", "deliveries.file_refusal.unreadable", ["line": String(line)])
        case .columnMissing(let column): FieldErrors("file", "deliveries.file_refusal.column", ["column": column])
        case .rowsWrong: FieldErrors("", "deliveries.file_refusal.rows")
        case .reportChanged: FieldErrors("", "deliveries.file_refusal.changed")
        case .appliedAlready: FieldErrors("", "deliveries.file_refusal.applied")
        }
    }
}
