import Foundation
import Hummingbird
import Participation

/// One sheet that came back: typed, read a second time, settled, corrected and taken back here; its picture is kept.
struct SheetEntryController: Sendable {
    /// A file larger than may be is read to its end, up to here, so that the page can say so.
    private static let scanLimits = MultipartForm.Limits(total: 32 << 20, fields: 16 * 1024, parts: 10)

    private let site: Site
    private let processes: Processes
    private let consultations: Consultations
    private let sheets: QuestionnaireSheets
    private let districts: Districts
    /// Looking at a file costs seconds of a processor.
    private let buckets = Buckets(burst: 60, perMinute: 30)

    /// The page over the capabilities it needs.
    init(
        site: Site, processes: Processes, consultations: Consultations, sheets: QuestionnaireSheets,
        districts: Districts
    ) {
        self.site = site
        self.processes = processes
        self.consultations = consultations
        self.sheets = sheets
        self.districts = districts
    }

    /// Adds the pages of single sheets.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "\(SheetScene.path)/{sheet}"
        routes.get(RouterPath(base), use: show)
        routes.post(RouterPath(base), use: enter)
        routes.post(RouterPath("\(base)/settlement"), use: settle)
        routes.post(RouterPath("\(base)/undo"), use: undo)
        routes.post(RouterPath("\(base)/scans"), use: scan)
        routes.post(RouterPath("\(base)/scans/{medium}/removal"), use: removeScan)
    }

    private func sheet(_ context: AppContext) async throws -> OpenSheet {
        let scene: SheetScene = try await .find(context, processes, consultations, site.strings(context))
        do {
            guard let number = PaperNumber(typed: try context.parameter("sheet")),
                let file = try await sheets.file(number, of: scene.questionnaire.id, by: scene.actor)
            else { throw Absent() }
            return OpenSheet(scene: scene, number: number, file: file, districts: try await districts.list())
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Entry

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let sheet: OpenSheet = try await sheet(context)
        return try await page(sheet, sheet.form, Fields(pairs: []), FieldErrors(), request, context)
    }

    /// What was typed is entered, entered a second time, or corrects what stands: as the page said that was filled in.
    @Sendable private func enter(_ request: Request, _ context: AppContext) async throws -> Response {
        let sheet: OpenSheet = try await sheet(context)
        let scene: SheetScene = sheet.scene
        let fields: Fields = try await site.form(request, context, limit: SheetEntryForm.limit)
        let form = SheetEntryForm(fields, of: sheet.file.form)
        let questionnaire: ID<Questionnaire> = scene.questionnaire.id
        do {
            let found: PaperAnswers = try form.found(sheet.file.form, districts: sheet.codes)
            switch form.task {
            case "again":
                let differing: Int = try await sheets.enterAgain(
                    found, from: sheet.number, of: questionnaire, by: scene.actor)
                return done(differing == 0 ? "agreed" : "differ", sheet, toList: true)
            case "correct":
                try await sheets.correct(
                    found, of: sheet.number, because: fields.text("reason"), of: questionnaire, by: scene.actor)
                return done("corrected", sheet)
            default:
                let isDrawn: Bool = try await sheets.enter(
                    found, from: sheet.number, of: questionnaire, by: scene.actor)
                return done(isDrawn ? "drawn" : "entered", sheet, toList: true)
            }
        } catch let errors as FieldErrors {
            return try await page(sheet, form, fields, errors, request, context)
        } catch let refused as Refused<PaperRefusal> {
            return try await page(sheet, form, fields, refused.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func settle(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "settled") { sheet, fields in
            let choices: [(String, QuestionnaireSheets.Choice)] = sheet.file.differing.compactMap { question in
                QuestionnaireSheets.Choice(rawValue: fields.text("choice-\(question)")).map { (question, $0) }
            }
            try await sheets.settle(
                Dictionary(choices, uniquingKeysWith: { first, _ in first }), because: fields.text("reason"),
                of: sheet.number, of: sheet.scene.questionnaire.id, by: sheet.scene.actor)
        }
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "undone", reason: "undo-reason") { sheet, fields in
            try await sheets.undo(
                sheet.number, because: fields.text("undo-reason"), of: sheet.scene.questionnaire.id,
                by: sheet.scene.actor)
        }
    }

    // MARK: Pictures

    @Sendable private func scan(_ request: Request, _ context: AppContext) async throws -> Response {
        let sheet: OpenSheet = try await sheet(context)
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        let (_, file) = try await MediaForm.read(request, context, site: site, limits: Self.scanLimits)
        func refused(_ errors: FieldErrors) async throws -> Response {
            try await page(sheet, sheet.form, Fields(pairs: []), errors, request, context)
        }
        do {
            let medium: PreparedMedium = try await Media.prepare(
                file, alt: sheet.scene.strings("walks.paper.scan.alt", ["number": sheet.number.text]))
            try await sheets.add(medium, to: sheet.number, of: sheet.scene.questionnaire.id, by: sheet.scene.actor)
            return done("scanned", sheet)
        } catch is Overloaded {
            return try await refused(FieldErrors("file", "media.refusal.busy"))
        } catch let refusal as Refused<MediaRefusal> {
            return try await refused(refusal.fieldErrors(sheet.scene.strings))
        } catch let refusal as PaperRefusal {
            return try await refused(Refused(refusal).fieldErrors(sheet.scene.strings))
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func removeScan(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "scan_removed") { sheet, _ in
            try await sheets.remove(
                try context.id("medium", of: Medium.self), of: sheet.number, of: sheet.scene.questionnaire.id,
                by: sheet.scene.actor)
        }
    }

    // MARK: Parts

    private func act(
        _ request: Request, _ context: AppContext, done: String, reason: String = "reason",
        _ body: (OpenSheet, Fields) async throws -> Void
    ) async throws -> Response {
        let sheet: OpenSheet = try await sheet(context)
        let fields: Fields = try await site.form(request, context)
        do {
            try await body(sheet, fields)
            return self.done(done, sheet)
        } catch let refusal as Refused<PaperRefusal> {
            var errors = FieldErrors()
            for cause in refusal.reasons {
                switch cause {
                case .reasonMissing: errors.add(reason, "consultations.paper.refusal.reason_missing")
                case .reasonTooLong: errors.add(reason, "consultations.paper.refusal.reason_too_long")
                default: cause.add(to: &errors, sheet.scene.strings)
                }
            }
            return try await page(sheet, sheet.form, fields, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// The next number can be typed at once after an entry; after anything else the sheet is shown again.
    private func done(_ key: String, _ sheet: OpenSheet, toList: Bool = false) -> Response {
        site.see(
            toList ? sheet.scene.base : sheet.scene.href(sheet.number),
            flash: .done("consultations.paper.done.\(key)", ["number": sheet.number.text]))
    }

    private func page(
        _ sheet: OpenSheet, _ form: SheetEntryForm, _ fields: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let page = SheetPage(sheet, form, fields, errors)
        return site.page(
            page, title: errors.title(page.title, sheet.scene.strings), request, context, status: errors.status,
            scripts: ["sheet-entry.js"])
    }
}

/// A sheet of the path, for whoever works on it.
struct OpenSheet: Sendable {
    let scene: SheetScene
    let number: PaperNumber
    let file: SheetFile
    let districts: [District]

    /// The codes of the districts, in the order of their numbers on paper.
    var codes: [String] { districts.map(\.code) }

    /// What the page of the sheet is for, as its form says it.
    var task: String {
        switch file.task {
        case .enter: "enter"
        case .enterAgain: "again"
        case .stands, .setAside: "correct"
        }
    }

    /// The form as the sheet stands.
    var form: SheetEntryForm {
        SheetEntryForm(file.standing, of: file.form, districts: codes, task: task)
    }
}
